"""How far a sample is from a law: Kolmogorov–Smirnov, Wasserstein and the maximum mean discrepancy."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

_PERMUTED = 256


def kolmogorov_smirnov(shares: np.ndarray) -> np.ndarray:
    """Return sup |F_m − F| along the first axis, from a law's distribution function at the points of a sample.

    Parameters
    ----------
    shares : ndarray
        ``[m, ...]`` F at the m points, in any order (Kolmogorov 1933; Smirnov 1948).
    """
    ordered = np.sort(shares, axis=0)
    m = len(ordered)
    steps = (np.arange(m + 1) / m).reshape(-1, *(1,) * (shares.ndim - 1))
    return np.asarray(np.maximum(steps[1:] - ordered, ordered - steps[:-1]).max(axis=0))


def kolmogorov_smirnov_law(statistics: np.ndarray, m: int, stand_ins: int = 0) -> tuple[float, np.ndarray]:
    """Return the 95 % quantile of the statistic of m points of the law itself, and the p-values of statistics.

    Exact where the law is known (Simard & L'Ecuyer 2011, "Computing the two-sided Kolmogorov–Smirnov distribution").
    Where k draws stand for it the statistic is one of two samples, whose law is about that of m k / (m + k) points
    against a known law (Smirnov 1939).

    Parameters
    ----------
    statistics : ndarray
        ``[d]``, see `kolmogorov_smirnov`.
    m : int
        Points of the sample.
    stand_ins : int
        Draws k that stand for the law, 0 where it is known.
    """
    from scipy.stats import kstwo

    points = max(1, round(m * stand_ins / (m + stand_ins))) if stand_ins else m
    return float(kstwo.isf(0.05, points)), np.clip(kstwo.sf(statistics, points), 0.0, 1.0)


def holm(p: np.ndarray) -> np.ndarray:
    """Return p-values ``[d]`` of d questions asked at once, each no less than its own.

    Where nothing is there, the least is below α in a share α of cases at most, however the questions depend on each
    other (Holm 1979, "A simple sequentially rejective multiple test procedure").
    """
    order = np.argsort(p, kind="stable")
    told = np.empty(len(p))
    told[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1.0)
    return told


def wasserstein(sample: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """Return W1 = ∫ |F_m⁻¹(u) − F⁻¹(u)| du of samples along the first axis (Villani 2003, theorem 2.18).

    Parameters
    ----------
    sample : ndarray
        ``[m, ...]`` in any order.
    quantiles : ndarray
        ``[m · s, ...]`` the law's quantiles of the shares (k + ½) / (m s), for a whole number s; see `quantile_shares`.
    """
    ordered = np.repeat(np.sort(sample, axis=0), len(quantiles) // len(sample), axis=0)
    return np.asarray(np.abs(ordered - quantiles).mean(axis=0))


def quantile_shares(m: int, least: int = 4096) -> np.ndarray:
    """Return the shares whose quantiles `wasserstein` needs for samples of m: a multiple of m, `least` or more."""
    count = m * -(-least // m)
    return (np.arange(count) + 0.5) / count


@dataclass(frozen=True)
class MeanDiscrepancy:
    """The maximum mean discrepancy of two samples of one size; see `mean_discrepancy`.

    Attributes
    ----------
    squared, error : float
        MMD², unbiased (so that it may be below 0), and its standard error.
    by_chance : float
        95 % quantile of it over the permutations; their mean is 0.
    p_value : float
        Share of permutations that reach it, (1 + #≥) / (1 + B).
    permutations, size : int
        B, and points of each sample.
    bandwidth : float
        Standard deviation h of the kernel exp(−|x − y|² / 2h²).
    """

    squared: float
    error: float
    by_chance: float
    p_value: float
    permutations: int
    size: int
    bandwidth: float


def mean_discrepancy(
    x: np.ndarray, y: np.ndarray, *, permutations: int = 500, bandwidth: float | None = None, seed: int = 0
) -> MeanDiscrepancy:
    """Return the maximum mean discrepancy of two samples, with a permutation test of whether they are of one law.

    MMD²_u (Gretton et al. 2012, "A kernel two-sample test", eq. 3) with a Gaussian kernel whose width is the median
    distance between the points of both (section 8). The permutations deal the points out anew (p: Phipson & Smyth
    2010); all of them take one product with the kernel matrix. The error is of the first order of a
    U-statistic, 2 sd_i(mean_j h_ij) / √m (Serfling 1980, section 5.5.1), which is too large where both laws are one.

    Parameters
    ----------
    x, y : ndarray
        ``[m, d]`` each, at least two points.
    permutations : int
        B.
    bandwidth : float, optional
        h, where it is not to be the median distance.
    seed : int
        Of the permutations.
    """
    m = len(x)
    pooled = np.concatenate([x, y]).astype(np.float64)
    squared = _squared_distances(pooled)
    if bandwidth is None:
        median = float(np.median(np.sqrt(squared[np.triu_indices(2 * m, 1)])))
        # More than half of the points may coincide.
        bandwidth = median or math.sqrt(float(squared.mean())) or 1.0
    kernel = np.exp(squared / (-2 * bandwidth**2))
    np.fill_diagonal(kernel, 0.0)
    random = np.random.default_rng(seed)
    first = np.zeros((2 * m, permutations + 1))
    first[:m, 0] = 1
    for column in range(1, permutations + 1):
        first[random.permutation(2 * m)[:m], column] = 1
    values = _unbiased(kernel, first, m)
    # h_ij of the pairs (x_i, y_i), (x_j, y_j); pairs are with others only.
    h = kernel[:m, :m] + kernel[m:, m:] - kernel[:m, m:] - kernel[m:, :m]
    np.fill_diagonal(h, 0.0)
    by_point = h.sum(axis=1) / (m - 1)
    reached = int((values[1:] >= values[0] - 1e-12).sum())
    return MeanDiscrepancy(
        squared=float(values[0]),
        error=float(2 * by_point.std(ddof=1) / math.sqrt(m)),
        by_chance=float(np.quantile(values[1:], 0.95)),
        p_value=(1 + reached) / (1 + permutations),
        permutations=permutations,
        size=m,
        bandwidth=bandwidth,
    )


def _unbiased(kernel: np.ndarray, first: np.ndarray, m: int) -> np.ndarray:
    """MMD²_u for every column of `first` ``[2m, b]``: 1 for the points of the first sample, 0 for the others."""
    values = np.empty(first.shape[1])
    rows = kernel.sum(axis=1)
    for start in range(0, first.shape[1], _PERMUTED):
        part = first[:, start : start + _PERMUTED]
        beside = kernel @ part
        within = (part * beside).sum(axis=0)
        across = rows @ part - within
        others = rows.sum() - within - 2 * across
        values[start : start + _PERMUTED] = (within + others) / (m * (m - 1)) - 2 * across / m**2
    return values


def _squared_distances(points: np.ndarray) -> np.ndarray:
    centred = points - points.mean(axis=0)
    norms = np.square(centred).sum(axis=1)
    squared = norms[:, None] + norms - 2 * centred @ centred.T
    np.fill_diagonal(squared, 0.0)
    return np.asarray(np.maximum(squared, 0.0, out=squared))
