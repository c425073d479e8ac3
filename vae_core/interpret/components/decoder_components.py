"""Components by what they change in the picture: directions of latent space as the decoder weighs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vae_core.errors import InputError
from vae_core.interpret.components.latent_components import COUNT, spectrum
from vae_core.interpret.usage.sensitivity import PullbackMetric, pullback_metric
from vae_core.progress import Progress, silent

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

_NEGLIGIBLE = 1e-12  # of the largest variance: what rounding leaves of none


@dataclass(frozen=True)
class DecoderComponents:
    """Directions ordered by what one standard deviation along them changes in the picture; see `decoder_components`.

    Attributes
    ----------
    share, share_error : ndarray
        ``[r]`` share of the expected squared change of the picture, largest first, and its standard error; r is the
        number of components with variance.
    change, change_error : ndarray
        ``[r]`` root mean square change of a value of the picture for one standard deviation, to first order, and its
        standard error; in the units of `PullbackMetric`.
    even : float
        1 / r, the share of each if the change were spread evenly. Ordered by size and measured on few items the first
        lie above it even then.
    centre : ndarray
        ``[d]`` mean of the items' means.
    directions : ndarray
        ``[k, d]`` in latent units, one standard deviation of the items' means long: a filmstrip shows
        z = centre + t · direction. The entry that is largest in size is positive.
    length : ndarray
        ``[k]`` Euclidean length of the directions.
    readout : ndarray
        ``[k, d]``: scores of latent points, in standard deviations, are (z − centre) · readout.
    correlation : ndarray
        ``[k, r]`` of the scores of each with those of each plain principal component; squares of a row add up to 1.
    cosine : ndarray
        ``[k, r]`` of the directions with the plain ones.
    plain_share, plain_share_error : ndarray
        ``[r]`` share of the change of the picture for one standard deviation along each plain component.
    plain_variance : ndarray
        ``[r]`` share of the variance of the means along each plain component.
    metric, metric_error : ndarray
        ``[d, d]`` expected pullback metric G, mean over the values of a picture, and the standard error of its entries.
    items, of : int
        Items at whose means the decoder was differentiated, of so many. The covariance is that of all.
    elements, of_elements, step, step_error
        As of `PullbackMetric`.
    """

    share: np.ndarray
    share_error: np.ndarray
    change: np.ndarray
    change_error: np.ndarray
    even: float
    centre: np.ndarray
    directions: np.ndarray
    length: np.ndarray
    readout: np.ndarray
    correlation: np.ndarray
    cosine: np.ndarray
    plain_share: np.ndarray
    plain_share_error: np.ndarray
    plain_variance: np.ndarray
    metric: np.ndarray
    metric_error: np.ndarray
    items: int
    of: int
    elements: int
    of_elements: int
    step: float
    step_error: float


def decoder_components(
    space: LatentSpace,
    *,
    items: int | None = None,
    seed: int = 0,
    progress: Progress = silent,
    count: int = COUNT,
) -> DecoderComponents:
    """Return a space's components, weighted by what they change in the picture.

    Parameters
    ----------
    space : LatentSpace
        The space; a decoder is enough.
    items, seed, progress
        As in `vae_core.interpret.usage.sensitivity.sensitivity`.
    count : int
        Components whose directions are told.

    Raises
    ------
    InputError
        If there are fewer than two items, all have the same mean, or no direction changes the picture.
    Stopped
        If `progress` asks to stop.
    """
    metric = pullback_metric(space, items=items, seed=seed, progress=progress)
    return weighted_components(metric, *spectrum(space.mean), len(space), count)


def weighted_components(
    metric: PullbackMetric, centre: np.ndarray, axes: np.ndarray, variance: np.ndarray, of: int, count: int = COUNT
) -> DecoderComponents:
    """Return the eigenvectors of S^½ G S^½, brought back to latent coordinates.

    S is the covariance of the means and G = E[JᵀJ] / P the expected pullback metric of the decoder's mean (Tosi et al.
    2014, "Metrics for probabilistic geometries"; Arvanitidis et al. 2018, "Latent space oddity", theorem 1, the term
    of the mean). With an eigenvector u of eigenvalue μ, v = S^½ u is one standard deviation long (vᵀ S⁻¹ v = 1) and
    changes the picture by vᵀ G v = μ: the generalised eigenproblem G v = μ S⁻¹ v. Of a linear decoder J v are the
    principal axes of the decoded means and μ P the variances along them. Standard errors come from each item's
    influence on μ, uᵀ (S^½ G_i S^½) u − μ, to first order.

    Parameters
    ----------
    metric : PullbackMetric
        At some items.
    centre, axes, variance : ndarray
        ``[d]``, ``[d, d]`` and ``[d]``: the plain components, as `spectrum` has them.
    of : int
        Items of the space.
    count : int
        Components whose directions are told.
    """
    kept = variance > _NEGLIGIBLE * variance[0]
    if not kept.any() or variance[0] <= 0:
        raise InputError("All items have the same latent mean, so there are no components.")
    basis, deviation = axes[kept], np.sqrt(variance[kept])
    whitened = basis * deviation[:, None]
    # In the plain components' own basis S^½ is diagonal, and the eigenvectors are correlations with their scores.
    each = whitened @ metric.each.astype(np.float64) @ whitened.T
    values, vectors = np.linalg.eigh(each.mean(axis=0))
    change, turned = np.maximum(values[::-1], 0), vectors[:, ::-1].T
    total = float(np.trace(each.mean(axis=0)))
    if total <= 0:
        raise InputError("The decoder gives the same picture wherever the items lie, so no direction changes it.")
    directions = turned @ whitened
    largest = np.take_along_axis(directions, np.abs(directions).argmax(axis=1)[:, None], axis=1)
    sign = np.where(largest < 0, -1.0, 1.0)
    directions, turned = directions * sign, turned * sign
    whole = np.einsum("mii->m", each)[:, None]
    moved = np.einsum("ki,mij,kj->mk", turned, each, turned, optimize=True)
    plain = np.einsum("mii->mi", each)
    share, plain_share = change / total, plain.mean(axis=0) / total
    root = np.sqrt(change)
    length = np.linalg.norm(directions, axis=1)
    told = slice(0, count)
    return DecoderComponents(
        share=share,
        share_error=_error((moved - share * whole) / total),
        change=root,
        change_error=np.divide(_error(moved), 2 * root, out=np.zeros_like(root), where=root > 0),
        even=1 / len(change),
        centre=centre,
        directions=directions[told],
        length=length[told],
        readout=(turned / deviation @ basis)[told],
        correlation=turned[told],
        cosine=(directions @ basis.T / length[:, None])[told],
        plain_share=plain_share,
        plain_share_error=_error((plain - plain_share * whole) / total),
        plain_variance=variance[kept] / variance.sum(),
        metric=metric.each.mean(axis=0, dtype=np.float64),
        metric_error=metric.each.std(axis=0, ddof=1, dtype=np.float64) / np.sqrt(len(metric.each)),
        items=len(metric.rows),
        of=of,
        elements=metric.elements,
        of_elements=metric.of_elements,
        step=metric.step,
        step_error=metric.step_error,
    )


def _error(values: np.ndarray) -> np.ndarray:
    return np.asarray(values.std(axis=0, ddof=1) / np.sqrt(len(values)))
