"""Anything to a space: what was typed, and the spaces of a server."""
