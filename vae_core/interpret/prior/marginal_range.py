"""Where each dimension's data end: the central range of its aggregate posterior."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vae_core.space.trust.coordinates import mixture_quantiles, smoothed_width

#: Share of the aggregate posterior that lies outside a range of some dimension, all of them together at most.
OUTSIDE = 0.01
#: Items that stand for all of a larger set, and fewer of many dimensions.
MOST_ITEMS = 10_000
_LEAST_ITEMS = 2_000
_ELEMENTS = 640_000  # items × dimensions


@dataclass(frozen=True)
class MarginalRange:
    """The central range of every dimension's aggregate posterior; see `measure`.

    Attributes
    ----------
    low, high : ndarray
        ``[d]`` its ends, in latent units.
    counted : ndarray
        ``[d]`` bool, the dimensions that count.
    tail : float
        Share of the aggregate posterior's marginal beyond each end.
    """

    low: np.ndarray
    high: np.ndarray
    counted: np.ndarray
    tail: float
    _mean: np.ndarray
    _width: np.ndarray
    _items: np.ndarray
    _reached: tuple[np.ndarray, np.ndarray]

    @classmethod
    def measure(
        cls, mean: np.ndarray, logvar: np.ndarray, counted: np.ndarray, seed: int = 0, most: int = MOST_ITEMS
    ) -> MarginalRange:
        """Return the ranges that hold all but 1 % of the aggregate posterior together.

        Of each of the k dimensions that count all but 1 % / k (Bonferroni), half of it beyond each end: quantiles of
        the mixture (1/n) Σ_i N(mean_ij, w_ij²), w the posterior's width as `smoothed_width` has it.

        Parameters
        ----------
        mean, logvar : ndarray
            ``[n, d]`` posteriors.
        counted : ndarray
            ``[d]`` bool, the dimensions that count.
        seed : int
            Of the items that stand for more than 10,000, or for fewer of many dimensions.
        most : int
            Items looked at, at most, but 2,000 in any case.
        """
        n, d = mean.shape
        most = max(_LEAST_ITEMS, min(most, MOST_ITEMS, _ELEMENTS // d))
        items = np.arange(n) if n <= most else np.sort(np.random.default_rng([seed, 3]).permutation(n)[:most])
        some = mean[items].astype(np.float64)
        width = smoothed_width(some, logvar[items])
        tail = 0.5 * OUTSIDE / max(1, int(counted.sum()))
        # Without one item a share is this at most: only draws within these have to be asked.
        reached = min(0.5, (tail * (len(items) - 1) + 1) / len(items))
        lows, highs = (
            [sign * mixture_quantiles(sign * some, width, share) for share in (tail, reached)] for sign in (1, -1)
        )
        return cls(
            low=lows[0],
            high=highs[0],
            counted=counted,
            tail=tail,
            _mean=some,
            _width=width,
            _items=items,
            _reached=(lows[1], highs[1]),
        )

    def outside(self, z: np.ndarray, own: np.ndarray | None = None) -> np.ndarray:
        """Return which coordinates of points ``[m, d]`` lie outside their dimension's range.

        Parameters
        ----------
        z : ndarray
            ``[m, d]``.
        own : ndarray, optional
            ``[m]`` an item for each point that does not count: the one it is a draw of.

        Returns
        -------
        ndarray
            ``[m, d]`` bool, False in dimensions that do not count.
        """
        if own is None or len(self._items) < 2:
            return np.asarray(((z < self.low) | (z > self.high)) & self.counted)
        place = np.minimum(np.searchsorted(self._items, own), len(self._items) - 1)
        place = np.where(self._items[place] == own, place, -1)
        below, above = (
            self._beyond(z, place, sign, near & self.counted)
            for sign, near in ((1, z < self._reached[0]), (-1, z > self._reached[1]))
        )
        return np.asarray(below | above)

    def excess(self, z: np.ndarray) -> np.ndarray:
        """Return how far coordinates ``[m, d]`` lie outside their range, in units of its length; 0 inside."""
        beyond = np.maximum(self.low - z, z - self.high) / np.maximum(self.high - self.low, 1e-12)
        return np.asarray(np.where(self.counted, np.maximum(beyond, 0), 0))

    def _beyond(self, z: np.ndarray, place: np.ndarray, sign: int, asked: np.ndarray) -> np.ndarray:
        from scipy.special import ndtr

        told = np.zeros(z.shape, dtype=bool)
        for j in np.flatnonzero(asked.any(axis=0)):
            rows = np.flatnonzero(asked[:, j])
            for start in range(0, len(rows), max(1, _ELEMENTS // len(self._items))):
                part = rows[start : start + max(1, _ELEMENTS // len(self._items))]
                shares = ndtr(sign * (z[part, j, None] - self._mean[:, j]) / self._width[:, j])
                known = np.flatnonzero(place[part] >= 0)
                shares[known, place[part[known]]] = 0
                count = len(self._items) - (place[part] >= 0)
                told[part, j] = shares.sum(axis=1) / count < self.tail
        return told
