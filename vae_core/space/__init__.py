"""A data set seen through a model: encodings, neighbours, maps and their inverses, trust, quality."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vae_core.late import late
from vae_core.space.maps.compute import compute, compute_in_folder
from vae_core.space.maps.projection import Projection
from vae_core.space.maps.settings import ProjectionSettings
from vae_core.space.neighbours.index import Neighbours
from vae_core.space.trust import trust

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

__all__ = ["LatentSpace", "Neighbours", "Projection", "ProjectionSettings", "compute", "compute_in_folder", "trust"]

# It loads torch, which worker processes do without.
__getattr__ = late(__name__, {"LatentSpace": "vae_core.space.latent_space"})
