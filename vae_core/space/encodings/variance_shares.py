"""How much of what is decoded each latent dimension decides: the order of dimensions where there is no rate."""

from __future__ import annotations

import numpy as np

from vae_core.data.dataset import Dataset

_MOST_ITEMS = 5_000
_MOST_ELEMENTS = 4_096


def variance_shares(data: Dataset, z: np.ndarray) -> np.ndarray:
    """Return the share of the items' variance that each latent dimension explains by itself.

    The first-order Sobol index, from the coefficients of the first two Hermite polynomials of z_j (polynomial chaos:
    Sudret 2008, "Global sensitivity analysis using polynomial chaos expansions"), less what chance gives them. Effects
    of several dimensions together, and of higher degrees, are in no dimension's share.

    Parameters
    ----------
    data : Dataset
        Prior samples; up to 5,000 of them and 4,096 elements of each are looked at.
    z : ndarray
        ``[n, d]`` the independent normal draws they were decoded from.

    Returns
    -------
    ndarray
        ``[d]`` float64 in [0, 1]; together at most about 1.
    """
    n = min(len(z), _MOST_ITEMS)
    x = data.batch(slice(0, n)).reshape(n, -1)
    x = x[:, np.unique(np.linspace(0, x.shape[1] - 1, min(x.shape[1], _MOST_ELEMENTS)).astype(np.int64))]
    x = x - x.mean(axis=0)
    total = float(np.square(x, dtype=np.float64).sum()) / n
    deviation = z[:n].std(axis=0)
    if total == 0 or not (deviation > 0).all():
        return np.zeros(z.shape[1])
    u = (z[:n] - z[:n].mean(axis=0)) / deviation
    polynomials = (u, (np.square(u) - 1) / np.sqrt(2))
    explained = sum(np.square(p.T.astype(np.float32) @ x / n, dtype=np.float64).sum(axis=1) for p in polynomials)
    return np.asarray(np.clip(explained / total - len(polynomials) / n, 0, 1))
