"""Whether dimensions are correlated at all."""

from __future__ import annotations

import numpy as np


def independence(covariance: np.ndarray, count: int) -> float | None:
    """Return the p-value that all correlations of dimensions are 0.

    −(n − 1 − (2d + 5)/6) log det R is χ² with d(d − 1)/2 degrees of freedom (Bartlett 1951, "The effect of
    standardization on a χ² approximation in factor analysis"), for Gaussian dimensions, and for any independent ones
    of many items: each √n r is normal then.

    Parameters
    ----------
    covariance : ndarray
        ``[d, d]``; dimensions of no variance are left out.
    count : int
        Items n.

    Returns
    -------
    float or None
        In [0, 1]; 0 where dimensions determine each other, None for fewer than two that vary, or fewer than d + 2
        items.
    """
    from scipy.stats import chi2

    deviation = np.sqrt(np.diag(covariance))
    varying = deviation > 1e-9 * deviation.max(initial=0)
    d = int(varying.sum())
    if d < 2 or count < d + 2:
        return None
    correlation = covariance[np.ix_(varying, varying)] / np.outer(deviation[varying], deviation[varying])
    eigenvalues = np.linalg.eigvalsh(correlation)
    if eigenvalues[0] <= 1e-12 * eigenvalues[-1]:
        return 0.0
    statistic = -(count - 1 - (2 * d + 5) / 6) * float(np.log(eigenvalues).sum())
    return float(chi2.sf(max(statistic, 0.0), d * (d - 1) / 2))
