"""The comparison of inverses as lines of the table."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.benchmarks import inverse
from tests.benchmarks.table import Row

SETS: dict[str, Callable[[int], np.ndarray]] = {
    "fashion": lambda count: inverse.demo_latents("fashion"),
    "sprites": lambda count: inverse.demo_latents("sprites"),
    "gaussian": inverse.gaussian,
}
BASELINES = ("neighbour mean (10)", "local affine fit (40)")
MARGIN = 0.05


def run(size: int, inverse_transform_points: int) -> list[Row]:
    """Invert held-out items of both demos and of an isotropic 10-D Gaussian; see `inverse` for how R² is taken.

    The ratio's place holds the difference in R² to the better baseline, or to
    `umap.inverse_transform`, over as many points as that is given.
    """
    held_out = min(500, max(50, size // 5))
    sets = {name: make(size + held_out) for name, make in SETS.items()}
    found = inverse.run(sets, size, held_out, inverse_transform_points)
    print(inverse.table(found), flush=True)
    by = {(one.latents, one.map, one.method): one for one in found}
    rows = []
    for latents, kind in dict.fromkeys((one.latents, one.map) for one in found):
        ours = by[latents, kind, "ours"]
        best = max((by[latents, kind, method] for method in BASELINES), key=lambda one: one.r2)
        rows.append(
            Row(f"inverse, held-out R², {latents} {kind}", f"{ours.r2:.4f}", f"{best.r2:.4f} {best.method}",
                ours.r2 - best.r2, "≥ the better", ours.r2 >= best.r2)
        )  # fmt: skip
        library = by.get((latents, kind, "umap.inverse_transform"))
        if library is not None:
            few = by[latents, kind, "ours, same few"]
            rows.append(
                Row(f"  {library.points} of them, umap.inverse_transform", f"{few.r2:.4f}",
                    f"{library.r2:.4f}, {library.milliseconds:.0f} ms per point", few.r2 - library.r2,
                    f"≥ +{MARGIN}", few.r2 >= library.r2 + MARGIN)
            )  # fmt: skip
    return rows
