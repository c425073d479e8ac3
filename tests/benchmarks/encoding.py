"""Encoding a data set, against a plain loop over the same model."""

from __future__ import annotations

import time

import numpy as np
import torch

import vae_core
from tests.benchmarks.table import Row, median
from vae_core.model import VAE
from vae_core.space.encodings.encode import encode

OWED = 1.10
_CHUNK = 5000


def plain_loop(model: VAE, images: np.ndarray, batch_size: int = 512) -> tuple[torch.Tensor, torch.Tensor]:
    """Encode as a notebook does."""
    means, logvars = [], []
    with torch.inference_mode():
        for start in range(0, len(images), batch_size):
            posterior = model.encode(torch.from_numpy(images[start : start + batch_size]).float() / 255)
            means.append(posterior.mean)
            logvars.append(posterior.logvar)
    return torch.cat(means), torch.cat(logvars)


def run(items: int) -> list[Row]:
    """Encode Fashion-MNIST with the default demo's model.

    In parts of 5,000 images, each encoded both ways one straight after the other, every other part the other way round:
    the ratio is the median over the parts, the seconds are the sums. Both ways must agree.
    """
    model = vae_core.demo("fashion").model
    assert isinstance(model, VAE)
    data = vae_core.load_data("fashion-mnist:all" if items > 10_000 else "fashion-mnist:test")
    items = min(items, len(data))
    encode(model, data.take(slice(0, 1024)))
    plain_loop(model, data.values[:1024])
    ours: list[float] = []
    plain: list[float] = []
    for part, start in enumerate(range(0, items, _CHUNK)):
        chunk = data.take(slice(start, min(start + _CHUNK, items)))
        for turn in (part % 2, 1 - part % 2):
            begun = time.perf_counter()
            if turn:
                mean, _ = encode(model, chunk)
                ours.append(time.perf_counter() - begun)
            else:
                expected, _ = plain_loop(model, chunk.values)
                plain.append(time.perf_counter() - begun)
        if not np.allclose(mean, expected.numpy(), atol=1e-4):
            raise RuntimeError("the two ways of encoding disagree")
    ratio = median([a / b for a, b in zip(ours, plain, strict=True)])
    return [
        Row(f"encoding {items:,} images, ours / plain loop", f"{sum(ours):.1f} s", f"{sum(plain):.1f} s", ratio,
            f"≤ {OWED}", ratio <= OWED)
    ]  # fmt: skip
