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
from vae_core.space.maps.checkpoint import TSNECheckpoint
from vae_core.space.maps.locate import Locator
from vae_core.space.maps.neighbour_map import LEARNING, NeighbourMap, fitted_sample
from vae_core.space.maps.pca import PCAMap
from vae_core.space.maps.projection import Projection, latent_fingerprint
from vae_core.space.maps.quality import AMONG, measure
from vae_core.space.maps.raw import RawMap
from vae_core.space.maps.settings import COMPONENTS, ProjectionSettings
from vae_core.space.neighbours.index import Neighbours

_PLACED_TOGETHER = 20_000

log = logging.getLogger(__name__)


def compute(
    settings: ProjectionSettings,
    mean: np.ndarray,
    neighbours: Neighbours | None = None,
    progress: Progress = silent,
    unfinished: TSNECheckpoint | None = None,
    begin: np.ndarray | None = None,
) -> Projection:
    """Make a map from encodings alone, with its way back: no model, no files, the same in any process.

    The parameters and what is raised are those of `lay_out`.
    """
    made = lay_out(settings, mean, neighbours, progress, unfinished, begin)
    if isinstance(made, NeighbourMap):
        made.learn_way_back(progress)
    return made


def lay_out(
    settings: ProjectionSettings,
    mean: np.ndarray,
    neighbours: Neighbours | None = None,
    progress: Progress = silent,
    unfinished: TSNECheckpoint | None = None,
    begin: np.ndarray | None = None,
) -> Projection:
    """Make a map whose way back is not known yet, if it has to be learnt: it can be looked at already.

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
    unfinished : TSNECheckpoint, optional
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
        from vae_core.space.maps.tsne import fit_tsne

        points, details = fit_tsne(settings, fitted, among, progress, unfinished, begin)
    else:
        from vae_core.space.maps.umap_layout import fit_umap

        points, details = fit_umap(settings, fitted, among, progress, begin)
    return whole_map(settings, points, mean, neighbours, details, _kept_anyway(progress))


def whole_map(
    settings: ProjectionSettings,
    points: np.ndarray,
    mean: np.ndarray,
    neighbours: Neighbours,
    details: dict[str, Any],
    progress: Progress = silent,
) -> NeighbourMap:
    """Return the map of all encodings ``[n, d]`` from the points of those it was fitted on; the rest is placed.

    Its way back is not known yet.
    """
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
    and keeps them. The map is kept as soon as its points are known, and once more when its way back is; of
    one that is there already only the way back is learnt where that is missing.

    Parameters
    ----------
    settings : str
        What `ProjectionSettings.to_json` wrote.
    folder, shipped : str
        Of the space; see `SpaceCache`.
    progress : Progress
        As of `compute`. Where it has a ``wish`` that is "keep", a t-SNE is kept as it is; where it has a method
        ``give``, that is called with the id of the map as soon as it can be looked at.

    Returns
    -------
    str
        The id of the map that is in the folder now: of another one where `progress` asked to keep what there was.

    Raises
    ------
    InputError
        If the folder holds no usable encodings, the settings do not suit them or the map cannot be kept.
    Stopped
        If `progress` asks to stop.
    """
    wanted = ProjectionSettings.from_json(settings)
    cache, encodings = _opened(folder, shipped)
    mean = encodings.mean
    neighbours = cache.neighbours(mean)
    made = stored_map(wanted.id, mean, neighbours, cache)
    heard = _kept_anyway(progress)
    if made is None:
        try:
            earlier = None if wanted.start == COMPONENTS else cache.map(wanted.start, mean)
            begin = None if earlier is None else earlier[1]
            made = lay_out_and_keep(wanted, mean, neighbours, cache, progress, begin, must=True)
        except Stopped as stop:
            if stop.so_far is None or getattr(progress, "wish", None) != "keep":
                raise
            # As if it had been asked for with so many steps.
            made = whole_map(replace(wanted, iterations=stop.step), stop.so_far, mean, neighbours, {}, heard)
            _keep(made, mean, cache, must=True)
    if (give := getattr(progress, "give", None)) is not None:
        give(made.id)
    learn_and_keep(made, mean, cache, heard, must=True)
    return made.id


def _kept_anyway(progress: Progress) -> Progress:
    """Return a progress by which a wish to keep what there is stops nothing: all steps of the layout are done."""

    def heard(step: int, of: int, note: str = "", preview: Any = None) -> bool:
        return progress(step, of, note, preview) or getattr(progress, "wish", None) == "keep"

    return heard


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
    cache.keep_quality(wanted.id, points, measured, must=True)


def compute_and_keep(
    settings: ProjectionSettings,
    mean: np.ndarray,
    neighbours: Neighbours,
    cache: SpaceCache,
    progress: Progress,
    begin: np.ndarray | None = None,
) -> Projection:
    """Make a map and keep it, and the neighbours if they had to be computed for it; see `compute`."""
    made = lay_out_and_keep(settings, mean, neighbours, cache, progress, begin)
    learn_and_keep(made, mean, cache, progress)
    return made


def learn_and_keep(
    made: Projection, mean: np.ndarray, cache: SpaceCache, progress: Progress = silent, must: bool = False
) -> None:
    """Learn the inverse from a map that lacks it, and keep the map with it; InputError if it `must` be and cannot."""
    if isinstance(made, NeighbourMap) and not made.knows_way_back:
        progress(0, 1, LEARNING)
        made.learn_way_back(progress)
        _keep(made, mean, cache, must)


def _keep(made: Projection, mean: np.ndarray, cache: SpaceCache, must: bool = False) -> bool:
    return cache.keep_map(made.id, lambda path: made.save(path, latent_fingerprint(mean)), must)


def lay_out_and_keep(
    settings: ProjectionSettings,
    mean: np.ndarray,
    neighbours: Neighbours,
    cache: SpaceCache,
    progress: Progress,
    begin: np.ndarray | None = None,
    must: bool = False,
) -> Projection:
    """Make a map as `lay_out` does and keep it, and the neighbours if they had to be computed for it.

    A map that `must` be kept and cannot be is an InputError.
    """
    settings.check(*mean.shape)
    whole = fitted_sample(settings, len(mean)) is None
    if settings.method in ("tsne", "umap") and whole and not neighbours.ready:
        neighbours.table(progress=progress)
        cache.keep_neighbours(neighbours)
    unfinished = None
    if settings.method == "tsne" and cache.folder is not None:
        unfinished = TSNECheckpoint(cache.folder, settings, latent_fingerprint(mean))
    made = lay_out(settings, mean, neighbours, progress, unfinished, begin)
    if settings.method in ("tsne", "umap") and _keep(made, mean, cache, must) and unfinished is not None:
        unfinished.remove()
    return made
