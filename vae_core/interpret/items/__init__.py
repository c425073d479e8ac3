"""Which items the model gets wrong."""
