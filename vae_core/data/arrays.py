"""Data sets from NumPy's files, ``.npz`` and ``.npy``."""

from __future__ import annotations

import contextlib
import zipfile
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd

from vae_core.data.dataset import Dataset, Kind
from vae_core.data.labels import label_column, numbered_items
from vae_core.data.layout import arrange
from vae_core.errors import InputError

VALUES: dict[str, Kind | None] = {
    "images": "image",
    "imgs": "image",
    "vectors": "vector",
    "series": "series",
    "x": None,
    "data": None,
}
LABELS = ("labels", "label", "y")
CLASS_NAMES = "class_names"
IDS = "ids"
WIDEST = 64  # an extra array with more columns than this is no metadata

#: Shape and type of each array of a file.
Headers = dict[str, tuple[tuple[int, ...], np.dtype]]


def read_npy(path: Path) -> Dataset:
    """Read one array, memory-mapped: the values stay on disk until they are looked at.

    What its axes mean is decided by `layout.arrange`. Item ids are 0 … n - 1.

    Raises
    ------
    InputError
        If the file cannot be read, holds Python objects or no data set.
    """
    try:
        with path.open("rb") as stream:
            pickled = _header(stream)[1].hasobject
        array = None if pickled else np.load(path, mmap_mode="r", allow_pickle=False)
    except Exception as error:  # whatever NumPy makes of damaged bytes
        raise _unreadable(path, ".npy") from error
    if array is None:
        raise _objects(path, "array")
    values, kind, value_range = arrange(array, path)
    return Dataset(values, kind, value_range, pd.DataFrame(index=numbered_items(len(values))), path.stem)


def read_npz(path: Path) -> Dataset:
    """Read a file of named arrays.

    - ``images`` (or ``imgs``), ``vectors``, ``series``, ``x`` or ``data``, in upper or
      lower case, holds the values; if none of them is there, the only array. The
      names ``x`` and ``data`` leave it to `layout.arrange` what the axes mean.
    - ``labels``, ``label`` or ``y`` holds a class number or name an item, ``class_names``
      the name of class 0, 1, ….
    - ``ids`` holds an id an item; without it they are 0 … n - 1.
    - Every other array of n numbers or strings becomes a column of the table under its
      own name, every ``[n, m]`` one with m up to 64 becomes the columns ``name_0`` …; the rest is not read.

    Raises
    ------
    InputError
        If the file cannot be read, needs pickle, or its arrays do not fit each other.
    """
    with opened_npz(path) as archive:
        return _assemble(path, archive)


