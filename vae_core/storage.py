"""Files that are either whole or not there: atomic writes and checked arrays."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import secrets
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from vae_core.errors import InputError

#: A file that may not grow any further is as good as a full disk; Windows has no quota of this name.
_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_STALE_SECONDS = 24 * 3600.0


class CacheDamaged(Exception):  # noqa: N818 - a state of a file; whoever meets it computes anew
    """A cached file cannot be read as it was written; compute its content again."""


class DiskFull(InputError):  # noqa: N818 - its message is what a person reads
    """There is no room for a file; the message says where, and what to do."""

    #: As `OSError` tells a reason, for messages with a remedy of their own.
    strerror = os.strerror(errno.ENOSPC)

    @classmethod
    def at(cls, path: Path) -> DiskFull:
        """Return the error of a file in the workspace that cannot be written."""
        return cls(
            f"The disk is full: {path.name} cannot be written to {path.parent}; make room there, or name another "
            "--workspace."
        )


def is_full(error: BaseException) -> bool:
    """Whether an error says that there is no room: no block is free, or a quota or the largest file is reached."""
    if not isinstance(error, OSError):
        return False
    # NumPy tells how much of an array was written, and no number of an error.
    return error.errno in _FULL or (error.errno is None and "requested and" in str(error))


def write_atomically(path: Path, write: Callable[[Path], None]) -> None:
    """Write a file so that `path` holds the old content or the new one, never a part.

    `write` fills a temporary file in the same folder, which is flushed to disk
    and then renamed. If `write` fails, nothing is left behind; if the process
    is killed, a hidden temporary file may stay, which nobody reads and which a
    later write of the same name removes once it is a day old.

    Parameters
    ----------
    path : Path
        The file to write. Its folder is made when it is missing.
    write : callable
        Writes the content to the path it is given.

    Raises
    ------
    DiskFull
        If there is no room for it.
    OSError
        If the folder cannot be written to.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path)
        write(temporary)
        with temporary.open("r+b") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        if is_full(error):
            raise DiskFull.at(path) from error
        raise
    _sync_folder(path.parent)


def _sweep(path: Path) -> None:
    """Remove what processes killed long ago left beside `path`."""
    for leftover in path.parent.glob(f".{path.name}.*.tmp"):
        with contextlib.suppress(OSError):
            if time.time() - leftover.stat().st_mtime > _STALE_SECONDS:
                leftover.unlink()


def _sync_folder(folder: Path) -> None:
    """Flush the rename itself; not every platform lets a folder be opened."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def save_arrays(path: Path, arrays: Mapping[str, np.ndarray], *, compress: bool = False) -> None:
    """Write named arrays to an ``.npz`` file, atomically and without pickle.

    Parameters
    ----------
    path : Path
        The file to write.
    arrays : mapping of str to ndarray
        Numbers or text; object arrays are refused.
    compress : bool
        Smaller and slower; for files that are shipped.

    Raises
    ------
    ValueError
        If an array holds Python objects.
    DiskFull, OSError
        If the file cannot be written.
    """
    plain: dict[str, Any] = {name: np.asarray(value) for name, value in arrays.items()}
    # numpy 1 knows no `allow_pickle` here, and would write it as an array of that name.
    if objects := [name for name, value in plain.items() if value.dtype.hasobject]:
        raise ValueError(f"Object arrays cannot be written: {', '.join(objects)}.")

    def write(temporary: Path) -> None:
        save = np.savez_compressed if compress else np.savez
        with temporary.open("wb") as file:
            save(file, **plain)

    write_atomically(path, write)


def save_mapped(path: Path, arrays: Mapping[str, np.ndarray], about: Mapping[str, Any]) -> None:
    """Write named arrays as one ``.npy`` file each beside a JSON file that names them; `map_arrays` reads them.

    The JSON file comes last: until it is there the arrays are not believed.

    Parameters
    ----------
    path : Path
        The JSON file; its folder is made when it is missing.
    arrays : mapping of str to ndarray
        Numbers.
    about : mapping
        What else the JSON file holds.

    Raises
    ------
    DiskFull, OSError
        If a file cannot be written.
    """
    stamp = secrets.token_hex(6)  # so that a later writing never mixes with this one
    files = {name: f"{name}-{stamp}.npy" for name in arrays}

    def write(array: np.ndarray) -> Callable[[Path], None]:
        def into(temporary: Path) -> None:
            with temporary.open("wb") as file:
                np.save(file, array, allow_pickle=False)

        return into

    try:
        for name, array in arrays.items():
            write_atomically(path.with_name(files[name]), write(array))
        write_text(path, json.dumps({**about, "arrays": files}))
    except BaseException:
        for file in files.values():  # nobody would read them, and they may have filled the disk
            with contextlib.suppress(OSError):
                path.with_name(file).unlink(missing_ok=True)
        raise
    for old in path.parent.glob("*.npy"):
        if old.name not in files.values():
            with contextlib.suppress(OSError):  # still open somewhere; a later writing sweeps it up
                old.unlink()


def map_arrays(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Map the arrays of `save_mapped` into memory; they are read where they are looked at.

    Returns
    -------
    about, arrays
        What was written.

    Raises
    ------
    CacheDamaged
        If a file is missing, cut short or no array.
    """
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
        files = about.pop("arrays")
        arrays = {name: np.load(path.with_name(file), mmap_mode="r") for name, file in files.items()}
    except (OSError, ValueError, KeyError, AttributeError, EOFError) as error:
        raise CacheDamaged(f"{path} is not used ({error}); it has to be computed again.") from error
    return about, arrays


def new_mapped(path: Path, dtype: DTypeLike, shape: tuple[int, ...]) -> np.memmap:
    """Return the array of a new ``.npy`` file, mapped into memory to be written into; its room is taken at once.

    A file with holes would only fail where it is written to, and end the program.

    Raises
    ------
    DiskFull, OSError
        If it cannot be made.
    """
    try:
        made: np.memmap = np.lib.format.open_memmap(path, "w+", dtype, shape)
        if hasattr(os, "posix_fallocate"):
            with path.open("r+b") as file:
                os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
        elif made.nbytes > shutil.disk_usage(path.parent).free:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
    except OSError as error:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        if is_full(error):
            raise DiskFull.at(path) from error
        raise
    return made


def write_text(path: Path, text: str) -> None:
    """Write a text file, atomically; DiskFull or OSError if it cannot be written."""

    def write(temporary: Path) -> None:
        temporary.write_text(text, encoding="utf-8")

    write_atomically(path, write)


def load_arrays(path: Path) -> dict[str, np.ndarray]:
    """Read all arrays of an ``.npz`` file; every byte is checked against the checksums in it.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    CacheDamaged
        If the file is truncated, altered or not an ``.npz`` file.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(path)
    try:
        # Reading a member of a zip file to its end compares its CRC-32, so altered bytes do not pass.
        # The file is opened here because the loader forgets to close one it cannot read.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise ValueError("not an archive")
            return {name: archive[name] for name in archive.files}
    except Exception as error:  # a damaged header can fail in the zip, the format or the memory layer
        raise CacheDamaged(
            f"{path} cannot be read as it was written ({error}); it has to be computed again."
        ) from error
