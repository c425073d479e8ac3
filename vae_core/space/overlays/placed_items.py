"""Other data on a finished map, which stays as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vae_core.data.added_columns import with_added
from vae_core.progress import Progress, Stopped, silent
from vae_core.space.maps.neighbour_map import fitted_sample
from vae_core.space.maps.placing import place
from vae_core.space.maps.projection import Projection
from vae_core.space.maps.settings import ProjectionSettings
from vae_core.space.neighbours.index import Neighbours
from vae_core.space.trust import assess_items

if TYPE_CHECKING:
    from vae_core.data.dataset import Dataset
    from vae_core.space.latent_space import LatentSpace

#: Items placed at once; t-SNE and UMAP optimise them together.
_TOGETHER = 2_000


@dataclass(frozen=True, kw_only=True)
class Encodings:
    """Other data seen through a space's model.

    Attributes
    ----------
    data : Dataset
        The items, without those whose latents are not finite.
    mean : ndarray
        ``[m, d]`` float32, their posterior means.
    rate : ndarray
        ``[m, d]`` float32 nats, as a `LatentSpace` has it.
    distortion : ndarray
        ``[m]`` float32 nats, as a `LatentSpace` has it; NaN where it was not measured or is not finite.
    left_out : list of str
        Ids of the items whose latents are not finite.
    """

    data: Dataset
    mean: np.ndarray
    rate: np.ndarray
    distortion: np.ndarray
    left_out: list[str]


@dataclass(frozen=True, kw_only=True)
class PlacedItems(Encodings):
    """Items that were put on a map.

    Attributes
    ----------
    points : ndarray
        ``[m, 2]`` or ``[m, 3]`` float32, their places on the map.
    trust : ndarray
        ``[m]`` float32 in [0, 1]: whether they are near the data and faithfully reconstructed; see `assess_items`.
    nearest : ndarray
        ``[m]`` int32, the nearest item of the space, and
    distance : ndarray
        ``[m]`` float32, how far it is in latent space.
    """

    points: np.ndarray
    trust: np.ndarray
    nearest: np.ndarray
    distance: np.ndarray

    def table(self, space: LatentSpace, projection: Projection) -> pd.DataFrame:
        """Return a row per item: its own columns, place, rate, distortion, trust, the nearest item and its distance."""
        added = {f"{projection.id}_{axis + 1}": self.points[:, axis] for axis in range(self.points.shape[1])}
        added |= {
            "rate": self.rate.sum(axis=1),
            "distortion": self.distortion,
            "trust": self.trust,
            "nearest": space.data.table.index.to_numpy()[self.nearest],
            "distance": self.distance,
        }
        return with_added(self.data.table, added)


def encode_dataset(
    space: LatentSpace, data: Dataset, progress: Progress = silent, batch_size: int = 512, measured: int | None = None
) -> Encodings:
    """Encode other data by a space's model.

    Parameters
    ----------
    space, data, progress, batch_size
        As of `place_data`.
    measured : int, optional
        Most items whose distortion is measured, which decodes each eight times; by default however many there are.

    Raises
    ------
    InputError
        If the items do not fit the model, or none has finite latents.
    Stopped
        If `progress` asks to stop.
    """
    # They load torch, which a worker that only places does without.
    from vae_core.space.encodings.encode import distortion, encode
    from vae_core.space.encodings.rate import rate

    mean, logvar = encode(space.model, data, batch_size, progress)
    finite = np.isfinite(mean).all(axis=1) & np.isfinite(np.exp(logvar)).all(axis=1)
    left_out = [str(data.table.index[item]) for item in np.flatnonzero(~finite)]
    if left_out:
        data, mean, logvar = data.take(np.flatnonzero(finite)), mean[finite], logvar[finite]
    nats = rate(mean, logvar, space.model.prior) if space.model.can.variance else np.full_like(mean, np.nan)
    value = np.full(len(mean), np.nan, dtype=np.float32)
    if measured is None or len(data) <= measured:
        value, _ = distortion(space.model, data, mean, logvar, batch_size=batch_size, progress=progress)
        value = np.where(np.isfinite(value), value, np.nan).astype(np.float32)
    return Encodings(data=data, mean=mean, rate=nats, distortion=value, left_out=left_out)


def place_points(
    settings: ProjectionSettings,
    points: np.ndarray,
    mean: np.ndarray,
    neighbours: Neighbours,
    z: np.ndarray,
    progress: Progress = silent,
) -> np.ndarray:
    """Put latent points ``[m, d]`` on a t-SNE or UMAP map ``[n, 2]`` or ``[n, 3]`` of encodings ``[n, d]``.

    Raises
    ------
    Stopped
        If `progress` asks to stop.
    """
    if (sample := fitted_sample(settings, len(mean))) is not None:
        neighbours, points = Neighbours(mean[sample]), points[sample]
    placed = np.empty((len(z), points.shape[1]), dtype=np.float32)
    for start in range(0, len(z), _TOGETHER):
        part = slice(start, min(start + _TOGETHER, len(z)))
        placed[part] = place(settings, points, neighbours, z[part])
        if not progress(part.stop, len(z), "placing"):
            raise Stopped
    return placed


def place_data(
    space: LatentSpace, projection: Projection, data: Dataset, progress: Progress = silent, batch_size: int = 512
) -> PlacedItems:
    """Encode other data and put it on a map of a space.

    On t-SNE and UMAP maps the library's own way of placing new items is used (`vae_core.space.maps.placing`), which
    takes them for parts of what the map was fitted on; on PCA and raw maps they fall where the formula puts them.

    Parameters
    ----------
    space : LatentSpace
        The space.
    projection : Projection
        Its map.
    data : Dataset
        The items; of the shape the model takes.
    progress : Progress
        Hears of encoded, then of placed items.
    batch_size : int
        Items encoded at once.

    Raises
    ------
    InputError
        If the items do not fit the model, or none has finite latents.
    Stopped
        If `progress` asks to stop.
    """
    encoded = encode_dataset(space, data, progress, batch_size)
    mean = encoded.mean
    if projection.settings.method in ("pca", "z"):
        points = projection.locate(mean)
    else:
        points = place_points(projection.settings, projection.points, space.mean, space.neighbours, mean, progress)
    nearest, distance = space.neighbours.query(mean, 1)
    return PlacedItems(
        data=encoded.data,
        mean=mean,
        rate=encoded.rate,
        distortion=encoded.distortion,
        left_out=encoded.left_out,
        points=points,
        trust=assess_items(space, mean, encoded.distortion).headline,
        nearest=nearest[:, 0],
        distance=distance[:, 0],
    )
