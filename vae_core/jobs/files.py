"""What passes between a job and whoever watches it, as files: any executor that sees the folder can do the work.

A job's folder holds ``request.json`` (what is to be done), ``progress.json`` and ``preview.npy`` (how far it is),
``stop`` (a request to stop, and how) and ``state.json`` (how it ended). Beside the jobs lie the signs of life of their
servers (`vae_core.jobs.heartbeat`).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import secrets
import shutil
import socket
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np

from vae_core.jobs.heartbeat import Watch
from vae_core.storage import write_atomically

log = logging.getLogger(__name__)

_FORMAT = 1
_KEPT_SECONDS = 7 * 24 * 3600.0
_REPORT_SECONDS = 0.1
_PREVIEW_SECONDS = 0.2
Wish = Literal["cancel", "keep"]


def read_json(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file, an empty one where there is none or it is damaged."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_quickly(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Replace a file whole, without waiting for the disk: after a power cut it may be the older one."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("wb") as file:
            write(file)
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


#: What is asked of work in threads of this process, which hears it even where nothing can be written.
_asked_here: dict[Path, Wish] = {}


def ask_to_stop(folder: Path, wish: Wish) -> None:
    """Ask the work in a folder to stop; OSError if it cannot be written, which matters to workers elsewhere only."""
    _asked_here[folder] = wish
    write_quickly(folder / "stop", lambda file: file.write(wish.encode()))


def ask_no_more(folder: Path) -> None:
    """Forget what was asked of work that has ended."""
    _asked_here.pop(folder, None)


class FolderProgress:
    """A `Progress` that reports into a job's folder and stops when the folder asks for it.

    Parameters
    ----------
    folder : Path
        Of the job.
    sign : Path, optional
        Of the life of the server that wants it; the work stops without it. For work that does not end with its server.
    """

    def __init__(self, folder: Path, sign: Path | None = None) -> None:
        self._folder = folder
        self._watch = None if sign is None else Watch(sign)
        #: Whether the server that wants the work has been silent for so long that it must be gone.
        self.deserted = False
        self._started = time.time()
        self._reported = self._previewed = 0.0
        self._sequence = 0
        self._began = (0, self._started, -1)
        self._gave: str | None = None
        self._noted = False
        self._last = (0, 0, "")
        self._tell(0, 0, "")

    def __call__(self, step: int, of: int, note: str = "", preview: Any = None) -> bool:
        """Report at most ten times a second, with a preview at most five times; another kind of step at once."""
        now = time.time()
        other = of != self._began[2] or step < self._began[0]
        if other:
            self._began = (step, now, of)
        self._last = (step, of, note)
        showing = preview is not None and now - self._previewed >= _PREVIEW_SECONDS
        wish = self.wish
        if showing or now - self._reported >= _REPORT_SECONDS or step == of or other or wish is not None:
            self._reported = now
            if showing:
                self._previewed = now
                self._show(np.asarray(preview, dtype="<f4"))
            self._tell(step, of, note)
        if self._watch is not None and not self._watch.alive():
            self.deserted = True
        return wish is None and not self.deserted

    def give(self, result: str) -> None:
        """Tell of a result that can be used already, while the work goes on."""
        self._gave = result
        self._tell(*self._last)

    @property
    def wish(self) -> Wish | None:
        """What is asked of the work: to be dropped, to be kept as it is, or to go on."""
        if (asked := _asked_here.get(self._folder)) is not None:
            return asked
        try:
            text = (self._folder / "stop").read_text()
        except OSError as error:
            if not isinstance(error, FileNotFoundError):
                self._note(error)
            return None
        return "keep" if text == "keep" else "cancel"

    def _tell(self, step: int, of: int, note: str) -> None:
        first, since, _ = self._began
        pace = (time.time() - since) / (step - first) if step > first else None
        told = {"step": step, "of": of, "note": note, "preview": self._sequence, "pace": pace, "started": self._started}
        told["gave"] = self._gave
        told |= {"phase": getattr(note, "phase", ""), "keepable": getattr(note, "keepable", False)}
        self._write("progress.json", lambda file: file.write(json.dumps(told).encode()))

    def _show(self, preview: np.ndarray) -> None:
        if self._write("preview.npy", lambda file: np.save(file, preview, allow_pickle=False)):
            self._sequence += 1

    def _write(self, name: str, write: Callable[[BinaryIO], object]) -> bool:
        """Write a file that is only looked at, and return whether it could be: the work goes on without."""
        try:
            write_quickly(self._folder / name, write)
        except OSError as error:
            self._note(error)
            return False
        return True

    def _note(self, error: OSError) -> None:
        if not self._noted:
            log.warning("%s: how far the work is cannot be told (%s); it goes on.", self._folder, error)
        self._noted = True


def open_folder(root: Path, server: str, key: str, request: dict[str, Any]) -> Path:
    """Make the folder of a new job of a server and write down what is to be done.

    Every job gets a new one: an earlier one of the same key may still be writing into its own.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    root.mkdir(parents=True, exist_ok=True)
    name = hashlib.blake2b(key.encode(), digest_size=6).hexdigest()
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=root))
    # Versions before signs of life look for the owner.
    owner = {"server": server, "owner": [socket.gethostname(), os.getpid()]}
    text = {"format": _FORMAT, **owner, "key": key, **request}
    write_atomically(folder / "request.json", lambda path: write_json(path, text))
    return folder


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write a JSON object."""
    path.write_text(json.dumps(content), encoding="utf-8")


def requests(root: Path) -> list[tuple[Path, dict[str, Any], dict[str, Any]]]:
    """Return folder, request and end (empty where there was none) of the jobs that lie in `root`, the oldest first.

    Those that ended long ago are swept away.
    """
    found = []
    for path in sorted(root.glob("*/request.json"), key=_time_of):
        asked, ended = read_json(path), read_json(path.parent / "state.json")
        if asked.get("format") != _FORMAT:
            continue
        if ended and time.time() - _time_of(path) > _KEPT_SECONDS:
            shutil.rmtree(path.parent, ignore_errors=True)
        else:
            found.append((path.parent, asked, ended))
    return found


def _time_of(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # its server takes it away just now
        return 0.0
