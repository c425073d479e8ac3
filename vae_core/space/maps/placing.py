"""Items a t-SNE or UMAP map was not fitted to, placed on it as its library does."""

from __future__ import annotations

import os
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from vae_core.progress import Progress, Stopped, silent
from vae_core.space.maps.settings import ProjectionSettings
from vae_core.space.neighbours.index import Neighbours

_SYNTHETIC = 1000
_AMONG = 10
#: Of 0.5 to 1.2 tried on held-out items the one whose choice lost nowhere.
_STEP = 0.7
_UMAP_EPOCHS = 100
_TSNE_STEPS = 250
_REPORT_EVERY = 10
#: What openTSNE's transform takes.
_PERPLEXITY = 5.0
#: Below this a team of threads waits for itself longer than it works.
_THREADS_FROM = 2_000


def place(
    settings: ProjectionSettings,
    points: np.ndarray,
    neighbours: Neighbours,
    z: np.ndarray,
    seed: int = 0,
    progress: Progress = silent,
) -> np.ndarray:
    """Place latent points on a finished map, which stays as it is.

    t-SNE: ``openTSNE.TSNEEmbedding.transform`` (Poličar, Stražar & Zupan 2023). UMAP: the steps of
    ``umap.UMAP.transform``, with our neighbours. Both optimise the new points against the old ones, a
    second for a thousand; `Projection.locate` is what answers at once.

    Parameters
    ----------
    settings : ProjectionSettings
        What the map was made with.
    points : ndarray
        ``[n, 2]`` or ``[n, 3]`` the map.
    neighbours : Neighbours
        Of the encodings it was made from.
    z : ndarray
        ``[m, d]``.
    seed : int
        Of what is random about it.
    progress : Progress
        Hears of the steps of the descent.

    Returns
    -------
    ndarray
        ``[m, 2]`` or ``[m, 3]`` float32.

    Raises
    ------
    Stopped
        If `progress` asks to stop.
    """
    if len(z) == 0:
        return np.empty((0, points.shape[1]), dtype=np.float32)
    z = np.ascontiguousarray(z, dtype=np.float32)
    if settings.method == "tsne":
        return _place_tsne(points, neighbours, z, progress)
    return _place_umap(settings, points, neighbours, z, seed, progress)


def synthetic_items(mean: np.ndarray, neighbours: Neighbours, seed: int = 0) -> np.ndarray:
    """Return latent points that items not seen yet might have: smoothed draws from the encodings.

    Each is an item moved by 0.7 of the difference of two of its ten nearest items: as far from it as
    those usually lie, in directions in which the encodings spread there.

    Parameters
    ----------
    mean : ndarray
        ``[n, d]`` encodings, at least three.
    neighbours : Neighbours
        Of them.
    seed : int
        Of the draws.

    Returns
    -------
    ndarray
        ``[m, d]`` float32, m ≤ 1,000.
    """
    random = np.random.default_rng(seed)
    rows = random.permutation(len(mean))[:_SYNTHETIC]
    near, _ = neighbours.query(mean[rows], _AMONG, leave_out=rows)
    one = random.integers(0, near.shape[1], len(rows))
    other = (one + random.integers(1, near.shape[1], len(rows))) % near.shape[1]
    at = np.arange(len(rows))
    return np.asarray(mean[rows] + _STEP * (mean[near[at, one]] - mean[near[at, other]]), dtype=np.float32)


