"""A t-SNE under way, in a file: what was interrupted goes on where it was."""

from __future__ import annotations

import contextlib
import json
import logging
import math
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from vae_core.space.maps.settings import ProjectionSettings
from vae_core.storage import CacheDamaged, DiskFull, load_arrays, save_arrays

log = logging.getLogger(__name__)

_NOTED_SECONDS = 5.0


def is_begun(folder: Path, settings: ProjectionSettings) -> bool:
    """Return whether steps of a map are noted in a space's folder, to be gone on from."""
    return settings.method == "tsne" and _file_of(folder, settings).is_file()


def _file_of(folder: Path, settings: ProjectionSettings) -> Path:
    return folder / "unfinished" / f"{replace(settings, iterations=settings.all_iterations).id}.npz"


@dataclass(frozen=True)
class Descent:
    """Where a gradient descent stands.

    Attributes
    ----------
    step : int
        Finished steps.
    layout, update, gains : ndarray
        ``[n, dimensions]`` float64: the points, their last movement, and the step size of each coordinate.
    """

    step: int
    layout: np.ndarray
    update: np.ndarray
    gains: np.ndarray


class TSNECheckpoint:
    """The file in which a t-SNE notes how far it is, every five seconds.

    The steps to come depend on nothing but what is noted, so that a map that was interrupted
    is the same as one that was not, bit for bit.

    Parameters
    ----------
    folder : Path
        Of the space; the file lies in it until `remove`.
    settings : ProjectionSettings
        Of the map; however many of the steps are wanted, they are the same ones.
    latents : str
        `latent_fingerprint` of the encodings.
    """

    def __init__(self, folder: Path, settings: ProjectionSettings, latents: str) -> None:
        self._path = _file_of(folder, settings)
        self._most = settings.iterations
        self._whole = settings.iterations == settings.all_iterations
        self._about = json.dumps({"latents": latents, "settings": replace(settings, iterations=1).to_json()})
        self._noted = -math.inf  # the first steps at once: from then on it is known to go on
        self._writable = True

    def read(self, shape: tuple[int, ...], library: str) -> Descent | None:
        """Return where the descent of points ``[n, dimensions]`` stood; None where it has to begin anew."""
        try:
            arrays = load_arrays(self._path)
            same = (str(arrays["about"]), str(arrays["library"])) == (self._about, library)
            found = Descent(int(arrays["step"]), arrays["layout"], arrays["update"], arrays["gains"])
        except FileNotFoundError:
            return None
        except (CacheDamaged, KeyError, ValueError, TypeError) as error:
            log.warning("%s is not used (%s); the map is begun anew.", self._path, error)
            return None
        whole = all(a.shape == shape and np.isfinite(a).all() for a in (found.layout, found.update, found.gains))
        return found if same and whole and 0 < found.step <= self._most else None

    def note(self, descent: Descent, library: str, now: bool = False) -> None:
        """Note where the descent stands: at first, every five seconds, or `now`; what cannot be written is logged."""
        if not self._writable or (not now and time.monotonic() - self._noted < _NOTED_SECONDS):
            return
        arrays = {"layout": descent.layout, "update": descent.update, "gains": descent.gains}
        told = {"about": np.array(self._about), "library": np.array(library), "step": np.array(descent.step)}
        try:
            save_arrays(self._path, {**told, **arrays})
        except (DiskFull, OSError) as error:
            self._writable = False
            log.warning("%s could not be written (%s); an interrupted map begins anew.", self._path, error)
        self._noted = time.monotonic()

    def remove(self) -> None:
        """Take the file away once the map is there; after fewer than all steps it stays, more may be asked for."""
        if self._whole:
            with contextlib.suppress(OSError):  # a left-over is never taken for another map's
                self._path.unlink()
