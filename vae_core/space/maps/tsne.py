"""t-SNE from our neighbours (van der Maaten & Hinton 2008), by openTSNE."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from importlib.metadata import version
from typing import Any

import numpy as np

from vae_core.progress import Note, Progress, Stopped, silent
from vae_core.space.maps.checkpoint import Descent, TSNECheckpoint
from vae_core.space.maps.pca import principal_axes
from vae_core.space.maps.preview import LayoutPreview
from vae_core.space.maps.settings import LAYOUT, TSNE_CONTINUED, TSNE_ITERATIONS, ProjectionSettings
from vae_core.space.neighbours.index import Neighbours

_EARLY_STEPS = 250
_FROM_A_MAP = "start: the map before"
_EARLY_EXAGGERATION = 12.0
#: Steps between two reports: each has the library compute the divergence, which takes long for many items. A large set,
#: whose steps are counted and whose layout is shown without it, has it less often.
_REPORT_EVERY = 10
_REPORT_EVERY_OF_MANY = 50
#: From here on the interpolation grid beats the tree; it exists in 2-D only.
_GRID_FROM = 10_000
#: Below this a team of threads waits for itself longer than it works.
_THREADS_FROM = 2_000


def fit_tsne(  # noqa: PLR0915 - what steers the library's descent shares its state
    settings: ProjectionSettings,
    mean: np.ndarray,
    neighbours: Neighbours,
    progress: Progress = silent,
    unfinished: TSNECheckpoint | None = None,
    begin: np.ndarray | None = None,
) -> tuple[np.ndarray, dict[str, Any]]:
    """Lay out encodings by t-SNE, starting from their principal components or a finished map.

    The schedule is openTSNE's own: 250 steps exaggerated 12-fold, then 500,
    with learning rate n / exaggeration (Belkina et al. 2019); from a finished map on 250 steps, none of them
    exaggerated, so that what the maps have in common stays where it was. Fewer where the settings say so.

    Parameters
    ----------
    settings : ProjectionSettings
        Dimensions, perplexity and seed.
    mean : ndarray
        ``[n, d]``.
    neighbours : Neighbours
        Of `mean`.
    progress : Progress
        Called at once with the principal components as preview, then several times a second with the layout so far.
    unfinished : TSNECheckpoint, optional
        Where the steps done are noted, and gone on from after an interruption.
    begin : ndarray, optional
        ``[n, dimensions]`` the finished map, where the settings name one.

    Returns
    -------
    points : ndarray
        ``[n, dimensions]`` float32.
    details : dict
        ``kl_divergence`` in nats, ``recall`` of the neighbours, ``seconds``, ``library``.

    Raises
    ------
    Stopped
        If `progress` asks to stop; once it has begun to move, with step and layout.
    """
    library = f"openTSNE {version('openTSNE')}"
    schedule: tuple[tuple[int, float | None], ...] = ((_EARLY_STEPS, _EARLY_EXAGGERATION), (TSNE_ITERATIONS, None))
    if begin is None:
        start, note = starting_layout(mean, settings.dimensions, settings.seed), "start: principal components"
    else:
        start, note, schedule = begin.astype(np.float64), _FROM_A_MAP, ((TSNE_CONTINUED, None),)
    earlier = unfinished.read(start.shape, library) if unfinished is not None else None
    done, of = 0, settings.all_iterations
    if earlier is not None:
        start, done, note = earlier.layout, earlier.step, f"goes on from step {earlier.step}"
    if not progress(done, of, Note(note, LAYOUT), start):
        raise Stopped
    started = time.perf_counter()
    n = len(mean)
    index, distance = neighbours.table(max(1, int(3 * settings.perplexity)), progress)

    import openTSNE
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.nearest_neighbors import PrecomputedNeighbors
    from openTSNE.tsne import OptimizationInterrupt, kl_divergence_bh, kl_divergence_fft

    jobs = (os.cpu_count() or 1) if n >= _THREADS_FROM else 1
    if not progress(done, of, "affinities", start):
        raise Stopped
    affinities = PerplexityBasedNN(
        perplexity=settings.perplexity,
        # The library reads both arrays through C pointers of its own types.
        knn_index=PrecomputedNeighbors(
            np.ascontiguousarray(index, dtype=np.int64), np.ascontiguousarray(distance, dtype=np.float64)
        ),
        n_jobs=jobs,
        random_state=settings.seed,
    )
    stopped_at: int | None = None

    def keep(step: int, layout: np.ndarray, now: bool = False) -> None:
        if unfinished is not None:
            optimizer = embedding.optimizer
            unfinished.note(Descent(step, np.asarray(layout), optimizer.update, optimizer.gains), library, now)

    telling = threading.Lock()
    reached, words = done + 1, Note("first steps", LAYOUT)

    def report(iteration: int, error: float, layout: np.ndarray) -> bool:
        nonlocal stopped_at, reached, words
        before = done + iteration - 1  # it asks before it takes the step
        keep(before, layout)
        with telling:
            reached, words = done + iteration, Note(f"KL divergence {error:.2f}", LAYOUT, keepable=True)
            if progress(reached, of, words, np.array(layout, dtype=np.float32)):
                return False
        stopped_at = before
        return True

    unwanted = False

    def show(preview: np.ndarray) -> None:
        nonlocal unwanted
        with telling:
            unwanted = not progress(reached, of, words, preview) or unwanted

    divergence = kl_divergence_fft if settings.dimensions == 2 and n >= _GRID_FROM else kl_divergence_bh
    begun = 0  # steps of this part of the schedule

    def gradient(*arguments: Any, **named: Any) -> Any:
        # Asked for once a step: of a large set ten of them, the time to the next report, are seconds.
        nonlocal begun, reached, stopped_at
        if unwanted:
            stopped_at = done + begun
            raise OptimizationInterrupt(0.0, embedding)
        begun += 1
        reached = done + begun
        return divergence(*arguments, **named)

    embedding = openTSNE.TSNEEmbedding(
        start,
        affinities,
        negative_gradient_method=gradient,
        n_jobs=jobs,
        random_state=settings.seed,
        callbacks=[report],
        callbacks_every_iters=_REPORT_EVERY_OF_MANY if n >= _GRID_FROM else _REPORT_EVERY,
    )
    if earlier is not None:
        embedding.optimizer.update, embedding.optimizer.gains = earlier.update, earlier.gains
    for until, exaggeration in schedule:
        if done >= until and exaggeration is not None:
            # As the steps done have left them: rounded, and the map is the same to the last bit.
            affinities.P *= exaggeration
            affinities.P /= exaggeration
        steps = min(until, settings.iterations) - done
        if steps <= 0:
            continue
        begun = 0
        with LayoutPreview(embedding, show) if n >= _GRID_FROM else contextlib.nullcontext():
            embedding.optimize(steps, exaggeration=exaggeration, momentum=0.8, inplace=True)
        if stopped_at is not None:
            keep(stopped_at, embedding, now=True)
            raise Stopped("t-SNE was stopped.", stopped_at, np.array(embedding, dtype=np.float32))
        done += steps
    details = {
        "kl_divergence": float(embedding.kl_divergence),
        **({} if earlier is None else {"resumed_at": earlier.step}),
        "recall": round(neighbours.recall, 5),
        "seconds": round(time.perf_counter() - started, 2),
        "library": library,
    }
    return np.array(embedding, dtype=np.float32), details


def starting_layout(mean: np.ndarray, dimensions: int, seed: int, scale: float = 1e-4) -> np.ndarray:
    """Return principal components of a standard deviation of `scale` along the first, ``[n, dimensions]`` float64.

    A trace of seeded noise parts items that coincide: equal points would stay together for ever.
    """
    centre, axes, _ = principal_axes(mean, dimensions)
    layout = (mean - centre) @ axes.T
    spread = float(layout[:, 0].std())
    if spread > 0:
        layout /= spread
    layout += np.random.default_rng(seed).normal(scale=1e-2 if spread > 0 else 1.0, size=layout.shape)
    return np.ascontiguousarray(layout * scale)


def warm_up() -> None:
    """Import the library and run it once on next to nothing, so that a first map does not wait for it."""
    mean = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
    fit_tsne(ProjectionSettings("tsne", perplexity=5.0), mean, Neighbours(mean))