@contextlib.contextmanager
def opened_npz(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a file of named arrays; whatever is wrong with it becomes an InputError."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except InputError:
        raise
    except Exception as error:  # whatever zipfile, zlib and NumPy make of damaged bytes
        raise _unreadable(path, ".npz") from error


def _assemble(path: Path, archive: zipfile.ZipFile) -> Dataset:
    headers = _headers(archive)
    key = _values_key(path, headers)
    values, kind, value_range = arrange(_array(path, archive, headers, key), path, VALUES.get(key.lower()))
    if values.dtype == np.float64:
        values = values.astype(np.float32)  # models read float32; the file's precision would only take memory
    table = _table(path, archive, headers, len(values), {key})
    return Dataset(values, kind, value_range, table, path.stem)


def npz_table(path: Path) -> pd.DataFrame:
    """Read labels, ids and further columns of a file of named arrays, as `read_npz` does; values may be absent.

    Raises
    ------
    InputError
        As of `read_npz`, and if there is no array that tells how many items there are.
    """
    with opened_npz(path) as archive:
        headers = _headers(archive)
        lengths = {name.lower(): shape[0] for name, (shape, _) in headers.items() if shape and name != CLASS_NAMES}
        known = next((lengths[name] for name in (IDS, *LABELS) if name in lengths), None)
        if known is None and len(set(lengths.values())) != 1:
            raise InputError(f"{path}: no array is named labels or ids; save one label an item under the name labels.")
        count = next(iter(lengths.values())) if known is None else known
        values = {name for name in headers if name.lower() in VALUES}
        return _table(path, archive, headers, count, values)


def _table(path: Path, archive: zipfile.ZipFile, headers: Headers, count: int, used: set[str]) -> pd.DataFrame:
    used = {*used, CLASS_NAMES}
    label_key = next((name for wanted in LABELS for name in headers if name.lower() == wanted), None)
    columns: dict[str, Any] = {}
    if label_key is not None:
        used.add(label_key)
        names = _strings(_array(path, archive, headers, CLASS_NAMES)) if CLASS_NAMES in headers else None
        columns["label"] = label_column(_array(path, archive, headers, label_key), count, path, names)
    index: pd.Index = numbered_items(count)
    if IDS in headers:
        used.add(IDS)
        index = _ids(path, _array(path, archive, headers, IDS), count)
    for name, (shape, dtype) in headers.items():
        if name in used or dtype.hasobject or dtype.kind not in "biufSUM" or shape[:1] != (count,):
            continue
        if len(shape) == 1:
            extra = _array(path, archive, headers, name)
            columns[name] = _strings(extra) if extra.dtype.kind in "SU" else extra.astype(extra.dtype.newbyteorder("="))
        elif len(shape) == 2 and shape[1] <= WIDEST:
            columns |= wide_columns(_array(path, archive, headers, name), name)
    return pd.DataFrame(columns, index=index)


def wide_columns(array: np.ndarray, name: str) -> dict[str, np.ndarray]:
    """Return an array ``[n, m]`` as the columns ``name_0`` …, in the machine's byte order."""
    return {f"{name}_{j}": array[:, j].astype(array.dtype.newbyteorder("=")) for j in range(array.shape[1])}


def _header(stream: IO[bytes]) -> tuple[tuple[int, ...], np.dtype]:
    """Shape and type of an array, without reading or unpickling it."""
    version = np.lib.format.read_magic(stream)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(stream)
    return shape, dtype


def _headers(archive: zipfile.ZipFile) -> Headers:
    found = {}
    for name in archive.namelist():
        if name.endswith(".npy"):
            with archive.open(name) as stream:
                found[name.removesuffix(".npy")] = _header(stream)
    return found


def _values_key(path: Path, headers: Headers) -> str:
    for wanted in VALUES:
        for name in headers:
            if name.lower() == wanted:
                return name
    if len(headers) == 1:
        return next(iter(headers))
    found = ", ".join(sorted(headers)) or "nothing"
    raise InputError(
        f"{path}: no array is named images, x or data (found: {found}); save the values under such a name."
    )


def _array(path: Path, archive: zipfile.ZipFile, headers: Headers, key: str) -> np.ndarray:
    if headers[key][1].hasobject:
        raise _objects(path, f"array {key}")
    with archive.open(f"{key}.npy") as stream:
        array: np.ndarray = np.lib.format.read_array(stream, allow_pickle=False)
        if stream.read(1):  # reading up to the end is what makes zipfile compare the checksum
            raise ValueError("more bytes than the header announces")
    return array


def _strings(array: np.ndarray) -> list[str]:
    flat = np.char.decode(array, "utf-8", "replace") if array.dtype.kind == "S" else array
    return [str(value) for value in np.atleast_1d(flat)]


def _ids(path: Path, ids: np.ndarray, count: int) -> pd.Index:
    if ids.shape != (count,):
        raise InputError(f"{path}: there are {count} items but ids of shape {ids.shape}; give one id an item.")
    listed: list[Hashable] = ids.tolist() if ids.dtype.kind in "iu" else list(_strings(ids))
    index = pd.Index(listed, name="item")
    if not index.is_unique:
        raise InputError(
            f"{path}: the id {index[index.duplicated()][0]} occurs more than once; give each item its own."
        )
    return index


def _objects(path: Path, what: str) -> InputError:
    return InputError(
        f"{path}: the {what} holds pickled Python objects, which are not opened; save it as numbers or strings, "
        "for instance with array.astype(str)."
    )


def _unreadable(path: Path, kind: str) -> InputError:
    return InputError(
        f"{path}: this is no readable {kind} file, it may be cut short or damaged; save or copy it again."
    )
