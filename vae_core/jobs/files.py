"""What passes between a job and whoever watches it, as files: any executor that sees the folder can do the work.

A job's folder holds ``request.json`` (what is to be done), ``progress.json`` and ``preview.npy`` (how far it is),
``stop`` (a request to stop, and how) and ``state.json`` (how it ended).
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import socket
import tempfile
import time
from pathlib import Path
from typing import Any, Literal

import numpy as np

from vae_core.storage import write_atomically

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


def write_quickly(path: Path, content: bytes) -> None:
    """Replace a file whole, without waiting for the disk: after a power cut it may be the older one."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    temporary.write_bytes(content)
    os.replace(temporary, path)


class FolderProgress:
    """A `Progress` that reports into a job's folder and stops when the folder asks for it.

    Parameters
    ----------
    folder : Path
        Of the job.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._owner = os.getppid()
        self._started = time.time()
        self._reported = self._previewed = 0.0
        self._sequence = 0
        self._began = (0, self._started, -1)
        self._gave: str | None = None
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
        # A server that is no more watches nothing.
        return wish is None and os.getppid() == self._owner

    def give(self, result: str) -> None:
        """Tell of a result that can be used already, while the work goes on."""
        self._gave = result
        self._tell(*self._last)

    @property
    def wish(self) -> Wish | None:
        """What is asked of the work: to be dropped, to be kept as it is, or to go on."""
        try:
            text = (self._folder / "stop").read_text()
        except FileNotFoundError:
            return None
        return "keep" if text == "keep" else "cancel"

    def _tell(self, step: int, of: int, note: str) -> None:
        first, since, _ = self._began
        pace = (time.time() - since) / (step - first) if step > first else None
        told = {"step": step, "of": of, "note": note, "preview": self._sequence, "pace": pace, "started": self._started}
        told["gave"] = self._gave
        write_quickly(self._folder / "progress.json", json.dumps(told).encode())

    def _show(self, preview: np.ndarray) -> None:
        temporary = self._folder / ".preview.tmp.npy"
        np.save(temporary, preview, allow_pickle=False)
        os.replace(temporary, self._folder / "preview.npy")
        self._sequence += 1


def open_folder(root: Path, key: str, request: dict[str, Any]) -> Path:
    """Make the folder of a new job and write down what is to be done.

    Every job gets a new one: an earlier one of the same key may still be writing into its own.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    root.mkdir(parents=True, exist_ok=True)
    name = hashlib.blake2b(key.encode(), digest_size=6).hexdigest()
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=root))
    text = {"format": _FORMAT, "owner": [socket.gethostname(), os.getpid()], "key": key, **request}
    write_atomically(folder / "request.json", lambda path: write_json(path, text))
    return folder


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write a JSON object."""
    path.write_text(json.dumps(content), encoding="utf-8")


def earlier_requests(root: Path) -> list[tuple[Path, dict[str, Any], dict[str, Any]]]:
    """Return folder, request and end (empty where there was none) of the jobs that lie in `root`, the oldest first.

    Those at work for another living server are left out, those that ended long ago are swept away.
    """
    found = []
    for path in sorted(root.glob("*/request.json"), key=lambda path: path.stat().st_mtime):
        asked, ended = read_json(path), read_json(path.parent / "state.json")
        if asked.get("format") != _FORMAT:
            continue
        if ended and time.time() - path.stat().st_mtime > _KEPT_SECONDS:
            shutil.rmtree(path.parent, ignore_errors=True)
        elif ended or not _alive(*asked["owner"]):
            found.append((path.parent, asked, ended))
    return found


def _alive(host: str, process: int) -> bool:
    """Whether a server may still be at work; of one on another machine nothing is known."""
    if host != socket.gethostname():
        return True
    if process == os.getpid():
        return False  # it had this number before a restart
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
