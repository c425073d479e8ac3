"""Other data kept beside a space, to be laid over its maps."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from vae_core.data.dataset import Dataset
from vae_core.errors import InputError
from vae_core.progress import Progress, silent
from vae_core.space.cache import SpaceCache
from vae_core.space.maps.projection import Projection, latent_fingerprint
from vae_core.space.maps.settings import ProjectionSettings
from vae_core.space.overlays.placed_items import Encodings, place_points
from vae_core.storage import CacheDamaged, load_arrays, save_arrays

#: Items of a layer.
MOST_ITEMS = 20_000
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,47}")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Layer:
    """Other data, encoded.

    Attributes
    ----------
    id, name : str
        Of its file, and for people.
    data : Dataset
        The items.
    mean : ndarray
        ``[m, d]`` float32, their posterior means.
    rate, distortion : ndarray
        ``[m, d]`` and ``[m]`` float32 nats; see `vae_core.space.overlays.placed_items.Encodings`.
    """

    id: str
    name: str
    data: Dataset
    mean: np.ndarray
    rate: np.ndarray
    distortion: np.ndarray

    @property
    def labels(self) -> list[str] | None:
        """The label of each item as text, "" where there is none; None for data without labels."""
        if "label" not in self.data.table:
            return None
        return ["" if pd.isna(label) else str(label) for label in self.data.table["label"]]


class Layers:
    """The layers of one space.

    Parameters
    ----------
    folder : Path, optional
        Of the space; without one there are no layers.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = None if folder is None else folder / "layers"

    def names(self) -> list[str]:
        """Return the ids of the layers."""
        if self._folder is None:
            return []
        return sorted(path.stem for path in self._folder.glob("*.npz") if _NAME.fullmatch(path.stem))

    def keep(self, name: str, encoded: Encodings) -> Layer:
        """Keep encoded data as a layer; one of the same name is replaced.

        Raises
        ------
        InputError
            If there is no place for it, it is too large or cannot be written.
        """
        if self._folder is None:
            raise InputError(
                "This space is kept in memory only; open it with a workspace to keep other data beside it."
            )
        data = encoded.data
        if len(data) > MOST_ITEMS:
            raise InputError(f"{name} has {len(data):,} items; at most {MOST_ITEMS:,} can be laid over a map.")
        layer = Layer(self._id(name), name, data, encoded.mean, encoded.rate, encoded.distortion)
        columns = [str(column) for column in data.table.columns]
        about = {"name": name, "kind": data.kind, "range": list(data.value_range), "columns": columns}
        arrays = {
            "values": np.ascontiguousarray(data.values),
            "mean": layer.mean,
            "rate": layer.rate,
            "distortion": layer.distortion,
            "item": data.table.index.to_numpy().astype(str),
            "about": np.array(json.dumps(about)),
        }
        arrays |= {f"column {i}": _plain_column(data.table.iloc[:, i]) for i in range(len(columns))}
        try:
            save_arrays(self._folder / f"{layer.id}.npz", arrays)
        except OSError as error:
            raise InputError(f"{name} cannot be kept in {self._folder} ({error.strerror}).") from error
        return layer

    def _id(self, name: str) -> str:
        """Return what names a layer in files and addresses, another for every name: many are of other scripts."""
        plain = _plain(name)
        there = self.read(plain)
        if there is None or there.name == name:
            return plain
        return f"{plain[:40].strip('-')}-{hashlib.blake2b(name.encode(), digest_size=3).hexdigest()}"

    def read(self, id: str) -> Layer | None:
        """Return a layer, None if there is none of this id that can be read."""
        if self._folder is None or not _NAME.fullmatch(id):
            return None
        try:
            arrays = load_arrays(self._folder / f"{id}.npz")
            about: dict[str, Any] = json.loads(str(arrays["about"]))
            columns = about["columns"]
            kept = {i: _column(arrays[f"column {i}"]) for i in range(len(columns))}
            table = pd.DataFrame(kept, index=pd.Index(arrays["item"], name="item"))
            table.columns = pd.Index(columns)
            low, high = about["range"]
            data = Dataset(arrays["values"], about["kind"], (low, high), table, about["name"])
            return Layer(id, about["name"], data, arrays["mean"], arrays["rate"], arrays["distortion"])
        except FileNotFoundError:
            return None
        except (CacheDamaged, InputError, KeyError, ValueError) as error:
            log.warning("The layer %s is not used (%s); add its data again.", id, error)
            return None

    def remove(self, id: str) -> None:
        """Take a layer away, and its places."""
        if self._folder is not None and _NAME.fullmatch(id):
            for path in [self._folder / f"{id}.npz", *self._folder.glob(f"places/{id}--*.npz")]:
                path.unlink(missing_ok=True)

    def forget_places(self, name: str) -> None:
        """Delete where layers lie on the map of this name."""
        if self._folder is not None and _NAME.fullmatch(name):
            for path in self._folder.glob(f"places/*--{name}.npz"):
                path.unlink(missing_ok=True)

    def places(self, layer: Layer, projection: Projection) -> np.ndarray | None:
        """Return where a layer's items lie on a map, ``[m, 2]`` or ``[m, 3]``; None until they have been placed."""
        if projection.settings.method in ("pca", "z"):
            return projection.locate(layer.mean)
        try:
            arrays = load_arrays(self._places(layer, projection.id))
        except (FileNotFoundError, CacheDamaged):
            return None
        fits = str(arrays["of"]) == _of(layer, projection.points)
        return arrays["points"] if fits else None

    def keep_places(self, layer: Layer, name: str, drawn: np.ndarray, points: np.ndarray) -> None:
        """Keep where a layer's items lie on the map of this name, whose points are `drawn`; OSError if it cannot be."""
        save_arrays(self._places(layer, name), {"of": np.array(_of(layer, drawn)), "points": points})

    def _places(self, layer: Layer, name: str) -> Path:
        return Path(self._folder or "") / "places" / f"{layer.id}--{name}.npz"


