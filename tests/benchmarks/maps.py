"""How long a map takes beside the library it is made with, and how good both maps are."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.benchmarks.table import Row
from vae_core.progress import silent

TSNE_OWED = 0.95
KL_MARGIN = 0.01


def latents(items: int) -> np.ndarray:
    """Return encodings ``[n, 16]`` of Fashion-MNIST by the demo's model."""
    from vae_core import demo, load_data
    from vae_core.space.encodings.encode import encode

    model = demo("fashion").model
    mean, _ = encode(model, load_data("fashion-mnist:all"), 512, silent)
    return mean[np.random.default_rng(0).permutation(len(mean))[:items]]


def run(items: int) -> list[Row]:
    """Compute neighbours and t-SNE of so many items by the library's own defaults and by ours, in this process."""
    import openTSNE

    from vae_core.space.maps.settings import ProjectionSettings
    from vae_core.space.maps.tsne import fit_tsne, warm_up
    from vae_core.space.neighbours.index import Neighbours

    warnings.filterwarnings("ignore", category=FutureWarning)
    mean = latents(items)
    warm_up()
    openTSNE.TSNE(n_iter=1, early_exaggeration_iter=1, n_jobs=-1, random_state=0).fit(mean[:2000])
    truth = Neighbours(mean).query(mean[:500], 90, leave_out=np.arange(500))[0]

    library = openTSNE.TSNE(n_jobs=-1, random_state=0)
    affinities, their_neighbours = timed(
        lambda: openTSNE.affinity.PerplexityBasedNN(mean, 30, n_jobs=-1, random_state=0)
    )
    theirs, fitting = timed(lambda: library.fit(affinities=affinities, initialization=_their_start(mean)))
    neighbours = Neighbours(mean)
    _, our_neighbours = timed(lambda: neighbours.table(90))
    heard: list[float] = []
    begun = time.perf_counter()

    def hear(step: int, of: int, note: str = "", preview: Any = None) -> bool:
        if step > 0 and preview is not None:
            heard.append(time.perf_counter() - begun)
        return True

    (_, details), ours = timed(lambda: fit_tsne(ProjectionSettings("tsne"), mean, neighbours, hear))
    ours += our_neighbours
    kl, their_kl = details["kl_divergence"], float(theirs.kl_divergence)
    whole = their_neighbours + fitting
    found = float(np.mean([np.isin(a, b).mean() for a, b in zip(truth, neighbours.table(90)[0][:500], strict=True)]))
    size = f"{len(mean):,} × {mean.shape[1]}"
    return [
        Row(f"neighbours of {size}, k = 90", f"{our_neighbours:.1f} s at {found:.2%}",
            f"{their_neighbours:.1f} s (openTSNE's, with its affinities)", our_neighbours / their_neighbours),
        Row(f"t-SNE of {size}", f"{ours:.1f} s, KL {kl:.3f}", f"{whole:.1f} s, KL {their_kl:.3f} (openTSNE)",
            ours / whole, f"≤ {TSNE_OWED}, KL ≤ + {KL_MARGIN:.0%}",
            ours <= TSNE_OWED * whole and kl <= (1 + KL_MARGIN) * their_kl),
        Row("  first picture that moves after the neighbours; pictures a second",
            f"{heard[0]:.2f} s; {(len(heard) - 1) / (heard[-1] - heard[0]):.1f}", "", None, "≤ 2 s", heard[0] <= 2),
    ]  # fmt: skip


def _their_start(mean: np.ndarray) -> np.ndarray:
    from openTSNE import initialization

    return np.asarray(initialization.pca(mean, random_state=0))


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    """Return what a call gave and the seconds it took."""
    begun = time.perf_counter()
    given = call()
    return given, time.perf_counter() - begun
