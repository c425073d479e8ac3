"""Making a map, or making it again from what was stored."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from vae_core.errors import InputError
from vae_core.progress import Progress, Stopped, silent
from vae_core.space.cache import Encodings, SpaceCache
from vae_core.space.locate import Locator
from vae_core.space.neighbour_map import NeighbourMap, fitted_sample
from vae_core.space.neighbours import Neighbours
from vae_core.space.pca import PCAMap
from vae_core.space.projection import Projection, latent_fingerprint
from vae_core.space.quality import AMONG, measure
from vae_core.space.raw import RawMap
from vae_core.space.settings import COMPONENTS, ProjectionSettings
from vae_core.space.unfinished import UnfinishedMap

_PLACED_TOGETHER = 20_000
_LAST_NOTE = "the way back from the map"

log = logging.getLogger(__name__)


def compute(
    settings: ProjectionSettings,
    mean: np.ndarray,
    neighbours: Neighbours | None = None,
    progress: Progress = silent,
    unfinished: UnfinishedMap | None = None,
    begin: np.ndarray | None = None,
) -> Projection:
    """Make a map from encodings alone: no model, no files, the same in any process.

    Parameters
    ----------
    settings : ProjectionSettings
        Method and parameters.
    mean : ndarray
        ``[n, d]`` encodings.
    neighbours : Neighbours, optional
        Of the encodings, where there are some to share.
    progress : Progress
        Hears of finished steps; `preview` is the map so far, ``[n, dimensions]``.
    unfinished : UnfinishedMap, optional
        Where a t-SNE notes how far it is, and goes on from.
    begin : ndarray, optional
        ``[n, dimensions]`` the points of the map the settings name as the start.

    Returns
    -------
    Projection
        The map.

    Raises
    ------
    InputError
        If the settings do not suit the set.
    Stopped
        If `progress` asks to stop.
    """
    settings.check(*mean.shape)
    if settings.method == "pca":
        return PCAMap(settings, mean)
    if settings.method == "z":
        return RawMap(settings, mean)
    neighbours = neighbours or Neighbours(mean)
    sample = fitted_sample(settings, len(mean))
    fitted = mean if sample is None else mean[sample]
    among = neighbours if sample is None else Neighbours(fitted)
    if settings.start != COMPONENTS and (begin is None or begin.shape != (len(mean), settings.dimensions)):
        raise InputError(
            f"The map {settings.start!r} to start from is not there in {settings.dimensions} dimensions; "
            f"compute it first, or start from {COMPONENTS!r}."
        )
    begin = begin if begin is None or sample is None else begin[sample]
    if settings.method == "tsne":
        from vae_core.space.tsne import fit_tsne

        points, details = fit_tsne(settings, fitted, among, progress, unfinished, begin)
    else:
        from vae_core.space.umap_map import fit_umap

        points, details = fit_umap(settings, fitted, among, progress, begin)
    return whole_map(settings, points, mean, neighbours, details, progress)


def whole_map(
    settings: ProjectionSettings,
    points: np.ndarray,
    mean: np.ndarray,
    neighbours: Neighbours,
    details: dict[str, Any],
    progress: Progress = silent,
) -> NeighbourMap:
    """Return the map of all encodings ``[n, d]`` from the points of those it was fitted on; the rest is placed."""
    sample = fitted_sample(settings, len(mean))
    if sample is not None:
        locate = Locator(points, Neighbours(mean[sample]))
        placed = np.empty((len(mean), points.shape[1]), dtype=np.float32)
        for start in range(0, len(mean), _PLACED_TOGETHER):
            part = slice(start, min(start + _PLACED_TOGETHER, len(mean)))
            if not progress(start, len(mean), "placing the rest"):
                raise Stopped
            placed[part] = locate(mean[part])
        placed[sample] = points
        points = placed
    progress(1, 1, _LAST_NOTE)
    return NeighbourMap(settings, points, mean, neighbours, details)


def stored_map(name: str, mean: np.ndarray, neighbours: Neighbours, cache: SpaceCache) -> Projection | None:
    """Make a t-SNE or UMAP map again from what is stored of it; None if nothing usable is."""
    stored = cache.map(name, mean)
    if stored is None:
        return None
    settings, points, details = stored
    try:
        return NeighbourMap(settings, points, mean, neighbours, details)
    except (KeyError, TypeError, ValueError) as error:
        log.warning("The stored map %s is not used (%r); it will be computed again.", name, error)
        return None


def compute_in_folder(settings: str, folder: str, shipped: str | None = None, progress: Progress = silent) -> str:
    """Make a map from the encodings that lie in a space's folder, and keep it there.

    For worker processes: takes text only. Finds the neighbours in the folder, or computes
    and keeps them. A map that is there already is left as it is.

    Parameters
    ----------
    settings : str
        What `ProjectionSettings.to_json` wrote.
    folder, shipped : str
        Of the space; see `SpaceCache`.
    progress : Progress
        As of `compute`.

    Returns
    -------
    str
        The id of the map that is in the folder now: of another one where `progress` asked to keep what there was.

    Raises
    ------
    InputError
        If the folder holds no usable encodings or the settings do not suit them.
    Stopped
        If `progress` asks to stop.
    """
    wanted = ProjectionSettings.from_json(settings)
    cache, encodings = _opened(folder, shipped)
    neighbours = cache.neighbours(encodings.mean)
    if stored_map(wanted.id, encodings.mean, neighbours, cache) is not None:
        return wanted.id
    try:
        earlier = None if wanted.start == COMPONENTS else cache.map(wanted.start, encodings.mean)
        begin = None if earlier is None else earlier[1]
        compute_and_keep(wanted, encodings.mean, neighbours, cache, progress, begin)
    except Stopped as stop:
        if stop.so_far is None or getattr(progress, "wish", None) != "keep":
            raise
        # As if it had been asked for with so many steps.
        wanted = replace(wanted, iterations=stop.step)
        progress(stop.step, wanted.all_iterations, _LAST_NOTE)
        stopped = whole_map(wanted, stop.so_far, encodings.mean, neighbours, {})
        cache.keep_map(wanted.id, lambda path: stopped.save(path, latent_fingerprint(encodings.mean)))
    return wanted.id


def _opened(folder: str, shipped: str | None) -> tuple[SpaceCache, Encodings]:
    cache = SpaceCache(Path(folder), Path(shipped) if shipped else None)
    encodings = cache.encodings()
    if encodings is None:
        raise InputError(f"{folder} holds no usable encodings; open the model and its data again.")
    return cache, encodings


def measure_in_folder(settings: str, folder: str, shipped: str | None = None, progress: Progress = silent) -> None:
    """Measure a map that lies in a space's folder, or needs no work, and keep the figures there.

    For worker processes; the parameters are those of `compute_in_folder`.

    Raises
    ------
    InputError
        If the folder holds no usable encodings, there is no such map, it is too small, or nothing can be kept.
    Stopped
        If `progress` asks to stop.
    """
    wanted = ProjectionSettings.from_json(settings)
    cache, encodings = _opened(folder, shipped)
    mean = encodings.mean
    if wanted.method in ("pca", "z"):
        points = compute(wanted, mean).points
    elif (stored := cache.map(wanted.id, mean)) is not None:
        points = stored[1]
    else:
        raise InputError(f"The map {wanted.id} is not there to be measured; compute it first.")
    neighbours = cache.neighbours(mean)
    known = len(mean) > AMONG or neighbours.ready
    measured = measure(mean, points, neighbours, progress=progress)
    if not known:
        cache.keep_neighbours(neighbours)
    if not cache.keep_quality(wanted.id, points, measured):
        raise InputError(f"What was measured of {wanted.id} could not be kept in {folder}; is the disk full?")


def compute_and_keep(
    settings: ProjectionSettings,
    mean: np.ndarray,
    neighbours: Neighbours,
    cache: SpaceCache,
    progress: Progress,
    begin: np.ndarray | None = None,
) -> Projection:
    """Make a map and keep it, and the neighbours if they had to be computed for it; see `compute`."""
    settings.check(*mean.shape)
    whole = fitted_sample(settings, len(mean)) is None
    if settings.method in ("tsne", "umap") and whole and not neighbours.ready:
        neighbours.table(progress=progress)
        cache.keep_neighbours(neighbours)
    unfinished = None
    if settings.method == "tsne" and cache.folder is not None:
        unfinished = UnfinishedMap(cache.folder, settings, latent_fingerprint(mean))
    projection = compute(settings, mean, neighbours, progress, unfinished, begin)
    if settings.method in ("tsne", "umap"):
        kept = cache.keep_map(settings.id, lambda path: projection.save(path, latent_fingerprint(mean)))
        if kept and unfinished is not None:
            unfinished.remove()
    return projection
