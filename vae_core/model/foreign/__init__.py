"""Other people's models: read, understood by looking at some of their data, and made to fit `LatentModel`."""
