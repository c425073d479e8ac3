"""Does the encoder fill the prior? The aggregate posterior beside the prior, by dimension and as a whole."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from vae_core.errors import InputError
from vae_core.interpret.prior.discrepancy import (
    MeanDiscrepancy,
    holm,
    kolmogorov_smirnov,
    kolmogorov_smirnov_law,
    mean_discrepancy,
    quantile_shares,
    wasserstein,
)
from vae_core.interpret.prior.factorised_prior import FactorisedPrior, drawn_shares
from vae_core.progress import Progress, Stopped, silent

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

#: Items looked at where nobody says how many, and at most.
ITEMS = 20_000
_ELEMENTS = 2_000_000  # of items × dimensions, but 1,000 items in any case
#: Points a side of the maximum mean discrepancy.
COMPARED = 1_000
#: Seeded samples of the prior that tell what chance gives.
CHANCE_DRAWS = 100
BINS = 64
#: W1 in standard deviations of the prior from which a dimension misses it: that of a shift by as much, which Cohen
#: (1988, "Statistical power analysis for the behavioral sciences", section 2.2) calls a small effect; below it an
#: effect is too small to matter. A dimension of the prior's mean has it at 0.75 or 1.25 of the prior's width.
MISSES_FROM = 0.2
#: p-value below which a difference is significant: where all dimensions fill the prior, any has one in 5 % of samples.
SIGNIFICANT = 0.05

Level: TypeAlias = Literal["fills", "slight", "misses"]
_TAIL = 1e-4
_COLUMNS = 32


@dataclass(frozen=True)
class PriorFit:
    """The aggregate posterior beside the prior; see `prior_fit`.

    Attributes
    ----------
    items, population : int
        Items looked at, one draw z ~ q(z|x) of each, and items there are.
    edges : ndarray
        ``[b + 1]`` of the bins, the same for all dimensions, in latent units.
    counts, mean_counts : ndarray
        ``[d, b]`` draws, and posterior means, in each bin; the last includes its right edge.
    outside : ndarray
        ``[d]`` draws outside all bins.
    prior_density : ndarray
        ``[d, b]`` density of the prior, its mean over each bin, per latent unit: beside counts / (items · width).
    mean, mean_error, deviation, deviation_error : ndarray
        ``[d]`` of the draws; the standard deviation is the sample's (ddof 1), its error that of any law with a fourth
        moment.
    prior_mean, prior_deviation : ndarray
        ``[d]`` of the prior, from its quantiles.
    wasserstein, wasserstein_by_chance, wasserstein_by_chance_95 : ndarray
        ``[d]`` W1 of the draws from the prior in latent units; mean and 95 % quantile of it over seeded samples of the
        prior of the same size.
    kolmogorov_smirnov : ndarray
        ``[d]`` KS statistic of the draws against the prior, in [0, 1].
    kolmogorov_smirnov_by_chance, kolmogorov_smirnov_by_chance_95 : float
        Mean of it over seeded samples of the prior of the same size, and the 95 % quantile of its law; neither depends
        on the prior.
    kolmogorov_smirnov_p, kolmogorov_smirnov_p_of_all : ndarray
        ``[d]`` p-values of it; and Holm's, of all d dimensions: where the prior is filled, any of these is below 0.05
        in 5 % of samples.
    effect : ndarray
        ``[d]`` `wasserstein` in standard deviations of the prior: how much a dimension differs, however many items
        tell of it.
    levels : tuple of str
        One a dimension: "fills", no difference from the prior is significant (Holm's p-value of KS 0.05 or more);
        "slight", one is, and W1 is below 0.2 standard deviations of the prior; "misses", one is, and W1 is that or
        more.
    chance_draws : int
        Samples of the prior that figures by chance are taken over.
    stand_ins : int
        Draws that stand for the prior where its distribution function is not known, which every figure by chance and
        the p-values allow for; 0 where it is known.
    correlation : ndarray
        ``[d, d]`` Pearson's, of the draws; 0 for a dimension that does not vary, 1 with itself.
    correlation_by_chance, correlation_by_chance_largest : float
        |r| that 5 % of pairs of independent normal dimensions exceed, and that the largest of all pairs exceeds in 5 %
        of samples (Šidák).
    discrepancy : MeanDiscrepancy or None
        MMD² of draws and prior, all dimensions together; None for fewer than two items.
    note : str
        What has to be known beside the figures; empty where there is nothing.
    """

    items: int
    population: int
    edges: np.ndarray
    counts: np.ndarray
    mean_counts: np.ndarray
    outside: np.ndarray
    prior_density: np.ndarray
    mean: np.ndarray
    mean_error: np.ndarray
    deviation: np.ndarray
    deviation_error: np.ndarray
    prior_mean: np.ndarray
    prior_deviation: np.ndarray
    wasserstein: np.ndarray
    wasserstein_by_chance: np.ndarray
    wasserstein_by_chance_95: np.ndarray
    kolmogorov_smirnov: np.ndarray
    kolmogorov_smirnov_by_chance: float
    kolmogorov_smirnov_by_chance_95: float
    kolmogorov_smirnov_p: np.ndarray
    kolmogorov_smirnov_p_of_all: np.ndarray
    effect: np.ndarray
    levels: tuple[Level, ...]
    chance_draws: int
    stand_ins: int
    correlation: np.ndarray
    correlation_by_chance: float
    correlation_by_chance_largest: float
    discrepancy: MeanDiscrepancy | None
    note: str


def prior_fit(
    space: LatentSpace,
    *,
    items: int | None = None,
    seed: int = 0,
    progress: Progress = silent,
    permutations: int = 500,
) -> PriorFit:
    """Compare the aggregate posterior with the prior.

    Parameters
    ----------
    space : LatentSpace
        The space; its prior has to factorise by dimension. Without a variance the means stand for draws.
    items : int, optional
        Items looked at, drawn without replacement; at most 20,000, and where it is left out at most
        2,000,000 / d or 1,000, whichever is more.
    seed : int
        Of items, draws, and what chance gives.
    progress : Progress
        Hears of finished parts.
    permutations : int
        Of the test of the maximum mean discrepancy, on up to 1,000 of the items; 200 or more.

    Raises
    ------
    InputError
        If `items` is not positive, `permutations` below 200, or the prior does not factorise.
    Stopped
        If `progress` asks to stop.
    """
    n, d = space.mean.shape
    if items is not None and items < 1:
        raise InputError(f"At least one item has to be looked at, not {items}.")
    if permutations < 200:
        raise InputError(f"A permutation test takes 200 permutations or more, not {permutations}.")
    m = min(n, ITEMS, max(1_000, _ELEMENTS // d) if items is None else items)
    random = np.random.default_rng(seed)
    chosen = random.permutation(n)[:m]
    mean = space.mean[chosen].astype(np.float64)
    notes = []
    if space.model.can.variance:
        z = mean + np.exp(0.5 * space.logvar[chosen].astype(np.float64)) * random.standard_normal((m, d))
    else:
        z = mean
        notes.append("The model gives no variance, so the means stand for draws from its posteriors.")
    if not space.model.can.encode:
        notes.append("The items are draws from the prior, which they fill but for chance.")
    prior = FactorisedPrior.of(space.model)
    if not prior.exact:
        notes.append(
            f"The prior has no known distribution function; {prior.stand_ins:,} draws from it stand for it, as what "
            "chance gives allows for."
        )

    def told(step: int, note: str) -> None:
        if not progress(step, 3, note):
            raise Stopped

    figures = compare(z, mean, prior, seed)
    effect = np.asarray(figures["wasserstein"]) / figures["prior_deviation"]
    told(1, "dimensions beside the prior")
    correlation = correlations(z)
    by_chance = correlation_by_chance(m, 0.05), correlation_by_chance(m, 1 - 0.95 ** (2 / max(d * (d - 1), 2)))
    told(2, "correlations")
    discrepancy = None
    if m > 1:
        size = min(m, COMPARED)
        discrepancy = mean_discrepancy(z[:size], prior.draw(size, seed + 1), permutations=permutations, seed=seed)
    told(3, "maximum mean discrepancy")
    return PriorFit(
        items=m,
        population=n,
        correlation=correlation,
        correlation_by_chance=by_chance[0],
        correlation_by_chance_largest=by_chance[1],
        discrepancy=discrepancy,
        note=" ".join(notes),
        effect=effect,
        levels=levels(effect, np.asarray(figures["kolmogorov_smirnov_p_of_all"])),
        **figures,  # type: ignore[arg-type]
    )


def levels(effect: np.ndarray, p_of_all: np.ndarray) -> tuple[Level, ...]:
    """Judge dimensions by how much they differ from the prior, where they surely do; see `PriorFit`."""
    return tuple(
        "fills" if p >= SIGNIFICANT else "misses" if much >= MISSES_FROM else "slight"
        for much, p in zip(effect.tolist(), p_of_all.tolist(), strict=True)
    )


def compare(
    z: np.ndarray, mean: np.ndarray, prior: FactorisedPrior, seed: int = 0
) -> dict[str, np.ndarray | float | int]:
    """Return the figures of `PriorFit` that are taken dimension by dimension.

    Parameters
    ----------
    z, mean : ndarray
        ``[m, d]`` draws and means of posteriors.
    prior : FactorisedPrior
        The prior.
    seed : int
        Of the samples that tell what chance gives. Where draws stand for the prior, other such draws do for each
        sample: the prior's quantiles of as many uniform ones.
    """
    m, d = z.shape
    shares = quantile_shares(m)
    quantiles = prior.quantile(shares)
    columns = np.arange(d) if quantiles.shape[1] == d else np.zeros(d, dtype=int)
    distances, statistics = np.empty(d), np.empty(d)
    for start in range(0, d, _COLUMNS):
        part = slice(start, start + _COLUMNS)
        distances[part] = wasserstein(z[:, part], quantiles[:, columns[part]])
    statistics = kolmogorov_smirnov(prior.cdf(z))
    random = np.random.default_rng(seed)
    uniform = random.random((CHANCE_DRAWS, m)).clip(1e-12, 1 - 1e-12)
    statistic_chance, distance_chance = [], []
    for sample in uniform:
        below, beside = sample, quantiles
        if prior.stand_ins:
            known, anew = drawn_shares(prior.stand_ins), np.sort(random.random(prior.stand_ins))
            below = np.interp(sample, anew, known, 0.0, 1.0)
            beside = prior.quantile(np.interp(shares, known, anew))
        statistic_chance.append(float(kolmogorov_smirnov(below)))
        distance_chance.append(wasserstein(prior.quantile(np.sort(sample)), beside))
    chance_95, p = kolmogorov_smirnov_law(statistics, m, prior.stand_ins)
    edges = bin_edges(z, prior)
    counts, mean_counts = (np.stack([np.histogram(values[:, j], edges)[0] for j in range(d)]) for values in (z, mean))
    below = prior.cdf(np.repeat(edges[:, None], d, axis=1)).T
    deviation = z.std(axis=0, ddof=1) if m > 1 else np.zeros(d)
    fourth = np.power(z - z.mean(axis=0), 4).mean(axis=0)
    # Var(s²) = (μ₄ − s⁴ (m − 3) / (m − 1)) / m, and s = √s² (Cramér 1946, section 27.4).
    spread = np.maximum(fourth - deviation**4 * max(m - 3, 0) / max(m - 1, 1), 0) / m
    return {
        "edges": edges,
        "counts": counts,
        "mean_counts": mean_counts,
        "outside": m - counts.sum(axis=1),
        "prior_density": np.diff(below, axis=1) / np.diff(edges),
        "mean": z.mean(axis=0),
        "mean_error": deviation / math.sqrt(m),
        "deviation": deviation,
        "deviation_error": np.sqrt(spread) / (2 * np.where(deviation > 0, deviation, 1)),
        "prior_mean": quantiles.mean(axis=0)[columns],
        "prior_deviation": quantiles.std(axis=0)[columns],
        "wasserstein": distances,
        "wasserstein_by_chance": np.mean(distance_chance, axis=0)[columns],
        "wasserstein_by_chance_95": np.quantile(distance_chance, 0.95, axis=0)[columns],
        "kolmogorov_smirnov": statistics,
        "kolmogorov_smirnov_by_chance": float(np.mean(statistic_chance)),
        "kolmogorov_smirnov_by_chance_95": chance_95,
        "kolmogorov_smirnov_p": p,
        "kolmogorov_smirnov_p_of_all": holm(p),
        "chance_draws": CHANCE_DRAWS,
        "stand_ins": prior.stand_ins,
    }


def bin_edges(z: np.ndarray, prior: FactorisedPrior) -> np.ndarray:
    """Return edges ``[65]`` that hold the prior and nearly all draws, those nearer than two widths of the prior."""
    tails = prior.quantile(np.array([_TAIL, 1 - _TAIL]))
    low, high = float(tails[0].min()), float(tails[1].max())
    reach = high - low
    lowest, highest = np.quantile(z, [_TAIL, 1 - _TAIL])
    return np.linspace(
        min(low, max(float(lowest), low - 2 * reach)), max(high, min(float(highest), high + 2 * reach)), BINS + 1
    )


def correlations(z: np.ndarray) -> np.ndarray:
    """Return Pearson's correlations ``[d, d]`` of columns; 0 for a constant column with any other, 1 with itself."""
    centred = z - z.mean(axis=0, dtype=np.float64)
    length = np.linalg.norm(centred, axis=0)
    # Of a column that is constant but for rounding nothing is known.
    known = length > 1e-12 * np.linalg.norm(z, axis=0)
    unit = np.where(known, centred / np.where(known, length, 1), 0)
    r = np.clip(unit.T @ unit, -1, 1)
    np.fill_diagonal(r, 1)
    return np.asarray(r)


def correlation_by_chance(m: int, share: float) -> float:
    """Return |r| that this share of samples of m independent normal pairs exceeds.

    r √((m − 2) / (1 − r²)) has Student's t distribution with m − 2 degrees of freedom (Fisher 1915).
    """
    from scipy.stats import t

    if m < 3:
        return 1.0
    quantile = float(t.ppf(1 - share / 2, m - 2))
    return quantile / math.hypot(math.sqrt(m - 2), quantile)
