"""How long a point takes to be placed on a map, and a spot to be turned into a latent point.

    python -m tests.benchmarks.projection        # milliseconds as JSON

In a process of its own, so that a first call is a first call.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from tests.benchmarks.table import Row
from tests.browser.serving import ROOT

OWED_MS = 1.0
POINTS = 500


def run() -> list[Row]:
    """Time `locate` and `invert` of the default demo's maps, one point a call and all in one.

    The figure owed is the mean over 500 calls of one point, the first included, which is told
    beside it: what is made on first use counts.
    """
    command = [sys.executable, "-m", "tests.benchmarks.projection"]
    found = json.loads(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout)
    return [
        Row(f"{what}, ms per point: one a call, the first in it", f"{one['mean']:.3f}",
            f"first call {one['first']:.2f}, in one batch {one['batch']:.4f}", None,
            f"≤ {OWED_MS:g} ms", one["mean"] <= OWED_MS)
        for what, one in found.items()
    ]  # fmt: skip


def measure() -> dict[str, dict[str, float]]:
    """Return milliseconds by map and direction."""
    import vae_core

    space = vae_core.demo("fashion")
    found = {}
    random = np.random.default_rng(0)
    for name in ("pca", "tsne", "umap"):
        # Opening a map is not touching it: the server has it before the page shows it.
        projection = space.projection(name)
        low, high = projection.points.min(axis=0), projection.points.max(axis=0)
        z = random.normal(size=(POINTS, space.latent_dim)).astype(np.float32)
        xy = random.uniform(low, high, size=(POINTS, 2)).astype(np.float32)
        found[f"{name} locate"] = _time(projection.locate, z)
        found[f"{name} invert"] = _time(projection.invert, xy)
    return found


def _time(call: Callable[[np.ndarray], np.ndarray], points: np.ndarray) -> dict[str, float]:
    taken = []
    for row in range(len(points)):
        begun = time.perf_counter()
        call(points[row : row + 1])
        taken.append(1e3 * (time.perf_counter() - begun))
    begun = time.perf_counter()
    call(points)
    batch = 1e3 * (time.perf_counter() - begun) / len(points)
    return {"mean": sum(taken) / len(taken), "first": taken[0], "batch": batch}


if __name__ == "__main__":
    print(json.dumps(measure()))
