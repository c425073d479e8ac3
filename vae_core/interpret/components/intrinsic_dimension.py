"""How many dimensions the items fill: intrinsic dimension of the posterior means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vae_core.data.sample_rows import sample_items
from vae_core.errors import InputError
from vae_core.interpret.components.latent_components import spectrum
from vae_core.progress import Progress, Stopped, silent

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace
    from vae_core.space.neighbours.index import Neighbours

#: Neighbours of the maximum likelihood estimate.
NEAREST = 20
#: Share of the largest ratios that TwoNN leaves out.
DISCARD = 0.1
#: Gaussian samples for comparison.
DRAWS = 5
_AMONG = 50_000  # items neighbours are looked for among
_FULL = 10_000  # items whose neighbours are looked for
_RESAMPLED = 50
_SAME = 1e-5  # of the root of the whole variance: what float32 makes of equal items
_WINDOW = 16
_ROWS = 2048


@dataclass(frozen=True)
class Estimate:
    """One estimate of a dimension, beside the same estimate of Gaussian samples of the same covariance and size.

    Attributes
    ----------
    value : float or None
        None where it does not exist: every item's neighbours are equally far.
    standard_error : float or None
        Of `value`, items taken as independent; `gaussian_deviation` has their neighbourhoods in common too.
    gaussian : float or None
        Mean over the Gaussian samples. What it falls short of the dimensions that vary is the estimator's bias, and
        variance that is spread unevenly: directions thinner than items lie apart hardly count. The participation ratio
        is one of the covariance alone and so the same by construction, up to chance.
    gaussian_deviation : float or None
        Standard deviation over those samples.
    """

    value: float | None
    standard_error: float | None
    gaussian: float | None
    gaussian_deviation: float | None


@dataclass(frozen=True)
class IntrinsicDimension:
    """How many dimensions the items fill; see `intrinsic_dimension`.

    Attributes
    ----------
    two_nn, maximum_likelihood, participation_ratio : Estimate
        See `two_nn_dimension`, `likelihood_dimension` and `participation_dimension`.
    nearest : int
        Neighbours k of the maximum likelihood estimate.
    discard : float
        Share of the largest ratios that TwoNN leaves out.
    varying : int
        Latent dimensions that are not constant.
    items : int
        Items whose neighbours were looked for.
    among : int
        Distinct items they were looked for among; the participation ratio is of those.
    of : int
        Items of the space.
    duplicates : int
        Items left out because another has the same mean, up to 1e-5 of the spread.
    draws : int
        Gaussian samples.
    """

    two_nn: Estimate
    maximum_likelihood: Estimate
    participation_ratio: Estimate
    nearest: int
    discard: float
    varying: int
    items: int
    among: int
    of: int
    duplicates: int
    draws: int


def intrinsic_dimension(
    space: LatentSpace,
    *,
    items: int | None = None,
    seed: int = 0,
    progress: Progress = silent,
    nearest: int = NEAREST,
    discard: float = DISCARD,
    draws: int = DRAWS,
) -> IntrinsicDimension:
    """Return how many dimensions a space's posterior means fill.

    Parameters
    ----------
    space : LatentSpace
        The space.
    items : int, optional
        Items whose neighbours are looked for; 10,000 where it is left out. They are looked for among all, of more
        than 50,000 items among so many drawn ones.
    seed : int
        Of draws, resampling and Gaussian samples.
    progress : Progress
        Hears of items whose neighbours are found.
    nearest : int
        Neighbours k of the maximum likelihood estimate, at least 3.
    discard : float
        Share of the largest ratios that TwoNN leaves out, in [0, 0.9].
    draws : int
        Gaussian samples for comparison, at least 2.

    Raises
    ------
    InputError
        If there are fewer than three distinct items, or a setting is out of its range.
    Stopped
        If `progress` asks to stop.
    """
    from vae_core.space.neighbours.index import Neighbours

    if nearest < 3 or draws < 2 or not 0 <= discard <= 0.9:
        raise InputError("Take at least 3 neighbours and 2 Gaussian samples, and discard between 0 and 0.9.")
    n = len(space)
    among = sample_items(n, None, seed, _AMONG)
    points = np.asarray(space.mean if len(among) == n else space.mean[among], dtype=np.float32)
    first = distinct_points(points, seed)
    m = len(first)
    if m < 3:
        raise InputError(f"{n} items with {m} distinct latent means have no dimension; three are the fewest.")
    whole = m == n
    points = points if m == len(points) else points[first]
    nearest = min(nearest, m - 1)
    rows = sample_items(m, _FULL if items is None else max(items, 3), seed, m)
    steps, done = (1 + draws) * len(rows), 0

    def estimates(index: Neighbours) -> list[tuple[float | None, float | None]]:
        nonlocal done
        distance = np.empty((len(rows), nearest), dtype=np.float32)
        for start in range(0, len(rows), _ROWS):
            part = rows[start : start + _ROWS]
            distance[start : start + len(part)] = index.query(index.points[part], nearest, leave_out=part)[1]
            done += len(part)
            if not progress(done, steps, "neighbours"):
                raise Stopped
        return [
            two_nn_dimension(distance, discard, seed),
            likelihood_dimension(distance),
            participation_dimension(index.points),
        ]

    real = estimates(space.neighbours if whole else Neighbours(points))
    centre, axes, variance = spectrum(points)
    random = np.random.default_rng(seed)
    compared = []
    for _ in range(draws):
        gaussian = random.standard_normal(points.shape) * np.sqrt(variance) @ axes + centre
        compared.append([value for value, _ in estimates(Neighbours(gaussian))])
    two_nn, likelihood, ratio = (
        Estimate(*own, *_mean_and_deviation([one[at] for one in compared])) for at, own in enumerate(real)
    )
    return IntrinsicDimension(
        two_nn=two_nn,
        maximum_likelihood=likelihood,
        participation_ratio=ratio,
        nearest=nearest,
        discard=discard,
        varying=int((points != points[0]).any(axis=0).sum()),
        items=len(rows),
        among=m,
        of=n,
        duplicates=len(among) - m,
        draws=draws,
    )


def distinct_points(points: np.ndarray, seed: int = 0) -> np.ndarray:
    """Return which points ``[n, d]`` to keep, rising, so that no two coincide.

    Points nearer than 1e-5 of the root of the whole variance coincide: an item encoded twice differs in the last bits.
    Each is compared with the 16 next along a random line, where points that coincide lie together.
    """
    direction = np.random.default_rng(seed).standard_normal(points.shape[1])
    line = points @ (direction / np.linalg.norm(direction))
    order = np.lexsort((np.arange(len(points)), line))
    least = _SAME * float(np.sqrt(points.var(axis=0, dtype=np.float64).sum()))
    again = np.zeros(len(points), dtype=bool)
    for step in range(1, min(_WINDOW, len(points) - 1) + 1):
        first, second = order[:-step], order[step:]
        near = line[second] - line[first] <= 2 * least
        apart = points[second[near]].astype(np.float64) - points[first[near]]
        again[second[near]] |= np.square(apart).sum(axis=1) <= least**2
    return np.flatnonzero(~again)


def two_nn_dimension(
    distance: np.ndarray, discard: float = DISCARD, seed: int = 0
) -> tuple[float | None, float | None]:
    """Return the TwoNN estimate and its standard error (Facco et al. 2017, "Estimating the intrinsic dimension …").

    The slope through the origin of −log(1 − F(μ)) over log μ, μ = r₂ / r₁, F its empirical distribution, the largest
    ratios left out. The standard error is that over 50 resamplings of the ratios (Efron 1979).

    Parameters
    ----------
    distance : ndarray
        ``[m, ≥ 2]`` to the nearest distinct points, nearest first.
    discard : float
        Share of the largest ratios left out.
    seed : int
        Of the resampling.

    Returns
    -------
    value, standard_error : float or None
        None where all ratios that count are 1.
    """
    near = distance[distance[:, 0] > 0, :2].astype(np.float64)
    ratios = np.sort(np.log(near[:, 1] / near[:, 0]))
    n = len(ratios)
    # The largest ratio has 1 − F = 0, whatever is left out.
    kept = max(1, min(n - 1, int(np.ceil(n * (1 - discard)))))
    if n < 2 or ratios[kept - 1] <= 0:
        return None, None
    expected = -np.log1p(-np.arange(1, kept + 1) / n)
    random = np.random.default_rng(seed)
    slopes = []
    for _ in range(_RESAMPLED):
        again = np.sort(ratios[random.integers(0, n, n)])[:kept]
        if again[-1] > 0:
            slopes.append(_slope(again, expected))
    return _slope(ratios[:kept], expected), float(np.std(slopes, ddof=1)) if len(slopes) > 1 else None


def likelihood_dimension(distance: np.ndarray) -> tuple[float | None, float | None]:
    """Return the maximum likelihood estimate and its standard error, from the k nearest of every item.

    1 / m̄, m̄ the mean over items and the nearest k − 1 of log(T_k / T_j), T_j the distance to the j-th nearest (Levina
    & Bickel 2004, "Maximum likelihood estimation of intrinsic dimension", eq. 8; inverses averaged as MacKay &
    Ghahramani 2005, "Comments on …", have it). The standard error is that of m̄ over the items, by the delta method.

    Parameters
    ----------
    distance : ndarray
        ``[m, k]`` to the nearest distinct points, nearest first, k ≥ 2.

    Returns
    -------
    value, standard_error : float or None
        None where all neighbours are equally far.
    """
    near = distance[distance[:, 0] > 0].astype(np.float64)
    inverse = np.log(near[:, -1:] / near[:, :-1]).mean(axis=1)
    if len(inverse) == 0 or inverse.mean() <= 0:
        return None, None
    value = float(1 / inverse.mean())
    if len(inverse) == 1:
        return value, None
    return value, float(inverse.std(ddof=1) / np.sqrt(len(inverse)) * value**2)


def participation_dimension(points: np.ndarray) -> tuple[float, float]:
    """Return the participation ratio (Σλ)² / Σλ² of the covariance's eigenvalues, and its standard error.

    1 where one component has all variance, d where all have the same (Rajan, Abbott & Sompolinsky 2010, "Inferring
    stimulus selectivity from the spatial structure of neural network dynamics"; Gao et al. 2017, "A theory of
    multineuronal dimensionality, dynamics and measurement"). The standard error comes from each item's influence on
    both sums, to first order.

    Parameters
    ----------
    points : ndarray
        ``[n, d]``, not all the same.
    """
    centre, axes, variance = spectrum(points)
    squares = np.square((points - centre) @ axes.T)
    one, two = float(variance.sum()), float(np.square(variance).sum())
    influence = 2 * one / two * (squares.sum(axis=1) - one) - 2 * one**2 / two**2 * (squares @ variance - two)
    return one**2 / two, float(influence.std() / np.sqrt(len(points)))


def _slope(x: np.ndarray, y: np.ndarray) -> float:
    return float(x @ y / (x @ x))


def _mean_and_deviation(values: list[float | None]) -> tuple[float | None, float | None]:
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None, None
    return float(np.mean(known)), float(np.std(known, ddof=1))
