"""The files of one latent space: encodings, neighbours and maps."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from vae_core.errors import InputError
from vae_core.space.encodings.checkpoint import DRAWS
from vae_core.space.maps.projection import latent_fingerprint, read_points
from vae_core.space.maps.quality import Quality
from vae_core.space.maps.settings import ProjectionSettings
from vae_core.space.neighbours.index import Neighbours, Table
from vae_core.space.trust.scale import Calibration, TrustScale
from vae_core.storage import CacheDamaged, DiskFull, load_arrays, map_arrays, save_arrays, save_mapped, write_text

log = logging.getLogger(__name__)

#: Raised whenever what is stored, or how it is computed, changes its meaning.
FORMAT = 2
#: Posterior means of more bytes are not read, but mapped into memory.
MAPPED_FROM = 32 * 2**20
#: The same of what trust is measured by.
CALIBRATION_FORMAT = 1
_MAPPED = "encodings/about.json"
_MAP_NAME = re.compile(r"(pca|tsne|umap)(-3d|-[0-9a-f]{12})?")
_RAW_NAME = re.compile(r"z:[0-9]+(,[0-9]+){1,2}")
T = TypeVar("T")


@dataclass(frozen=True)
class Encodings:
    """What a model makes of a data set, as arrays; the fields are those of `LatentSpace`.

    `draws` is how many posterior samples the distortion is the mean of.
    """

    mean: np.ndarray
    logvar: np.ndarray
    rate: np.ndarray
    distortion: np.ndarray
    distortion_error: np.ndarray
    trust_share: np.ndarray
    trust_quantiles: np.ndarray
    trust_density: np.ndarray | None = None
    round_trip: np.ndarray | None = None
    left_out: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    draws: int = DRAWS

    def __post_init__(self) -> None:
        n, d = self.mean.shape
        wanted = {"distortion": (n,), "distortion_error": (n,), "trust_share": (d,)}
        wanted |= dict.fromkeys(("trust_quantiles", "trust_density", "round_trip"), (101,))
        for name, array in self.arrays.items():
            if name == "left_out":
                continue  # no row of this set
            if array.shape != wanted.get(name, (n, d)) or array.dtype != np.float32:
                raise ValueError(f"{name} is {array.dtype} {array.shape}")
            array.setflags(write=False)

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """The arrays there are, by name; those of earlier versions lack some."""
        named = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "draws"}
        return {name: array for name, array in named.items() if array is not None}


class SpaceCache:
    """Reads from a folder and, behind it, from a shipped one; writes to the first only.

    A file that is damaged, of another version or of other content is logged
    and treated as absent. A write that fails is logged: the work goes on in memory.

    Parameters
    ----------
    folder : Path, optional
        Where files are written; None keeps nothing.
    shipped : Path, optional
        A folder that is only read.
    """

    def __init__(self, folder: Path | None, shipped: Path | None = None) -> None:
        self.folder = Path(folder) if folder is not None else None
        self.shipped = Path(shipped) if shipped is not None else None

    def _candidates(self, name: str) -> Iterator[Path]:
        for folder in (self.folder, self.shipped):
            if folder is not None and (folder / name).is_file():
                yield folder / name

    def _read(self, name: str, read: Callable[[Path], T]) -> T | None:
        for path in self._candidates(name):
            try:
                return read(path)
            except CacheDamaged as damage:
                log.warning("%s", damage)
            except (KeyError, ValueError, TypeError, OSError) as error:
                log.warning("%s is not used (%s); it will be computed again.", path, error)
        return None

    def _write(self, name: str, write: Callable[[Path], None], must: bool = False) -> bool:
        if self.folder is None:
            return False
        try:
            write(self.folder / name)
        except (DiskFull, OSError) as error:
            if must:
                raise (
                    error
                    if isinstance(error, DiskFull)
                    else InputError(
                        f"{self.folder / name} cannot be written ({error.strerror}); make its folder writable, or name "
                        "another --workspace."
                    )
                ) from error
            log.warning("%s could not be kept (%s); it will be computed again next time.", self.folder / name, error)
            return False
        return True

    def encodings(self, fingerprint: str | None = None) -> Encodings | None:
        """Return the stored encodings, if there are any and, where one is asked for, they have this fingerprint."""

        def checked(arrays: dict[str, np.ndarray], about: dict[str, Any]) -> Encodings:
            if about["format"] != FORMAT or fingerprint not in (None, about["fingerprint"]):
                raise ValueError("it belongs to another model, data set or version")
            return Encodings(**arrays, draws=int(about.get("draws", DRAWS)))

        def read(path: Path) -> Encodings:
            arrays = load_arrays(path)
            return checked(arrays, json.loads(str(arrays.pop("about"))))

        def read_mapped(path: Path) -> Encodings:
            about, arrays = map_arrays(path)
            return checked(arrays, about)

        return self._read("encodings.npz", read) or self._read(_MAPPED, read_mapped)

    def keep_encodings(self, encodings: Encodings, fingerprint: str) -> None:
        """Store encodings under a fingerprint; those of very many items so that they can be mapped into memory."""
        arrays = encodings.arrays
        about = {"format": FORMAT, "fingerprint": fingerprint, "draws": encodings.draws}
        if encodings.mean.nbytes > MAPPED_FROM:
            self._write(_MAPPED, lambda path: save_mapped(path, arrays, about))
        else:
            text = np.array(json.dumps(about))
            self._write("encodings.npz", lambda path: save_arrays(path, {"about": text, **arrays}))

    def trust_scale(self, encodings: Encodings) -> TrustScale:
        """Return the yardstick of trust of encodings; what of it is stored beside them is read, the rest is kept.

        Spaces of an earlier version have no calibration yet: it is measured on first use and stored then.
        """

        def read(path: Path) -> Calibration:
            arrays = load_arrays(path)
            if int(arrays["format"]) != CALIBRATION_FORMAT or str(arrays["latents"]) != latent_fingerprint(mean):
                raise ValueError("it belongs to other encodings or another version")
            found = Calibration(arrays["isolation"], arrays["ends"], float(arrays["doubt"]))
            if found.isolation.shape != (101,) or found.ends.shape != (4, mean.shape[1]) or not found.doubt >= 1:
                raise ValueError("its arrays are not usable")
            return found

        def keep(calibration: Calibration) -> None:
            about = {"format": np.array(CALIBRATION_FORMAT), "latents": np.array(latent_fingerprint(mean))}
            named = {one.name: np.asarray(getattr(calibration, one.name)) for one in fields(calibration)}
            self._write("trust.npz", lambda path: save_arrays(path, {**about, **named}))

        mean, given = encodings.mean, encodings
        measured = (given.trust_share, given.trust_quantiles, given.trust_density)
        return TrustScale(mean, given.logvar, *measured, self._read("trust.npz", read), measured_now=keep)

    def neighbours(self, mean: np.ndarray) -> Neighbours:
        """Return the neighbours of encodings ``[n, d]``; their table is read, where it is stored, when it is needed."""

        def read(path: Path) -> Table:
            arrays = load_arrays(path)
            index, distance = arrays["index"], arrays["distance"]
            fits = index.shape == distance.shape and len(index) == len(mean)
            if not fits or str(arrays["latents"]) != latent_fingerprint(mean):
                raise ValueError("it belongs to other encodings")
            return index, distance, float(arrays.get("recall", 1.0))

        return Neighbours(mean, lambda: self._read("neighbours.npz", read))

    def keep_neighbours(self, neighbours: Neighbours) -> None:
        """Store a table of neighbours that has been computed."""
        arrays = {
            "latents": np.array(latent_fingerprint(neighbours.points)),
            "index": neighbours.index,
            "distance": neighbours.distance,
            "recall": np.array(neighbours.recall),
        }
        self._write("neighbours.npz", lambda path: save_arrays(path, arrays))

    def keep_origin(
        self,
        model: str,
        data: str | None,
        options: dict[str, Any] | None = None,
        data_options: dict[str, Any] | None = None,
    ) -> None:
        """Note what model, data and options the space was opened with, so that new data can be put on its maps.

        Prior samples are of no data.
        """
        about = json.dumps({"model": model, "data": data, "options": options or {}, "data_options": data_options or {}})
        self._write("origin.json", lambda path: write_text(path, about))

    def origin(self) -> tuple[str, str | None, dict[str, Any], dict[str, Any]] | None:
        """Return the model, the data and the options of each that `keep_origin` noted, None where it never did."""

        def read(path: Path) -> tuple[str, str | None, dict[str, Any], dict[str, Any]]:
            about = json.loads(path.read_text(encoding="utf-8"))
            options, data_options = (dict(about.get(name, {})) for name in ("options", "data_options"))
            data = None if about["data"] is None else str(about["data"])
            return str(about["model"]), data, options, data_options

        return self._read("origin.json", read)

    def map_path(self, name: str) -> Path | None:
        """Return where the map of this name is or would be written; None without a folder."""
        return None if self.folder is None else self.folder / _file(name)

    def map(self, name: str, mean: np.ndarray) -> tuple[ProjectionSettings, np.ndarray, dict[str, Any]] | None:
        """Return settings, points and details of a stored map of encodings ``[n, d]``."""
        if not _MAP_NAME.fullmatch(name):
            return None

        def read(path: Path) -> tuple[ProjectionSettings, np.ndarray, dict[str, Any]]:
            settings, points, details = read_points(path, latent_fingerprint(mean))
            if settings.id != name or len(points) != len(mean):
                raise ValueError("it holds another map")
            return settings, points, details

        return self._read(_file(name), read)

    def map_time(self, name: str) -> int | None:
        """Return when the file of a map was written, as its system tells; None where there is none."""
        if not _MAP_NAME.fullmatch(name):
            return None
        return next((path.stat().st_mtime_ns for path in self._candidates(_file(name))), None)

    def keep_map(self, name: str, write: Callable[[Path], None], must: bool = False) -> bool:
        """Store a map; `write` is given the path. Return whether it could be; InputError if it `must` be."""
        return self._write(_file(name), write, must)

    def quality(self, name: str, points: np.ndarray) -> Quality | None:
        """Return what was measured of a map, if these are the points ``[n, 2]`` or ``[n, 3]`` that were measured."""

        def read(path: Path) -> Quality:
            arrays = load_arrays(path)
            if str(arrays["map"]) != latent_fingerprint(points):
                raise ValueError("it belongs to another map")
            return Quality.from_arrays(arrays)

        return self._read(_quality_file(name), read)

    def keep_quality(self, name: str, points: np.ndarray, quality: Quality, must: bool = False) -> bool:
        """Store what was measured of a map; return whether it could be, InputError if it `must` be."""
        arrays = {"map": np.array(latent_fingerprint(points)), **quality.arrays()}
        return self._write(_quality_file(name), lambda path: save_arrays(path, arrays), must)

    def is_shipped(self, name: str) -> bool:
        """Whether a map of this name lies in the shipped folder, which is only read."""
        return self.shipped is not None and (self.shipped / _file(name)).is_file()

    def remove_map(self, name: str) -> None:
        """Delete a stored map, what was noted of it under way, and what was measured of it; OSError if it cannot be."""
        if self.folder is not None:
            for file in (_file(name), f"unfinished/{name}.npz", _quality_file(name)):
                (self.folder / file).unlink(missing_ok=True)

    def map_names(self) -> list[str]:
        """Return the names of the maps that lie in the folders, unread."""
        folders = [folder / "projections" for folder in (self.folder, self.shipped) if folder is not None]
        names = {path.stem for folder in folders for path in folder.glob("*.npz") if _MAP_NAME.fullmatch(path.stem)}
        return sorted(names)


def _quality_file(name: str) -> str:
    if not (_MAP_NAME.fullmatch(name) or _RAW_NAME.fullmatch(name)):
        raise ValueError(f"{name!r} is not the name of a map")
    return f"quality/{name.replace(':', '-')}.npz"


def _file(name: str) -> str:
    if not _MAP_NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of a stored map")
    return f"projections/{name}.npz"
