"""What stands for an item in the page: an image, a line along an axis, or bars."""

from __future__ import annotations

from typing import Any

import numpy as np

from vae_core.data.dataset import Dataset
from vae_core.drawing.palette import plain_ink

_FLATTEST = 4  # times its own span that a scale may show of a line


def picture_form(data: Dataset) -> dict[str, Any]:
    """Return how the page is to draw an item, as JSON types.

    ``{"kind": "image", "shape": [h, w, c]}``, or ``{"kind": "line" or "bars", "shape": [c, k], …}`` with the `Features`
    of the values and, for each name, the smallest and the largest value of the data, ``low`` and ``high``, and the
    colour of its line, ``inks``; ``panels`` are the names that share a scale.
    """
    if data.kind == "image":
        channels, height, width = data.sample_shape
        return {"kind": "image", "shape": [height, width, channels]}
    features = data.feature_names
    low, high = data.extremes
    return {
        "kind": "bars" if features.along is None else "line",
        "shape": list(data.sample_shape) if data.kind == "series" else [1, *data.sample_shape],
        "names": list(features.names),
        "units": list(features.units),
        "along": None if features.along is None else list(features.along),
        "axis": features.axis,
        "axis_unit": features.axis_unit,
        "low": [float(value) for value in low],
        "high": [float(value) for value in high],
        "inks": [plain_ink(at) for at in range(len(features.names))],
        "panels": _panels(features.units, low, high),
    }


def _panels(units: tuple[str, ...], low: np.ndarray, high: np.ndarray) -> list[list[int]]:
    """Return which named values share a scale: those of one unit, as long as none is too flat on it to be read."""
    groups: list[list[int]] = []
    for at, unit in enumerate(units):
        for group in groups:
            together = [*group, at]
            span = high[together].max() - low[together].min()
            if units[group[0]] == unit and span <= _FLATTEST * (high[together] - low[together]).min():
                group.append(at)
                break
        else:
            groups.append([at])
    return groups
