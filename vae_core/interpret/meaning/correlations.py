"""Correlation of latent dimensions with columns of numbers, and their correlation ratio given categories."""

from __future__ import annotations

import numpy as np

from vae_core.interpret.meaning.quantile_codes import average_ranks, dense_codes


class Correlations:
    """The means of all dimensions, made ready to be correlated with one column after another.

    Parameters
    ----------
    by_dimension : ndarray
        ``[d, n]``, the means of one dimension beside each other in memory.
    dense : ndarray
        ``[d, n]``, `dense_codes` of every dimension.
    """

    def __init__(self, by_dimension: np.ndarray, dense: np.ndarray) -> None:
        self._mean = by_dimension
        self._dense = dense
        self._whole: tuple[np.ndarray, np.ndarray] | None = None

    def with_column(self, values: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return Pearson's r and Spearman's rank correlation (Pearson's of average ranks), ``[d]`` each.

        Parameters
        ----------
        values : ndarray
            ``[n]`` the column.
        rows : ndarray
            Items over which they are taken, where the column is known.
        """
        values_units, rank_units = self._units(rows)
        known = values[rows]
        r, rank_r = values_units @ _unit(known), rank_units @ _unit(average_ranks(dense_codes(known)))
        return np.clip(r, -1, 1), np.clip(rank_r, -1, 1)

    def with_angle(self, values: np.ndarray, turn: float, rows: np.ndarray) -> np.ndarray:
        """Return R² ``[d]`` in [0, 1] of the regression of each dimension on cosine and sine of an angle.

        The circular-linear association of Mardia & Jupp (2000, "Directional statistics", section 11.2): the same
        wherever the angle is counted from. A shape that looks the same after half a turn shows in twice its angle, so
        both are tried, and the larger R² is taken. By chance each is 2 / (n − 1) on average.

        Parameters
        ----------
        values : ndarray
            ``[n]`` the angle.
        turn : float
            A full turn in its units.
        rows : ndarray
            Items over which it is taken, where the angle is known.
        """
        units, _ = self._units(rows)
        best = np.zeros(len(units))
        for times in (1, 2):
            angle = values[rows] * (2 * np.pi * times / turn)
            cosine, sine = _unit(np.cos(angle)), _unit(np.sin(angle))
            # What of the sine the cosine does not tell already; nothing where there are only two angles.
            rest = sine - (sine @ cosine) * cosine
            length = np.linalg.norm(rest)
            across = rest / length if length > 1e-6 else np.zeros_like(rest)
            best = np.maximum(best, np.square(units @ cosine) + np.square(units @ across))
        return np.minimum(best, 1.0)

    def _units(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if len(rows) < self._mean.shape[1]:
            return self._made(self._mean[:, rows], self._dense[:, rows])
        if self._whole is None:
            self._whole = self._made(self._mean, self._dense)
        return self._whole

    def _made(self, mean: np.ndarray, dense: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.stack([_unit(one) for one in mean]), np.stack([_unit(average_ranks(one)) for one in dense])


def _unit(values: np.ndarray) -> np.ndarray:
    """Return values ``[n]`` less their mean, at length 1; zeros where they do not vary."""
    values = np.asarray(values, dtype=np.float64)
    if values.size == 0 or values.min() == values.max():
        return np.zeros(len(values))
    # Far from zero or very large values would lose their digits, or overflow, in the squares.
    centred = values / np.abs(values).max()
    centred = centred - centred.mean()
    return np.asarray(centred / np.linalg.norm(centred))


def correlation_ratio(by_dimension: np.ndarray, codes: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return η² ``[d]`` of dimensions given a category: the share of their variance that lies between categories.

    η² = Σ_k n_k (m_k − m)² / Σ_i (z_i − m)² (Pearson 1905).

    Parameters
    ----------
    by_dimension : ndarray
        ``[d, n]``.
    codes : ndarray
        ``[n]`` of the category.
    rows : ndarray
        Items over which it is taken, whose codes are 0 or more.
    """
    chosen = codes[rows]
    counts = np.bincount(chosen)
    ratio = np.zeros(len(by_dimension))
    for j, values in enumerate(by_dimension):
        z = values[rows].astype(np.float64)
        if z.min() == z.max():
            continue
        z -= z.mean()
        sums = np.bincount(chosen, weights=z)
        ratio[j] = (np.square(sums) / np.maximum(counts, 1)).sum() / np.square(z).sum()
    return np.minimum(ratio, 1.0)
