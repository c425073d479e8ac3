"""What the space means: studies of a latent space, without a browser."""
