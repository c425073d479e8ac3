"""The background of pictures: what lies around what they show."""

from __future__ import annotations

import numpy as np

from vae_core.data.dataset import Dataset

#: Items looked at, spread over the set.
SAMPLE = 256


def background_colour(data: Dataset) -> np.ndarray:
    """Estimate the background of a data set of pictures.

    Parameters
    ----------
    data : Dataset
        Of kind "image".

    Returns
    -------
    ndarray
        ``[c]`` float32 in [0, 1]: the median over the outermost pixels of up to 256 items.
    """
    items = np.unique(np.linspace(0, len(data) - 1, min(len(data), SAMPLE)).astype(np.int64))
    pixels = data.batch(items)
    sides = [pixels[:, :, 0], pixels[:, :, -1], pixels[..., 0], pixels[..., -1]]
    rim = np.concatenate([side.swapaxes(0, 1).reshape(pixels.shape[1], -1) for side in sides], axis=1)
    return np.asarray(np.median(rim, axis=1).astype(np.float32))
