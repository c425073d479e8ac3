"""Whether each indicator of trust ranks what it claims to: the mean error of its least over its most trusted tenth.

Whatever is judged was held out: yardsticks and maps are made without it.

- *Near the data*: held-out items, midpoints of pairs of them, and draws of the prior, as many of each. Error: root mean
  square difference between the decoded picture and the nearest real one.
- *Map reliable here*: held-out items, placed by the map's own library. Error: squared distance between what the spot
  stands for and the item's own latent point, which is what R² sums up.
- *Faithful*, of items: difference between item and reconstruction. Of other points (the midpoints and draws above):
  difference between the picture and what becomes of it when it is encoded and decoded again.

Besides, a mixture of known clusters, as far apart from rim to rim as they are wide: how near the middle of its gaps
scores, and how many of its held-out items score above 0.5.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.benchmarks.inverse import _FITS
from tests.benchmarks.table import Row
from vae_core.space import LatentSpace
from vae_core.space.maps.neighbour_map import NeighbourMap
from vae_core.space.maps.settings import ProjectionSettings
from vae_core.space.neighbours.index import Neighbours
from vae_core.space.trust import TrustScale
from vae_core.space.trust.faithfulness import (
    encoded_again,
    reconstruction_score,
    round_trip_score,
    usual_round_trips,
)

HELD_OUT = 500
OWED = 2.0
GAP, HELD = 0.2, 0.95


def run(size: int, seeds: int) -> list[Row]:
    """Compare the most with the least trusted tenth on both demos, over so many seeds."""
    from vae_core import demo

    rows = []
    for name in ("fashion", "sprites"):
        space = demo(name)
        measures: dict[str, Callable[[int], tuple[float, ...]]] = {
            "near the data": lambda seed, space=space: near(space, seed),  # type: ignore[misc]
            "faithful, items": lambda seed, space=space: items(space, seed),  # type: ignore[misc]
            "faithful, other points": lambda seed, space=space: points(space, seed),  # type: ignore[misc]
        }
        for kind in ("tsne", "umap"):
            measures[f"map reliable, {kind}"] = lambda seed, space=space, kind=kind: on_map(  # type: ignore[misc]
                space, kind, size, seed
            )
        for what, measure in measures.items():
            rows.append(_row(f"trust, {name}, {what}", [measure(seed) for seed in range(seeds)]))
    rows.append(_mixtures(seeds))
    return rows


def _row(what: str, found: list[tuple[float, ...]]) -> Row:
    ratios = [one[0] for one in found]
    besides = "".join(f"; distance itself × {np.mean([one[1] for one in found]):.2f}" for _ in found[0][1:])
    told = f"× {np.mean(ratios):.2f} ({min(ratios):.2f} …){besides}"
    return Row(f"{what}: error of the least over the most trusted tenth, {len(found)} seeds", told, "", None,
               f"≥ {OWED:g}", min(ratios) >= OWED)  # fmt: skip


def near(space: LatentSpace, seed: int) -> tuple[float]:
    """Judge *near the data* by the distance of the decoded picture to the nearest real one."""
    test, train = _split(space, seed)
    scale = TrustScale.measure(space.mean[train], space.logvar[train])
    z = _on_and_off_the_data(space, test, seed)
    real, decoded = _flat(space, space.data.batch(train)), _pictures(space, z)
    squared = np.square(decoded).sum(axis=1)[:, None] + np.square(real).sum(axis=1) - 2 * decoded @ real.T
    error = np.sqrt(np.maximum(squared.min(axis=1), 0) / real.shape[1])
    return (_least_over_most(scale.score(z), error),)


def items(space: LatentSpace, seed: int) -> tuple[float]:
    """Judge *faithful* of held-out items by the difference between item and reconstruction."""
    test, train = _split(space, seed)
    usual = np.percentile(space.distortion[train], np.arange(101))
    score = reconstruction_score(space.distortion[test], usual)
    difference = _flat(space, space.data.batch(test)) - _pictures(space, space.mean[test])
    return (_least_over_most(score, np.sqrt(np.square(difference).mean(axis=1))),)


def points(space: LatentSpace, seed: int) -> tuple[float]:
    """Judge *faithful* of other points by how their picture changes when it is encoded and decoded again."""
    test, train = _split(space, seed)
    scale = TrustScale.measure(space.mean[train], space.logvar[train])
    z = _on_and_off_the_data(space, test, seed)[HELD_OUT:]
    back = encoded_again(space.model, z)
    score = round_trip_score(scale.length(back - z), usual_round_trips(space.model, space.mean[train], scale))
    difference = _pictures(space, z) - _pictures(space, back)
    return (_least_over_most(score, np.sqrt(np.square(difference).mean(axis=1))),)


def on_map(space: LatentSpace, kind: str, size: int, seed: int) -> tuple[float, float]:
    """Judge *map reliable here* by the squared latent error of held-out items; the plain distance besides."""
    test, train = _split(space, seed)
    train = train[:size]
    mean = space.mean[train]
    laid, spots, _ = _FITS[kind](mean, space.mean[test], seed)
    made = NeighbourMap(ProjectionSettings.of(kind), laid, mean, Neighbours(mean))
    made.learn_way_back()
    away = np.linalg.norm(made.invert(spots) - space.mean[test], axis=1)
    score = made.support(spots)
    return _least_over_most(score, np.square(away)), _least_over_most(score, away)


def _mixtures(seeds: int) -> Row:
    """Score the gaps and the held-out items of known clusters, alike and unlike in width, in 2 to 32 dimensions."""
    from scipy.stats import chi2

    gaps, held = [], []
    for seed in range(seeds):
        for n, d in ((1000, 2), (3000, 8), (6000, 16), (3000, 32)):
            for widths in ((0.3, 0.3, 0.3), (0.1, 0.3, 0.6)):
                random = np.random.default_rng([seed, d])
                radius = float(np.sqrt(chi2.ppf(0.99, d)))
                centres = np.zeros((3, d))
                centres[1, 0] = 2.0 * radius * (widths[0] + widths[1])
                centres[2, 1] = 2.0 * radius * (widths[0] + widths[2])
                label = random.integers(0, 3, n + 1000)
                z = centres[label] + np.array(widths)[label, None] * random.standard_normal((n + 1000, d))
                z = z.astype(np.float32)
                scale = TrustScale.measure(z[:n], np.full((n, d), 2 * np.log(0.05), dtype=np.float32))
                held.append(float((scale.score(z[n:]) > 0.5).mean()))
                for other in (1, 2):
                    way = centres[other] - centres[0]
                    length = float(np.linalg.norm(way))
                    middle = (radius * widths[0] / length + 1 - radius * widths[other] / length) / 2
                    gaps.append(float(scale.score((centres[0] + way * middle)[None])[0]))
    told = f"gaps at most {max(gaps):.3f}; held-out items above 0.5: at least {100 * min(held):.1f} %"
    return Row("trust, known mixtures: near the data", told, "", None, f"≤ {GAP:g}; ≥ {100 * HELD:g} %",
               max(gaps) <= GAP and min(held) >= HELD)  # fmt: skip


def _split(space: LatentSpace, seed: int) -> tuple[np.ndarray, np.ndarray]:
    order = np.random.default_rng(seed).permutation(len(space))
    return order[:HELD_OUT], order[HELD_OUT:]


def _on_and_off_the_data(space: LatentSpace, test: np.ndarray, seed: int) -> np.ndarray:
    """Return held-out items, midpoints of pairs of them and draws of a standard normal, ``[1500, d]``."""
    random = np.random.default_rng([seed, 1])
    held = space.mean[test]
    drawn = random.standard_normal(held.shape, dtype=np.float32)
    return np.concatenate([held, (held + held[random.permutation(len(held))]) / 2, drawn])


def _pictures(space: LatentSpace, z: np.ndarray) -> np.ndarray:
    import torch

    with torch.inference_mode():
        parts = [
            space.model.likelihood(torch.from_numpy(z[i : i + 64].copy())).mean.numpy() for i in range(0, len(z), 64)
        ]
    return _flat(space, np.concatenate(parts))


def _flat(space: LatentSpace, values: np.ndarray) -> np.ndarray:
    return np.asarray(values, dtype=np.float32).reshape(len(values), -1)


def _least_over_most(score: np.ndarray, error: np.ndarray) -> float:
    """Mean error of the least trusted tenth over that of the most trusted one; of equal scores the order is drawn."""
    drawn = np.random.default_rng(0).permutation(len(score))
    ranked = drawn[np.argsort(score[drawn], kind="stable")]
    tenth = len(score) // 10
    return float(error[ranked[:tenth]].mean() / error[ranked[-tenth:]].mean())
