"""Room for the values of a data set that is put together item by item."""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike

from vae_core.errors import InputError

#: Values of more bytes lie in a temporary file that is mapped into memory.
MAPPED_FROM = 512 * 2**20
#: What unpacks to more than so many times its size is refused, from so many bytes on.
BOMB, BOMB_FROM = 500, 128 * 2**20
_ROOM = 0.8  # largest part of what is free that is taken


def reserve(shape: Sequence[int], dtype: DTypeLike, source: object) -> np.ndarray:
    """Return an array to write into, in memory or, above `MAPPED_FROM` bytes, in a temporary file without a name.

    Raises
    ------
    InputError
        If neither has the room; `source` names the data in the message.
    """
    need = math.prod(shape) * np.dtype(dtype).itemsize
    free = free_memory()
    try:
        if need <= MAPPED_FROM and (free is None or need <= _ROOM * free):
            return np.empty(tuple(shape), dtype)
        # Asked beforehand: a file with holes would only fail where it is written to, and end the program.
        if need <= _ROOM * shutil.disk_usage(tempfile.gettempdir()).free:
            with tempfile.TemporaryFile() as file:
                return np.memmap(file, dtype, "w+", shape=tuple(shape))
    except (MemoryError, OSError, ValueError, OverflowError) as error:
        raise _no_room(shape, need, source) from error
    raise _no_room(shape, need, source)


def refuse_bomb(source: object, packed: int, unpacked: int) -> None:
    """Raise InputError if so few bytes unpack to so many that the file must be made to fill a memory.

    Pictures that are mostly blank unpack to a hundred times their size, never to `BOMB` times.
    """
    if unpacked > BOMB_FROM and unpacked > BOMB * packed:
        raise InputError(
            f"{source}: its {packed / 1e3:,.0f} kB unpack to {unpacked / 1e6:,.0f} MB, as those of files do that are "
            "made to fill the memory; if it is meant to, save it unpacked, as numpy.savez and numpy.save do."
        )


def free_memory() -> int | None:
    """Return the bytes of memory that are free, None where the system does not tell."""
    try:
        with Path("/proc/meminfo").open(encoding="ascii") as lines:
            return next(1024 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable"))
    except (OSError, StopIteration, ValueError):
        return None  # not Linux: the system itself has to say no


def _no_room(shape: Sequence[int], need: int, source: object) -> InputError:
    items = " × ".join(f"{size:,}" for size in shape)
    return InputError(
        f"{source}: {items} values take {need / 1e6:,.0f} MB, more than is free in memory and in "
        f"{tempfile.gettempdir()}; give fewer items or smaller ones."
    )
