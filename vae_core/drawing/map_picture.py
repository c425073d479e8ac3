"""A map as one small picture, its items in the colours of a category."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

_SIDE = 480
_FINER = 2  # drawn so many times as large: Pillow's dots have hard edges
_RIM = 10
_MOST = 50_000


def map_picture(points: np.ndarray, inks: np.ndarray | None = None, seed: int = 0) -> Image.Image:
    """Draw points ``[n, 2]`` as dots on a transparent ground, both axes on one scale.

    Parameters
    ----------
    points : ndarray
        ``[n, 2]``; of more than 50,000 so many are drawn.
    inks : ndarray of str, optional
        ``[n]`` a colour an item; by default one for all.
    seed : int
        Of the order in which dots lie on each other, and of the items drawn.
    """
    order = np.random.default_rng(seed).permutation(len(points))[:_MOST]
    low, high = points.min(axis=0), points.max(axis=0)
    span = float((high - low).max()) or 1.0
    side = _SIDE * _FINER
    room = side - 2 * _RIM * _FINER
    middle = (low + high) / 2
    places = (points[order] - middle) / span * room * np.array([1, -1]) + side / 2
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    radius = _FINER * float(np.clip(60 / np.sqrt(max(len(order), 1)), 0.9, 4))
    for (x, y), item in zip(places.tolist(), order.tolist(), strict=True):
        ink = "#4263eb" if inks is None else str(inks[item])
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=ink)
    return image.resize((_SIDE, _SIDE), Image.Resampling.BOX)
