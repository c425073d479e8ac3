"""A data set seen through a model."""

from __future__ import annotations

import threading
from collections import defaultdict
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from vae_core.data.background import background_colour
from vae_core.data.dataset import Dataset
from vae_core.errors import InputError
from vae_core.model.ownership import own_model
from vae_core.model.protocol import LatentModel
from vae_core.progress import Progress, silent
from vae_core.space.cache import Encodings, SpaceCache
from vae_core.space.encodings.build import kept_encodings, made_encodings, space_fingerprint
from vae_core.space.encodings.checkpoint import DRAWS
from vae_core.space.encodings.item_distortion import ItemDistortion
from vae_core.space.encodings.variance_shares import variance_shares
from vae_core.space.maps.compute import compute, compute_and_keep, learn_and_keep, stored_map
from vae_core.space.maps.projection import Projection
from vae_core.space.maps.quality import Quality, measure
from vae_core.space.maps.settings import COMPONENTS, ProjectionSettings
from vae_core.space.neighbours.index import Neighbours
from vae_core.space.trust.faithfulness import RoundTrips
from vae_core.space.typical_item import typical_item
from vae_core.workspace import Workspace

_RAW_MAPS_KEPT = 16


class LatentSpace:
    """A `Dataset` seen through a `LatentModel`; immutable once built. Made by `build` or `open`.

    Attributes
    ----------
    model : LatentModel
        The model.
    data : Dataset
        The items, without those left out.
    left_out : list of str
        Ids of the items for which the model gives latent values that are not finite.
    mean, logvar : ndarray
        ``[n, d]`` float32, read-only: the posterior of every item.
    rate : ndarray
        ``[n, d]`` float32 nats, KL(q(z_j|x) || p(z_j)); NaN for a model without a variance.
    fingerprint : str
        Name of the content: a hash of model, data and encoding version.
    folder, shipped : Path or None
        Where caches are written, and where else they are read from; None keeps everything in memory.
    """

    def __init__(self, model: LatentModel, data: Dataset, encodings: Encodings, cache: SpaceCache) -> None:
        self.model = model
        self.fingerprint = space_fingerprint(model, data)
        self.left_out = [str(data.table.index[item]) for item in encodings.left_out]
        self.data = data.take(np.setdiff1d(np.arange(len(data)), encodings.left_out)) if self.left_out else data
        self.mean = encodings.mean
        self.logvar = encodings.logvar
        self.rate = encodings.rate
        self._distortion = ItemDistortion(model, data, cache, encodings)
        self.folder = cache.folder
        self.shipped = cache.shipped
        self.trust_scale = cache.trust_scale(encodings)
        self._round_trips = RoundTrips(model, self.mean, self.trust_scale, encodings.round_trip)
        self._cache = cache
        self._maps: dict[str, Projection] = {}
        self._qualities: dict[str, Quality] = {}
        self._read_at: dict[str, int | None] = {}
        self._map_locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._lock = threading.Lock()

    @classmethod
    def build(
        cls,
        model: LatentModel,
        data: Dataset,
        cache: Workspace | Path | str | None = None,
        progress: Progress = silent,
        batch_size: int = 512,
        *,
        shipped: Path | str | None = None,
        draws: int = DRAWS,
    ) -> LatentSpace:
        """Encode a data set, or take its encodings from the cache.

        Parameters
        ----------
        model : LatentModel
            The model; the space keeps a copy of its own, in evaluation mode.
        data : Dataset
            The items.
        cache : Workspace, Path or None
            A workspace, which has a folder for every space, or the folder of this space alone.
        progress : Progress
            Hears of encoded items, then of items whose distortion is known.
        batch_size : int
            Items encoded at once.
        shipped : Path, optional
            A folder that is read where `cache` has nothing, and never written to.
        draws : int
            Posterior samples of the distortion. With fewer than `DRAWS` the space is there sooner, and
            `refine_distortion` takes the rest; where that is a matter of a second they are taken at once.

        Raises
        ------
        InputError
            If model and data do not fit, or no item has finite latent values; single ones are left out.
        Stopped
            If `progress` asks to stop. Of a set of 20,000 items or more what is done is kept in the cache's
            folder, and the next call goes on from there; of a smaller one nothing is.
        """
        model = own_model(model)
        folder = cache.space_folder(space_fingerprint(model, data)) if isinstance(cache, Workspace) else cache
        files = SpaceCache(Path(folder) if folder else None, Path(shipped) if shipped else None)
        kept = kept_encodings(model, data, files)
        if kept is not None:
            return cls(model, data, kept, files)
        made = cls(model, data, made_encodings(model, data, files, progress, batch_size, draws), files)
        made.trust_scale.calibration  # noqa: B018 - measured now, so that the first point touched need not wait
        return made

    @classmethod
    def open(
        cls, model: LatentModel, data: Dataset, folder: Path | str | None, *, shipped: Path | str | None = None
    ) -> LatentSpace | None:
        """Return the space as it lies in a folder, or None when it has to be built."""
        files = SpaceCache(Path(folder) if folder else None, Path(shipped) if shipped else None)
        model = own_model(model)
        encodings = kept_encodings(model, data, files)
        return None if encodings is None else cls(model, data, encodings, files)

    def __len__(self) -> int:
        return len(self.mean)

    def __repr__(self) -> str:
        return f"LatentSpace({self.data.name!r}, {len(self)} items, {self.latent_dim} latent dimensions)"

    @property
    def latent_dim(self) -> int:
        """Number of latent dimensions d."""
        return int(self.mean.shape[1])

    @cached_property
    def neighbours(self) -> Neighbours:
        """Exact nearest items in latent space; queries answer at once, the table of all items comes on first use."""
        return self._cache.neighbours(self.mean)

    @cached_property
    def variance_shares(self) -> np.ndarray:
        """``[d]`` the share of the variance of prior samples that each dimension explains; measured on first use."""
        return variance_shares(self.data, self.mean)

    @cached_property
    def background(self) -> np.ndarray:
        """``[c]`` float32 in [0, 1], the background of its pictures; estimated on first use."""
        return background_colour(self.data)

    def round_trip(self, z: np.ndarray, decoded: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Decode latent points, encode the pictures, and say how well the points come back: as of `RoundTrips`."""
        return self._round_trips(z, decoded)

    @cached_property
    def typical_item(self) -> int:
        """Number of an item like most others, see `vae_core.space.typical_item`."""
        return typical_item(self)

    @property
    def distortion(self) -> np.ndarray:
        """``[n]`` float32 nats, −E_q log p(x|z) summed over the item, the mean of `draws` seeded samples."""
        return self._distortion.value

    @property
    def distortion_error(self) -> np.ndarray:
        """``[n]`` float32 nats, the standard error of that mean; NaN of a single draw."""
        return self._distortion.error

    @property
    def draws(self) -> int:
        """How many posterior samples the distortion is the mean of: 8, or fewer until `refine_distortion`."""
        return self._distortion.draws

    @property
    def usual_distortion(self) -> np.ndarray:
        """``[101]`` percentiles of the distortion in nats over the items; zeros where none is known."""
        return self._distortion.percentiles

    def refine_distortion(self, progress: Progress = silent) -> None:
        """Take the posterior samples of the distortion that are missing, and keep the result.

        Raises
        ------
        Stopped
            If `progress` asks to stop; of a large set what is done is kept, and gone on from.
        """
        self._distortion.refine(progress)

    def projection(self, method: str = "pca", *, progress: Progress = silent, **params: Any) -> Projection:
        """Return a map of the space: from memory, else from the cache, else computed and cached.

        Parameters
        ----------
        method : str
            ``"pca"``, ``"tsne"``, ``"umap"``, ``"z"``, or an id such as ``"tsne-3d"`` or ``"z:3,7"``.
        progress : Progress
            Hears of finished steps; `preview` is the map so far.
        **params
            ``dimensions`` (2 or 3), ``seed``; t-SNE ``perplexity``; UMAP ``neighbours``, ``min_dist``; both ``start``,
            the id of a map to begin with; raw ``axes``.

        Raises
        ------
        InputError
            If there is no such method or parameter, or it does not suit the set.
        Stopped
            If `progress` asks to stop.
        """
        if not params and (found := self.cached_projection(method)) is not None and found.knows_way_back:
            return found
        settings = ProjectionSettings.of(method, **params)
        settings.check(*self.mean.shape)
        with self._lock:
            lock = self._map_locks[settings.id]
        with lock:
            found = self.cached_projection(settings.id)
            if found is None:
                earlier = None if settings.start == COMPONENTS else self.cached_projection(settings.start)
                begin = None if earlier is None else earlier.points
                found = compute_and_keep(settings, self.mean, self.neighbours, self._cache, progress, begin)
                self._maps[settings.id] = found
            else:
                learn_and_keep(found, self.mean, self._cache, progress)
        return found

    def cached_projection(self, id: str) -> Projection | None:
        """Return the map of this id if it takes no long work: PCA and raw pairs always, others once they are kept.

        One that another process has just made may not know its way back yet: see `Projection.knows_way_back`.

        Raises
        ------
        InputError
            If `id` names a latent dimension the model does not have.
        """
        if (found := self._maps.get(id)) is not None and (found.knows_way_back or not self._kept_anew(id)):
            return found
        try:
            settings = ProjectionSettings.parse(id)
        except InputError:
            settings = None
        if settings is not None and settings.method in ("pca", "z"):
            made = compute(settings, self.mean)
            if settings.method == "z":
                self._forget_raw_maps()
            # Two visitors at once get one object.
            return self._maps.setdefault(settings.id, made)
        self._read_at[id] = self._cache.map_time(id)
        restored = stored_map(id, self.mean, self.neighbours, self._cache)
        if restored is None:
            return found
        with self._lock:
            known = self._maps.get(id)
            if known is None or (restored.knows_way_back and not known.knows_way_back):
                self._maps[id] = known = restored
        return known

    def _kept_anew(self, id: str) -> bool:
        """Whether the file of a map has been written since it was read."""
        return self._cache.map_time(id) != self._read_at.get(id)

    def quality(self, id: str = "pca", *, progress: Progress = silent) -> Quality:
        """Return how faithfully a map shows the space: from memory, else from the cache, else measured and cached.

        Parameters
        ----------
        id : str
            Of a map, as of `projection`.
        progress : Progress
            Hears of measured rows.

        Raises
        ------
        InputError
            If there can be no such map or it is too small to be measured.
        Stopped
            If `progress` asks to stop.
        """
        projection = self.projection(id, progress=progress)
        found = self.cached_quality(projection)
        if found is None:
            found = measure(self.mean, projection.points, self.neighbours, progress=progress)
            self._cache.keep_quality(projection.id, projection.points, found)
            self._qualities[projection.id] = found
        return found

    def cached_quality(self, projection: Projection) -> Quality | None:
        """Return what was measured of a map, None where it has not been yet."""
        if (known := self._qualities.get(projection.id)) is not None:
            return known
        found = self._cache.quality(projection.id, projection.points)
        return None if found is None else self._qualities.setdefault(projection.id, found)

    def projection_ids(self) -> list[str]:
        """Return the ids of the maps that are there now; raw pairs ``z:i,j`` are always there besides."""
        plain = ["pca", "pca-3d"] if self.latent_dim >= 3 else ["pca"]
        kept = set(self._cache.map_names()) | {id for id in list(self._maps) if not id.startswith(("z:", "pca"))}
        # The plain names first, then the maps with parameters of their own.
        return plain + sorted(kept, key=lambda id: (id.count("-"), id))

    def shipped_ids(self) -> list[str]:
        """Return the ids of the maps that came with the space, and of those that take no work: none can be removed."""
        return [id for id in self.projection_ids() if id.startswith("pca") or self._cache.is_shipped(id)]

    def remove_map(self, id: str) -> None:
        """Remove a t-SNE or UMAP map that was computed for this space, and its files.

        Raises
        ------
        InputError
            If it came with the space, takes no work, or its files cannot be deleted.
        """
        if id.startswith("z:") or id in self.shipped_ids():
            raise InputError(f"The map {id!r} belongs to the space; only computed maps can be removed.")
        with self._map_locks[id]:
            try:
                self._cache.remove_map(id)
            except (OSError, ValueError) as error:
                raise InputError(f"The map {id!r} could not be removed ({error}).") from error
            self._maps.pop(id, None)
            self._qualities.pop(id, None)

    def projection_settings(self, id: str) -> ProjectionSettings | None:
        """Return what a map that is there was made with, without making it ready for use; None if there is none."""
        if (found := self._maps.get(id)) is not None:
            return found.settings
        try:
            return ProjectionSettings.parse(id)
        except InputError:
            stored = self._cache.map(id, self.mean)
            return None if stored is None else stored[0]

    def _forget_raw_maps(self) -> None:
        raw = [id for id in list(self._maps) if id.startswith("z:")]
        for id in raw[: max(0, len(raw) - _RAW_MAPS_KEPT)]:
            self._maps.pop(id, None)
            self._qualities.pop(id, None)