def _place_tsne(points: np.ndarray, neighbours: Neighbours, z: np.ndarray, progress: Progress) -> np.ndarray:
    from openTSNE import PartialTSNEEmbedding, TSNEEmbedding
    from openTSNE.affinity import joint_probabilities_nn

    # The steps of the library's transform, which itself would have the affinities of the whole map computed first.
    jobs = (os.cpu_count() or 1) if len(z) >= _THREADS_FROM else 1
    perplexity = min(_PERPLEXITY, (len(neighbours) - 1) / 3)
    index, distance = neighbours.query(z, min(max(1, int(3 * perplexity)), len(neighbours)))
    affinities = joint_probabilities_nn(
        # The library reads both through C pointers of its own types.
        np.ascontiguousarray(index, dtype=np.int64),
        np.ascontiguousarray(distance, dtype=np.float64),
        [perplexity],
        symmetrize=False,
        normalization="point-wise",
        n_reference_samples=len(points),
        n_jobs=jobs,
    )
    # Moved to the middle as the library does, for its trees lose digits far from it.
    centre = (points.max(axis=0).astype(np.float64) + points.min(axis=0)) / 2
    there = points - centre
    stopped = False

    def report(step: int, error: float, embedding: np.ndarray) -> bool:  # noqa: ARG001 - as the library calls it
        nonlocal stopped
        stopped = not progress(step, _TSNE_STEPS, "placing")
        return stopped

    placed = PartialTSNEEmbedding(
        np.median(there[index], axis=1),
        TSNEEmbedding(there, SimpleNamespace(P=there)),  # of its affinities only the number of rows is looked at
        affinities,
        n_jobs=jobs,
        negative_gradient_method=_repelled_by(there),
        callbacks=[report],
        callbacks_every_iters=_REPORT_EVERY,
    )
    placed.optimize(_TSNE_STEPS, learning_rate=0.1, exaggeration=1.5, momentum=0.8, inplace=True, max_grad_norm=0.25)
    if stopped:
        raise Stopped
    return np.asarray(np.asarray(placed) + centre, dtype=np.float32)


def _repelled_by(points: np.ndarray) -> Callable[..., tuple[float, np.ndarray]]:
    """Return the library's Barnes-Hut gradient of points that are placed on a finished map ``[n, 2]`` or ``[n, 3]``.

    The library builds its tree of the map with every step, though the map stays: for 70,000 points that
    took 12 to 19 s of 14 to 20. The gradient is the same to the last bit.
    """
    from openTSNE import _tsne
    from openTSNE.quad_tree import QuadTree

    tree = QuadTree(points)

    def gradient(
        embedding: np.ndarray,
        P: Any,  # noqa: N803 - the library names it so
        dof: float,
        bh_params: dict[str, float],
        reference_embedding: np.ndarray,
        n_jobs: int = 1,
        **_: Any,
    ) -> tuple[float, np.ndarray]:
        found = np.zeros_like(embedding, dtype=np.float64, order="C")
        _tsne.estimate_negative_gradient_bh(
            tree, embedding, found, **bh_params, dof=dof, num_threads=n_jobs, pairwise_normalization=False
        )
        _tsne.estimate_positive_gradient_nn(
            P.indices, P.indptr, P.data, embedding, reference_embedding, found, dof, num_threads=n_jobs
        )
        return 0.0, found  # the divergence is nobody's concern here

    return gradient


def _place_umap(
    settings: ProjectionSettings,
    points: np.ndarray,
    neighbours: Neighbours,
    z: np.ndarray,
    seed: int,
    progress: Progress,
) -> np.ndarray:
    from vae_core.space.maps.umap_layout import library, metered, random_state

    umap = library()
    count = min(settings.neighbours, len(neighbours))
    index, distance = neighbours.query(z, count)
    sigmas, rhos = umap.smooth_knn_dist(distance, float(count), local_connectivity=0.0)
    rows, columns, strength, _ = umap.compute_membership_strengths(index, distance, sigmas, rhos, bipartite=True)
    row_sum = np.bincount(rows, strength, minlength=len(z))
    start = np.zeros((len(z), points.shape[1]))
    for axis in range(points.shape[1]):
        start[:, axis] = np.bincount(rows, strength * points[columns, axis], minlength=len(z)) / row_sum
    kept = strength >= strength.max() / _UMAP_EPOCHS
    a, b = umap.find_ab_params(1.0, settings.min_dist)
    placed: Any = umap.optimize_layout_euclidean(
        np.ascontiguousarray(start, dtype=np.float32),
        np.array(points, dtype=np.float32, order="C"),
        rows[kept],
        columns[kept],
        _UMAP_EPOCHS,
        len(points),
        umap.make_epochs_per_sample(strength[kept], _UMAP_EPOCHS),
        a,
        b,
        random_state(np.random.RandomState(seed)),
        1.0,
        0.25,
        5.0,
        tqdm_kwds=metered(progress, _UMAP_EPOCHS),
    )
    return np.asarray(placed, dtype=np.float32)
