"""Means and deviations of a data set, as models are trained on values that were standardised by them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vae_core.data.dataset import Dataset

_ROWS = 4_096
#: Items they are taken of, evenly spaced over larger sets: a deviation is then known to 0.3 %.
MOST_ITEMS = 100_000


@dataclass(frozen=True)
class Moments:
    """Mean and deviation of every channel of images (of pixels in [0, 1]) and series, every column of vectors.

    Parameters
    ----------
    means, deviations : ndarray
        ``[c]`` or ``[k]`` float64; divided by the number of values, as scikit-learn's StandardScaler does.
    """

    means: np.ndarray
    deviations: np.ndarray

    @classmethod
    def of(cls, data: Dataset) -> Moments:
        """Take them of a data set, in pieces."""
        rows = np.unique(np.linspace(0, len(data) - 1, min(len(data), MOST_ITEMS)).astype(np.int64))
        parts = [slice(start, start + _ROWS) for start in range(0, len(rows), _ROWS)]
        count, width = 0, data.sample_shape[0]
        sums = np.zeros(width)
        for part in parts:
            values = _flat(data.batch(rows[part]))
            count += values.shape[1]
            sums += values.sum(axis=1)
        means = sums / count
        squares = np.zeros(width)
        for part in parts:
            squares += ((_flat(data.batch(rows[part])) - means[:, None]) ** 2).sum(axis=1)
        return cls(means, np.sqrt(squares / count))

    @property
    def mean(self) -> float:
        """Mean of all values."""
        return float(self.means.mean())

    @property
    def deviation(self) -> float:
        """Deviation of all values, by the law of total variance."""
        return float(np.sqrt((self.deviations**2).mean() + self.means.var()))


def _flat(batch: np.ndarray) -> np.ndarray:
    """Return values ``[channels or columns, …]`` of items ``[n, *sample_shape]``."""
    return batch.astype(np.float64).swapaxes(0, 1).reshape(batch.shape[1], -1)
