"""Figures in words."""

from __future__ import annotations

import re

import numpy as np

from vae_core.space import ProjectionSettings
from vae_core.space.settings import COMPONENTS
from vae_core.space.trust import together

_HASHED = re.compile(r"-[0-9a-f]{12}$")
_METHODS = {"pca": "PCA", "tsne": "t-SNE", "umap": "UMAP"}
_PARAMETERS = {
    "perplexity": "perplexity {:g}",
    "neighbours": "{} neighbours",
    "min_dist": "distance {:g}",
    "seed": "seed {}",
    "iterations": "stopped at step {}",
}


def map_title(settings: ProjectionSettings) -> str:
    """Name a map by its method and by every parameter that is not the usual one."""
    if settings.method == "z":
        return " × ".join(f"z{axis}" for axis in settings.axes)
    usual = {**ProjectionSettings(settings.method).params, "iterations": settings.all_iterations}
    told = [_PARAMETERS[name].format(value) for name, value in settings.params.items()
            if name in _PARAMETERS and value != usual[name]]  # fmt: skip
    if settings.start != COMPONENTS:
        told.append("from an earlier map" if _HASHED.search(settings.start) else f"from {_METHODS[settings.method]}")
    depth = " 3-D" if settings.dimensions == 3 else ""
    return " · ".join([_METHODS[settings.method] + depth, *told])


def trust_in_words(score: float, support: float = 1.0, round_trip: float = 1.0) -> str:
    """Say how far a decoded spot can be trusted.

    Parameters
    ----------
    score : float
        `vae_core.trust` of the latent point, where 0.5 is the edge of the data.
    support : float
        `Projection.support` of the spot; 1 for a point that does not come from a map.
    round_trip : float
        The score of `LatentSpace.round_trip`.
    """
    lowest = min(score, support, round_trip)
    if lowest < 0.5 and lowest == support:
        return "the map is empty or torn here: a guess"
    if lowest < 0.5 and lowest == round_trip:
        return "encoded again it lands elsewhere"
    believed = float(together(np.array([score]), np.array([support]), np.array([round_trip]))[0])
    if believed >= 0.75:
        return "among the data"
    if believed >= 0.5:
        return "at the edge of the data"
    if believed >= 0.15:
        return "few items nearby"
    return "far from all data: a guess"
