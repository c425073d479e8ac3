"""A map of a latent space, rebuilt from arrays alone."""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vae_core.errors import InputError
from vae_core.space.maps.settings import ProjectionSettings
from vae_core.storage import CacheDamaged, load_arrays, save_arrays

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

#: Raised whenever the meaning of a stored map changes.
FORMAT = 2


class WayBackUnknown(InputError):  # noqa: N818 - it becomes known by itself
    """A map is there, and which latent points its spots stand for is still being learnt."""

    def __init__(self) -> None:
        super().__init__("The inverse of this map is still being learnt.")


class Projection(ABC):
    """A 2-D or 3-D map of a latent space.

    Parameters
    ----------
    settings : ProjectionSettings
        What the map was made with.
    points : ndarray
        ``[n, 2]`` or ``[n, 3]`` float32, one row per item.
    details : dict
        What there is to say about the map: KL divergence, seconds, versions, the chosen inverse.
    """

    def __init__(self, settings: ProjectionSettings, points: np.ndarray, details: dict[str, Any] | None = None) -> None:
        self.settings = settings
        self.points = np.ascontiguousarray(points, dtype=np.float32)
        self.points.setflags(write=False)
        self.details = details or {}

    @property
    def id(self) -> str:
        """The name: ``pca``, ``tsne``, ``umap``, ``z:3,7`` or one with a hash of the parameters."""
        return self.settings.id

    @property
    def dimensions(self) -> int:
        """2 or 3."""
        return int(self.points.shape[1])

    @property
    def explained(self) -> np.ndarray | None:
        """Share of the latents' variance along each axis of a PCA map, else None."""
        return None

    @property
    def knows_way_back(self) -> bool:
        """Whether `invert` has what it needs; of a t-SNE or UMAP map that is learnt after its points are there."""
        return True

    @property
    @abstractmethod
    def latent_dim(self) -> int:
        """Number of latent dimensions d."""

    def locate(self, z: np.ndarray) -> np.ndarray:
        """Return where latent points ``[m, d]`` fall on the map, float32 ``[m, 2]`` or ``[m, 3]``.

        Raises
        ------
        InputError
            If `z` has another shape or is not finite.
        """
        return self._locate(_checked(z, self.latent_dim, "latent points"))

    def invert(self, xy: np.ndarray, base: np.ndarray | None = None) -> np.ndarray:
        """Return which latent points spots of the map stand for.

        Parameters
        ----------
        xy : ndarray
            ``[m, 2]``, or ``[m, 3]`` on 3-D PCA and raw maps.
        base : ndarray, optional
            ``[d]`` the latent point coordinates off the plane of a PCA or raw
            map are taken from; by default the mean of the data.

        Returns
        -------
        ndarray
            float32 ``[m, d]``.

        Raises
        ------
        InputError
            If a shape is wrong, a value is not finite, or the map is a 3-D t-SNE or
            UMAP, where empty space has no depth.
        WayBackUnknown
            If the way back has not been learnt yet; see `knows_way_back`.
        """
        spots = _checked(xy, self.dimensions, "spots")
        off_plane = None if base is None else _checked(np.reshape(base, (1, -1)), self.latent_dim, "base points")[0]
        return self._invert(spots, off_plane)

    def nearest(self, xy: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the items nearest to spots of the map.

        Parameters
        ----------
        xy : ndarray
            ``[m, 2]`` or ``[m, 3]``.
        k : int
            Items wanted; at most n are given.

        Returns
        -------
        index, distance : ndarray
            ``[m, k]``, nearest first, distances in map units.
        """
        spots = _checked(xy, self.dimensions, "spots")
        distance, index = self.tree.query(spots, k=np.arange(1, min(k, len(self.points)) + 1))
        return index, distance

    @cached_property
    def tree(self) -> cKDTree:
        """The spatial index of the points, made on first use."""
        return spatial_index(self.points)

    def support(self, xy: np.ndarray, z: np.ndarray | None = None) -> np.ndarray:
        """Return whether the map itself has a say about its spots.

        On PCA and raw maps every spot stands for a latent point exactly: 1. On t-SNE
        and UMAP maps a spot means something only through the items around it:
        1 / (1 + t³ + u³ + v³), the form of `vae_core.trust`, with

        - t = max(r − r_50, 0) / (R − r_50), r the distance to the fifth nearest item on the map, r_50 the usual one
          between items and R the larger of the 99th percentile and r_50 + 1.5 % of the map's extent;
        - u = max(s − s_5, 0) / (s_99 − s_5), s how far apart in latent space the 20 nearest items on the map lie (root
          mean square distance to their mean, near ones counting more), s_p its percentiles at the items themselves;
        - v as t, with the distance from the spot to where `locate` puts what `invert` gives for it.

        Parameters
        ----------
        xy : ndarray
            ``[m, 2]`` or ``[m, 3]`` spots.
        z : ndarray, optional
            ``[m, d]`` what `invert` gives for them, where it is known already.

        Returns
        -------
        ndarray
            ``[m]`` float32 in [0, 1].
        """
        return self._support(_checked(xy, self.dimensions, "spots"), z)

    def _support(self, xy: np.ndarray, z: np.ndarray | None) -> np.ndarray:  # noqa: ARG002 - other maps look at it
        return np.ones(len(xy), dtype=np.float32)

    @abstractmethod
    def _locate(self, z: np.ndarray) -> np.ndarray: ...

    @abstractmethod
    def _invert(self, xy: np.ndarray, base: np.ndarray | None) -> np.ndarray: ...

    def save(self, path: Path, latents: str) -> None:
        """Write points and details to an ``.npz`` file, atomically.

        Parameters
        ----------
        path : Path
            The file.
        latents : str
            `latent_fingerprint` of the encodings the map belongs to.
        """
        text = {"format": FORMAT, "latents": latents, "details": self.details}
        save_arrays(
            path,
            {
                "points": self.points,
                "settings": np.array(self.settings.to_json()),
                "about": np.array(json.dumps(text)),
            },
        )


def spatial_index(points: np.ndarray) -> cKDTree:
    """Return a tree of points ``[n, 2]`` or ``[n, 3]``."""
    from scipy.spatial import cKDTree  # 0.3 s that a page showing PCA does not need

    return cKDTree(points)


def read_points(path: Path, latents: str) -> tuple[ProjectionSettings, np.ndarray, dict[str, Any]]:
    """Return settings, points and details of a stored map.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    CacheDamaged
        If it cannot be read, or belongs to other encodings or another version.
    """
    arrays = load_arrays(path)
    try:
        about = json.loads(str(arrays["about"]))
        settings = ProjectionSettings.from_json(str(arrays["settings"]))
        points = arrays["points"]
        if about["format"] != FORMAT or about["latents"] != latents:
            raise ValueError("it belongs to other encodings or another version")
        if points.ndim != 2 or points.shape[1] != settings.dimensions or not np.isfinite(points).all():
            raise ValueError("its points are not usable")
        return settings, points, dict(about["details"])
    except (KeyError, ValueError, TypeError) as error:
        raise CacheDamaged(f"{path} is not used ({error}); it has to be computed again.") from error


def latent_fingerprint(mean: np.ndarray) -> str:
    """Name the content of encodings ``[n, d]``, so that a map of others is not taken for theirs."""
    digest = hashlib.blake2b(repr(mean.shape).encode(), digest_size=16)
    digest.update(np.ascontiguousarray(mean, dtype="<f4").tobytes())
    return digest.hexdigest()


def _checked(values: np.ndarray, columns: int, what: str) -> np.ndarray:
    array = np.asarray(values)
    if array.ndim != 2 or array.shape[1] != columns:
        raise InputError(f"The {what} must have shape [m, {columns}], not {list(array.shape)}.")
    if array.dtype.kind not in "fiu" or not np.isfinite(array).all():
        raise InputError(f"The {what} must be finite numbers.")
    return array
