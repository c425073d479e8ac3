"""A data set seen through a model: encodings, neighbours, maps and their inverses, trust."""

from vae_core.space.compute import compute, compute_in_folder
from vae_core.space.latent_space import LatentSpace
from vae_core.space.neighbours import Neighbours
from vae_core.space.projection import Projection
from vae_core.space.settings import ProjectionSettings
from vae_core.space.trust import trust

__all__ = ["LatentSpace", "Neighbours", "Projection", "ProjectionSettings", "compute", "compute_in_folder", "trust"]
