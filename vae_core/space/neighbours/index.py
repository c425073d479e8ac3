"""Nearest neighbours, computed once and shared by whatever needs them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import faiss
import numpy as np

from vae_core.errors import InputError
from vae_core.progress import Progress, Stopped, silent
from vae_core.space.neighbours.hnsw import search_graph

#: Neighbours kept of an item: three times the default perplexity of t-SNE.
SHARED = 90
#: Above so many items the table of all neighbours is searched for by a graph.
EXACT_UP_TO = 50_000
_ROWS = 2048
_OFF_CENTRE = 4.0  # standard deviations from which on an offset costs digits
_LARGEST = 1e15  # squares and sums of larger values leave float32


#: ``[n, k]`` items and distances, and the share of the true neighbours among them.
Table = tuple[np.ndarray, np.ndarray, float]


class Neighbours:
    """The nearest items of every item, and of any other point.

    Distances are Euclidean and recomputed from coordinate differences: faiss
    expands the square in large batches, which loses small distances.

    Parameters
    ----------
    points : ndarray
        ``[n, d]``.
    stored : callable, optional
        Gives what `table` and `recall` are where they were computed before, or None; called when first needed.

    Raises
    ------
    InputError
        If coordinates are not finite or too large for float32 distances.
    """

    def __init__(self, points: np.ndarray, stored: Callable[[], Table | None] | None = None) -> None:
        self.points = np.ascontiguousarray(points, dtype=np.float32)
        bad = ~(np.abs(self.points) < _LARGEST).all(axis=1)
        if bad.any():
            raise InputError(f"{int(bad.sum())} points are not finite or beyond 1e15; check the model's weights.")
        # Far off the origin the expanded square loses digits; elsewhere a second copy can be spared.
        centre = self.points.mean(axis=0, dtype=np.float64).astype(np.float32)
        far = bool(np.linalg.norm(centre) > _OFF_CENTRE * np.linalg.norm(self.points.std(axis=0)))
        self._centre = centre if far else np.zeros_like(centre)
        self._centred = self.points - centre if far else self.points
        self._table: Table | None = None
        self._stored = stored
        self._lock = threading.Lock()
        self._reading = threading.Lock()

    def __len__(self) -> int:
        return len(self.points)

    def __getstate__(self) -> dict[str, Any]:
        return {"points": self.points, "table": self._known()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["points"])  # type: ignore[misc]
        self._table = state["table"]

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
        return self._known() is not None

    @property
    def recall(self) -> float:
        """Share of the true neighbours that `table` holds: 1 where all were compared with all."""
        return self._whole(SHARED)[2]

    def _known(self) -> Table | None:
        # Whoever computes has read before: what is read late never takes the place of what was computed.
        with self._reading:
            if self._stored is not None:
                stored, self._stored = self._stored, None
                self._table = stored()
            return self._table

    def table(self, k: int = SHARED, progress: Progress = silent) -> tuple[np.ndarray, np.ndarray]:
        """Return the k nearest items of every item; of more than 50,000 by a graph that finds 99 % of them.

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
        k = min(k, len(self) - 1)
        index, distance, _ = self._whole(k, progress)
        return index[:, :k], distance[:, :k]

    def _whole(self, k: int, progress: Progress = silent) -> Table:
        """Return the table of at least k neighbours, read or computed now."""
        most = len(self) - 1
        with self._lock:
            known = self._known()
            if known is None or known[0].shape[1] < min(k, most):
                known = self._table = self._compute(min(max(k, SHARED), most), progress)
            return known

    def _compute(self, k: int, progress: Progress) -> Table:
        n = len(self)
        if n > EXACT_UP_TO and (graphed := search_graph(self._centred, k, progress)) is not None:
            return graphed
        index = np.empty((n, k), dtype=np.int32)
        distance = np.empty((n, k), dtype=np.float32)
        for start in range(0, n, _ROWS):
            rows = np.arange(start, min(start + _ROWS, n))
            index[rows], distance[rows] = self.query(self.points[rows], k, leave_out=rows)
            if not progress(int(rows[-1]) + 1, n, "neighbours"):
                raise Stopped
        return index, distance, 1.0

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
            _, found = faiss.knn(z - self._centre, self._centred, k + (leave_out is not None))
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
