"""Data sets from NumPy's files, ``.npz`` and ``.npy``."""

from __future__ import annotations

import contextlib
import zipfile
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from vae_core.data.dataset import Dataset, Kind
from vae_core.data.features import Features
from vae_core.data.labels import label_column, numbered_items
from vae_core.data.layout import arrange
from vae_core.data.npz_members import Headers, header_of, headers_of, pickled_objects, read_member
from vae_core.data.pieces import converted
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
FEATURES = ("feature_names", "feature_units", "along", "axis")
WIDEST = 64  # an extra array with more columns than this is no metadata


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
            pickled = header_of(stream)[2].hasobject
        array = None if pickled else np.load(path, mmap_mode="r", allow_pickle=False)
    except Exception as error:  # whatever NumPy makes of damaged bytes
        raise _unreadable(path, ".npy") from error
    if array is None:
        raise pickled_objects(path, "array")
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
    - Of vectors and series, ``feature_names`` says what their values or channels are called, ``feature_units`` in what
      they are measured, ``along`` where k values lie along an axis, ``axis`` what that is, such as "wavelength (nm)".
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
    headers = headers_of(archive)
    key = _values_key(path, headers)
    values, kind, value_range = arrange(read_member(path, archive, key), path, VALUES.get(key.lower()))
    if values.dtype == np.float64:
        values = converted(values, np.float32, path)  # models read float32; the file's precision would only take memory
    features = None if kind == "image" else _features(path, archive, headers, kind, values.shape[1:])
    used = {key} if features is None else {key, *FEATURES}
    table = _table(path, archive, headers, len(values), used)
    return Dataset(values, kind, value_range, table, path.stem, features)


def _features(
    path: Path, archive: zipfile.ZipFile, headers: Headers, kind: Kind, sample_shape: tuple[int, ...]
) -> Features | None:
    found = {name: read_member(path, archive, name) for name in FEATURES if name in headers}
    if not found:
        return None
    names, units = (_strings(found[name]) if name in found else None for name in FEATURES[:2])
    along = found.get("along")
    if along is not None and (along.ndim != 1 or along.dtype.kind not in "iuf"):
        raise InputError(f"{path}: along holds the {sample_shape[-1]} places of the values on their axis, as numbers.")
    axis = "".join(_strings(found["axis"])[:1]) if "axis" in found else None
    try:
        return Features.stated(kind, sample_shape, names, units, None if along is None else along.tolist(), axis)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def npz_table(path: Path) -> pd.DataFrame:
    """Read labels, ids and further columns of a file of named arrays, as `read_npz` does; values may be absent.

    Raises
    ------
    InputError
        As of `read_npz`, and if there is no array that tells how many items there are.
    """
    with opened_npz(path) as archive:
        headers = headers_of(archive)
        lengths = {name.lower(): shape[0] for name, (shape, _) in headers.items() if shape and name != CLASS_NAMES}
        known = next((lengths[name] for name in (IDS, *LABELS) if name in lengths), None)
        if known is None and len(set(lengths.values())) != 1:
            raise InputError(f"{path}: no array is named labels or ids; save one label per item under the name labels.")
        count = next(iter(lengths.values())) if known is None else known
        values = {name for name in headers if name.lower() in VALUES}
        return _table(path, archive, headers, count, values)


def _table(path: Path, archive: zipfile.ZipFile, headers: Headers, count: int, used: set[str]) -> pd.DataFrame:
    used = {*used, CLASS_NAMES}
    label_key = next((name for wanted in LABELS for name in headers if name.lower() == wanted), None)
    columns: dict[str, Any] = {}
    if label_key is not None:
        used.add(label_key)
        names = _strings(read_member(path, archive, CLASS_NAMES)) if CLASS_NAMES in headers else None
        columns["label"] = label_column(read_member(path, archive, label_key), count, path, names)
    index: pd.Index = numbered_items(count)
    if IDS in headers:
        used.add(IDS)
        index = _ids(path, read_member(path, archive, IDS), count)
    for name, (shape, dtype) in headers.items():
        if name in used or dtype.hasobject or dtype.kind not in "biufSUM" or shape[:1] != (count,):
            continue
        if len(shape) == 1:
            extra = read_member(path, archive, name)
            columns[name] = _strings(extra) if extra.dtype.kind in "SU" else extra.astype(extra.dtype.newbyteorder("="))
        elif len(shape) == 2 and shape[1] <= WIDEST:
            columns |= wide_columns(read_member(path, archive, name), name)
    return pd.DataFrame(columns, index=index)


def wide_columns(array: np.ndarray, name: str) -> dict[str, np.ndarray]:
    """Return an array ``[n, m]`` as the columns ``name_0`` …, in the machine's byte order."""
    return {f"{name}_{j}": array[:, j].astype(array.dtype.newbyteorder("=")) for j in range(array.shape[1])}


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


def _strings(array: np.ndarray) -> list[str]:
    flat = np.char.decode(array, "utf-8", "replace") if array.dtype.kind == "S" else array
    return [str(value) for value in np.atleast_1d(flat)]


def _ids(path: Path, ids: np.ndarray, count: int) -> pd.Index:
    if ids.shape != (count,):
        raise InputError(f"{path}: there are {count} items but ids of shape {ids.shape}; give one id per item.")
    listed: list[Hashable] = ids.tolist() if ids.dtype.kind in "iu" else list(_strings(ids))
    index = pd.Index(listed, name="item")
    if not index.is_unique:
        raise InputError(
            f"{path}: the id {index[index.duplicated()][0]} occurs more than once; give each item its own."
        )
    return index


def _unreadable(path: Path, kind: str) -> InputError:
    return InputError(
        f"{path}: this is not a readable {kind} file, it may be cut short or damaged; save or copy it again."
    )
