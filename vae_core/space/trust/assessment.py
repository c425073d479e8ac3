"""How far a decoded picture can be trusted: three indicators, and the worst of those that apply.

Whatever shows trust (click, lens, grid, shade, filmstrips, the strip from A to B) takes it from here, so that the same
spot has the same value everywhere, to within 0.01.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vae_core.errors import InputError

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace
    from vae_core.space.maps.projection import Projection

#: Below this the other indicators decide, and a spot among thousands is not decoded and encoded again.
_DECIDED = 0.01


@dataclass(frozen=True)
class Trust:
    """What is known of so many latent points; NaN where an indicator does not apply.

    Attributes
    ----------
    near : ndarray
        ``[m]`` float32 in [0, 1], *near the data*: whether the point lies where the decoder has learnt; see
        `near_data`.
    map : ndarray
        ``[m]``, *map reliable here*: whether the spot of this map stands for the point; see `Projection.support`. Only
        of points that were taken from a map.
    faithful : ndarray
        ``[m]``, *faithful*: of an item, whether its reconstruction matches it, beside all items
        (`reconstruction_score`); of any other point, whether it survives being decoded and encoded again
        (`LatentSpace.round_trip`). NaN without an encoder.
    """

    near: np.ndarray
    map: np.ndarray
    faithful: np.ndarray

    @property
    def headline(self) -> np.ndarray:
        """``[m]`` float32, the worst of the indicators that apply; NaN where none does."""
        return np.asarray(np.fmin(np.fmin(self.near, self.map), self.faithful))


def near_data(space: LatentSpace, z: np.ndarray) -> np.ndarray:
    """Return how near latent points ``[m, d]`` are to the data, see `TrustScale.score`; NaN in a set of one item.

    One item shows no distance that is usual: it alone would be near, and all else far, wherever it lies.
    """
    if len(space) < 2:
        return np.full(len(z), np.nan, dtype=np.float32)
    return space.trust_scale.score(z)


def assess_points(
    space: LatentSpace, z: np.ndarray, *, thorough: bool = True, decoded: np.ndarray | None = None
) -> Trust:
    """Assess latent points that come from no map: sliders, paths, draws.

    Parameters
    ----------
    space : LatentSpace
        The space.
    z : ndarray
        ``[m, d]``.
    thorough : bool
        Whether to decode and encode again also where the headline is below 0.01 anyway.
    decoded : ndarray, optional
        ``[m, *sample_shape]`` float32, the decoder's means there (see `vae_core.space.probe`), where they are known.
    """
    return _assess(space, z, np.full(len(z), np.nan, dtype=np.float32), thorough, decoded)


def assess_spots(
    space: LatentSpace,
    projection: Projection,
    xy: np.ndarray,
    z: np.ndarray,
    *,
    thorough: bool = True,
    decoded: np.ndarray | None = None,
) -> Trust:
    """Assess what spots of a map stand for.

    Parameters
    ----------
    space : LatentSpace
        The space.
    projection : Projection
        A flat map of it.
    xy : ndarray
        ``[m, 2]`` spots.
    z : ndarray
        ``[m, d]`` what they stand for, from `Projection.invert`.
    thorough, decoded : optional
        As of `assess_points`.
    """
    return _assess(space, z, projection.support(xy, z), thorough, decoded)


def assess_items(space: LatentSpace, mean: np.ndarray, distortion: np.ndarray) -> Trust:
    """Assess items, of the space or other ones, that the space's model has encoded.

    Parameters
    ----------
    space : LatentSpace
        The space.
    mean : ndarray
        ``[m, d]`` their posterior means.
    distortion : ndarray
        ``[m]`` nats; NaN where it is not known.
    """
    from vae_core.space.trust.faithfulness import reconstruction_score  # which loads torch

    nowhere = np.full(len(mean), np.nan, dtype=np.float32)
    return Trust(near_data(space, mean), nowhere, reconstruction_score(distortion, space.usual_distortion))


def trust(space: LatentSpace, z: np.ndarray) -> np.ndarray:
    """Return how far the pictures of latent points can be trusted.

    The worse of *near the data* and *faithful*, see `Trust`: near 1 where the decoder has learnt what to make of a
    point and the point comes back when its picture is encoded again; 0.5 at the edge of what is usual.

    Parameters
    ----------
    space : LatentSpace
        The space.
    z : ndarray
        ``[m, d]`` latent points.

    Returns
    -------
    ndarray
        ``[m]`` float32 in [0, 1]; NaN where there is nothing to go by.

    Raises
    ------
    InputError
        If `z` has another shape.
    """
    z = np.asarray(z, dtype=np.float32)
    if z.ndim != 2 or z.shape[1] != space.latent_dim:
        raise InputError(f"z must have shape [m, {space.latent_dim}], not {list(z.shape)}.")
    return assess_points(space, z, thorough=False).headline


def _assess(space: LatentSpace, z: np.ndarray, on_map: np.ndarray, thorough: bool, decoded: np.ndarray | None) -> Trust:
    near = near_data(space, z)
    faithful = np.full(len(z), np.nan, dtype=np.float32)
    if space.model.can.encode:
        asked = np.flatnonzero(thorough | ~(np.fmin(near, on_map) < _DECIDED))
        faithful[asked] = space.round_trip(z[asked], None if decoded is None else decoded[asked])[1]
    return Trust(near, np.asarray(on_map, dtype=np.float32), faithful)
