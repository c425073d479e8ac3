"""The arrays in an ``.npz`` file: read and checked, or mapped into memory where they lie in it unpacked."""

from __future__ import annotations

import math
import struct
import zipfile
import zlib
from pathlib import Path
from typing import IO

import numpy as np

from vae_core.data.reserve import MAPPED_FROM, refuse_bomb, reserve
from vae_core.errors import InputError

#: Shape and type of each array of a file.
Headers = dict[str, tuple[tuple[int, ...], np.dtype]]
#: Arrays of more bytes are mapped, if they lie in the file unpacked.
STORED_FROM = 32 * 2**20
#: Bytes of the longest text of an array: every item takes as many, however short its own is.
LONGEST_TEXT = 2**14
_PIECE = 2**22  # bytes read at once


def header_of(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype]:
    """Return shape, whether the first axis is the fastest, and type of an array, without reading or unpickling it."""
    version = np.lib.format.read_magic(stream)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, fortran, dtype = read(stream)
    return shape, fortran, dtype


def headers_of(archive: zipfile.ZipFile) -> Headers:
    """Return shape and type of every array in a file."""
    found = {}
    for name in archive.namelist():
        if name.endswith(".npy"):
            with archive.open(name) as stream:
                shape, _, dtype = header_of(stream)
                found[name.removesuffix(".npy")] = (shape, dtype)
    return found


def read_member(path: Path, archive: zipfile.ZipFile, key: str) -> np.ndarray:
    """Return one array, every byte compared with the checksum.

    Raises
    ------
    InputError
        If it needs pickle, or there is no room for it.
    ValueError, zipfile.BadZipFile, …
        If its bytes are damaged.
    """
    info = archive.getinfo(f"{key}.npy")
    with archive.open(info) as stream:
        shape, fortran, dtype = header_of(stream)
        start = stream.tell()
        if dtype.hasobject:
            raise pickled_objects(path, f"array {key}")
        size = math.prod(shape) * dtype.itemsize
        if dtype.kind in "US" and dtype.itemsize > LONGEST_TEXT:
            raise InputError(
                f"{path}: the array {key} holds texts of up to {dtype.itemsize // (4 if dtype.kind == 'U' else 1):,} "
                "letters, far more than labels and other columns have; shorten them."
            )
        if info.file_size != start + size:
            raise ValueError("more or fewer bytes than the header announces")
        if info.compress_type == zipfile.ZIP_STORED and size >= STORED_FROM:
            return _mapped(path, info, start, shape, fortran, dtype)
        if size >= MAPPED_FROM and fortran:
            raise InputError(
                f"{path}: the array {key} is packed and in Fortran's order, which is not read at such a size; save it "
                "with numpy.savez."
            )
        refuse_bomb(path, info.compress_size, size)
        values = reserve(shape[::-1] if fortran else shape, dtype, path)
        buffer = values.reshape(-1).view(np.uint8) if size else np.empty(0, np.uint8)
        for at in range(0, size, _PIECE):
            part = stream.read(min(_PIECE, size - at))
            buffer[at : at + len(part)] = np.frombuffer(part, np.uint8)
        stream.read(1)  # reading up to the end is what makes zipfile compare the checksum
    return values.T if fortran else values


def _mapped(
    path: Path, info: zipfile.ZipInfo, start: int, shape: tuple[int, ...], fortran: bool, dtype: np.dtype
) -> np.ndarray:
    with path.open("rb") as file:
        file.seek(info.header_offset)
        local = file.read(30)
        if local[:4] != b"PK\3\4":
            raise ValueError("no local header where the directory says")
        offset = info.header_offset + 30 + sum(struct.unpack("<HH", local[26:30]))
        file.seek(offset)
        checksum, left = 0, info.file_size
        while left:
            part = file.read(min(_PIECE, left))
            if not part:
                raise ValueError("cut short")
            checksum, left = zlib.crc32(part, checksum), left - len(part)
    if checksum != info.CRC:
        raise ValueError("another checksum than the directory says")
    return np.memmap(path, dtype, "r", offset + start, shape, "F" if fortran else "C")


def pickled_objects(path: Path, what: str) -> InputError:
    """Return the error of an array that holds Python objects."""
    return InputError(
        f"{path}: the {what} holds pickled Python objects, which are not opened; save it as numbers or strings, "
        "for instance with array.astype(str)."
    )
