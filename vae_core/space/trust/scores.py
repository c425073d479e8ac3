"""The algebra of trust: scores in [0, 1] from doubts, alone and together. It knows no space."""

from __future__ import annotations

import numpy as np

_FARTHEST = 1e4  # steps; cubes of more overflow


def normalized_excess(values: np.ndarray, usual: float, remote: float, least: float) -> np.ndarray:
    """Return how far values ``[m]`` lie beyond `usual`, in steps from there to `remote` of at least `least`."""
    step = max(remote - usual, least)
    return np.asarray(np.minimum(np.maximum(values.astype(np.float64) - usual, 0) / step, _FARTHEST))


def score_of(excess: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + t³), float32 ``[m]``: 1 where nothing is in excess, 0.5 at one step."""
    return np.asarray(1 / (1 + np.asarray(excess, dtype=np.float64) ** 3), dtype=np.float32)


def combine_scores(*scores: np.ndarray) -> np.ndarray:
    """Return what scores ``[m]`` of the form 1 / (1 + t³) make together: 1 / (1 + Σ t³)."""
    doubt = np.sum([1 / np.maximum(np.asarray(score, dtype=np.float64), 1e-12) - 1 for score in scores], axis=0)
    return np.asarray(1 / (1 + doubt), dtype=np.float32)
