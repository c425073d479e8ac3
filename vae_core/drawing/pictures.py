"""What a decoder says, for the eye: images as the bytes of their pixels, vectors and series as they are."""

from __future__ import annotations

import numpy as np

from vae_core.data.dataset import Dataset
from vae_core.space.latent_space import LatentSpace
from vae_core.space.probe import decode_means


def image_shape(data: Dataset) -> tuple[int, int, int] | None:
    """Return ``(h, w, c)`` of an image set as it is shown, else None."""
    if data.kind != "image":
        return None
    channels, height, width = data.sample_shape
    return height, width, channels


def to_bytes(values: np.ndarray) -> np.ndarray:
    """Turn pixels in [0, 1], ``[m, c, h, w]``, into uint8 ``[m, h, w, c]``; others are shown as the nearest bound."""
    return np.asarray(np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8).transpose(0, 2, 3, 1))


def to_display(data: Dataset, values: np.ndarray) -> np.ndarray:
    """Return items ``[m, *sample_shape]`` as the page takes them.

    Images come as uint8 ``[m, h, w, c]``, vectors and series as little-endian float32 ``[m, *sample_shape]``.
    """
    return to_bytes(values) if data.kind == "image" else values.astype("<f4")


def decode(space: LatentSpace, z: np.ndarray) -> np.ndarray:
    """Decode latent points ``[m, d]`` to pictures, as of `shown`; see `decode_means`."""
    return to_display(space.data, decode_means(space, z))


def originals(data: Dataset, index: np.ndarray) -> np.ndarray:
    """Return items as pictures, as of `shown`."""
    return to_display(data, data.batch(index))


def reduced(pixels: np.ndarray, longest: int) -> np.ndarray:
    """Average blocks of pixels, uint8 ``[m, h, w, c]``, until neither side is longer than `longest`.

    The blocks are squares; those at the lower and right ends that are not whole are left out.
    """
    _, height, width, _ = pixels.shape
    by = -(-max(height, width) // longest)
    if by == 1:
        return pixels
    high, wide = max(1, height // by), max(1, width // by)
    within = pixels[:, : high * by, : wide * by]
    blocks = within.reshape(len(pixels), high, within.shape[1] // high, wide, within.shape[2] // wide, -1)
    return np.asarray(np.rint(blocks.mean(axis=(2, 4))).astype(np.uint8))
