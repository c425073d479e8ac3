"""Dependence between dimensions as far as their correlations tell it."""

from __future__ import annotations

import math

import numpy as np


def gaussian_total_correlation(z: np.ndarray) -> tuple[float | None, float | None, float | None]:
    """Return the total correlation that a Gaussian with the draws' correlations has.

    TC = −½ log det R (Cover & Thomas 2006, theorem 8.4.1, less the entropies of the marginals). The standard error
    is that of the mean of its terms −½ log det R + ½ (u² − uᵀR⁻¹u), u the standardised draws; by chance 2m·TC is χ²
    with d(d − 1)/2 degrees of freedom (Anderson 2003, chapter 9), so TC is d(d − 1)/(4m) on average.

    Parameters
    ----------
    z : ndarray
        ``[m, d]``; columns that do not vary are left out.

    Returns
    -------
    value, error, by_chance : float or None
        Nats; None for fewer than d + 2 draws or where dimensions determine each other.
    """
    deviation = z.std(axis=0, dtype=np.float64)
    z = z[:, deviation > 0]
    m, d = z.shape
    if m < d + 2:
        return None, None, None
    if d < 2:
        return 0.0, 0.0, 0.0
    u = (z - z.mean(axis=0, dtype=np.float64)) / deviation[deviation > 0]
    eigenvalues, vectors = np.linalg.eigh(u.T @ u / m)
    if eigenvalues[0] <= 1e-12 * eigenvalues[-1]:
        return None, None, None
    terms = 0.5 * (np.square(u).sum(axis=1) - (np.square(u @ vectors) / eigenvalues).sum(axis=1))
    return (
        float(-0.5 * np.log(eigenvalues).sum()),
        float(terms.std(ddof=1) / math.sqrt(m)),
        d * (d - 1) / (4 * m),
    )
