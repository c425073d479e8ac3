"""UMAP from our neighbours (McInnes, Healy & Melville 2018), by umap-learn."""

from __future__ import annotations

import functools
import time
import warnings
from types import SimpleNamespace
from typing import Any

import numpy as np

from vae_core.progress import Note, Progress, Stopped, silent
from vae_core.space.maps.settings import LAYOUT, ProjectionSettings
from vae_core.space.maps.tsne import starting_layout
from vae_core.space.neighbours.index import Neighbours

_REPORT_EVERY = 5


def fit_umap(
    settings: ProjectionSettings,
    mean: np.ndarray,
    neighbours: Neighbours,
    progress: Progress = silent,
    begin: np.ndarray | None = None,
) -> tuple[np.ndarray, dict[str, Any]]:
    """Lay out encodings by UMAP, starting from their principal components or a finished map.

    The steps are those of ``umap.UMAP.fit``: fuzzy graph, weakest edges
    dropped, stochastic gradient descent on one core. The parts are called one
    by one because the class computes neighbours it is given anew for small
    sets, compiles more than is needed and can be neither watched nor stopped.

    Parameters
    ----------
    settings : ProjectionSettings
        Dimensions, neighbours (the item itself counted), min_dist and seed.
    mean : ndarray
        ``[n, d]``.
    neighbours : Neighbours
        Of `mean`.
    progress : Progress
        Called every few epochs with the layout so far as preview.
    begin : ndarray, optional
        ``[n, dimensions]`` the finished map, where the settings name one.

    Returns
    -------
    points : ndarray
        ``[n, dimensions]`` float32.
    details : dict
        ``epochs``, ``recall`` of the neighbours, ``seconds``, ``library``.

    Raises
    ------
    Stopped
        If `progress` asks to stop.
    """
    n = len(mean)
    epochs = 500 if n <= 10_000 else 200
    if not progress(0, epochs, "neighbours"):
        raise Stopped
    started = time.perf_counter()
    index, distance = neighbours.table(settings.neighbours - 1, progress)
    layout = starting_layout(mean, settings.dimensions, settings.seed, scale=1.0) if begin is None else begin
    low, high = layout.min(axis=0), layout.max(axis=0)
    layout = (10 * (layout - low) / (high - low)).astype(np.float32, order="C")
    if not progress(0, epochs, "loading umap-learn", layout.copy()):
        raise Stopped

    umap = library()
    if not progress(0, epochs, "graph", layout.copy()):
        raise Stopped
    random = np.random.RandomState(settings.seed)
    itself = np.arange(n, dtype=np.int32)[:, None]
    graph, _, _ = umap.fuzzy_simplicial_set(
        mean,
        settings.neighbours,
        random,
        "euclidean",
        knn_indices=np.ascontiguousarray(np.hstack([itself, index])),
        knn_dists=np.ascontiguousarray(np.hstack([np.zeros((n, 1), dtype=np.float32), distance])),
    )
    graph = graph.tocoo()
    graph.sum_duplicates()
    # Edges that would not be drawn once in all epochs.
    graph.data[graph.data < graph.data.max() / epochs] = 0.0
    graph.eliminate_zeros()
    a, b = umap.find_ab_params(1.0, settings.min_dist)
    points = umap.optimize_layout_euclidean(
        layout,
        layout,
        graph.row,
        graph.col,
        epochs,
        n,
        umap.make_epochs_per_sample(graph.data, epochs),
        a,
        b,
        random_state(random),
        tqdm_kwds=metered(progress, epochs, layout),
        move_other=True,
    )
    details = {
        "epochs": epochs,
        "recall": round(neighbours.recall, 5),
        "seconds": round(time.perf_counter() - started, 2),
        "library": f"umap-learn {umap.version}",
    }
    return np.asarray(points, dtype=np.float32), details


@functools.cache
def library() -> SimpleNamespace:
    """Import umap-learn, which takes seconds, and return the parts of it that are called one by one."""
    with warnings.catch_warnings():
        # Only says that the parametric variant, which is not used here, lacks its library.
        warnings.filterwarnings("ignore", message="Tensorflow not installed", category=ImportWarning)
        import umap
        from umap import layouts, umap_
    return SimpleNamespace(
        version=umap.__version__,
        optimize_layout_euclidean=layouts.optimize_layout_euclidean,
        **{
            name: getattr(umap_, name)
            for name in (
                "compute_membership_strengths",
                "find_ab_params",
                "fuzzy_simplicial_set",
                "make_epochs_per_sample",
                "smooth_knn_dist",
            )
        },
    )


def random_state(random: np.random.RandomState) -> np.ndarray:
    """Draw the state, ``[3]`` int64, of the library's own generator as the library does."""
    return random.randint(np.iinfo(np.int32).min + 1, np.iinfo(np.int32).max - 1, 3).astype(np.int64)


def metered(progress: Progress, epochs: int, layout: np.ndarray | None = None) -> dict[str, Any]:
    """Return what the library's optimiser is to make its progress bar with, so that `progress` hears and can stop it.

    Parameters
    ----------
    progress : Progress
        Hears of every fifth epoch, with a copy of `layout` as preview.
    epochs : int
        In all.
    layout : ndarray, optional
        What is changed in place.
    """
    meter = _Meter(progress, epochs, layout)
    return {"disable": False, "file": meter, "bar_format": "{n}", "mininterval": 0, "miniters": _REPORT_EVERY}


class _Meter:
    """The file the library's progress bar writes its count to: the one public place to listen and to stop it."""

    encoding = "utf-8"

    def __init__(self, progress: Progress, epochs: int, layout: np.ndarray | None) -> None:
        self._progress = progress
        self._epochs = epochs
        self._layout = layout
        self._last = 0
        self._stopped = False

    def write(self, text: str) -> None:
        count = text.strip()
        if self._stopped or not count.isdigit() or int(count) <= self._last:
            return
        self._last = int(count)
        preview = None if self._layout is None else self._layout.copy()
        if not self._progress(self._last, self._epochs, Note(f"epoch {self._last} of {self._epochs}", LAYOUT), preview):
            self._stopped = True
            raise Stopped

    def flush(self) -> None:
        """There is nothing to flush."""


def warm_up() -> None:
    """Import and compile the library, so that a first map does not wait for it."""
    mean = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
    for dimensions in (2, 3):
        fit_umap(ProjectionSettings("umap", dimensions=dimensions), mean, Neighbours(mean))
