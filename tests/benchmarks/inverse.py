"""How much of a latent point a spot of a t-SNE or UMAP map gives back, method against method in one run.

R² = 1 − Σ‖ẑ − z‖² / Σ‖z − z̄‖² over held-out items: the map is fitted without
them, the library's ``transform`` places them, and every method inverts the same spots.

    python -m tests.benchmarks.inverse --sets gaussian digits --size 3000
    python -m tests.benchmarks.inverse --latents encodings.npz
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.inverse_tried import density_weighted, latent_mode, refined
from vae_core.space.maps.locate import Locator
from vae_core.space.maps.neighbour_map import tuned_inverse
from vae_core.space.maps.projection import spatial_index
from vae_core.space.maps.settings import ProjectionSettings
from vae_core.space.neighbours.index import Neighbours


@dataclass(frozen=True)
class Row:
    """One method on one map of one set."""

    method: str
    map: str
    latents: str
    r2: float
    milliseconds: float  # a point
    points: int
    missed: float  # mean distance from a spot to where its latent point is placed, share of the map's extent


def r2(guess: np.ndarray, truth: np.ndarray, centre: np.ndarray) -> float:
    """Share of the variance about `centre` that guesses ``[m, d]`` give back."""
    return 1 - float(np.square(guess - truth).sum() / np.square(truth - centre).sum())


def neighbour_mean(points: np.ndarray, mean: np.ndarray, spots: np.ndarray) -> np.ndarray:
    """Inverse-distance mean of the 10 nearest items on the map."""
    from scipy.spatial import cKDTree

    distance, index = cKDTree(points).query(spots, k=10)
    weight = 1 / (distance + 1e-9 * distance[:, -1:] + 1e-300)
    return np.asarray(np.einsum("mk,mkd->md", weight / weight.sum(axis=1, keepdims=True), mean[index]))


def local_fit(points: np.ndarray, mean: np.ndarray, spots: np.ndarray) -> np.ndarray:
    """Plain least-squares affine fit on the 40 nearest items on the map."""
    from scipy.spatial import cKDTree

    _, index = cKDTree(points).query(spots, k=40)
    guess = np.empty((len(spots), mean.shape[1]))
    for row, near in enumerate(index):
        design = np.hstack([np.ones((40, 1)), points[near] - spots[row]])
        guess[row] = np.linalg.lstsq(design, mean[near], rcond=None)[0][0]
    return guess


def run(
    sets: Mapping[str, np.ndarray],
    size: int = 3000,
    held_out: int = 500,
    inverse_transform_points: int = 50,
    maps: Sequence[str] = ("tsne", "umap"),
    seed: int = 0,
) -> list[Row]:
    """Compare the inverses.

    Parameters
    ----------
    sets : mapping of str to ndarray
        Latents ``[n, d]`` by name.
    size, held_out : int
        Items the map is fitted on, and items kept out of it (fewer where a set is smaller).
    inverse_transform_points : int
        Held-out items given to ``umap.inverse_transform``, which is slow; 0 leaves it out.
    maps : sequence of {"tsne", "umap"}
        The maps.
    seed : int
        Of the split and of the maps.

    Returns
    -------
    list of Row
        One a method, map and set.
    """
    rows: list[Row] = []
    for name, latents in sets.items():
        order = np.random.default_rng(seed).permutation(len(latents))
        kept_out = min(held_out, len(latents) // 5)
        test = np.asarray(latents[order[:kept_out]], dtype=np.float32)
        train = np.asarray(latents[order[kept_out : kept_out + size]], dtype=np.float32)
        centre = train.mean(axis=0)
        for kind in maps:
            points, spots, library = _FITS[kind](train, test, seed)
            near = Neighbours(train)
            tuned = tuned_inverse(ProjectionSettings.of(kind), spatial_index(points), train, near)
            locate = Locator(points, near)
            measure = partial(_measure, locate=locate, extent=float(np.ptp(points, axis=0).max()))
            methods: dict[str, Callable[[np.ndarray], np.ndarray]] = {
                "ours": tuned,
                "neighbour mean (10)": partial(neighbour_mean, points, train),
                "local affine fit (40)": partial(local_fit, points, train),
                "tried: density weights": density_weighted(points, train, tuned),
                "tried: until it returns": refined(tuned, locate),
                "tried: mode": latent_mode(points, train, tuned),
            }
            for method, invert in methods.items():
                rows.append(measure(method, kind, name, invert, spots, test, centre))
            few = min(inverse_transform_points, kept_out)
            if kind == "umap" and few:
                # Last, because it changes the fitted model.
                invert = library.inverse_transform
                rows.append(measure("ours, same few", kind, name, tuned, spots[:few], test[:few], centre))
                rows.append(measure("umap.inverse_transform", kind, name, invert, spots[:few], test[:few], centre))
            print(f"{name} {kind}: chosen {tuned.choice}", flush=True)
    return rows


def _measure(
    method: str,
    kind: str,
    name: str,
    invert: Callable[[np.ndarray], np.ndarray],
    spots: np.ndarray,
    truth: np.ndarray,
    centre: np.ndarray,
    *,
    locate: Locator,
    extent: float,
) -> Row:
    started = time.perf_counter()
    guess = invert(spots)
    milliseconds = 1e3 * (time.perf_counter() - started) / len(spots)
    missed = float(np.linalg.norm(locate(guess) - spots, axis=1).mean()) / extent
    return Row(method, kind, name, r2(guess, truth, centre), milliseconds, len(spots), missed)


def _fit_tsne(train: np.ndarray, test: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray, Any]:
    import openTSNE

    fitted = openTSNE.TSNE(random_state=seed, n_jobs=2).fit(train)
    # `transform` centres the map in place: both must be taken after it, or the spots belong to another frame.
    spots = np.asarray(fitted.transform(test), dtype=np.float32)
    return np.array(fitted, dtype=np.float32), spots, fitted


def _fit_umap(train: np.ndarray, test: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray, Any]:
    import umap

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="n_jobs value", category=UserWarning)
        fitted = umap.UMAP(random_state=seed).fit(train)
        return fitted.embedding_.astype(np.float32), fitted.transform(test).astype(np.float32), fitted


_FITS = {"tsne": _fit_tsne, "umap": _fit_umap}


def gaussian(size: int = 5000, latent_dim: int = 10, seed: int = 0) -> np.ndarray:
    """Isotropic latents: nothing but the map's own neighbourhoods to go by."""
    return np.random.default_rng(seed).normal(size=(size, latent_dim)).astype(np.float32)


