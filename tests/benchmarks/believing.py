"""Whether trust ranks: the error of what is most trusted beside that of what is least trusted.

Held-out items are placed by the map's own library; the spot is inverted and decoded, and compared
with the item's own latent point and reconstruction. The map knows nothing of them.

    python -m tests.benchmarks.believing sprites        # the parts of trust one by one
"""

from __future__ import annotations

import sys

import numpy as np

from tests.benchmarks.inverse import _FITS
from tests.benchmarks.table import Row
from vae_core.space.neighbour_map import NeighbourMap
from vae_core.space.neighbours import Neighbours
from vae_core.space.round_trip import encoded_again, round_trip_score, usual_round_trips
from vae_core.space.settings import ProjectionSettings
from vae_core.space.trust import TrustScale, together

HELD_OUT = 500


def run(size: int, seeds: int) -> list[Row]:
    """Compare the most with the least trusted tenth on both demos' maps, over so many seeds."""
    rows = []
    for name in ("fashion", "sprites"):
        for kind in ("tsne", "umap"):
            found = [ratios(name, kind, size, seed)["all together"] for seed in range(seeds)]
            latent, pixel = np.mean(found, axis=0)
            rows.append(
                Row(f"trust, {name} {kind}: error of the least trusted tenth over the most trusted, {seeds} seeds",
                    f"latent × {latent:.2f} ({min(f[0] for f in found):.2f} …), "
                    f"pixels × {pixel:.2f} ({min(f[1] for f in found):.2f} …)",
                    "", None, "> 1", min(map(min, found)) > 1)
            )  # fmt: skip
    return rows


def ratios(name: str, kind: str, size: int, seed: int) -> dict[str, tuple[float, float]]:
    """Return, by part of trust, latent and pixel error of the least over the most trusted tenth."""
    from vae_core import demo

    space = demo(name)
    order = np.random.default_rng(seed).permutation(len(space))
    test, train = order[:HELD_OUT], order[HELD_OUT : HELD_OUT + size]
    mean, logvar = space.mean[train], space.logvar[train]
    points, spots, _ = _FITS[kind](mean, space.mean[test], seed)
    made = NeighbourMap(ProjectionSettings.of(kind), points, mean, Neighbours(mean))
    made.learn_way_back()
    scale = TrustScale.measure(mean, logvar)
    guess, truth = made.invert(spots), space.mean[test]
    trips = usual_round_trips(space.model, mean, scale)
    back = scale.length(encoded_again(space.model, guess) - guess)
    parts = {
        "latent": scale.score(guess),
        "map": made.support(spots),
        "round trip": round_trip_score(back, trips),
        "locate again": -np.linalg.norm(made.locate(guess) - spots, axis=1),
    }
    parts["latent and map"] = together(parts["latent"], parts["map"])
    parts["all together"] = together(parts["latent"], parts["map"], parts["round trip"])
    latent = np.linalg.norm(guess - truth, axis=1)
    pixel = np.sqrt(np.square(_decoded(space, guess) - _decoded(space, truth)).mean(axis=1))
    return {part: (_least_over_most(score, latent), _least_over_most(score, pixel)) for part, score in parts.items()}


def _decoded(space: object, z: np.ndarray) -> np.ndarray:
    from vae_core.drawing.pictures import decode

    pictures = decode(space, z)  # type: ignore[arg-type]
    return pictures.reshape(len(z), -1) / 255.0


def _least_over_most(score: np.ndarray, error: np.ndarray) -> float:
    """Mean error of the least trusted tenth over that of the most trusted one; of equal scores the order is drawn."""
    drawn = np.random.default_rng(0).permutation(len(score))
    ranked = drawn[np.argsort(score[drawn], kind="stable")]
    tenth = len(score) // 10
    return float(error[ranked[:tenth]].mean() / error[ranked[-tenth:]].mean())


if __name__ == "__main__":
    for seed in range(3):
        for kind in ("tsne", "umap"):
            found = ratios(sys.argv[1], kind, 3000, seed)
            print(sys.argv[1], kind, seed, {part: f"{a:.2f} {b:.2f}" for part, (a, b) in found.items()}, flush=True)
