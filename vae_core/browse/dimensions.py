"""What a slider needs to know of its latent dimension."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vae_core import LatentSpace

#: Positions of a slider, and pictures of a full filmstrip.
STEPS = 33
_BINS = 48
_MOST = 100_000


@dataclass(frozen=True)
class DimensionFigures:
    """One latent dimension in figures.

    Parameters
    ----------
    low, high : float
        Ends of the slider.
    mean, std : float
        Of the items' posterior means: the unit σ of the slider.
    rate : float
        Mean KL divergence in nats.
    histogram : list of int
        Items by posterior mean, in 48 equal bins from `low` to `high`.
    """

    low: float
    high: float
    mean: float
    std: float
    rate: float
    histogram: list[int]


def dimension_figures(space: LatentSpace) -> list[DimensionFigures]:
    """Return the figures of every latent dimension.

    A slider spans what the aggregate posterior spans: the 0.1 and 99.9 % quantiles of
    the means, and at least three of its standard deviations √(Var(mean) + E[σ²]) either side.
    Of more than 100,000 items every second, third … is looked at.
    """
    some = slice(None, None, 1 + len(space.mean) // _MOST)
    means, logvar = space.mean[some], space.logvar[some]
    mean = means.mean(axis=0, dtype=np.float64)
    spread = means.std(axis=0, dtype=np.float64)
    aggregate = np.sqrt(spread**2 + np.exp(logvar, dtype=np.float64).mean(axis=0))
    quantiles = np.quantile(means, [0.001, 0.999], axis=0)
    # Posteriors of no width about one spot would leave a slider nowhere to go.
    aggregate = np.maximum(aggregate, 1e-6 * np.maximum(np.abs(mean), 1))
    low = _outwards(np.minimum(quantiles[0], mean - 3 * aggregate), np.floor)
    high = _outwards(np.maximum(quantiles[1], mean + 3 * aggregate), np.ceil)
    rate = np.nan_to_num(space.rate[some].mean(axis=0, dtype=np.float64))
    return [
        DimensionFigures(
            low=float(low[j]),
            high=float(high[j]),
            mean=float(mean[j]),
            std=float(spread[j]),
            rate=float(rate[j]),
            histogram=np.histogram(means[:, j], bins=_BINS, range=(low[j], high[j]))[0].tolist(),
        )
        for j in range(space.latent_dim)
    ]


def _outwards(values: np.ndarray, rounding: np.ufunc) -> np.ndarray:
    """Round bounds away from the data to two significant digits, so that the steps read well."""
    digits = 1 - np.floor(np.log10(np.maximum(np.abs(values), 1e-6))).astype(int)
    # Written out and read again: 12 × 0.1 is not 1.2.
    rounded = [float(f"{rounding(v * 10.0**d)}e{-d}") for v, d in zip(values.tolist(), digits.tolist(), strict=True)]
    return np.array(rounded)
