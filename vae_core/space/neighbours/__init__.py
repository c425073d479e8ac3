"""Nearest items in latent space: exact for small sets, by a graph for large ones."""
