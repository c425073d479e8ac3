"""What the rate is made of: information about the item, dependence between dimensions, and misfit of each dimension."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from vae_core.errors import InputError
from vae_core.interpret.prior.factorised_prior import FactorisedPrior
from vae_core.interpret.usage.aggregate import aggregate_log_density, log_normal, marginal_log_densities
from vae_core.interpret.usage.gaussian_correlation import gaussian_total_correlation
from vae_core.progress import Progress, Stopped, silent

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

#: Items looked at where nobody says how many, and mixture components they are compared with at most.
ITEMS = 5_000
COMPONENTS = 20_000
#: Products of items, components and dimensions: some ten seconds. No fewer than 200 items for that.
_PRODUCTS = 1_600_000_000
_LEAST_ITEMS = 200
#: Of small sets every item is drawn from several times, until there are so many draws.
_LEAST_DRAWS = 256
#: Share of a set's items from which on errors leave out what all items would tell: two draws an item tell it.
_MANY = 0.1
_ROWS = 256
#: Nats below log n from which on I(n; z) says no more than that items can be told apart.
_SATURATED = 0.1
_NO_VARIANCE = (
    "The model gives no variance: its posteriors are points, which tell every item apart with unlimited precision, so "
    "mutual information and Kullback–Leibler divergences are not finite."
)


@dataclass(frozen=True)
class IndexCode:
    """The decomposition of the mean rate; nats, natural logarithms throughout. See `index_code`.

    Attributes
    ----------
    items, draws : int
        Items looked at, and latent points drawn from the posterior of each.
    components, population : int
        Posteriors the mixture is made of, and items they stand for: n of log n.
    ceiling : float
        log n, which no estimate of I(n; z) or I(n; z_j) can exceed.
    mutual_information, mutual_information_error : float or None
        I(n; z) and its standard error as a figure of all items of the space, as all errors: of the items drawn and of
        the draws from their posteriors, of these alone where every item is looked at. Too high, if anything, where the
        mixture is drawn. None without a variance, as everything below but the Gaussian figures.
    mutual_information_least : float or None
        A lower bound of it, the same for the drawn components taken for the whole set, whose ceiling is
        log(components); equal to it where the mixture is whole.
    total_correlation, total_correlation_error : float or None
        TC(z) = KL(q(z) || Π q(z_j)).
    total_correlation_by_chance, total_correlation_by_chance_error : float or None
        TC(z) of the same posteriors with every dimension dealt out to the items by itself, so that dimensions are
        independent: what a mixture of so many posteriors of these widths has anyway. 0 for ever more items.
    gaussian_total_correlation, gaussian_total_correlation_error, gaussian_total_correlation_by_chance : float or None
        −½ log det R, R the correlations of one draw of each item (of the means without a variance): what TC would be
        if q(z) were Gaussian; and its mean for as many independent normal draws, see `gaussian_total_correlation`. None
        for fewer than d + 2 items.
    dimension_kl_total, dimension_kl_total_error : float or None
        Σ_j KL(q(z_j) || p(z_j)); 0 where every marginal is the prior's.
    dimension_kl, dimension_kl_error : ndarray or None
        ``[d]`` KL(q(z_j) || p(z_j)).
    dimension_information, dimension_information_error : ndarray or None
        ``[d]`` I(n; z_j).
    rate : float or None
        Mean of KL(q(z|x) || p(z)) over all items of the space, which the three parts estimate together.
    residual, residual_error : float or None
        Sum of the three parts less `rate`, and its standard error.
    note : str
        What has to be known beside the figures; empty where there is nothing.
    """

    items: int
    draws: int
    components: int
    population: int
    ceiling: float
    mutual_information: float | None
    mutual_information_error: float | None
    mutual_information_least: float | None
    total_correlation: float | None
    total_correlation_error: float | None
    total_correlation_by_chance: float | None
    total_correlation_by_chance_error: float | None
    gaussian_total_correlation: float | None
    gaussian_total_correlation_error: float | None
    gaussian_total_correlation_by_chance: float | None
    dimension_kl_total: float | None
    dimension_kl_total_error: float | None
    dimension_kl: np.ndarray | None
    dimension_kl_error: np.ndarray | None
    dimension_information: np.ndarray | None
    dimension_information_error: np.ndarray | None
    rate: float | None
    residual: float | None
    residual_error: float | None
    note: str


def index_code(
    space: LatentSpace, *, items: int | None = None, seed: int = 0, progress: Progress = silent
) -> IndexCode:
    """Measure what the mean rate is made of.

    (1/n) Σ_i KL(q(z|x_i) || p(z)) = I(n; z) + TC(z) + Σ_j KL(q(z_j) || p(z_j)), with n the index of an item, drawn
    uniformly (Chen et al. 2018, "Isolating sources of disentanglement in VAEs", eq. 2; its first part is the
    index-code mutual information of Hoffman & Johnson 2016, "ELBO surgery"). Every expectation is a mean over
    z ~ q(z|x_i) of the items looked at.

    Parameters
    ----------
    space : LatentSpace
        The space; its prior has to factorise by dimension.
    items : int, optional
        Items looked at, drawn without replacement; up to 5,000 where it is left out, fewer of many dimensions;
        two at least, at most 20,000. Of each there is one draw, two where they are more than a tenth of all.
    seed : int
        Of items, components and draws.
    progress : Progress
        Hears of finished items.

    Raises
    ------
    InputError
        If `items` is not positive or the prior does not factorise.
    Stopped
        If `progress` asks to stop.

    Notes
    -----
    Of more than 20,000 items the mixture q(z) is made of 20,000 drawn ones: the item's own posterior with its true
    weight 1/n, the others with (n − 1)/n between them, which estimates q(z) without bias (minibatch stratified
    sampling, Chen et al. 2018, appendix C.2). Its logarithm is then too low on average (Jensen): I(n; z) and I(n; z_j)
    come out too high, Σ_j KL too low, TC either way. The components alone, taken for the whole set, give a lower bound
    of I(n; z), log(components) at most (Poole et al. 2019, "On variational bounds of mutual information", section 2).
    """
    n, d = space.mean.shape
    if items is not None and items < 1:
        raise InputError(f"At least one item has to be looked at, not {items}.")
    by_item = min(n, COMPONENTS) * d
    if items is None:
        items = min(ITEMS, max(_LEAST_ITEMS, _PRODUCTS // by_item))
        if items > _MANY * n:
            items = min(ITEMS, max(_LEAST_ITEMS, _PRODUCTS // (2 * by_item)))
    # A single item says nothing of how items differ.
    m = min(n, max(items, 2), COMPONENTS)
    random = np.random.default_rng(seed)
    # The first m are looked at; all are what they are compared with.
    chosen = random.permutation(n)[:COMPONENTS]
    mean, logvar = space.mean[chosen], space.logvar[chosen]
    if not space.model.can.variance:
        return _without_variance(mean[:m], len(chosen), n)
    draws = max(2 if m > _MANY * n else 1, -(-_LEAST_DRAWS // m) if m == n else 1)
    own = np.repeat(np.arange(m), draws)
    z = mean[own] + np.exp(0.5 * logvar[own]) * random.standard_normal((len(own), d))
    joint, independent, marginal, least = (np.empty(shape) for shape in (len(z), len(z), z.shape, len(z)))
    for start in range(0, len(z), _ROWS):
        rows = slice(start, start + _ROWS)
        joint[rows], least[rows] = joint_log_density(z[rows], mean, logvar, own[rows], n)
        marginal[rows] = marginal_log_density(z[rows], mean, logvar, own[rows], n)
        if not progress(min(start + _ROWS, len(z)), 2 * len(z), "densities of the aggregate posterior"):
            raise Stopped
    # The same with every dimension dealt out to the items by itself: where a draw's column goes, its density goes too.
    dealt = _dealt_out(m, len(chosen), d, random)
    place = np.repeat(dealt[:m] * draws, draws, axis=0) + np.tile(np.arange(draws), m)[:, None]
    dealt_z, dealt_marginal = (np.take_along_axis(values, place, axis=0) for values in (z, marginal))
    dealt_mean, dealt_logvar = (np.take_along_axis(values, dealt, axis=0) for values in (mean, logvar))
    for start in range(0, len(z), _ROWS):
        rows = slice(start, start + _ROWS)
        independent[rows], _ = joint_log_density(dealt_z[rows], dealt_mean, dealt_logvar, own[rows], n)
        if not progress(len(z) + min(start + _ROWS, len(z)), 2 * len(z), "the same for independent dimensions"):
            raise Stopped

    conditional = log_normal(z, mean[own], logvar[own])
    log_prior = FactorisedPrior.of(space.model).log_density(z)
    whole, marginals = conditional.sum(axis=1), marginal.sum(axis=1)
    information, information_error = _mean_and_error(whole - joint, m, n)
    correlation, correlation_error = _mean_and_error(joint - marginals, m, n)
    chance, chance_error = _mean_and_error(independent - dealt_marginal.sum(axis=1), m, n)
    misfit, misfit_error = _mean_and_error(marginals - log_prior.sum(axis=1), m, n)
    total, total_error = _mean_and_error(whole - log_prior.sum(axis=1), m, n)
    dimension_kl, dimension_kl_error = _mean_and_error(marginal - log_prior, m, n)
    dimension_information, dimension_information_error = _mean_and_error(conditional - marginal, m, n)
    # Several draws of an item are not independent.
    gaussian, gaussian_error, gaussian_chance = gaussian_total_correlation(z[::draws])
    rate = float(space.rate.mean(axis=0, dtype=np.float64).sum())
    note = ""
    if len(chosen) < n:
        note = (
            f"The mixture is made of {len(chosen):,} of {n:,} items: I(n; z) is an upper estimate, beside it stands a "
        )
        note += "lower one. "
    if n > 1 and math.log(n) - float(information) < _SATURATED:
        known = (
            "posteriors hardly overlap" if len(chosen) == n else "those drawn hardly overlap, whatever all of them do"
        )
        note += (
            f"I(n; z) is at its ceiling log {n:,}: {known}, so how the rate divides into I(n; z) and TC depends on the "
            "number of items; compare TC with that by chance."
        )
    return IndexCode(
        items=m,
        draws=draws,
        components=len(chosen),
        population=n,
        ceiling=math.log(n),
        mutual_information=float(information),
        mutual_information_error=float(information_error),
        mutual_information_least=float((whole - least).mean()),
        total_correlation=float(correlation),
        total_correlation_error=float(correlation_error),
        total_correlation_by_chance=float(chance),
        total_correlation_by_chance_error=float(chance_error),
        gaussian_total_correlation=gaussian,
        gaussian_total_correlation_error=gaussian_error,
        gaussian_total_correlation_by_chance=gaussian_chance,
        dimension_kl_total=float(misfit),
        dimension_kl_total_error=float(misfit_error),
        dimension_kl=dimension_kl,
        dimension_kl_error=dimension_kl_error,
        dimension_information=dimension_information,
        dimension_information_error=dimension_information_error,
        rate=rate,
        residual=float(total) - rate,
        residual_error=float(total_error),
        note=note.strip(),
    )


def joint_log_density(
    z: np.ndarray, mean: np.ndarray, logvar: np.ndarray, own: np.ndarray, population: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the log density of the aggregate posterior at draws from its components.

    Parameters
    ----------
    z : ndarray
        ``[m, d]`` draws.
    mean, logvar : ndarray
        ``[k, d]`` the components.
    own : ndarray
        ``[m]`` the component each draw is from, whose weight is 1 / population.
    population : int
        Number of items n that the components are drawn from; k where they are all.

    Returns
    -------
    ndarray, ndarray
        ``[m]`` nats; and the same with the components taken for the whole set.
    """
    conditional = log_normal(z, mean[own], logvar[own]).sum(axis=1)
    others = aggregate_log_density(z, mean, logvar, leave_out=own)
    return _weighted(conditional, others, population), _weighted(conditional, others, len(mean))


