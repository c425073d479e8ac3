"""The distortion of a space's items: from a first draw as soon as the space is there, from all of them later."""

from __future__ import annotations

import threading

import numpy as np

from vae_core.data.dataset import Dataset
from vae_core.model.protocol import LatentModel
from vae_core.progress import Progress, silent
from vae_core.space.cache import Encodings, SpaceCache
from vae_core.space.encodings.build import refined_encodings
from vae_core.space.encodings.checkpoint import DRAWS


class ItemDistortion:
    """What is lost of each item, −E_q log p(x|z) in nats, as far as it is known.

    Parameters
    ----------
    model : LatentModel
        The space's.
    data : Dataset
        Its items with those left out: the draws belong to an item's place in the whole set.
    files : SpaceCache
        Where a refined distortion is kept.
    encodings : Encodings
        Of the items.
    """

    def __init__(self, model: LatentModel, data: Dataset, files: SpaceCache, encodings: Encodings) -> None:
        self._model = model
        self._data = data
        self._files = files
        self._encodings = encodings
        self._usual: tuple[Encodings, np.ndarray] | None = None
        self._lock = threading.Lock()

    @property
    def value(self) -> np.ndarray:
        """``[n]`` float32 nats, summed over the item, the mean of `draws` seeded samples."""
        return self._encodings.distortion

    @property
    def error(self) -> np.ndarray:
        """``[n]`` float32 nats, the standard error of that mean; NaN of a single draw."""
        return self._encodings.distortion_error

    @property
    def draws(self) -> int:
        """How many posterior samples `value` is the mean of."""
        return self._encodings.draws

    @property
    def percentiles(self) -> np.ndarray:
        """``[101]`` over the items; zeros where none is known."""
        encodings, usual = self._encodings, self._usual
        if usual is None or usual[0] is not encodings:
            known = encodings.distortion[np.isfinite(encodings.distortion)]
            self._usual = usual = (encodings, np.percentile(known, np.arange(101)) if len(known) else np.zeros(101))
        return usual[1]

    def refine(self, progress: Progress = silent) -> None:
        """Take the samples that are missing, and keep the result; `Stopped` as of `refined_encodings`."""
        with self._lock:
            if self.draws < DRAWS:
                self._encodings = refined_encodings(self._model, self._data, self._files, progress, self._encodings)


def samples_in_words(draws: int) -> str:
    """Return over how much a distortion is a mean, for people."""
    return "one posterior sample" if draws == 1 else f"{draws} posterior samples"
