"""The page beside a program: in a notebook, or held by a script."""
