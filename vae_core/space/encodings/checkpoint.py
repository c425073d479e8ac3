"""Encodings under way, in files: an interrupted encoding goes on where it was."""

from __future__ import annotations

import json
import logging
import shutil
import time
from pathlib import Path
from typing import Literal

import numpy as np

from vae_core.storage import DiskFull, new_mapped, write_text

log = logging.getLogger(__name__)

#: Sets of fewer items are encoded sooner than it pays to note how far one is.
RESUMED_FROM = 20_000
_NOTED_SECONDS = 2.0
#: Posterior samples of the whole distortion of an item.
DRAWS = 8
Stage = Literal["encoding", "distortion"]


class EncodingCheckpoint:
    """The arrays of an encoding as files that are written batch by batch, and how far they are filled.

    Parameters
    ----------
    folder : Path
        Of the space; the files lie in a folder of their own in it until `remove`.
    n, d : int
        Items and latent dimensions; with d = 0 there are no posteriors, only the distortion.
    fingerprint : str
        Of the space; files of another one are begun anew.
    draws : int
        Posterior samples of the distortion; of another number it is begun anew, but not the posteriors.
    name : str
        Of the folder.

    Attributes
    ----------
    mean, logvar : ndarray
        ``[n, d]`` float32 memory maps.
    distortion, distortion_error : ndarray
        ``[n]`` float32 memory maps.

    Raises
    ------
    DiskFull, OSError
        If the files cannot be made.
    """

    def __init__(
        self, folder: Path, n: int, d: int, fingerprint: str, draws: int = DRAWS, name: str = "encoding"
    ) -> None:
        self._folder = folder / name
        self._about = {"fingerprint": fingerprint, "n": n, "d": d}
        self._draws = draws
        self._done: dict[Stage, int] = {"encoding": 0, "distortion": 0}
        self._noted = time.monotonic()
        self._troubled = False
        known = self._read()
        shapes = {"mean": (n, d), "logvar": (n, d), "distortion": (n,), "distortion_error": (n,)}
        if known is None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder.mkdir(parents=True)
        else:
            self._done = known
        self.mean, self.logvar, self.distortion, self.distortion_error = (
            new_mapped(self._folder / f"{name}.npy", np.float32, shape)
            if known is None
            else np.load(self._folder / f"{name}.npy", mmap_mode="r+")
            for name, shape in shapes.items()
        )

    def done(self, stage: Stage) -> int:
        """Return how many items of a stage need not be done again."""
        return self._done[stage]

    def note(self, stage: Stage, count: int, now: bool = False) -> None:
        """Note that so many items of a stage are done; on disk every other second, or `now`."""
        self._done[stage] = count
        if now or time.monotonic() - self._noted >= _NOTED_SECONDS:
            self._noted = time.monotonic()
            about = {**self._about, "draws": self._draws, "done": self._done}
            try:
                for array in (self.mean, self.logvar, self.distortion, self.distortion_error):
                    array.flush()  # before the note: what it counts must be there
                write_text(self._folder / "done.json", json.dumps(about))
            except (DiskFull, OSError) as error:
                if not self._troubled:
                    log.warning("%s: an interrupted encoding would begin anew (%s).", self._folder, error)
                self._troubled = True

    def remove(self) -> None:
        """Take the files away."""
        shutil.rmtree(self._folder, ignore_errors=True)  # still mapped on some platforms; begun anew next time

    def _read(self) -> dict[Stage, int] | None:
        try:
            about = json.loads((self._folder / "done.json").read_text(encoding="utf-8"))
            done = about.pop("done")
            if about.pop("draws", DRAWS) != self._draws:
                done["distortion"] = 0
            complete = all((self._folder / f"{name}.npy").is_file() for name in ("mean", "logvar", "distortion"))
        except (OSError, ValueError, KeyError, AttributeError):
            return None
        return done if about == self._about and complete else None
