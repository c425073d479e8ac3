"""Maps in words."""

from __future__ import annotations

import re

from vae_core.space import ProjectionSettings
from vae_core.space.maps.settings import COMPONENTS

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
