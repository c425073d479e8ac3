"""Where a latent point falls on a neighbour map."""

from __future__ import annotations

import numpy as np

from vae_core.space.neighbours.index import Neighbours

_NEAREST = 15
_STEPS = 6
_ROWS = 2048
_SAMPLED = 2000


class Locator:
    """Places latent points among the map points of their nearest items in latent space.

    The weight of a neighbour at latent distance r is (r_k / r)² exp(−2 r² / r_k²), r_k the
    distance of the farthest one taken: it grows without bound as the latent point nears an item,
    so an item falls exactly on its own point and the marker moves there without a jump.
    Neighbours may lie in separate islands of the map, and a mean of islands lies in none.
    The place is therefore a mode of the weights on the map: mean-shift steps (Comaniciu & Meer 2002)
    from the neighbour with most weight about it.

    Parameters
    ----------
    points : ndarray
        ``[n, 2]`` or ``[n, 3]`` the map.
    neighbours : Neighbours
        Of the encodings.
    """

    def __init__(self, points: np.ndarray, neighbours: Neighbours) -> None:
        self._points = points
        self._neighbours = neighbours
        self._width = _usual_spread(points, neighbours)

    def __call__(self, z: np.ndarray) -> np.ndarray:
        """Return places ``[m, 2]`` or ``[m, 3]`` float32 for latent points ``[m, d]``."""
        places = np.empty((len(z), self._points.shape[1]), dtype=np.float32)
        for start in range(0, len(z), _ROWS):
            part = slice(start, start + _ROWS)
            places[part] = self._place(np.asarray(z[part], dtype=np.float32))
        return places

    def _place(self, z: np.ndarray) -> np.ndarray:
        index, found = self._neighbours.query(z, _NEAREST)
        distance = found.astype(np.float64)
        reach = np.maximum(distance[:, -1:], 1e-300)
        relative = distance / reach
        weight = np.exp(-2 * relative**2) / np.maximum(relative, 1e-8) ** 2
        weight /= weight.sum(axis=1, keepdims=True)
        around = self._points[index].astype(np.float64)
        apart = np.square(around[:, :, None] - around[:, None]).sum(axis=3)
        support = np.einsum("mj,mij->mi", weight, 1 / (1 + apart / self._width**2))
        # Among neighbours of like support the start is the one that itself weighs most.
        place = around[np.arange(len(z)), (support * np.sqrt(weight)).argmax(axis=1)]
        for _ in range(_STEPS):
            away = np.square(around - place[:, None]).sum(axis=2)
            pull = weight / (1 + away / self._width**2) ** 2
            place = np.einsum("mk,mkc->mc", pull, around) / pull.sum(axis=1, keepdims=True)
        exact = distance[:, 0] == 0
        place[exact] = around[exact, 0]
        return np.asarray(place.astype(np.float32))


def _usual_spread(points: np.ndarray, neighbours: Neighbours) -> float:
    """Median distance on the map from an item to its latent neighbours: what counts as near there."""
    n = len(points)
    if n < 2:
        return 1.0
    rows = np.unique(np.linspace(0, n - 1, min(n, _SAMPLED)).astype(np.int64))
    index, _ = neighbours.query(neighbours.points[rows], _NEAREST, leave_out=rows)
    spread = np.sqrt(np.square(points[index] - points[rows][:, None]).sum(axis=2))
    return max(float(np.median(spread)), 1e-6 * float(np.ptp(points, axis=0).max()), 1e-12)
