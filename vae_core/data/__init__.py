"""Data sets, their loaders and the sprites generator."""

from vae_core.data.dataset import Dataset
from vae_core.data.loading import load_data
from vae_core.data.memory import from_arrays
from vae_core.data.sprites import sprites

__all__ = ["Dataset", "from_arrays", "load_data", "sprites"]
