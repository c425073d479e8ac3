"""The map of greatest variance."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vae_core.space.maps.projection import Projection
from vae_core.space.maps.settings import ProjectionSettings

_ROWS = 65_536


class PCAMap(Projection):
    """Principal components of the encodings (Pearson 1901); exact in its plane.

    Parameters
    ----------
    settings : ProjectionSettings
        Method ``"pca"``.
    mean : ndarray
        ``[n, d]`` encodings.
    """

    def __init__(self, settings: ProjectionSettings, mean: np.ndarray) -> None:
        self._centre, self._axes, self._explained = principal_axes(mean, settings.dimensions)
        points = np.empty((len(mean), settings.dimensions), dtype=np.float32)
        for part in parts(len(mean)):
            points[part] = (mean[part] - self._centre) @ self._axes.T
        super().__init__(settings, points)

    @property
    def explained(self) -> np.ndarray:
        """Share of the latents' variance along each axis, ``[2]`` or ``[3]``."""
        return self._explained

    @property
    def latent_dim(self) -> int:
        """Number of latent dimensions d."""
        return len(self._centre)

    def _locate(self, z: np.ndarray) -> np.ndarray:
        return np.asarray((z - self._centre) @ self._axes.T, dtype=np.float32)

    def _invert(self, xy: np.ndarray, base: np.ndarray | None) -> np.ndarray:
        if base is None:
            return np.asarray(self._centre + xy @ self._axes, dtype=np.float32)
        return np.asarray(base + (xy - (base - self._centre) @ self._axes.T) @ self._axes, dtype=np.float32)


def parts(n: int) -> Iterator[slice]:
    """Yield slices of n rows: of a memory map only one part need be in memory."""
    for start in range(0, n, _ROWS):
        yield slice(start, min(start + _ROWS, n))


def principal_axes(mean: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the leading principal axes of points.

    Parameters
    ----------
    mean : ndarray
        ``[n, d]``.
    count : int
        Axes wanted; those beyond d are zero.

    Returns
    -------
    centre : ndarray
        ``[d]`` float64.
    axes : ndarray
        ``[count, d]`` orthonormal rows, the largest loading of each positive, as scikit-learn has them.
    explained : ndarray
        ``[count]`` shares of the variance.
    """
    centre = np.sum([mean[part].sum(axis=0, dtype=np.float64) for part in parts(len(mean))], axis=0) / len(mean)
    scatter = np.zeros((mean.shape[1], mean.shape[1]))
    for part in parts(len(mean)):
        centred = mean[part] - centre
        scatter += centred.T @ centred
    values, vectors = np.linalg.eigh(scatter)
    order = np.argsort(values)[::-1][:count]
    found = vectors[:, order].T
    largest = np.take_along_axis(found, np.abs(found).argmax(axis=1)[:, None], axis=1)
    found = found * np.where(largest < 0, -1.0, 1.0)
    axes = np.zeros((count, mean.shape[1]))
    axes[: len(found)] = found
    explained = np.zeros(count)
    total = float(np.maximum(values, 0).sum())
    if total > 0:
        explained[: len(order)] = np.maximum(values[order], 0) / total
    return centre, axes, explained
