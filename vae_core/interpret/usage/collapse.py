"""Is the latent used? The rate and the movement of every dimension over the whole set."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vae_core.data.pieces import pieces
from vae_core.errors import InputError
from vae_core.progress import Progress, Stopped, silent

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

#: Var_x(E_q[z_j]) above which a unit is active (Burda et al. 2016, "Latent space representation").
ACTIVE_FROM = 0.01
#: Rate in nats from which a dimension is counted as saying something.
NAT_FROM = 0.1
#: Without a variance latents have no scale of their own: a dimension of less than this share of the largest variance,
#: a hundredth of its deviation, does not move.
STILL = 1e-4
#: Share of the rate that the carrying dimensions have together.
CARRIED = 0.98
#: The bootstrap: so many draws of so many groups of items; the ranges it gives hold 95 % of the draws.
DRAWS = 1000
GROUPS = 200
_RANGE = (2.5, 97.5)


@dataclass(frozen=True)
class ActiveUnits:
    """How far the posterior mean of an item moves from item to item.

    Attributes
    ----------
    variance, error : ndarray
        ``[d]`` float64, Var_x(E_q[z_j]) over the items (population: divided by n), and its standard error.
    active : ndarray
        ``[d]`` bool, variance above the threshold: the active units.
    active_range : tuple of int
        Central 95 % of the number of active units over 1,000 bootstrap draws of the items (in up to 200 random groups).
    """

    variance: np.ndarray
    error: np.ndarray
    active: np.ndarray
    active_range: tuple[int, int]


@dataclass(frozen=True)
class Rates:
    """How many nats each dimension says about an item.

    Attributes
    ----------
    rate, error : ndarray
        ``[d]`` float64 nats per item, E_x KL(q(z_j|x) || p(z_j)), and the standard error of that mean.
    total, total_error : float
        The same of all dimensions together.
    above : ndarray
        ``[d]`` bool, rate above 0.1 nat.
    order : ndarray
        ``[d]`` the dimensions by falling rate.
    cumulative : ndarray
        ``[d]`` float64, the share of the rate that the first 1, 2, … d of `order` carry; zeros where the rate is zero.
    carriers : int
        So many of `order` carry 98 % of the rate; 0 where the rate is zero.
    above_range, carriers_range : tuple of int
        Central 95 % of these counts over 1,000 bootstrap draws of the items (in up to 200 random groups).
    width : ndarray
        ``[d]`` float64 in [0, 1], √(E_x σ_j² / (E_x σ_j² + Var_x μ_j)): how wide the posterior of an item is beside
        the aggregate posterior. 1 where the items are not told apart, near 0 where each has a place of its own.
    """

    rate: np.ndarray
    error: np.ndarray
    total: float
    total_error: float
    above: np.ndarray
    order: np.ndarray
    cumulative: np.ndarray
    carriers: int
    above_range: tuple[int, int]
    carriers_range: tuple[int, int]
    width: np.ndarray


@dataclass(frozen=True)
class Collapse:
    """How much every latent dimension is used.

    An encoder that ignores the items has variance 0 in every dimension, and rate 0 where its posterior is the prior:
    posterior means are no samples, so there is no noise that chance would add to either. If all dimensions carried the
    same, `even` of them would carry 98 % of the rate. Standard errors take the items for a sample of all there might
    be, also where they are the whole set.

    Attributes
    ----------
    items, of : int
        Items measured, and items of the space.
    dimensions : int
        Number of latent dimensions d.
    threshold : float
        Variance of the posterior mean above which a unit is active; meant for a prior of variance 1.
    even : int
        So many dimensions would carry 98 % of the rate if all carried the same.
    movement : ActiveUnits or None
        None where nothing is encoded.
    rates : Rates or None
        None where the posterior has no variance, which makes the rate infinite.
    """

    items: int
    of: int
    dimensions: int
    threshold: float
    even: int
    movement: ActiveUnits | None
    rates: Rates | None


def off_dimensions(variance: np.ndarray, rate: np.ndarray | None, threshold: float = ACTIVE_FROM) -> np.ndarray:
    """Return which dimensions ``[d]`` are off: no active unit, and a rate of at most 0.1 nat.

    Parameters
    ----------
    variance : ndarray
        ``[d]`` Var_x(E_q[z_j]).
    rate : ndarray or None
        ``[d]`` nats per item. Without it those are off whose variance is below 10⁻⁴ of the largest.
    threshold : float
        Variance above which a unit is active.
    """
    if rate is None:
        return np.asarray(variance <= STILL * variance.max(initial=0))
    return np.asarray((variance <= threshold) & (rate <= NAT_FROM))


def collapse(
    space: LatentSpace,
    *,
    items: int | None = None,
    seed: int = 0,
    threshold: float = ACTIVE_FROM,
    progress: Progress = silent,
) -> Collapse:
    """Measure how much every latent dimension of a space is used.

    Parameters
    ----------
    space : LatentSpace
        The space. Of a model without a variance there are no rates, of a decoder alone no figures at all.
    items : int, optional
        Items looked at, drawn with the seed; all if it is left out, which is cheap: nothing is decoded.
    seed : int
        Of the draw of the items and of the bootstrap.
    threshold : float
        Variance of the posterior mean above which a unit is active.
    progress : Progress
        Hears of items looked at.

    Raises
    ------
    InputError
        If there are fewer than two items, or the threshold is not a number from 0 on.
    Stopped
        If `progress` asks to stop.
    """
    if not (math.isfinite(threshold) and threshold >= 0):
        raise InputError(f"The threshold of active units is a variance from 0 on, not {threshold}.")
    n = len(space)
    if not space.model.can.encode:
        return Collapse(0, n, space.latent_dim, threshold, _even(space.latent_dim), None, None)
    mean, logvar, rate = space.mean, space.logvar, space.rate
    if items is not None and items < n:
        rows = np.sort(np.random.default_rng(seed).choice(n, max(items, 0), replace=False))
        mean, logvar, rate = mean[rows], logvar[rows], rate[rows]
    if not space.model.can.variance:
        return measure(mean, None, None, of=n, seed=seed, threshold=threshold, progress=progress)
    return measure(mean, logvar, rate, of=n, seed=seed, threshold=threshold, progress=progress)


def measure(
    mean: np.ndarray,
    logvar: np.ndarray | None,
    rate: np.ndarray | None,
    *,
    of: int | None = None,
    seed: int = 0,
    threshold: float = ACTIVE_FROM,
    progress: Progress = silent,
) -> Collapse:
    """Measure posteriors; see `collapse`.

    Parameters
    ----------
    mean, logvar : ndarray
        ``[n, d]`` the posteriors, which may be memory maps; no logvar for a model without a variance.
    rate : ndarray or None
        ``[n, d]`` nats.
    of : int, optional
        Items of the whole set, where these are a sample.
    seed, threshold, progress
        As of `collapse`.

    Raises
    ------
    InputError
        If there are fewer than two items.
    Stopped
        If `progress` asks to stop.
    """
    n, d = mean.shape
    if n < 2:
        raise InputError("Whether the latent is used shows in how items differ; give at least two items.")
    centre = sum(part.sum(axis=0, dtype=np.float64) for _, part in pieces(mean)) / n
    groups = min(n, GROUPS)
    size = np.zeros(groups)
    # Of every group the sums of μ − centre, of its square, and of the rate.
    sums = np.zeros((3, groups, d))
    fourth, rate_squares, sigma = np.zeros(d), np.zeros(d), np.zeros(d)
    total_squares = 0.0
    random = np.random.default_rng([seed, 1])
    for start, some in pieces(mean):
        part = slice(start, start + len(some))
        dealt = random.permutation(len(some))
        moved = some.astype(np.float64) - centre
        square = np.square(moved)
        fourth += np.square(square).sum(axis=0)
        _deal(size, np.ones(len(some)), dealt)
        _deal(sums[0], moved, dealt)
        _deal(sums[1], square, dealt)
        if rate is not None and logvar is not None:
            nats = rate[part].astype(np.float64)
            rate_squares += np.square(nats).sum(axis=0)
            total_squares += float(np.square(nats.sum(axis=1)).sum())
            sigma += np.exp(logvar[part].astype(np.float64)).sum(axis=0)
            _deal(sums[2], nats, dealt)
        if not progress(part.stop, n, "rates"):
            raise Stopped("Measuring the rates was stopped.")
    means = sums.sum(axis=1) / n
    variance = np.maximum(means[1] - np.square(means[0]), 0)
    drawn = _bootstrap(size, sums, random)
    movement = ActiveUnits(
        variance,
        # Asymptotic variance of a variance, (m₄ − m₂²) / n (Cramér 1946, sec. 27.4).
        np.sqrt(np.maximum(fourth / n - np.square(variance), 0) / n),
        variance > threshold,
        _range((drawn[1] - np.square(drawn[0]) > threshold).sum(axis=1)),
    )
    rates = None
    if rate is not None and logvar is not None:
        order = np.argsort(-means[2], kind="stable")
        cumulative = _cumulative(means[2][order])
        total = float(means[2].sum())
        rates = Rates(
            means[2],
            np.sqrt(np.maximum(rate_squares / n - np.square(means[2]), 0) / (n - 1)),
            total,
            math.sqrt(max(total_squares / n - total**2, 0.0) / (n - 1)),
            means[2] > NAT_FROM,
            order,
            cumulative,
            int(_carriers(cumulative)),
            _range((drawn[2] > NAT_FROM).sum(axis=1)),
            _range(_carriers(_cumulative(-np.sort(-drawn[2], axis=1)))),
            np.sqrt(sigma / np.maximum(sigma + n * variance, np.finfo(np.float64).tiny)),
        )
    return Collapse(n, n if of is None else of, d, threshold, _even(d), movement, rates)


def _deal(into: np.ndarray, values: np.ndarray, dealt: np.ndarray) -> None:
    """Add values ``[m, …]``, in the order `dealt`, to the groups in turn."""
    groups = len(into)
    whole = len(values) // groups * groups
    if whole:
        into += values[dealt[:whole]].reshape(-1, groups, *values.shape[1:]).sum(axis=0)
    into[: len(values) - whole] += values[dealt[whole:]]


def _bootstrap(size: np.ndarray, sums: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Return means ``[3, draws, d]`` over groups drawn with replacement (Efron & Tibshirani 1993, ch. 6)."""
    groups = len(size)
    times = random.multinomial(groups, np.full(groups, 1 / groups), size=DRAWS).astype(np.float64)
    drawn = np.matmul(times, sums)
    return np.asarray(drawn / (times @ size)[:, None])


def _cumulative(rate: np.ndarray) -> np.ndarray:
    """Return the shares of the first 1, 2, … of falling rates ``[…, d]``; an estimate below 0 counts as 0."""
    summed = np.cumsum(np.maximum(rate, 0), axis=-1)
    total = summed[..., -1:]
    return np.asarray(np.where(total > 0, summed / np.where(total > 0, total, 1), 0))


def _carriers(cumulative: np.ndarray) -> np.ndarray:
    # Rounding must not ask for one dimension more than carries the share exactly.
    short = (cumulative < CARRIED - 1e-12).sum(axis=-1) + 1
    return np.asarray(np.where(cumulative[..., -1] > 0, short, 0))


def _even(d: int) -> int:
    return math.ceil(CARRIED * d - 1e-9)


def _range(counts: np.ndarray) -> tuple[int, int]:
    low, high = np.percentile(counts, _RANGE, method="nearest")
    return int(low), int(high)
