"""Drawing a square, an ellipse and a heart at any scale and orientation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

RADIUS = 15  # pixels; no shape reaches farther from its centre, at no orientation
PATCH = 2 * RADIUS + 1

_SQUARE_HALF_SIDE = 10.0  # pixels at scale 1
_ELLIPSE_HALF_AXES = (14.0, 9.0)
_HEART_SIDE = 15.0


def _square(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.asarray(np.maximum(np.abs(x), np.abs(y)) - _SQUARE_HALF_SIDE)


def _ellipse(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    # First-order distance: the implicit function over the length of its gradient, near the outline good to 0.1 pixel.
    a, b = _ELLIPSE_HALF_AXES
    level = np.hypot(x / a, y / b)
    slope = np.hypot(x / a**2, y / b**2)
    # At the very centre both vanish.
    return np.where(level > 0, level * (level - 1) / np.maximum(slope, 1e-12), -b)


def _heart(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    # A square standing on its corner and a disc on each of its two upper sides, about their common centre of mass.
    half = _HEART_SIDE / 2
    centre = (np.pi / 8) * (half + 2 * _HEART_SIDE / (3 * np.pi)) / (1 + np.pi / 4)
    u = (x + y) / np.sqrt(2) + centre
    v = (y - x) / np.sqrt(2) + centre
    outside = np.hypot(np.maximum(np.abs(u) - half, 0), np.maximum(np.abs(v) - half, 0))
    square = outside + np.minimum(np.maximum(np.abs(u), np.abs(v)) - half, 0)
    left = np.hypot(u, v - half) - half
    right = np.hypot(u - half, v) - half
    return np.asarray(np.minimum(square, np.minimum(left, right)))


SHAPES: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "square": _square,
    "ellipse": _ellipse,
    "heart": _heart,
}


def draw(shape: str, scale: float, orientation: np.ndarray) -> np.ndarray:
    """Draw one shape at each of some orientations.

    Parameters
    ----------
    shape : str
        A key of `SHAPES`.
    scale : float
        Size, 1 the largest.
    orientation : ndarray
        ``[m]`` angles in radians; growing angles turn the shape counter-clockwise.

    Returns
    -------
    ndarray
        uint8 ``[m, PATCH, PATCH]``, 0 outside and 255 inside, with one pixel of
        transition; the shape's centre of mass lies on the middle pixel.
    """
    steps = np.arange(PATCH, dtype=np.float64) - RADIUS
    right, up = steps[None, :], -steps[:, None]
    cos, sin = np.cos(orientation)[:, None, None], np.sin(orientation)[:, None, None]
    distance = scale * SHAPES[shape]((cos * right + sin * up) / scale, (cos * up - sin * right) / scale)
    return np.rint(255 * np.clip(0.5 - distance, 0, 1)).astype(np.uint8)