def digits(latent_dim: int = 10) -> np.ndarray:
    """Principal components of the scikit-learn digits, in units of the first one's deviation."""
    from sklearn.datasets import load_digits
    from sklearn.decomposition import PCA

    parts = PCA(latent_dim, random_state=0).fit_transform(load_digits().data)
    return np.asarray(parts / parts[:, 0].std(), dtype=np.float32)


def demo_latents(name: str) -> np.ndarray:
    """Encodings of a shipped demo."""
    import vae_core

    return np.asarray(vae_core.demo(name).mean)


def table(rows: Sequence[Row]) -> str:
    """Return rows as text, one line a method."""
    lines = [f"{'method':<24}{'map':<6}{'latents':<12}{'R²':>8}{'missed':>9}{'ms/point':>12}{'points':>8}"]
    lines += [
        f"{row.method:<24}{row.map:<6}{row.latents:<12}{row.r2:>8.4f}{row.missed:>9.2%}{row.milliseconds:>12.3f}{row.points:>8}"
        for row in rows
    ]
    return "\n".join(lines)


def shortfalls(rows: Sequence[Row]) -> list[str]:
    """Return a sentence for every place where ours is not what is owed."""
    found = {(row.latents, row.map, row.method): row.r2 for row in rows}
    sentences = []
    for (latents, kind, method), value in found.items():
        if method in ("neighbour mean (10)", "local affine fit (40)"):
            if (ours := found[latents, kind, "ours"]) < value:
                sentences.append(f"{latents} {kind}: ours {ours:.4f} is below {method} {value:.4f}")
        elif method == "umap.inverse_transform":
            ours = found[latents, kind, "ours, same few"]
            if ours < value + 0.05:
                sentences.append(f"{latents} {kind}: ours {ours:.4f} is less than 0.05 above {method} {value:.4f}")
    return sentences


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; exit code 1 where something owed is missed."""
    parser = argparse.ArgumentParser(description="Compare inverses of t-SNE and UMAP maps.")
    parser.add_argument("--sets", nargs="*", default=["gaussian"], help="gaussian, digits, fashion, sprites")
    parser.add_argument("--latents", nargs="*", type=Path, default=[], help="arrays: .npy, or .npz with 'mean'")
    parser.add_argument("--maps", nargs="*", default=["tsne", "umap"], choices=["tsne", "umap"])
    parser.add_argument("--size", type=int, default=3000)
    parser.add_argument("--held-out", type=int, default=500)
    parser.add_argument("--inverse-transform-points", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    makers: dict[str, Callable[[], np.ndarray]] = {
        "gaussian": lambda: gaussian(options.size + options.held_out),
        "digits": digits,
        "fashion": lambda: demo_latents("fashion"),
        "sprites": lambda: demo_latents("sprites"),
    }
    sets = {name: makers[name]() for name in options.sets}
    for path in options.latents:
        arrays = np.load(path, allow_pickle=False)
        sets[path.stem] = arrays["mean"] if path.suffix == ".npz" else arrays
    rows = run(sets, options.size, options.held_out, options.inverse_transform_points, options.maps, options.seed)
    print(table(rows))
    missed = shortfalls(rows)
    print("\n".join(missed) or "all that is owed is reached")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
