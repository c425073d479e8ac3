"""The map that shows latent dimensions as they are."""

from __future__ import annotations

import numpy as np

from vae_core.space.maps.projection import Projection
from vae_core.space.maps.settings import ProjectionSettings


class RawMap(Projection):
    """Two or three latent dimensions of the encodings.

    Parameters
    ----------
    settings : ProjectionSettings
        Method ``"z"`` with its axes.
    mean : ndarray
        ``[n, d]`` encodings.
    """

    def __init__(self, settings: ProjectionSettings, mean: np.ndarray) -> None:
        self._axes = list(settings.axes)
        self._centre = mean.mean(axis=0, dtype=np.float64).astype(np.float32)
        super().__init__(settings, mean[:, self._axes])

    @property
    def latent_dim(self) -> int:
        """Number of latent dimensions d."""
        return len(self._centre)

    def _locate(self, z: np.ndarray) -> np.ndarray:
        return np.asarray(z[:, self._axes], dtype=np.float32)

    def _invert(self, xy: np.ndarray, base: np.ndarray | None) -> np.ndarray:
        z = np.repeat(np.asarray(self._centre if base is None else base, dtype=np.float32)[None], len(xy), axis=0)
        z[:, self._axes] = xy
        return z
