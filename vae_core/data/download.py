"""Fetching published files once, with their checksums verified."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from vae_core.errors import InputError
from vae_core.progress import Progress, Stopped, silent
from vae_core.workspace import default_root

Opener = Callable[..., Any]
_TIMEOUT = 30  # seconds without a byte
_PIECE = 2**18


def download_folder() -> Path:
    """Return the folder where downloaded data sets are kept, whatever the workspace."""
    return default_root() / "datasets"


def fetch(
    checksums: Mapping[str, str],
    url: str,
    folder: Path,
    remedy: str,
    opener: Opener = urlopen,
    progress: Progress = silent,
) -> None:
    """Download files into a folder: all of them, or none.

    Parameters
    ----------
    checksums : mapping of str to str
        The MD5 checksum of every file, as their publisher lists it.
    url : str
        Address of the folder they are published in, with a slash at its end.
    folder : Path
        Where they go; made if need be.
    remedy : str
        How else to come by the files; ends the message when something fails.
    opener : callable
        Opens an address as `urllib.request.urlopen` does.
    progress : Progress
        Called with the kilobytes of the current file.

    Raises
    ------
    InputError
        If a file cannot be downloaded or stored, or has another checksum; nothing is left behind.
    Stopped
        If `progress` asked to stop.
    """
    made = _make(folder, remedy)
    complete = False
    try:
        with tempfile.TemporaryDirectory(prefix=".download-", dir=folder, ignore_cleanup_errors=True) as temporary:
            for name, checksum in checksums.items():
                found = _fetch_one(url + name, Path(temporary) / name, remedy, opener, progress)
                if found != checksum:
                    raise InputError(
                        f"{url}{name}: the download has another checksum ({found}) than the published one ({checksum}) "
                        f"and was thrown away; {remedy}."
                    )
            for name in checksums:
                (Path(temporary) / name).replace(folder / name)
        complete = True
    except OSError as error:
        raise InputError(
            f"{folder}: the download cannot be stored here ({error.strerror or error}); {remedy}."
        ) from error
    finally:
        if not complete:
            for place in made:
                with contextlib.suppress(OSError):  # somebody else has put something into it meanwhile
                    place.rmdir()


def _make(folder: Path, remedy: str) -> list[Path]:
    """Make a folder and return what had to be made, innermost first."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: this folder cannot be made ({error.strerror}); {remedy}.") from error
    return missing


def _fetch_one(address: str, path: Path, remedy: str, opener: Opener, progress: Progress) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("wb") as target:
        try:
            with opener(address, timeout=_TIMEOUT) as answer:
                length = int(answer.headers.get("Content-Length") or 0)
                done = 0
                while piece := answer.read(_PIECE):
                    digest.update(piece)
                    target.write(piece)
                    done += len(piece)
                    if not progress(done // 1024, max(length, done) // 1024, f"downloading {path.name}"):
                        raise Stopped(f"The download of {address} was stopped.")
                if done < length:
                    raise ConnectionError("the connection broke off")
        except Stopped:
            raise
        except Exception as error:  # urllib, http.client and ssl have an error for each mishap
            if isinstance(error, HTTPError):
                error.close()
            reason = getattr(error, "reason", None) or str(error) or type(error).__name__
            raise InputError(f"{address}: the download failed ({reason}); {remedy}.") from error
        target.flush()
        os.fsync(target.fileno())
    return digest.hexdigest()
