"""Looking through an array of any size piece by piece, so that what lies on disk stays there."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from vae_core.data.reserve import reserve

PIECE = 2**24  # bytes


def pieces(array: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Yield parts of an array along its first axis, each with the number of its first item.

    The pages of a memory map are let go of after each part: they stay in the system's cache, but no longer count as
    this process's memory.
    """
    rows = max(1, PIECE // max(1, array[:1].nbytes))
    for start in range(0, len(array), rows):
        yield start, array[start : start + rows]
        let_go(array)


def let_go(array: np.ndarray) -> None:
    """Let go of the pages of a memory map, if the array is one: they can be read again from the file."""
    if (mapped := _map_of(array)) is not None:
        mapped.madvise(mmap.MADV_DONTNEED)


def converted(array: np.ndarray, dtype: DTypeLike, source: object) -> np.ndarray:
    """Return an array of another type; a large one lies in a temporary file, see `reserve`."""
    values = reserve(array.shape, dtype, source)
    for start, part in pieces(array):
        values[start : start + len(part)] = part
    return values


def _map_of(array: np.ndarray) -> mmap.mmap | None:
    """Return the memory map an array is a view of, if its pages can be read again from the file."""
    found: Any = array
    while found is not None and not isinstance(found, np.memmap):
        found = getattr(found, "base", None)
    if found is None or found.mode == "c" or not hasattr(mmap, "MADV_DONTNEED"):
        return None
    mapped = getattr(found, "_mmap", None)
    return mapped if isinstance(mapped, mmap.mmap) else None
