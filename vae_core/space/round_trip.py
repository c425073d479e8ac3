"""Decoded and encoded again: whether a latent point comes back to where it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from vae_core.space.encode import evaluating
from vae_core.space.trust import TrustScale, beyond

if TYPE_CHECKING:
    from vae_core.model.protocol import LatentModel

_SAMPLED = 500
_TOGETHER = 256


def encoded_again(model: LatentModel, z: np.ndarray) -> np.ndarray:
    """Return the posterior means ``[m, d]`` of the decoded means of latent points ``[m, d]``."""
    found = np.empty(z.shape, dtype=np.float32)
    with evaluating(model) as device, torch.inference_mode():
        for start in range(0, len(z), _TOGETHER):
            part = slice(start, start + _TOGETHER)
            pictures = model.likelihood(torch.from_numpy(np.array(z[part], dtype=np.float32)).to(device)).mean
            found[part] = model.encode(pictures).mean.detach().float().cpu().numpy()
    return found


def usual_round_trips(model: LatentModel, mean: np.ndarray, scale: TrustScale) -> np.ndarray:
    """Return ``[101]`` float32 percentiles of how far the items ``[n, d]`` come back from themselves, over 500 of them.

    Lengths are weighted as in `TrustScale`.
    """
    rows = np.unique(np.linspace(0, len(mean) - 1, min(len(mean), _SAMPLED)).astype(np.int64))
    away = scale.length(encoded_again(model, mean[rows]) - mean[rows])
    return np.percentile(away, np.arange(101)).astype(np.float32)


def round_trip_score(away: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + t³), t = max(a − a_90, 0) / (a_99 − a_90), a how far points come back from where they were.

    Parameters
    ----------
    away : ndarray
        ``[m]`` weighted lengths; what is not finite scores 0.
    usual : ndarray
        Percentiles over the items, see `usual_round_trips`.
    """
    low, remote = float(usual[90]), float(usual[99])
    step = beyond(np.nan_to_num(away, nan=np.inf, posinf=1e30), low, remote, max(1e-3 * remote, 1e-6))
    return (1 / (1 + step**3)).astype(np.float32)
