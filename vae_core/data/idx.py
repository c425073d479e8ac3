"""Data sets from IDX files, the format of the MNIST family, gzipped or not.

The format: two zero bytes, one byte for the type, one for the number of axes, the
length of every axis as a big-endian 32-bit number, then the values, big-endian, the
last axis fastest (LeCun, Cortes and Burges, "The MNIST database of handwritten digits").
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd

from vae_core.data.dataset import Dataset
from vae_core.data.labels import label_column, numbered_items
from vae_core.data.layout import arrange
from vae_core.data.pieces import converted
from vae_core.data.reserve import refuse_bomb, reserve
from vae_core.errors import InputError

_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_GZIP = b"\x1f\x8b"
_GZIP_BEST_RATIO = 1100  # DEFLATE shrinks at most 1032 : 1


def is_idx(path: Path) -> bool:
    """Tell whether a file begins as an IDX file does, gzipped or not."""
    try:
        with path.open("rb") as raw:
            start = raw.read(4)
            if start[:2] == _GZIP:
                raw.seek(0)
                with gzip.open(raw) as stream:
                    start = stream.read(4)
    except (OSError, EOFError, zlib.error):
        return False
    return len(start) == 4 and start[:2] == b"\0\0" and start[2] in _TYPES and start[3] > 0


def read_idx(path: str | Path) -> np.ndarray:
    """Read one IDX file, gzipped or not (its first bytes tell, not its name); bytes not packed are mapped into memory.

    Returns
    -------
    ndarray
        Of the shape and type the file announces, in the machine's byte order.

    Raises
    ------
    InputError
        If the file is missing, no IDX file, cut short, too long or damaged.
    """
    path = Path(path)
    try:
        size = path.stat().st_size
        with path.open("rb") as raw:
            packed = raw.read(2) == _GZIP
            raw.seek(0)
            if not packed:
                return _mapped(path, _announced(raw, path, size), size)
            with gzip.open(raw) as stream:
                return _unpacked(stream, path, size * _GZIP_BEST_RATIO)
    except InputError:
        raise
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file; check the path.") from error
    except (PermissionError, IsADirectoryError) as error:
        raise InputError(
            f"{path}: this file cannot be opened ({error.strerror}); check the path and its rights."
        ) from error
    except EOFError as error:
        raise _cut_short(path) from error
    except Exception as error:  # gzip.BadGzipFile, zlib.error, MemoryError: damaged bytes
        raise InputError(f"{path}: this IDX file is damaged; copy or download it again.") from error


def idx_dataset(
    images_path: str | Path,
    labels_path: str | Path | None = None,
    class_names: Sequence[str] | None = None,
    name: str | None = None,
) -> Dataset:
    """Read a file of images and, where there is one, the file of its labels.

    Three axes are grey images ``[n, h, w]``; two and four are read as `layout.arrange`
    says. Item ids are 0 … n - 1.

    Parameters
    ----------
    images_path : str or Path
        The images, by custom ``X-images-idx3-ubyte`` with or without ``.gz``.
    labels_path : str or Path, optional
        The labels; by default ``X-labels-idx1-ubyte`` with or without ``.gz`` beside the
        images, if there is such a file.
    class_names : sequence of str, optional
        Name of class 0, 1, …; makes the column ``label`` categorical.
    name : str, optional
        What to call the data set; by default X.

    Raises
    ------
    InputError
        If a file cannot be read or the two do not fit each other.
    """
    images_path = Path(images_path)
    images = read_idx(images_path)
    if images.ndim == 1:
        raise InputError(
            f"{images_path}: this IDX file holds labels; give the file of the images, …-images-idx3-ubyte."
        )
    values, kind, value_range = arrange(images, images_path)
    found = Path(labels_path) if labels_path is not None else labels_beside(images_path)
    columns: dict[str, Any] = {}
    if found is not None:
        columns["label"] = label_column(read_idx(found), len(values), found, class_names)
    table = pd.DataFrame(columns, index=numbered_items(len(values)))
    return Dataset(values, kind, value_range, table, name or _short_name(images_path))


def labels_beside(images_path: Path) -> Path | None:
    """Return the file of labels that belongs to a file of images by its name, or None if there is none."""
    if "images" not in images_path.name:
        return None
    head, _, tail = images_path.name.rpartition("images")
    plain = (head + "labels" + tail.replace("idx3", "idx1").replace("idx4", "idx1")).removesuffix(".gz")
    packed = images_path.name.endswith(".gz")
    for candidate in (plain + ".gz", plain) if packed else (plain, plain + ".gz"):
        path = images_path.with_name(candidate)
        if path.is_file():
            return path
    return None


def _announced(stream: IO[bytes] | gzip.GzipFile, path: Path, most: int) -> tuple[np.dtype, tuple[int, ...]]:
    """Read type and shape of the values, which take `most` bytes at most."""
    start = stream.read(4)
    if len(start) < 4 or start[:2] != b"\0\0" or start[2] not in _TYPES or start[3] == 0:
        raise InputError(
            f"{path}: this is not an IDX file (its first bytes are {start.hex(' ') or 'missing'}); check the path."
        )
    axes = start[3]
    lengths = stream.read(4 * axes)
    if len(lengths) < 4 * axes:
        raise _cut_short(path)
    shape = struct.unpack(f">{axes}I", lengths)
    dtype = np.dtype(_TYPES[start[2]])
    if math.prod(shape) * dtype.itemsize > most:
        raise _cut_short(path)
    return dtype, shape


def _mapped(path: Path, announced: tuple[np.dtype, tuple[int, ...]], size: int) -> np.ndarray:
    dtype, shape = announced
    start = 4 + 4 * len(shape)
    need = math.prod(shape) * dtype.itemsize
    if size < start + need:
        raise _cut_short(path)
    if size > start + need:
        raise _too_long(path, shape)
    if not need:
        return np.empty(shape, dtype.newbyteorder("="))
    values = np.memmap(path, dtype, "r", start, shape)
    return values if dtype.itemsize == 1 else converted(values, dtype.newbyteorder("="), path)


def _unpacked(stream: gzip.GzipFile, path: Path, most: int) -> np.ndarray:
    dtype, shape = _announced(stream, path, most)
    refuse_bomb(path, path.stat().st_size, math.prod(shape) * dtype.itemsize)
    values = reserve((math.prod(shape),), dtype, path)
    buffer = values.view(np.uint8).data
    filled = 0
    while filled < len(buffer):
        count = stream.readinto(buffer[filled:])
        if not count:
            raise _cut_short(path)
        filled += count
    if stream.read(1):  # at the end gzip also compares its checksum
        raise _too_long(path, shape)
    return values.reshape(shape).astype(dtype.newbyteorder("="), copy=False)


def _too_long(path: Path, shape: tuple[int, ...]) -> InputError:
    return InputError(f"{path}: this IDX file is longer than its shape {shape} allows; copy or download it again.")


def _cut_short(path: Path) -> InputError:
    return InputError(f"{path}: this IDX file is cut short; copy or download it again.")


def _short_name(path: Path) -> str:
    name = path.name.removesuffix(".gz")
    head = name.rpartition("images")[0].rstrip("-_. ")
    return head or name
