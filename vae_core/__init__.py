"""The science of Latent Explorer, usable without a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vae_core.errors import InputError
from vae_core.late import late as _late
from vae_core.progress import Progress, Stopped
from vae_core.space import Projection, trust
from vae_core.workspace import Workspace

if TYPE_CHECKING:
    from vae_core.data import Dataset, load_data
    from vae_core.demos import demo
    from vae_core.interpret.answers import study
    from vae_core.model import VAE, LatentModel, VAEConfig, load_model
    from vae_core.opening.catalogue import Catalogue
    from vae_core.opening.spaces import open_space
    from vae_core.space import LatentSpace

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
    "open_space",
    "study",
    "trust",
]

# What needs torch comes with its first use: worker processes, which make maps from arrays, do without.
__getattr__ = _late(
    __name__,
    {
        "VAE": "vae_core.model",
        "Catalogue": "vae_core.opening.catalogue",
        "Dataset": "vae_core.data",
        "LatentModel": "vae_core.model",
        "LatentSpace": "vae_core.space",
        "VAEConfig": "vae_core.model",
        "demo": "vae_core.demos",
        "load_data": "vae_core.data",
        "load_model": "vae_core.model",
        "open_space": "vae_core.opening.spaces",
        "study": "vae_core.interpret.answers",
    },
)
