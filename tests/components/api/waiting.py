"""Stands in for a long computation."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

from vae_core.progress import Progress, Stopped
from vae_core.space import ProjectionSettings
from vae_core.space.cache import SpaceCache
from vae_core.space.maps.compute import lay_out_and_keep, learn_and_keep


def learn_slowly(settings: str, folder: str, shipped: str | None, progress: Progress) -> str:
    """Make a map, of the first few steps if its perplexity is 3, and learn its way back once a file says so."""
    wanted = ProjectionSettings.from_json(settings)
    stopped = replace(wanted, iterations=20) if wanted.perplexity == 3 else wanted
    cache = SpaceCache(Path(folder))
    encodings = cache.encodings()
    assert encodings is not None
    made = lay_out_and_keep(stopped, encodings.mean, cache.neighbours(encodings.mean), cache, progress)
    progress.give(made.id)  # type: ignore[attr-defined]
    while not (Path(folder) / "learn").exists():
        if not progress(1, 4, "learning the inverse"):
            raise Stopped
        time.sleep(0.02)
    learn_and_keep(made, encodings.mean, cache)
    return made.id


def wait_in(settings: str, folder: str, shipped: str | None, progress: Progress, layer: str = "") -> None:
    (Path(folder) / "pid").write_text(str(os.getpid()))
    while progress(1, 4, "embedding"):
        time.sleep(0.02)
    raise Stopped
