"""Densities of the aggregate posterior: the mixture of the posteriors of all items."""

from __future__ import annotations

import math

import numpy as np

_LOG_2PI = math.log(2 * math.pi)
#: Points and mixture components compared at once: intermediates of 2 MB stay in the cache.
_POINTS = 32
_COMPONENTS = 8192
#: Relative error that the expanded square may cost, in nats.
_LOST = 1e-7


def log_normal(z: np.ndarray, mean: np.ndarray, logvar: np.ndarray) -> np.ndarray:
    """Return log N(z; mean, exp(logvar)) element by element, in float64 nats; the three broadcast."""
    logvar = np.asarray(logvar, dtype=np.float64)
    squared = np.square(np.asarray(z, dtype=np.float64) - mean) * np.exp(-logvar)
    return np.asarray(-0.5 * (squared + logvar + _LOG_2PI))


def aggregate_log_density(
    z: np.ndarray, mean: np.ndarray, logvar: np.ndarray, *, leave_out: np.ndarray | None = None
) -> np.ndarray:
    """Return the log density of the aggregate posterior q(z) = (1/n) Σ_i q(z|x_i) at latent points.

    Hoffman & Johnson 2016, "ELBO surgery", section 1. The sum is taken in float64 by a running log-sum-exp over
    blocks of components, so that neither far points underflow nor large sets fill the memory.

    Parameters
    ----------
    z : ndarray
        ``[m, d]`` latent points.
    mean, logvar : ndarray
        ``[n, d]`` the diagonal Gaussian posteriors q(z|x_i).
    leave_out : ndarray, optional
        ``[m]`` for each point the component that is left out, −1 for none; the mean is then taken over the other
        n − 1 (or n).

    Returns
    -------
    ndarray
        ``[m]`` float64 nats; −inf where the only component is left out.
    """
    # Squares are expanded below; about the middle they lose the fewest digits.
    middle = mean.mean(axis=0, dtype=np.float64)
    z = np.asarray(z, dtype=np.float64) - middle
    running = _Running(len(z))
    for start in range(0, len(mean), _COMPONENTS):
        part = slice(start, start + _COMPONENTS)
        mu, precision = mean[part] - middle, np.exp(-np.asarray(logvar[part], dtype=np.float64))
        constant = -0.5 * (np.square(mu) * precision + logvar[part] + _LOG_2PI).sum(axis=1)
        weighted = (mu * precision).T
        largest = max(float(np.square(z).max(initial=0)), float(np.square(mu).max())) * float(precision.max())
        # Where posteriors are that narrow, differences are squared one dimension after the other.
        expand = largest * np.finfo(np.float64).eps * z.shape[1] < _LOST
        for first in range(0, len(z), _POINTS):
            rows = slice(first, first + _POINTS)
            if expand:
                nats = z[rows] @ weighted
                nats -= 0.5 * np.square(z[rows]) @ precision.T
                nats += constant
            else:
                nats = _differences(z[rows], mu, np.asarray(logvar[part], dtype=np.float64))
            _hide(nats, leave_out, rows, start)
            running.add(nats, rows)
    return running.log_mean(len(mean), leave_out)


def marginal_log_densities(
    z: np.ndarray, mean: np.ndarray, logvar: np.ndarray, *, leave_out: np.ndarray | None = None
) -> np.ndarray:
    """Return the log densities of the marginals q(z_j) = (1/n) Σ_i q(z_j|x_i) of the aggregate posterior.

    Parameters
    ----------
    z, mean, logvar, leave_out : ndarray
        As in `aggregate_log_density`.

    Returns
    -------
    ndarray
        ``[m, d]`` float64 nats, summed directly and not on a grid.
    """
    log_density = np.empty(z.shape)
    for j in range(z.shape[1]):
        column = np.asarray(z[:, j : j + 1], dtype=np.float64)
        running = _Running(len(z))
        for start in range(0, len(mean), _COMPONENTS):
            part = slice(start, start + _COMPONENTS)
            mu, spread = mean[part, j].astype(np.float64), logvar[part, j].astype(np.float64)
            # exp(−½ ((z − μ)/σ)²)/σ with as few passes over points × components as there can be.
            scale, constant = np.exp(-0.5 * spread) * math.sqrt(0.5), -0.5 * (spread + _LOG_2PI)
            for first in range(0, len(z), _POINTS):
                rows = slice(first, first + _POINTS)
                nats = column[rows] - mu
                nats *= scale
                np.multiply(nats, nats, out=nats)
                np.subtract(constant, nats, out=nats)
                _hide(nats, leave_out, rows, start)
                running.add(nats, rows)
        log_density[:, j] = running.log_mean(len(mean), leave_out)
    return log_density


class _Running:
    """Log-sum-exp of rows whose terms come in parts."""

    def __init__(self, rows: int) -> None:
        self.highest = np.full(rows, -np.inf)
        self.total = np.zeros(rows)

    def add(self, nats: np.ndarray, rows: slice) -> None:
        """Add terms ``[rows, k]``, which are overwritten."""
        highest = np.maximum(self.highest[rows], nats.max(axis=1))
        shift = np.where(np.isfinite(highest), highest, 0.0)
        nats -= shift[:, None]
        np.exp(nats, out=nats)
        self.total[rows] = self.total[rows] * np.exp(self.highest[rows] - shift) + nats.sum(axis=1)
        self.highest[rows] = highest

    def log_mean(self, components: int, leave_out: np.ndarray | None) -> np.ndarray:
        """Return the log of the mean over all components but the one left out."""
        counted = np.full(len(self.total), components) - (0 if leave_out is None else (leave_out >= 0))
        known = self.total > 0
        log_total = np.full(len(self.total), -np.inf)
        log_total[known] = self.highest[known] + np.log(self.total[known]) - np.log(counted[known])
        return log_total


def _differences(z: np.ndarray, mean: np.ndarray, logvar: np.ndarray) -> np.ndarray:
    nats = np.zeros((len(z), len(mean)))
    for j in range(z.shape[1]):
        nats += log_normal(z[:, j : j + 1], mean[:, j], logvar[:, j])
    return nats


def _hide(nats: np.ndarray, leave_out: np.ndarray | None, rows: slice, start: int) -> None:
    if leave_out is not None:
        column = np.asarray(leave_out)[rows] - start
        inside = (column >= 0) & (column < nats.shape[1])
        nats[np.flatnonzero(inside), column[inside]] = -np.inf
