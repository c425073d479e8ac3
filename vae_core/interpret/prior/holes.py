"""Holes: regions that are likely under the prior and empty of data, where samples of the model come out wrong."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vae_core.errors import InputError
from vae_core.interpret.prior.factorised_prior import FactorisedPrior
from vae_core.interpret.prior.marginal_range import MarginalRange
from vae_core.progress import Progress, Stopped, silent
from vae_core.space.trust import TrustScale

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

#: Draws of the prior, and of the aggregate posterior, where nobody says how many, and at most.
DRAWS = 10_000
MOST_DRAWS = 100_000
#: Trust below which a draw is far from the data, and the share of the prior's draws that are too unlikely to count.
LEAST_TRUST = 0.5
UNLIKELY = 0.05
MOST_HOLES = 12
MOST_ITEMS = 100_000
#: Usual distances below this are those of items that coincide: without a variance, posteriors are 1e-13 wide.
_COINCIDING = 1e-9
_LEAST_DRAWS = 1_000
_ELEMENTS = 1_000_000  # draws × dimensions, where nobody says how many
_BLOCK = 32_768  # draws × dimensions scored between two reports


@dataclass(frozen=True)
class Holes:
    """What of the prior is empty of data; see `holes`.

    Attributes
    ----------
    draws, population : int
        Draws of the prior, as many of the aggregate posterior, and items of the space.
    share, share_error : float
        Share of the prior's draws that lie in holes, at most 0.95, and its binomial standard error.
    share_outside : float
        Of it the draws with a coordinate outside the range of its dimension, `low` to `high`.
    share_by_chance, share_by_chance_error : float or None
        The same of draws from the aggregate posterior, each measured without the item it is a draw of: what a space
        has whose aggregate posterior is the prior. None for a single item.
    share_if_independent, share_if_independent_error : float or None
        The same of the prior's draws in a space of the same posteriors, every dimension of which is dealt out to the
        items by itself (up to 100,000), measured by that space's own trust and the same ranges: what the marginals
        alone leave empty. The rest of `share` owes to dimensions that depend on each other. None for a single item.
    low, high : ndarray
        ``[d]`` range of the aggregate posterior in every dimension, see `vae_core.interpret.prior.marginal_range`.
    dimension_share : ndarray
        ``[d]`` share of the prior's draws that lie in holes with this coordinate outside its range; 0 for dimensions
        that tell no items apart, of which the range does not count.
    least_trust : float
        Trust below which a draw lies far from the data.
    least_log_density : float
        log p(z) in nats that a draw in a hole has at least: 5 % of the prior's draws have less.
    z : ndarray
        ``[h, d]`` float32 the holes, farthest from the data first; none where no draw lies in one.
    distance : ndarray
        ``[h]`` mean distance of each to its 10 nearest items, dimensions weighted as trust weighs them.
    depth : ndarray
        ``[h]`` the same in units of `usual_distance`; in latent units where items coincide.
    usual_distance : float
        Median of the distance from a draw of an item's posterior to the 10 nearest other items.
    trust : ndarray
        ``[h]`` in [0, 1]; `least_trust` or more of holes that lie outside a range only.
    outside : ndarray
        ``[h]`` the dimension in which a hole lies farthest outside the range, in units of the range; −1 for none.
    hole_share, hole_share_error : ndarray
        ``[h]`` share of all of the prior's draws that lie in holes and nearest to this one, and its binomial standard
        error; together `share`.
    log_density : ndarray
        ``[h]`` log p(z) in nats.
    more_likely_than : ndarray
        ``[h]`` share of the prior's draws with a lower log p(z): near 0.05 a hole is at the prior's rim.
    nearest_item : ndarray
        ``[h]`` the item nearest to each.
    note : str
        What has to be known beside the figures; empty where there is nothing.
    """

    draws: int
    population: int
    share: float
    share_error: float
    share_outside: float
    share_by_chance: float | None
    share_by_chance_error: float | None
    share_if_independent: float | None
    share_if_independent_error: float | None
    low: np.ndarray
    high: np.ndarray
    dimension_share: np.ndarray
    least_trust: float
    least_log_density: float
    z: np.ndarray
    distance: np.ndarray
    depth: np.ndarray
    usual_distance: float
    trust: np.ndarray
    outside: np.ndarray
    hole_share: np.ndarray
    hole_share_error: np.ndarray
    log_density: np.ndarray
    more_likely_than: np.ndarray
    nearest_item: np.ndarray
    note: str


def holes(
    space: LatentSpace, *, items: int | None = None, seed: int = 0, progress: Progress = silent, most: int = MOST_HOLES
) -> Holes:
    """Find regions that are likely under the prior and empty of data.

    A draw of the prior lies in a hole if its log p(z) is not among the lowest 5 %, and how near it is to the data
    (`TrustScale.score`) is below 0.5, which of draws from items' posteriors only the remotest 1 to 2 % have, or a
    coordinate of it lies outside the range that holds the aggregate posterior of its dimension: all but 1 % / k of it,
    k the dimensions that tell items apart, so that of the aggregate posterior no more than 1 % does. (Of many
    dimensions a distance says little about a single one.) Such mismatch between
    aggregate posterior and prior: Hoffman & Johnson 2016, "ELBO surgery"; Rezende & Viola 2018, "Taming VAEs". Of the
    draws in holes the one farthest from the data is the first hole; those that lie nearer to it than it lies to the
    data belong to it; the farthest of the rest is the next (greedy non-maximum suppression).

    Parameters
    ----------
    space : LatentSpace
        The space; its prior has to factorise by dimension.
    items : int, optional
        Points drawn from the prior, and as many from the aggregate posterior; 10,000 where it is left out (of more
        than 100 dimensions 1,000,000 / d, but 1,000 at least), at most 100,000.
    seed : int
        Of the draws.
    progress : Progress
        Hears of draws whose trust is known.
    most : int
        Holes listed at most.

    Raises
    ------
    InputError
        If `items` is not positive or the prior does not factorise.
    Stopped
        If `progress` asks to stop.
    """
    if items is not None and items < 1:
        raise InputError(f"At least one point has to be drawn, not {items}.")
    n, d = space.mean.shape
    m = min(DRAWS, max(_LEAST_DRAWS, _ELEMENTS // d)) if items is None else min(items, MOST_DRAWS)
    block = max(1, _BLOCK // d)
    scale = space.trust_scale
    prior = FactorisedPrior.of(space.model)
    z = prior.draw(m, seed).astype(np.float32)
    log_density = prior.log_density(z).sum(axis=1)
    least = float(np.quantile(log_density, UNLIKELY))
    steps = m if n == 1 else 3 * m

    def scores(scale: TrustScale, points: np.ndarray, own: np.ndarray | None, done: int, note: str) -> np.ndarray:
        told = np.empty(len(points), dtype=np.float32)
        for start in range(0, len(points), block):
            rows = slice(start, start + block)
            told[rows] = scale.score(points[rows], None if own is None else own[rows])
            if not progress(done + min(start + block, len(points)), steps, note):
                raise Stopped
        return told

    trust = scores(scale, z, None, 0, "draws of the prior")
    # Few draws need no fine ends, and are what a first figure is made of.
    ranges = MarginalRange.measure(space.mean, space.logvar, scale.tells_apart, seed, most=10 * m)
    outside = ranges.outside(z)
    inside = ((trust < LEAST_TRUST) | outside.any(axis=1)) & (log_density >= least)
    by_chance: tuple[float | None, float | None] = (None, None)
    independent: tuple[float | None, float | None] = (None, None)
    if n > 1:
        drawn, own = aggregate_draws(space.mean, space.logvar, m, seed)
        remote = scores(scale, drawn, own, m, "draws of the aggregate posterior") < LEAST_TRUST
        remote |= ranges.outside(drawn, own).any(axis=1)
        by_chance = _share(remote & (prior.log_density(drawn).sum(axis=1) >= least))
        dealt = TrustScale.measure(*shuffle_dimensions(space.mean, space.logvar, seed))
        apart = scores(dealt, z, None, 2 * m, "the same for independent dimensions") < LEAST_TRUST
        independent = _share((apart | outside.any(axis=1)) & (log_density >= least))

    found, found_trust = z[inside], trust[inside]
    distance = scale.distance(found)
    chosen, nearest = separate(found, distance, np.sqrt(scale.share), most)
    hole_share = np.bincount(nearest, minlength=len(chosen)) / m
    usual = float(scale.quantiles[50])
    share, share_error = _share(inside)
    points = found[chosen]
    return Holes(
        draws=m,
        population=n,
        share=share,
        share_error=share_error,
        share_outside=float(outside[inside].any(axis=1).sum() / m),
        share_by_chance=by_chance[0],
        share_by_chance_error=by_chance[1],
        share_if_independent=independent[0],
        share_if_independent_error=independent[1],
        low=ranges.low,
        high=ranges.high,
        dimension_share=outside[inside].sum(axis=0) / m,
        least_trust=LEAST_TRUST,
        least_log_density=least,
        z=points,
        distance=distance[chosen],
        depth=distance[chosen] / (usual if usual > _COINCIDING else 1),
        usual_distance=usual,
        trust=found_trust[chosen],
        outside=np.where(outside[inside][chosen].any(axis=1), ranges.excess(points).argmax(axis=1), -1),
        hole_share=hole_share,
        hole_share_error=np.sqrt(hole_share * (1 - hole_share) / m),
        log_density=log_density[inside][chosen],
        more_likely_than=(log_density < log_density[inside][chosen][:, None]).mean(axis=1),
        nearest_item=scale.nearest(points)[0],
        note=""
        if usual > _COINCIDING
        else "There is one item or all coincide, so no distance is usual; depths are distances.",
    )


def aggregate_draws(mean: np.ndarray, logvar: np.ndarray, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return seeded draws of the aggregate posterior (1/n) Σ_i q(z|x_i), and the items they are draws of.

    No item comes twice before each has come once.

    Parameters
    ----------
    mean, logvar : ndarray
        ``[n, d]`` posteriors.
    count : int
        Draws m.
    seed : int
        Of items and noise.

    Returns
    -------
    z, own : ndarray
        ``[m, d]`` float32 and ``[m]`` int.
    """
    random = np.random.default_rng([seed, 1])
    rounds = -(-count // len(mean))
    own = np.concatenate([random.permutation(len(mean)) for _ in range(rounds)])[:count]
    noise = random.standard_normal((count, mean.shape[1]), dtype=np.float32)
    return np.asarray(mean[own] + np.exp(0.5 * logvar[own]) * noise, dtype=np.float32), own


def shuffle_dimensions(mean: np.ndarray, logvar: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return posteriors with the same marginals and independent dimensions: each is dealt out to the items by itself.

    Parameters
    ----------
    mean, logvar : ndarray
        ``[n, d]`` posteriors.
    seed : int
        Of the dealing.

    Returns
    -------
    mean, logvar : ndarray
        ``[min(n, 100,000), d]``; a dimension's means and widths stay together.
    """
    random = np.random.default_rng([seed, 2])
    some = random.permutation(len(mean))[:MOST_ITEMS]
    rows = np.stack([some[random.permutation(len(some))] for _ in range(mean.shape[1])], axis=1)
    return np.take_along_axis(mean, rows, axis=0), np.take_along_axis(logvar, rows, axis=0)


def separate(points: np.ndarray, distance: np.ndarray, stretch: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Choose points far from the data, each farther from those before it than they are from the data.

    Parameters
    ----------
    points : ndarray
        ``[m, d]`` draws in holes.
    distance : ndarray
        ``[m]`` their distances to the data.
    stretch : ndarray
        ``[d]`` weights of the dimensions, as factors of differences.
    most : int
        Points chosen at most.

    Returns
    -------
    chosen, nearest : ndarray
        ``[h]`` rows, farthest from the data first; ``[m]`` which of them (0 … h − 1) each point is nearest to.
    """
    left = np.ones(len(points), dtype=bool)
    closest = np.full(len(points), math.inf)
    nearest = np.zeros(len(points), dtype=np.int64)
    chosen: list[int] = []
    while left.any() and len(chosen) < most:
        farthest = int(np.argmax(np.where(left, distance, -1)))
        apart = np.linalg.norm((points - points[farthest]) * stretch, axis=1)
        left &= apart >= distance[farthest]
        left[farthest] = False
        nearer = apart < closest
        nearest[nearer], closest[nearer] = len(chosen), apart[nearer]
        chosen.append(farthest)
    return np.array(chosen, dtype=np.int64), nearest


def _share(inside: np.ndarray) -> tuple[float, float]:
    """Share of draws ``[m]`` that are inside, and its binomial standard error."""
    share = float(inside.mean())
    return share, math.sqrt(share * (1 - share) / len(inside))
