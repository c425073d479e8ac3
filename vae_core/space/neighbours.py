"""Exact nearest neighbours, computed once and shared by whatever needs them."""

from __future__ import annotations

import threading
from typing import Any

import faiss
import numpy as np

from vae_core.errors import InputError
from vae_core.progress import Progress, Stopped, silent

#: Neighbours kept of an item: three times the default perplexity of t-SNE.
SHARED = 90
_ROWS = 2048
_LARGEST = 1e15  # squares and sums of larger values leave float32


class Neighbours:
    """The nearest items of every item, and of any other point.

    Distances are Euclidean and recomputed from coordinate differences: faiss
    expands the square in large batches, which loses small distances.

    Parameters
    ----------
    points : ndarray
        ``[n, d]``.
    index, distance : ndarray, optional
        ``[n, k]`` neighbours of every item where they are known already.

    Raises
    ------
    InputError
        If coordinates are not finite or too large for float32 distances.
    """

    def __init__(self, points: np.ndarray, index: np.ndarray | None = None, distance: np.ndarray | None = None) -> None:
        self.points = np.ascontiguousarray(points, dtype=np.float32)
        bad = ~(np.abs(self.points) < _LARGEST).all(axis=1)
        if bad.any():
            raise InputError(f"{int(bad.sum())} points are not finite or beyond 1e15; check the model's weights.")
        # Centred, so that the expanded square cancels less.
        self._centre = self.points.mean(axis=0, dtype=np.float64).astype(np.float32)
        self._index = faiss.IndexFlatL2(self.points.shape[1])
        self._index.add(self.points - self._centre)
        self._table = (index, distance) if index is not None and distance is not None else None
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self.points)

    def __getstate__(self) -> dict[str, Any]:
        index, distance = self._table or (None, None)
        return {"points": self.points, "index": index, "distance": distance}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]

    @property
    def index(self) -> np.ndarray:
        """``[n, k]`` int32, nearest first, the item itself left out; k = 90 or n − 1. Computed on first use."""
        return self.table()[0]

    @property
    def distance(self) -> np.ndarray:
        """``[n, k]`` float32 Euclidean distances to `index`."""
        return self.table()[1]

    @property
    def ready(self) -> bool:
        """Whether the table of all items has been computed."""
        return self._table is not None

    def table(self, k: int = SHARED, progress: Progress = silent) -> tuple[np.ndarray, np.ndarray]:
        """Return the k nearest items of every item.

        Parameters
        ----------
        k : int
            At most n − 1 are given. Asking for more than were computed before computes anew.
        progress : Progress
            Hears of finished rows.

        Returns
        -------
        index, distance : ndarray
            ``[n, k]`` int32 and float32, nearest first, the item itself left out.

        Raises
        ------
        Stopped
            If `progress` asks to stop.
        """
        n = len(self)
        k = min(k, n - 1)
        with self._lock:
            if self._table is None or self._table[0].shape[1] < k:
                self._table = self._compute(min(max(k, SHARED), n - 1), progress)
            index, distance = self._table
        return index[:, :k], distance[:, :k]

    def _compute(self, k: int, progress: Progress) -> tuple[np.ndarray, np.ndarray]:
        n = len(self)
        index = np.empty((n, k), dtype=np.int32)
        distance = np.empty((n, k), dtype=np.float32)
        for start in range(0, n, _ROWS):
            rows = np.arange(start, min(start + _ROWS, n))
            index[rows], distance[rows] = self.query(self.points[rows], k, leave_out=rows)
            if not progress(int(rows[-1]) + 1, n, "neighbours"):
                raise Stopped
        return index, distance

    def query(self, z: np.ndarray, k: int, leave_out: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Return the items nearest to points.

        Parameters
        ----------
        z : ndarray
            ``[m, d]``.
        k : int
            Neighbours wanted; at most n are given.
        leave_out : ndarray, optional
            ``[m]`` an item for each point that is not to be given.

        Returns
        -------
        index, distance : ndarray
            ``[m, k]`` int32 and float32, nearest first.
        """
        z = np.ascontiguousarray(z, dtype=np.float32)
        k = min(k, len(self) - (leave_out is not None))
        if k == 0 or len(z) == 0:
            return np.empty((len(z), k), dtype=np.int32), np.empty((len(z), k), dtype=np.float32)
        # A team of threads costs more than it brings for a few points. The setting is the calling thread's own,
        # but shared with torch: it is put back.
        threads = faiss.omp_get_max_threads()
        if len(z) <= 16:
            faiss.omp_set_num_threads(1)
        try:
            _, found = self._index.search(z - self._centre, k + (leave_out is not None))
        finally:
            faiss.omp_set_num_threads(threads)
        if leave_out is not None:
            # Among many duplicates the item itself may be missing; then the last one found goes.
            drop = found == leave_out[:, None]
            drop[~drop.any(axis=1), -1] = True
            found = found[~drop].reshape(len(z), k)
        distance = np.empty((len(z), k), dtype=np.float32)
        for start in range(0, len(z), _ROWS):
            part = slice(start, start + _ROWS)
            difference = self.points[found[part]] - z[part, None, :]
            distance[part] = np.sqrt(np.einsum("mkd,mkd->mk", difference, difference))
        order = np.argsort(distance, axis=1, kind="stable")
        return (
            np.take_along_axis(found, order, axis=1).astype(np.int32),
            np.take_along_axis(distance, order, axis=1),
        )
