"""Principal components of the posterior means: how much each explains, what it is made of, who lies at its ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vae_core.data.sample_rows import sample_items
from vae_core.errors import InputError
from vae_core.interpret.components.independence import independence
from vae_core.progress import Progress, Stopped, silent
from vae_core.space.maps.pca import parts, principal_axes

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

#: Components that are described; the variance is told of all.
COUNT = 32
#: Items at each end of a component.
ENDS = 6
#: Probabilities of the score quantiles.
QUANTILES = (0.001, 0.5, 0.999)
#: Shuffled sets a share is compared with.
DRAWS = 40
_SHUFFLED = 4_000_000  # numbers up to which a set is shuffled itself
_SCORED = 100_000  # items score quantiles are taken over


@dataclass(frozen=True)
class Components:
    """Principal components of n items; see `principal_components`. Variances are population variances (÷ n).

    Attributes
    ----------
    variance, variance_error : ndarray
        ``[d]`` variance along each component, largest first, in squared latent units (standardised: of d in all), and
        its standard error.
    share, share_error : ndarray
        ``[d]`` share of the whole variance in [0, 1], and its standard error.
    cumulative, cumulative_error : ndarray
        ``[d]`` share of the first 1 … d together, and its standard error.
    shuffled, shuffled_high : ndarray
        ``[d]`` share of the component of the same rank where the dimensions are shuffled independently: mean and 95 %
        quantile over the draws.
    above : int
        So many leading components have a larger share than 95 % of the shuffled sets. A shuffled set keeps the variance
        of every dimension, so this tells of how dimensions hang together, not of how uneven they are.
    independence : float or None
        p-value that no two dimensions are correlated, see `vae_core.interpret.components.independence`; None where too
        few items or dimensions tell.
    draws : int
        Shuffled sets.
    shuffled_by : str
        ``"permutation"``, or ``"wishart"``: large sets are not shuffled, their correlations are drawn.
    axes : ndarray
        ``[k, d]`` orthonormal eigenvectors (of standardised means: in standardised units), the largest entry positive.
    correlation : ndarray
        ``[k, d]`` in [−1, 1], of the scores of each component with each latent dimension; 0 where that is constant.
    centre : ndarray
        ``[d]`` mean of the items' means.
    directions : ndarray
        ``[k, d]`` in latent units: a filmstrip shows z = centre + t · deviation · direction. The eigenvectors, or of
        standardised means those times the dimensions' standard deviations.
    deviation : ndarray
        ``[k]`` standard deviation of the scores, the square root of `variance`.
    quantiles : ndarray
        ``[k, 3]`` 0.1, 50 and 99.9 % quantiles of the scores.
    lowest, highest : ndarray
        ``[k, e]`` items with the lowest scores, lowest first, and the highest, highest first; e = 6, or half the items.
    standardised : bool
        Whether each dimension was divided by its standard deviation.
    items, of : int
        Items looked at, of so many.
    quantile_items : int
        Items the quantiles were taken over.
    """

    variance: np.ndarray
    variance_error: np.ndarray
    share: np.ndarray
    share_error: np.ndarray
    cumulative: np.ndarray
    cumulative_error: np.ndarray
    shuffled: np.ndarray
    shuffled_high: np.ndarray
    above: int
    independence: float | None
    draws: int
    shuffled_by: str
    axes: np.ndarray
    correlation: np.ndarray
    centre: np.ndarray
    directions: np.ndarray
    deviation: np.ndarray
    quantiles: np.ndarray
    lowest: np.ndarray
    highest: np.ndarray
    standardised: bool
    items: int
    of: int
    quantile_items: int


def components(
    space: LatentSpace,
    *,
    items: int | None = None,
    seed: int = 0,
    progress: Progress = silent,
    standardised: bool = False,
    count: int = COUNT,
    draws: int = DRAWS,
) -> Components:
    """Return the principal components of a space's posterior means.

    Parameters
    ----------
    space : LatentSpace
        The space.
    items : int, optional
        Items looked at, drawn with the seed; all where it is left out. Only of all are the components those of the
        PCA map, sign by sign.
    seed : int
        Of the draw and the shuffling.
    progress : Progress
        Hears of shuffled sets.
    standardised, count, draws
        As in `principal_components`.

    Raises
    ------
    InputError
        If there are fewer than two items, or all have the same mean.
    Stopped
        If `progress` asks to stop.
    """
    n = len(space)
    rows = sample_items(n, items, seed, n)
    mean = space.mean if len(rows) == n else space.mean[rows]
    return principal_components(
        mean, None if len(rows) == n else rows, n, seed, progress, standardised=standardised, count=count, draws=draws
    )


def principal_components(
    mean: np.ndarray,
    rows: np.ndarray | None = None,
    of: int | None = None,
    seed: int = 0,
    progress: Progress = silent,
    *,
    standardised: bool = False,
    count: int = COUNT,
    draws: int = DRAWS,
) -> Components:
    """Return the principal components of points (Pearson 1901), of their covariance or their correlation matrix.

    - Standard errors come from each item's influence on an eigenvalue, (s² − λ) / √n with s its score, to first order
      (Waternaux 1976, "Asymptotic distribution of the sample roots for a nonnormal population"). For Gaussian points
      that is λ √(2 / n) (Anderson 1963, "Asymptotic theory for principal component analysis"). They do not hold for
      components of equal variance, nor for the tail where there are hardly more items than dimensions.
    - The reference is parallel analysis (Horn 1965, "A rationale and test for the number of factors in factor
      analysis") with every dimension shuffled independently, so that variances stay and relations go. Of more than
      4,000,000 numbers the shuffled set's correlations are drawn instead, as those of n independent Gaussian vectors
      (Wishart, by the decomposition of Bartlett 1933).

    Parameters
    ----------
    mean : ndarray
        ``[n, d]``.
    rows : ndarray, optional
        ``[n]`` which items these are; 0 … n − 1 where it is left out.
    of : int, optional
        Items there are.
    seed : int
        Of the shuffling.
    progress : Progress
        Hears of shuffled sets.
    standardised : bool
        Whether to divide each dimension by its standard deviation first; constant ones stay 0.
    count : int
        Components described, at most d.
    draws : int
        Shuffled sets, at least 20.

    Raises
    ------
    InputError
        If there are fewer than two items, all points are the same, or fewer than 20 draws are asked for.
    Stopped
        If `progress` asks to stop.
    """
    n, d = mean.shape
    if n < 2:
        raise InputError("One item has no principal components; two are the fewest.")
    if draws < 20 or count < 1:
        raise InputError(f"{draws} shuffled sets and {count} components are too few; take at least 20 and 1.")
    spread = dimension_deviations(mean)
    if not spread.any():
        raise InputError("All items have the same latent mean, so there are no components.")
    unit = np.where(spread > 0, spread, 1.0) if standardised else np.ones(d)
    points = (mean - mean.mean(axis=0, dtype=np.float64)) / unit if standardised else mean
    centre, axes, variance = spectrum(points)
    count = min(count, d)
    moments = _influences(points, centre, axes, variance)
    lowest, highest = _ends(points, centre, axes[:count], min(ENDS, n // 2))
    some = points if n <= _SCORED else points[sample_items(n, None, seed, _SCORED)]
    quantiles = np.quantile((some - centre) @ axes[:count].T, QUANTILES, axis=0).T
    shuffled, by = _shuffled_shares(points, dimension_deviations(points), draws, seed, progress)
    share = variance / variance.sum()
    high = np.quantile(shuffled, 0.95, axis=0)
    deviation = np.sqrt(variance[:count])
    varying = np.where(spread > 0, spread, np.inf) / unit
    if standardised:
        centre = mean.mean(axis=0, dtype=np.float64)
    return Components(
        variance=variance,
        variance_error=moments[0],
        share=share,
        share_error=moments[1],
        cumulative=np.minimum(np.cumsum(share), 1.0),
        cumulative_error=moments[2],
        shuffled=shuffled.mean(axis=0),
        shuffled_high=high,
        above=int(np.argmin(np.append(share > high, False))),
        independence=independence((axes.T * variance) @ axes, n),
        draws=draws,
        shuffled_by=by,
        axes=axes[:count],
        correlation=np.clip(axes[:count] * deviation[:, None] / varying, -1.0, 1.0),
        centre=centre,
        directions=axes[:count] * unit,
        deviation=deviation,
        quantiles=quantiles,
        lowest=lowest if rows is None else rows[lowest],
        highest=highest if rows is None else rows[highest],
        standardised=standardised,
        items=n,
        of=n if of is None else of,
        quantile_items=len(some),
    )


def spectrum(points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return centre ``[d]``, all principal axes ``[d, d]`` and the population variances ``[d]`` along them."""
    centre, axes, share = principal_axes(points, points.shape[1])
    return centre, axes, share * float(np.square(dimension_deviations(points)).sum())


def dimension_deviations(points: np.ndarray) -> np.ndarray:
    """Return the population standard deviation ``[d]`` of each dimension, exactly 0 where it is constant."""
    n = len(points)
    centre = np.sum([points[part].sum(axis=0, dtype=np.float64) for part in parts(n)], axis=0) / n
    squares = np.sum([np.square(points[part] - centre).sum(axis=0) for part in parts(n)], axis=0)
    constant = np.all([(points[part] == points[0]).all(axis=0) for part in parts(n)], axis=0)
    return np.where(constant, 0.0, np.sqrt(squares / n))


def _influences(
    points: np.ndarray, centre: np.ndarray, axes: np.ndarray, variance: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Standard errors ``[d]`` of variances, shares and cumulative shares."""
    n, total = len(points), float(variance.sum())
    share = variance / total
    sums = np.zeros((3, len(variance)))
    for part in parts(n):
        squares = np.square((points[part] - centre) @ axes.T)
        whole = squares.sum(axis=1, keepdims=True)
        sums[0] += np.square(squares - variance).sum(axis=0)
        sums[1] += np.square((squares - share * whole) / total).sum(axis=0)
        sums[2] += np.square((np.cumsum(squares, axis=1) - np.cumsum(share) * whole) / total).sum(axis=0)
    one, other, together = np.sqrt(sums) / n
    return one, other, together


def _ends(points: np.ndarray, centre: np.ndarray, axes: np.ndarray, e: int) -> tuple[np.ndarray, np.ndarray]:
    """Items ``[k, e]`` of the lowest scores and of the highest, distinct as long as 2e ≤ n."""
    # One order serves both ends, equal scores in the order of the items: so no item stands at both.
    found: list[list[np.ndarray]] = [[], []]
    values: list[list[np.ndarray]] = [[], []]
    for part in parts(len(points)):
        scores = axes @ (points[part] - centre).T
        order = np.argsort(scores, axis=1, kind="stable")
        for end, some in enumerate((order[:, :e], order[:, -e:])):
            found[end].append(some + part.start)
            values[end].append(np.take_along_axis(scores, some, axis=1))
    ends = []
    for index, score in zip(found, values, strict=True):
        order = np.argsort(np.concatenate(score, axis=1), axis=1, kind="stable")
        ends.append(np.take_along_axis(np.concatenate(index, axis=1), order, axis=1))
    return ends[0][:, :e], ends[1][:, ::-1][:, :e]


def _shuffled_shares(
    points: np.ndarray, spread: np.ndarray, draws: int, seed: int, progress: Progress
) -> tuple[np.ndarray, str]:
    """Shares ``[draws, d]`` of the variance along the components of shuffled sets, and how they were made."""
    n, d = points.shape
    random = np.random.default_rng(seed)
    whole = n * d <= _SHUFFLED or n <= 2 * d
    centred = points.astype(np.float64) - points.mean(axis=0, dtype=np.float64) if whole else np.empty(0)
    shares = np.empty((draws, d))
    for draw in range(draws):
        if whole:
            one = random.permuted(centred, axis=0)
            covariance = one.T @ one
        else:
            covariance = _independent_correlation(n, d, random) * spread * spread[:, None]
        values = np.maximum(np.linalg.eigvalsh(covariance)[::-1], 0)
        shares[draw] = values / values.sum()
        if not progress(draw + 1, draws, "shuffled sets"):
            raise Stopped
    return shares, "permutation" if whole else "wishart"


def _independent_correlation(n: int, d: int, random: np.random.Generator) -> np.ndarray:
    """Draw the correlation matrix ``[d, d]`` of n independent Gaussian vectors; n > d."""
    lower = np.tril(random.standard_normal((d, d)), -1)
    lower[np.diag_indices(d)] = np.sqrt(random.chisquare(n - 1 - np.arange(d)))
    lower /= np.linalg.norm(lower, axis=1, keepdims=True)
    return np.asarray(lower @ lower.T)
