"""Directions of the latent space: principal components, those of the decoder, how many there are."""
