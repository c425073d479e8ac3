"""The science of Latent Explorer, usable without a browser."""

from vae_core.catalogue import Catalogue
from vae_core.data import Dataset, load_data
from vae_core.demos import demo
from vae_core.errors import InputError
from vae_core.model import VAE, LatentModel, VAEConfig, load_model
from vae_core.progress import Progress, Stopped
from vae_core.space import LatentSpace, Projection, trust
from vae_core.workspace import Workspace

__all__ = [
    "VAE",
    "Catalogue",
    "Dataset",
    "InputError",
    "LatentModel",
    "LatentSpace",
    "Progress",
    "Projection",
    "Stopped",
    "VAEConfig",
    "Workspace",
    "demo",
    "load_data",
    "load_model",
    "trust",
]
