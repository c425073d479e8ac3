"""Nearest neighbours of very many items by a navigable graph (Malkov & Yashunin 2018, HNSW), its recall measured."""

from __future__ import annotations

import faiss
import numpy as np

from vae_core.progress import Progress, Stopped

_LINKS = 16
_BUILD_EFFORT = 40
#: Tried in turn until the recall is reached; more would take longer than comparing all with all.
_SEARCH_EFFORTS = (100, 200)
#: Share of true neighbours that has to be found.
RECALL = 0.99
_SAMPLED = 500
_ROWS = 8192


def search_graph(points: np.ndarray, k: int, progress: Progress) -> tuple[np.ndarray, np.ndarray, float] | None:
    """Return the k nearest of every point, approximately, or None where that is not good enough.

    The graph is built by one thread, so that the same points give the same neighbours.

    Parameters
    ----------
    points : ndarray
        ``[n, d]`` float32, about their mean.
    k : int
        Neighbours of each, itself not counted.
    progress : Progress
        Hears of points put into the graph, then of finished rows.

    Returns
    -------
    index, distance : ndarray
        ``[n, k]`` int32 and float32, nearest first, the point itself left out.
    recall : float
        Share of the true neighbours found, over 500 points compared with all others.

    Raises
    ------
    Stopped
        If `progress` asks to stop.
    """
    n = len(points)
    graph = faiss.IndexHNSWFlat(points.shape[1], _LINKS)
    graph.hnsw.efConstruction = _BUILD_EFFORT
    # The setting is the calling thread's own, but shared with torch: it is put back.
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        for start in range(0, n, _ROWS):
            graph.add(points[start : start + _ROWS])
            if not progress(min(start + _ROWS, n), n, "neighbour graph"):
                raise Stopped
    finally:
        faiss.omp_set_num_threads(threads)
    sample = points[np.random.default_rng(0).permutation(n)[:_SAMPLED]]
    _, truth = faiss.knn(sample, points, k + 1)
    for effort in _SEARCH_EFFORTS:
        graph.hnsw.efSearch = max(effort, k + 1)
        _, found = graph.search(sample, k + 1)
        recall = float(np.mean([np.isin(a, b).mean() for a, b in zip(truth, found, strict=True)]))
        if recall >= RECALL:
            break
    else:
        return None
    index = np.empty((n, k), dtype=np.int32)
    distance = np.empty((n, k), dtype=np.float32)
    for start in range(0, n, _ROWS):
        rows = np.arange(start, min(start + _ROWS, n))
        squares, found = graph.search(points[rows], k + 1)
        if (found < 0).any():
            return None  # the graph has come apart
        # Among many duplicates the point itself may be missing; then the last one found goes.
        itself = found == rows[:, None]
        itself[~itself.any(axis=1), -1] = True
        index[rows] = found[~itself].reshape(len(rows), k)
        distance[rows] = np.sqrt(squares[~itself].reshape(len(rows), k))
        if not progress(int(rows[-1]) + 1, n, "neighbours"):
            raise Stopped
    return index, distance, recall
