"""How much the decoded picture changes with each latent dimension: Jacobian products of the decoder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vae_core.data.sample_rows import sample_items
from vae_core.errors import InputError
from vae_core.progress import Progress, Stopped, silent

if TYPE_CHECKING:
    from vae_core.data.dataset import Dataset
    from vae_core.model.protocol import LatentModel
    from vae_core.space.latent_space import LatentSpace

#: Items in full, fewer where there are many dimensions.
FULL = 512
_DECODED = 32_768  # pictures of a full measurement, times two
_KEPT = 32_000_000  # numbers of all products that are kept
_VALUES = 4_000_000  # numbers of pictures held at once
_ELEMENTS = 16_384  # of a picture that are looked at
_TOGETHER = 64  # pictures decoded at once stay in the processor's cache
_STEPS = (0.01, 0.1)  # in standard deviations
_FAITHFUL = 0.1
_TRIED = 8
_LEAST_UNIT = 1e-3  # of the widest dimension's deviation
_NO_SPREAD = 1e-9
_MEASURED = 10_000  # items a column's spread is measured on


@dataclass(frozen=True)
class PullbackMetric:
    """The decoder's metric at items: JᵀJ, J = ∂x̂/∂z of the mean of p(x|z); see `pullback_metric`.

    Attributes
    ----------
    each : ndarray
        ``[m, d, d]`` float32, mean over the elements of a picture of ∂x̂/∂z_i · ∂x̂/∂z_j: x̂ of images in values on
        [0, 1], of vectors and series in the standard deviation of each column or channel; z in latent units.
    rows : ndarray
        ``[m]`` the items.
    elements, of_elements : int
        Values of a picture that were looked at, of so many; those that are constant over the data are left out.
    step : float
        Of the central differences, in standard deviations of the aggregate posterior.
    step_error : float
        Relative change of the whole (every dimension moved by one deviation) where the step is twice as long: of a
        decoder that is smooth and answers the same each time about 0.
    """

    each: np.ndarray
    rows: np.ndarray
    elements: int
    of_elements: int
    step: float
    step_error: float


@dataclass(frozen=True)
class Sensitivity:
    """What each latent dimension changes in the picture; see `sensitivity`.

    Attributes
    ----------
    per_deviation, per_deviation_error : ndarray
        ``[d]`` root mean square change of a value of the picture where z_j moves by one standard deviation of the
        aggregate posterior, to first order, and its standard error. Values of images lie on [0, 1], those of vectors
        and series are measured in the standard deviation of their column or channel over the data.
    per_unit, per_unit_error : ndarray
        ``[d]`` the same where z_j moves by 1.
    deviation : ndarray
        ``[d]`` that standard deviation, √(Var(mean_j) + E[σ_j²]), over all items.
    even : float
        What `per_deviation` would be of each dimension if all changed the picture alike: its root mean square.
    items, of : int
        Items at whose means it was measured, of so many.
    elements, of_elements, step, step_error
        As of `PullbackMetric`.
    """

    per_deviation: np.ndarray
    per_deviation_error: np.ndarray
    per_unit: np.ndarray
    per_unit_error: np.ndarray
    deviation: np.ndarray
    even: float
    items: int
    of: int
    elements: int
    of_elements: int
    step: float
    step_error: float


def sensitivity(
    space: LatentSpace, *, items: int | None = None, seed: int = 0, progress: Progress = silent
) -> Sensitivity:
    """Return how much the picture changes with each latent dimension.

    √E_z[‖∂x̂/∂z_j‖² / P] over P values of a picture, at the posterior means of seeded items; the diagonal of the
    expected pullback metric (Arvanitidis et al. 2018, "Latent space oddity", theorem 1, the term of the mean).

    Parameters
    ----------
    space : LatentSpace
        The space; a decoder is enough.
    items : int, optional
        Items at whose means the decoder is differentiated; 512 where it is left out, fewer of more than 64 dimensions.
    seed : int
        Of the items.
    progress : Progress
        Hears of finished items.

    Raises
    ------
    InputError
        If there are fewer than two items, or the decoder gives no finite pictures.
    Stopped
        If `progress` asks to stop.
    """
    metric = pullback_metric(space, items=items, seed=seed, progress=progress)
    return sensitivity_of(metric, aggregate_deviations(space.mean, space.logvar), len(space))


def sensitivity_of(metric: PullbackMetric, deviation: np.ndarray, of: int) -> Sensitivity:
    """Return the sensitivities that a metric holds, for standard deviations ``[d]``; see `sensitivity`."""
    diagonal = np.einsum("mii->mi", metric.each).astype(np.float64)
    square = diagonal.mean(axis=0)
    unit = np.sqrt(square)
    error = diagonal.std(axis=0, ddof=1) / np.sqrt(len(diagonal))
    # Delta method: of a root half the relative error of the square.
    unit_error = np.divide(error, 2 * unit, out=np.zeros_like(unit), where=unit > 0)
    return Sensitivity(
        per_deviation=unit * deviation,
        per_deviation_error=unit_error * deviation,
        per_unit=unit,
        per_unit_error=unit_error,
        deviation=deviation,
        even=float(np.sqrt(np.mean(square * deviation**2))),
        items=len(metric.rows),
        of=of,
        elements=metric.elements,
        of_elements=metric.of_elements,
        step=metric.step,
        step_error=metric.step_error,
    )


def pullback_metric(
    space: LatentSpace, *, items: int | None = None, seed: int = 0, progress: Progress = silent
) -> PullbackMetric:
    """Return JᵀJ / P of the decoder's mean at the posterior means of seeded items, by central differences.

    A step is 0.01 standard deviations of the aggregate posterior (of a dimension with less than 1e-3 of the widest's,
    the widest's), or 0.1 where the first is lost in the decoder's rounding. Of pictures of more than 16,384 values so
    many are drawn; constant columns are left out, see `picture_spread`.

    Parameters
    ----------
    space, items, seed, progress
        As in `sensitivity`. Items with pictures that are not finite are left out.
    """
    n, d = space.mean.shape
    full = min(FULL, max(_TOGETHER, _DECODED // d))
    rows = sample_items(n, full if items is None else items, seed, max(2, _KEPT // d**2))
    spread = picture_spread(space.data, seed)
    random = np.random.default_rng(seed)
    varying = np.flatnonzero(spread > 0)
    elements = varying if varying.size <= _ELEMENTS else np.sort(random.choice(varying, _ELEMENTS, replace=False))
    weight = np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 0).astype(np.float32)
    deviation = aggregate_deviations(space.mean, space.logvar)
    # Of a dimension with hardly any spread the steps would be lost in float32.
    widest = float(deviation.max()) if deviation.max() > _NO_SPREAD else 1.0
    unit = np.where(deviation > _LEAST_UNIT * widest, deviation, widest)
    some = space.mean[rows[:_TRIED]]
    step, step_error = 0.0, np.inf
    for tried in _STEPS:
        once, twice = (
            float((jacobian_products(space.model, some, s * unit, weight, elements) * np.diag(unit**2)).sum())
            for s in (tried, 2 * tried)
        )
        off = abs(twice / once - 1) if once > 0 else float(twice > 0)
        if off < step_error:
            step, step_error = tried, off
        if step_error <= _FAITHFUL:
            break
    each = jacobian_products(space.model, space.mean[rows], step * unit, weight, elements, progress)
    finite = np.isfinite(each).all(axis=(1, 2))
    if step == 0 or finite.sum() < 2:
        raise InputError("The decoder gives no finite pictures near the items; check the model's weights.")
    return PullbackMetric(each[finite], rows[finite], len(elements), spread.size, step, step_error)


def jacobian_products(
    model: LatentModel,
    z: np.ndarray,
    steps: np.ndarray,
    weight: np.ndarray,
    elements: np.ndarray,
    progress: Progress = silent,
) -> np.ndarray:
    """Return JᵀJ / P ``[m, d, d]`` float32 at latent points, J by central differences of the mean of p(x|z).

    Parameters
    ----------
    model : LatentModel
        The model; only its decoder is asked.
    z : ndarray
        ``[m, d]``.
    steps : ndarray
        ``[d]`` half the width of the differences.
    weight : ndarray
        ``[size]`` what every value of a picture is multiplied with.
    elements : ndarray
        ``[P]`` the values that are looked at.
    progress : Progress
        Hears of finished points.

    Raises
    ------
    Stopped
        If `progress` asks to stop.
    """
    import torch  # a worker that only reads arrays does without

    from vae_core.space.encodings.encode import evaluating

    m, d = z.shape
    together = max(1, min(_TOGETHER, _VALUES // (2 * d * len(elements))))
    found = np.empty((m, d, d), dtype=np.float32)
    moves = np.concatenate([np.diag(steps), -np.diag(steps)])
    with evaluating(model) as device, torch.inference_mode():
        chosen = torch.from_numpy(elements).to(device)
        scale = torch.from_numpy(weight[elements]).to(device)
        for start in range(0, m, together):
            points = (z[start : start + together, None] + moves).astype(np.float32)
            # The step as float32 has it: far from 0 that is another one.
            width = np.einsum("bjj->bj", points[:, :d] - points[:, d:])
            flat = torch.from_numpy(points.reshape(-1, d)).to(device)
            pictures = torch.cat(
                [
                    model.likelihood(flat[at : at + _TOGETHER]).mean.flatten(1)[:, chosen].float() * scale
                    for at in range(0, len(flat), _TOGETHER)
                ]
            ).reshape(len(points), 2, d, len(elements))
            jacobian = (pictures[:, 0] - pictures[:, 1]) / torch.from_numpy(width).to(device)[:, :, None]
            products = jacobian @ jacobian.transpose(1, 2) / len(elements)
            found[start : start + len(points)] = products.cpu().numpy()
            if not progress(start + len(points), m, "items decoded"):
                raise Stopped
    return found


def aggregate_deviations(mean: np.ndarray, logvar: np.ndarray) -> np.ndarray:
    """Return the standard deviation ``[d]`` of the aggregate posterior, √(Var(mean_j) + E[σ_j²])."""
    from vae_core.interpret.components.latent_components import dimension_deviations
    from vae_core.space.maps.pca import parts

    noise = np.sum([np.exp(logvar[part], dtype=np.float64).sum(axis=0) for part in parts(len(mean))], axis=0)
    return np.asarray(np.sqrt(np.square(dimension_deviations(mean)) + noise / len(mean)))


def picture_spread(data: Dataset, seed: int = 0) -> np.ndarray:
    """Return the unit ``[size]`` in which changes of each value of an item are measured.

    1 of images, whose values lie on [0, 1]. Of a vector the standard deviation of each column, of a vector along an
    axis one for all, of a series that of each channel, over 10,000 drawn items; 0 of columns that are constant,
    which are left out unless all are.
    """
    shape = data.sample_shape
    if data.kind == "image":
        return np.ones(int(np.prod(shape)))
    some = data.batch(sample_items(len(data), None, seed, _MEASURED)).astype(np.float64)
    variance = np.where((some == some[0]).all(axis=0), 0.0, some.var(axis=0))
    if data.kind == "series":
        variance = np.broadcast_to(some.var(axis=(0, 2))[:, None], shape)
    elif len(data.feature_names.names) != shape[0]:
        variance = np.full(shape, variance.mean())
    spread = np.sqrt(variance).reshape(-1)
    return spread if spread.any() else np.ones_like(spread)
