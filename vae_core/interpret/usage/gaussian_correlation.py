"""Dependence between dimensions as far as their correlations tell it."""

from __future__ import annotations

import math

import numpy as np


def gaussian_total_correlation(z: np.ndarray) -> tuple[float | None, float | None, float | None]:
    """Return the total correlation that a Gaussian with the draws' correlations has.

    TC = −½ log det R (Cover & Thomas 2006, theorem 8.4.1, less the entropies of the marginals). The standard error
    is that of the mean of its terms −½ log det R + ½ (u² − uᵀR⁻¹u), u the standardised draws. Of independent normal
    columns det R is a product of d − 1 independent Beta((m − 1 − i)/2, i/2) (Muirhead 1982, "Aspects of multivariate
    statistical theory", section 5.1.3), whose logarithms have means ψ((m − 1 − i)/2) − ψ((m − 1)/2): by chance TC is
    −½ Σ of them on average, some d(d − 1)/(4m) where m is large.

    Parameters
    ----------
    z : ndarray
        ``[m, d]`` independent draws; columns that do not vary are left out.

    Returns
    -------
    value, error, by_chance : float or None
        Nats; None for fewer than d + 2 draws, of which R has no inverse or nearly none, and where dimensions determine
        each other.
    """
    from scipy.special import digamma

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
        float(-0.5 * (digamma((m - 1 - np.arange(1, d)) / 2) - digamma((m - 1) / 2)).sum()),
    )
