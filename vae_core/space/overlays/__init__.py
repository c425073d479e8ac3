"""Other data on a finished map."""