def marginal_log_density(
    z: np.ndarray, mean: np.ndarray, logvar: np.ndarray, own: np.ndarray, population: int
) -> np.ndarray:
    """Return the log densities ``[m, d]`` of the marginals likewise, see `joint_log_density`."""
    others = marginal_log_densities(z, mean, logvar, leave_out=own)
    return _weighted(log_normal(z, mean[own], logvar[own]), others, population)


def _weighted(own: np.ndarray, others: np.ndarray, population: int) -> np.ndarray:
    """Log of own / n + others (n − 1) / n."""
    if population == 1:
        return own
    return np.logaddexp(own - math.log(population), others + math.log1p(-1 / population))


def _dealt_out(m: int, k: int, d: int, random: np.random.Generator) -> np.ndarray:
    """Rows ``[k, d]`` for every dimension by itself; the first m among themselves, whose marginals are known."""
    return np.stack([np.concatenate([random.permutation(m), m + random.permutation(k - m)]) for _ in range(d)], axis=1)


def _mean_and_error(nats: np.ndarray, items: int, population: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean of values ``[m · r, ...]``, r draws of each of m items, and its standard error as that of all n items' mean.

    Var = (1 − m/n) s₁²/m + (m/n) s₂²/(m r), s₁² the variance of the items' means and s₂² that of an item's draws
    (Cochran 1977, "Sampling techniques", eq. 10.15). One draw does not tell s₂², which then is s₁² at most.
    """
    by_item = nats.reshape(items, -1, *nats.shape[1:])
    draws = by_item.shape[1]
    between = by_item.mean(axis=1).var(axis=0, ddof=1) if items > 1 else np.zeros(nats.shape[1:])
    within = by_item.var(axis=1, ddof=1).mean(axis=0) / draws if draws > 1 else between
    looked = items / population
    return nats.mean(axis=0), np.sqrt(((1 - looked) * between + looked * within) / items)


def _without_variance(mean: np.ndarray, components: int, population: int) -> IndexCode:
    gaussian, gaussian_error, gaussian_chance = gaussian_total_correlation(mean)
    left = {field.name: None for field in fields(IndexCode) if "None" in str(field.type)}
    known = {
        "gaussian_total_correlation": gaussian,
        "gaussian_total_correlation_error": gaussian_error,
        "gaussian_total_correlation_by_chance": gaussian_chance,
    }
    return IndexCode(
        items=len(mean),
        draws=1,
        components=components,
        population=population,
        ceiling=math.log(population),
        note=_NO_VARIANCE,
        **(left | known),  # type: ignore[arg-type]
    )
