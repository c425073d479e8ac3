"""How far single coordinates of a latent point lie outside what the data have there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: Shares of the aggregate posterior beyond the inner and the outer ends, of all dimensions together at most.
INNER, OUTER = 0.05, 0.01
#: Items that stand for all: so many, fewer of many dimensions, but never less than the second.
_MOST_ITEMS, _LEAST_ITEMS = 10_000, 200
_ELEMENTS = 640_000  # items × dimensions
_HALVINGS = 40
_FARTHEST = 9.0  # standard deviations, beyond which a normal has no mass
_LONGEST = 1e4  # steps; cubes of more overflow


@dataclass(frozen=True)
class CoordinateRange:
    """Central ranges of every dimension's aggregate posterior.

    Among many dimensions a distance says little about a single one: a point with one coordinate far off lies hardly
    farther from the data than they do from each other. Each coordinate is therefore asked by itself.

    Attributes
    ----------
    ends : ndarray
        ``[4, d]`` float32, in latent units: outer low, inner low, inner high, outer high. Of the aggregate posterior
        at most 5 % lies outside the inner range of some dimension and 1 % outside the outer one (Bonferroni).
    """

    ends: np.ndarray

    @classmethod
    def measure(cls, mean: np.ndarray, logvar: np.ndarray) -> CoordinateRange:
        """Return the ranges of a set's posteriors ``[n, d]``; see `mixture_quantiles`."""
        n, d = mean.shape
        most = max(_LEAST_ITEMS, min(_MOST_ITEMS, _ELEMENTS // d))
        rows = np.unique(np.linspace(0, n - 1, min(n, most)).astype(np.int64))
        some = mean[rows].astype(np.float64)
        width = smoothed_width(some, logvar[rows])
        inner, outer = INNER / 2 / d, OUTER / 2 / d
        low = [mixture_quantiles(some, width, share) for share in (outer, inner)]
        high = [-mixture_quantiles(-some, width, share) for share in (inner, outer)]
        return cls(np.stack([*low, *high]).astype(np.float32))

    def excess(self, z: np.ndarray) -> np.ndarray:
        """Return how far each coordinate ``[m, d]`` lies beyond its inner range: 0 inside, 1 at the outer end."""
        outer_low, inner_low, inner_high, outer_high = self.ends.astype(np.float64)
        # Of items that coincide the range is a point; what rounding does to that is no excess.
        least = 1e-6 * np.maximum(np.abs(inner_low), np.abs(inner_high)) + 1e-9
        below = (inner_low - z) / np.maximum(inner_low - outer_low, least)
        above = (z - inner_high) / np.maximum(outer_high - inner_high, least)
        return np.asarray(np.clip(np.maximum(below, above), 0, _LONGEST))


def smoothed_width(mean: np.ndarray, logvar: np.ndarray) -> np.ndarray:
    """Return widths ``[n, d]`` of posteriors, none narrower than 1.06 s n^(−1/5), s the means' standard deviation.

    Silverman 1986, "Density estimation", eq. 3.28: narrower posteriors tell where single items lie, and not where
    the next would.
    """
    smooth = 1.06 * mean.std(axis=0, dtype=np.float64) * len(mean) ** -0.2
    # Of items that coincide without a variance the range is a point, and still has two ends.
    return np.asarray(np.maximum(np.maximum(np.exp(0.5 * logvar.astype(np.float64)), smooth), 1e-12))


def mixture_quantiles(mean: np.ndarray, width: np.ndarray, share: float) -> np.ndarray:
    """Return the quantile of (1/n) Σ_i N(mean_ij, width_ij²) for every dimension j, by bisection.

    Parameters
    ----------
    mean, width : ndarray
        ``[n, d]`` float64.
    share : float
        Of the mixture that lies below.

    Returns
    -------
    ndarray
        ``[d]``.
    """
    import torch  # whose normal distribution is there already; scipy takes 0.3 s to import

    means, widths = torch.from_numpy(mean), torch.from_numpy(width)
    low, high = (mean - _FARTHEST * width).min(axis=0), (mean + _FARTHEST * width).max(axis=0)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        less = torch.special.ndtr((torch.from_numpy(middle) - means) / widths).mean(dim=0).numpy() < share
        low, high = np.where(less, middle, low), np.where(less, high, middle)
    return np.asarray(low)
