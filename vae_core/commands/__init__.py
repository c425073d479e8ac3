"""The command line of the core: ``python -m vae_core <command>``."""
