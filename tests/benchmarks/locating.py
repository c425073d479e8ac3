"""How far from its own point an item is placed by a map that does not know it, ours beside the libraries' own way."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.benchmarks.table import Row
from vae_core.space.maps.locate import Locator
from vae_core.space.maps.placing import place
from vae_core.space.neighbours.index import Neighbours


def run(held_out: int) -> list[Row]:
    """Take items off the shipped maps and place them again, by `locate` and by the library's ``transform``."""
    from vae_core import demo

    rows = []
    for name in ("fashion", "sprites"):
        space = demo(name)
        order = np.random.default_rng(0).permutation(len(space))
        out, rest = np.sort(order[:held_out]), np.sort(order[held_out:])
        neighbours = Neighbours(space.mean[rest])
        for method in ("tsne", "umap"):
            made = space.projection(method)
            points, truth = made.points[rest], made.points[out]
            extent = float(np.ptp(made.points, axis=0).max())
            locator = Locator(points, neighbours)
            ours, our_ms = _timed(held_out, locator, space.mean[out])
            theirs, their_ms = _timed(held_out, place, made.settings, points, neighbours, space.mean[out])
            away, other = (100 * np.linalg.norm(found - truth, axis=1) / extent for found in (ours, theirs))
            rows.append(
                Row(f"an unknown item's place, {name} {method}: off by, median / mean of {held_out}",
                    f"{np.median(away):.1f} / {away.mean():.1f} % of the extent, {our_ms:.2f} ms",
                    f"{np.median(other):.1f} / {other.mean():.1f} %, {their_ms:.2f} ms (the library's transform)",
                    float(away.mean() / other.mean()))
            )  # fmt: skip
    return rows


def _timed(points: int, call: Callable[..., np.ndarray], *arguments: Any) -> tuple[np.ndarray, float]:
    """Return what a call gave and the milliseconds it took a point."""
    begun = time.perf_counter()
    found = call(*arguments)
    return found, 1e3 * (time.perf_counter() - begun) / points
