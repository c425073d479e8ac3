"""Inverses of t-SNE and UMAP maps that were tried and are not shipped, kept for the comparison."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vae_core.space.maps.inverse import Inverse, closeness, smoother

Invert = Callable[[np.ndarray], np.ndarray]
Locate = Callable[[np.ndarray], np.ndarray]

_STEPS = 3
_STEP = 0.5


def density_weighted(points: np.ndarray, mean: np.ndarray, ours: Inverse) -> Invert:
    """Return our regression with each neighbour weighing as much as its surroundings on the map are dense."""
    from scipy.spatial import cKDTree

    tree = cKDTree(points)
    apart = tree.query(points, k=[6])[0][:, 0]
    usual = float(np.median(apart))
    density = usual / np.maximum(apart, 1e-9 * np.ptp(points))
    count = min(int(ours.choice["count"]), len(points))
    width = max(float(ours.choice["width"]), 1e-6) * usual
    ridge = float("inf") if ours.choice["ridge"] is None else float(ours.choice["ridge"])

    def invert(spots: np.ndarray) -> np.ndarray:
        at = np.asarray(spots, dtype=np.float64)
        distance, index = tree.query(at, k=np.arange(1, count + 1))
        weight = closeness(distance, width) * density[index]
        weight /= weight.sum(axis=1, keepdims=True)
        return np.asarray(np.einsum("mk,mkd->md", smoother(at, points[index], weight, ridge), mean[index]))

    return invert


def refined(invert: Invert, locate: Locate) -> Invert:
    """Return an inverse of spots moved against the miss of ``locate(invert(xy))``, three times by half of it."""

    def better(spots: np.ndarray) -> np.ndarray:
        wanted = np.asarray(spots, dtype=np.float64)
        aim, best = wanted, invert(wanted)
        z, missed = best, np.linalg.norm(locate(best) - wanted, axis=1)
        for _ in range(_STEPS):
            aim = aim + _STEP * (wanted - locate(z))
            z = invert(aim)
            now = np.linalg.norm(locate(z) - wanted, axis=1)
            best = np.where((now < missed)[:, None], z, best)
            missed = np.minimum(now, missed)
        return best

    return better


def latent_mode(points: np.ndarray, mean: np.ndarray, ours: Inverse) -> Invert:
    """Return a mode of the neighbours in latent space, where ours takes their mean: mean-shift steps from there."""
    from scipy.spatial import cKDTree

    tree = cKDTree(points)
    usual = float(np.median(tree.query(points, k=[6])[0]))
    count = min(int(ours.choice["count"]), len(points))

    def invert(spots: np.ndarray) -> np.ndarray:
        distance, index = tree.query(np.asarray(spots, dtype=np.float64), k=np.arange(1, count + 1))
        weight = closeness(distance, max(float(ours.choice["width"]), 1e-6) * usual)
        values, z = mean[index].astype(np.float64), ours(spots).astype(np.float64)
        for _ in range(6):
            away = np.square(values - z[:, None]).sum(axis=2)
            pull = weight / (1 + away / np.maximum(np.median(away, axis=1, keepdims=True), 1e-30)) ** 2
            z = np.einsum("mk,mkd->md", pull, values) / pull.sum(axis=1, keepdims=True)
        return z

    return invert
