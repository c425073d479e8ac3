"""The page as a whole: its frame, and what lies in it."""
