"""From a spot of a neighbour map back to a latent point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from vae_core.progress import Progress, Stopped, silent
from vae_core.space.trust.scores import normalized_excess

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

_COUNTS = (10, 15, 20, 30, 40, 60, 90, 150)
_LARGEST_SHARE = 40  # a neighbourhood of more than a fortieth of the map is no longer local
_WIDTHS = (0.0, 0.0625, 0.125, 0.25, 0.5, 1.0, 2.0, 4.0)
_LEAST_WIDTH = 1e-6  # so that a spot on a point has finite weights
_RIDGES = (0.1, 0.3, 1.0, 3.0, float("inf"))
_SAMPLED = 2000
_ROWS = 4096
_FIFTH = 5
_AROUND = 20
#: Share of the map's extent within which a spot still belongs to the items beside it.
_REACH = 0.015


class Inverse:
    """Locally weighted, ridge-damped affine regression on the nearest points of a map.

    Latent points are regressed on map coordinates over the k nearest points
    (Cleveland & Devlin 1988), weighted with 1 / (r² + w²): a spot close to points goes by
    them alone, one that lies apart by the whole neighbourhood. The slope is damped by a ridge
    relative to the neighbourhood's spread. Without a ridge this is the local affine fit; with an
    infinite one the weighted mean of the neighbours. What lies between suits
    encodings best: they are noisy, and a map keeps two of their dimensions.
    A spot farther away than the neighbourhood is wide is not extrapolated further.

    Parameters
    ----------
    tree : cKDTree
        Of the map's points ``[n, 2]``.
    mean : ndarray
        ``[n, d]`` encodings.
    choice : dict
        ``count`` k, ``width`` w in units of the map's spacing, ``ridge`` (None for the
        weighted mean), as `tuned` finds them.
    """

    def __init__(self, tree: cKDTree, mean: np.ndarray, choice: dict[str, Any]) -> None:
        self.choice = choice
        self._points = np.asarray(tree.data)
        self._mean = mean
        self._tree = tree
        points = self._points
        self._count = min(int(choice["count"]), len(points))
        self._spacing, self._remote = self._measure_spacing()
        self._agreeing, self._torn = self._measure_spread()
        self._width = max(float(choice["width"]), _LEAST_WIDTH)
        self._ridge = float("inf") if choice["ridge"] is None else float(choice["ridge"])

    def __call__(self, xy: np.ndarray) -> np.ndarray:
        """Return latent points ``[m, d]`` float32 for spots ``[m, 2]``."""
        z = np.empty((len(xy), self._mean.shape[1]), dtype=np.float32)
        for start in range(0, len(xy), _ROWS):
            part = slice(start, start + _ROWS)
            spots = np.asarray(xy[part], dtype=np.float64)
            distance, index = self._tree.query(spots, k=np.arange(1, self._count + 1))
            share = closeness(distance, self._width * self._spacing)
            weight = smoother(spots, self._points[index], share, self._ridge)
            z[part] = np.einsum("mk,mkd->md", weight, self._mean[index])
        return z

    @classmethod
    def tuned(
        cls, tree: cKDTree, mean: np.ndarray, spots: np.ndarray, truth: np.ndarray, progress: Progress = silent
    ) -> Inverse:
        """Choose count, width and ridge by R² over latent points whose spots on the map are known.

        Those must not be the set's own items: an item's point was fitted to the item, and tuning
        there promises far more than holds for any other spot.

        Parameters
        ----------
        tree : cKDTree
            Of the map's points ``[n, 2]``.
        mean : ndarray
            ``[n, d]`` encodings.
        spots : ndarray
            ``[m, 2]`` where the map places `truth`; see `vae_core.space.maps.placing`.
        truth : ndarray
            ``[m, d]`` latent points of unseen items; with none of them, or all alike, nothing is tuned.
        progress : Progress
            Hears of the neighbourhoods tried, in neighbours: that is what they cost.

        Raises
        ------
        Stopped
            If `progress` asks to stop.
        """
        points = np.asarray(tree.data)
        inverse = cls(tree, mean, {"count": min(10, len(points)), "width": 0.25, "ridge": 3.0})
        if len(truth) == 0 or not np.ptp(truth, axis=0).any():
            return inverse
        counts = [count for count in _COUNTS if count <= max(_COUNTS[0], len(points) // _LARGEST_SHARE)]
        spots = np.asarray(spots, dtype=np.float64)
        distance, index = inverse._tree.query(spots, k=np.arange(1, min(counts[-1], len(points)) + 1))
        truth = truth.astype(np.float64)
        total = float(np.square(truth - truth.mean(axis=0)).sum())
        best = -np.inf
        for count in counts:
            around, values = inverse._points[index[:, :count]], mean[index[:, :count]]
            for width in _WIDTHS:
                share = closeness(distance[:, :count], max(width, _LEAST_WIDTH) * inverse._spacing)
                for ridge in _RIDGES:
                    guess = np.einsum("mk,mkd->md", smoother(spots, around, share, ridge), values)
                    score = 1 - float(np.square(guess - truth).sum()) / total
                    if score > best:
                        best = score
                        stored = None if np.isinf(ridge) else ridge
                        choice = {"count": count, "width": width, "ridge": stored, "r2": round(score, 4)}
            if not progress(sum(one for one in counts if one <= count), sum(counts)):
                raise Stopped
        return cls(tree, mean, choice)

    def support(self, xy: np.ndarray) -> np.ndarray:
        """Return how well items around a spot ``[m, 2]`` support what it stands for; see `Projection.support`."""
        spots = np.asarray(xy, dtype=np.float64)
        scores = np.empty(len(spots), dtype=np.float32)
        for start in range(0, len(spots), _ROWS):
            part = slice(start, start + _ROWS)
            distance, index = self._tree.query(spots[part], k=np.arange(1, min(_AROUND, len(self._points)) + 1))
            apart = self.reaches(distance[:, min(_FIFTH, len(self._points)) - 1])
            torn = normalized_excess(self._spread(distance, index), self._agreeing, self._torn, 1e-6)
            scores[part] = 1 / (1 + apart**3 + torn**3)
        return scores

    def reaches(self, distance: np.ndarray) -> np.ndarray:
        """Return how far distances on the map ``[m]`` go beyond the usual one between items, in units of its reach."""
        return normalized_excess(distance, self._spacing, self._remote, 0)

    def _spread(self, distance: np.ndarray, index: np.ndarray) -> np.ndarray:
        """Root mean square distance in latent space from neighbours on the map ``[m, k]`` to their weighted mean."""
        share = closeness(distance, self._spacing)
        values = self._mean[index].astype(np.float64)
        middle = np.einsum("mk,mkd->md", share, values)
        return np.asarray(np.sqrt(np.einsum("mk,mkd->m", share, np.square(values - middle[:, None]))))

    def _measure_spread(self) -> tuple[float, float]:
        """5th and 99th percentile of the neighbours' spread at the items' own spots, each item left out."""
        n = len(self._points)
        if n < 3:
            return 0.0, 1.0
        rows = np.unique(np.linspace(0, n - 1, min(n, _SAMPLED)).astype(np.int64))
        distance, index = self._tree.query(self._points[rows], k=np.arange(2, min(_AROUND + 1, n) + 1))
        spread = self._spread(distance, index)
        low, high = np.percentile(spread, [5, 99])
        # Where all neighbours coincide nothing disagrees by mere rounding.
        return float(low), max(float(high), float(low) + 1e-3 * float(self._mean.std(axis=0).max()) + 1e-6)

    def _measure_spacing(self) -> tuple[float, float]:
        """Distance of a point to its fifth neighbour on the map: the usual one, and that of the remotest 1 %."""
        rows = self._points[np.unique(np.linspace(0, len(self._points) - 1, _SAMPLED).astype(np.int64))]
        distance, _ = self._tree.query(rows, k=[min(_FIFTH + 1, len(self._points))])
        # Where most points coincide the map has a size all the same.
        extent = float(np.ptp(self._points, axis=0).max())
        usual = max(float(np.median(distance)), 1e-6 * extent, 1e-12)
        return usual, max(float(np.percentile(distance, 99)), usual + _REACH * extent, 2 * usual)


def closeness(distance: np.ndarray, width: float) -> np.ndarray:
    """Return the weights ``[m, k]``, summing to 1, of neighbours at these distances: 1 / (r² + width²)."""
    # Relative to the nearest, so that the squares of spots far off the map stay finite.
    unit = np.maximum(distance[:, :1], width)
    weight = 1 / ((distance / unit) ** 2 + (width / unit) ** 2)
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


def smoother(spots: np.ndarray, around: np.ndarray, weight: np.ndarray, ridge: float) -> np.ndarray:
    """Return how much each neighbour counts in the damped local affine fit.

    Parameters
    ----------
    spots : ndarray
        ``[m, 2]``.
    around : ndarray
        ``[m, k, 2]`` their neighbours on the map.
    weight : ndarray
        ``[m, k]``, summing to 1.
    ridge : float
        Damping relative to the neighbourhood's variance; infinite for the weighted mean.

    Returns
    -------
    ndarray
        ``[m, k]`` summing to 1: the fit at the spots is their sum with the neighbours' values.
    """
    if np.isinf(ridge):
        return weight
    centre = np.einsum("mk,mkc->mc", weight, around)
    offset = around - centre[:, None]
    step = spots - centre
    radius = np.sqrt(np.square(offset).sum(axis=2).max(axis=1))
    length = np.sqrt(np.square(step).sum(axis=1))
    step *= np.minimum(1, radius / np.maximum(length, 1e-300))[:, None]
    xx = np.einsum("mk,mk,mk->m", weight, offset[..., 0], offset[..., 0])
    yy = np.einsum("mk,mk,mk->m", weight, offset[..., 1], offset[..., 1])
    xy = np.einsum("mk,mk,mk->m", weight, offset[..., 0], offset[..., 1])
    # A hair of damping always: neighbours on a line, or all in one spot, fix no slope across it.
    damping = (ridge + 1e-6) * 0.5 * (xx + yy) + 1e-300
    xx, yy = xx + damping, yy + damping
    inverse = 1 / np.maximum(xx * yy - xy * xy, 1e-300)
    slope_x = (yy * step[:, 0] - xy * step[:, 1]) * inverse
    slope_y = (xx * step[:, 1] - xy * step[:, 0]) * inverse
    return np.asarray(weight * (1 + slope_x[:, None] * offset[..., 0] + slope_y[:, None] * offset[..., 1]))
