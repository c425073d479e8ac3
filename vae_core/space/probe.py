"""Latent points decoded once, and handed on to whatever looks at them: the picture, its trust, its way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from vae_core.errors import InputError
from vae_core.threads import ALL, computing_with

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

_BATCH = 1024
#: Up to here a team of threads gains nothing, and beside other work its members wait for one another.
_ALONE = 256


def decode_means(space: LatentSpace, z: np.ndarray) -> np.ndarray:
    """Decode latent points.

    Parameters
    ----------
    space : LatentSpace
        The space.
    z : ndarray
        ``[m, d]``.

    Returns
    -------
    ndarray
        ``[m, *sample_shape]`` float32, the means of p(x|z), not clamped: what `vae_core.drawing.pictures.shown` makes
        pictures of, and what `assess_points` encodes again.

    Raises
    ------
    InputError
        If the decoder's answer is not finite.
    """
    parts = []
    device = space.model.prior.mean.device
    with torch.inference_mode(), computing_with(1 if len(z) <= _ALONE else ALL):
        for start in range(0, len(z), _BATCH):
            points = torch.from_numpy(np.array(z[start : start + _BATCH], dtype=np.float32)).to(device)
            try:
                mean = space.model.likelihood(points).mean.detach().float().cpu().numpy()
            except ValueError:  # what torch.distributions raises for parameters that are not finite
                mean = np.full(1, np.nan)
            if not np.isfinite(mean).all():
                raise InputError(
                    "The decoder gives values that are not finite at this latent point; go nearer to the data."
                )
            parts.append(mean)
    return np.concatenate(parts)