def place_layer_in_folder(
    layer: str, settings: str, folder: str, shipped: str | None = None, progress: Progress = silent
) -> None:
    """Place a layer on a t-SNE or UMAP map that lies in a space's folder, and keep the places.

    For worker processes; `settings`, `folder`, `shipped` as of `vae_core.space.maps.compute.compute_in_folder`.

    Raises
    ------
    InputError
        If layer, map or encodings are not there, or the places cannot be kept.
    """
    wanted = ProjectionSettings.from_json(settings)
    cache, layers = SpaceCache(Path(folder), Path(shipped) if shipped else None), Layers(Path(folder))
    found, encodings = layers.read(layer), cache.encodings()
    stored = None if encodings is None else cache.map(wanted.id, encodings.mean)
    if found is None or encodings is None or stored is None:
        raise InputError(f"The layer {layer} or the map {wanted.id} is not there any more.")
    points = place_points(wanted, stored[1], encodings.mean, cache.neighbours(encodings.mean), found.mean, progress)
    try:
        layers.keep_places(found, wanted.id, stored[1], points)
    except OSError as error:
        raise InputError(f"The places of {found.name} cannot be kept in {folder} ({error.strerror}).") from error


def _plain_column(values: pd.Series) -> np.ndarray:
    """Return a column as numbers where it holds numbers, else as text, "" where there is nothing."""
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        if values.isna().any():
            return np.asarray(values.to_numpy(dtype=np.float64, na_value=np.nan))
        return np.asarray(values.to_numpy())
    return np.array(["" if pd.isna(value) else str(value) for value in values], dtype=str)


def _column(kept: np.ndarray) -> Any:
    return pd.Categorical([word or None for word in kept]) if kept.dtype.kind == "U" else kept


def _of(layer: Layer, drawn: np.ndarray) -> str:
    return latent_fingerprint(layer.mean) + latent_fingerprint(drawn)


def _plain(name: str) -> str:
    letters = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name.lower()).strip("-")
    return letters[:48].strip("-") or "layer"
