"""The importance-weighted bound on the log-likelihood, from log-weights alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

#: Effective samples in the median item below which the bound is likely to be far from the log-likelihood.
FEW_EFFECTIVE = 10


@dataclass(frozen=True)
class Bound:
    """The importance-weighted bound for growing numbers of samples; see `bound_of`.

    Attributes
    ----------
    items, samples : int
        Items m, and samples K an item.
    counts : tuple of int
        The numbers of samples k that the bound is told for: 1, 5, 10, 50, … up to K.
    nats : ndarray
        ``[c]`` float64 nats per item, mean over the items of L_k = E log (1/k) Σ w; 1 is the ELBO, all by samples. Of
        the same samples, in disjoint groups of k, whatever is left over being unused.
    error : ndarray
        ``[c]`` standard errors of these means over the items. The samples of one item are independent of another's, so
        the spread over the items holds the Monte Carlo part already.
    monte_carlo : ndarray
        ``[c]`` that part alone, what other samples of the same items would change: from the spread over groups. Where
        there is but one group, the variance of half as many samples, times what halving them once more changed it by,
        which is between ½ and 1. 0 of a single sample, of which it cannot be told.
    gain, gain_error : float
        Last less first of `nats`, and the standard error of that difference, paired by item.
    by_item : ndarray
        ``[m]`` the bound of every item with all K.
    effective : ndarray
        ``[m]`` effective sample sizes (Σw)² / Σw² (Kong 1992), from 1 to K.
    median_effective : float
        Their median.
    warning : str or None
        A sentence where so few samples count that the bound is likely to rise on with more.
    """

    items: int
    samples: int
    counts: tuple[int, ...]
    nats: np.ndarray
    error: np.ndarray
    monte_carlo: np.ndarray
    gain: float
    gain_error: float
    by_item: np.ndarray
    effective: np.ndarray
    median_effective: float
    warning: str | None


def bound_of(log_w: np.ndarray) -> Bound:
    """Return the bound of log-weights, L_k = E log (1/k) Σ w ≤ log p(x), rising with k (Burda et al. 2016, eq. 8).

    It stays a bound whatever the posteriors are. Where they are much narrower than the true ones (by √2 in a Gaussian
    model) the weights have no finite variance: then it rises slowly, and neither its error nor the effective sample
    size shows how far there is to go.

    Parameters
    ----------
    log_w : ndarray
        ``[m, K]`` finite nats, m from 2 on, K from 1 on.
    """
    m, samples = log_w.shape
    counts = _counts(samples)
    by_item = np.empty((len(counts), m))
    w = np.exp(log_w - log_w.max(axis=1, keepdims=True))
    effective = np.square(w.sum(axis=1)) / np.square(w).sum(axis=1)
    for place, k in enumerate(counts):
        by_item[place] = _each(log_w, k).mean(axis=1)
    gain = by_item[-1] - by_item[0]
    median = float(np.median(effective))
    return Bound(
        m,
        samples,
        counts,
        by_item.mean(axis=1),
        by_item.std(axis=1, ddof=1) / math.sqrt(m),
        np.sqrt([_noise(log_w, k) / m for k in counts]),
        float(gain.mean()),
        float(gain.std(ddof=1) / math.sqrt(m)),
        by_item[-1],
        effective,
        median,
        _warning(median, samples),
    )


def _each(log_w: np.ndarray, k: int) -> np.ndarray:
    """Return log (1/k) Σ w of disjoint groups of k samples, ``[m, groups]``."""
    groups = log_w.shape[1] // k
    grouped = log_w[:, : groups * k].reshape(len(log_w), groups, k)
    most = grouped.max(axis=-1, keepdims=True)
    return np.asarray(np.log(np.exp(grouped - most).mean(axis=-1)) + most[..., 0])


def _noise(log_w: np.ndarray, k: int) -> float:
    """Return the Monte Carlo variance of the bound of one item, mean over the items."""
    each = _each(log_w, k)
    groups = each.shape[1]
    if groups > 1:
        return float(each.var(axis=1, ddof=1).mean() / groups)
    if k == 1:
        return 0.0
    # The delta method's Var w / (K w̄²) is many times too small where few samples count; halves do not lie so.
    half = float(_each(log_w, k // 2).var(axis=1, ddof=1).mean())
    if k < 4:
        return half / 2
    quarter = float(_each(log_w, k // 4).var(axis=1, ddof=1).mean())
    return half if half >= quarter else half * max(half / quarter, 0.5)


def _counts(samples: int) -> tuple[int, ...]:
    """Return 1, 5, 10, 50, 100, 500 … below `samples`, and `samples`."""
    steps = [scale * times for scale in (10**power for power in range(12)) for times in (1, 5)]
    return (*(k for k in steps if k < samples), samples)


def _warning(median: float, samples: int) -> str | None:
    if median >= min(FEW_EFFECTIVE, samples / 2):
        return None
    return (
        f"In the median item {median:.1f} of {samples} samples count (effective sample size): the bound is likely to "
        "keep rising with more samples."
    )
