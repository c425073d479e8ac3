"""Spaces that studies meet and were not made for: each has something missing, constant, single or far too much."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import torch

from tests.small_spaces import small_model
from tests.space.conftest import LinearModel
from vae_core import Dataset, LatentSpace, VAEConfig
from vae_core.model.decoder_alone import DecoderAlone
from vae_core.space.encodings.prior_samples import prior_samples

SIZE = 6


def _linear(count: int = 80, d: int = 4, table: dict[str, object] | None = None, variance: bool = True) -> LatentSpace:
    model = LinearModel(d, SIZE, variance=variance)
    values = np.random.default_rng(1).normal(size=(count, SIZE)).astype(np.float32)
    return LatentSpace.build(model, _data(values, "vector", table or {}))


def _data(values: np.ndarray, kind: str, table: dict[str, object]) -> Dataset:
    frame = pd.DataFrame(table, index=pd.RangeIndex(len(values), name="item"))
    return Dataset(values, kind, (-10.0, 10.0), frame, "hard")  # type: ignore[arg-type]


def _all_off() -> LatentSpace:
    space = _linear()
    model = LinearModel(4, SIZE)
    model.encoder = torch.zeros_like(model.encoder)
    model.logvar = torch.zeros(4)
    return LatentSpace.build(model, space.data)


def _many_classes() -> LatentSpace:
    count = 10_000
    model = small_model(VAEConfig((2,), 2, architecture="mlp", hidden=(4,), likelihood="gaussian"))
    values = np.random.default_rng(1).normal(size=(count, 2)).astype(np.float32)
    names = np.random.default_rng(2).permutation([f"class {i}" for i in range(5_000)] * 2)
    return LatentSpace.build(model, _data(values, "vector", {"label": names, "id": [f"x{i}" for i in range(count)]}))


def _decoder_alone() -> LatentSpace:
    decoder = DecoderAlone(small_model(VAEConfig((1, 8, 8), 3, channels=(4,), likelihood="gaussian")))
    return LatentSpace.build(decoder, prior_samples(decoder, 60))


def _empty_pictures() -> LatentSpace:
    pixels = np.zeros((40, 1, 8, 8), dtype=np.uint8)
    model = small_model(VAEConfig((1, 8, 8), 3, channels=(4,)))
    return LatentSpace.build(model, Dataset(pixels, "image", (0, 255), pd.DataFrame(index=range(40)), "empty"))


def _series() -> LatentSpace:
    values = np.random.default_rng(1).normal(size=(50, 2, 16)).astype(np.float32)
    model = small_model(VAEConfig((2, 16), 3, architecture="mlp", hidden=(8,), likelihood="gaussian"))
    return LatentSpace.build(model, _data(values, "series", {"label": ["a", "b"] * 25}))


HOSTILE = '<script>alert("x")</script> & \'"'

HARD: dict[str, Callable[[], LatentSpace]] = {
    "no labels": _linear,
    "one class": lambda: _linear(table={"label": ["only"] * 80}),
    "a constant column": lambda: _linear(table={"same": np.ones(80), "label": np.arange(80) % 2}),
    "missing values": lambda: _linear(
        table={
            "label": [None if i % 3 else i % 2 for i in range(80)],
            "size": [np.nan if i % 2 else float(i) for i in range(80)],
            "lost": [None] * 80,
        }
    ),
    "thousands of categories": _many_classes,
    "one latent dimension": lambda: _linear(d=1, table={"label": np.arange(80) % 3}),
    "512 latent dimensions": lambda: _linear(count=60, d=512, table={"label": np.arange(60) % 3}),
    "no variance": lambda: _linear(variance=False, table={"label": np.arange(80) % 3}),
    "a decoder alone": _decoder_alone,
    "three items": lambda: _linear(count=3, table={"label": [0, 1, 0]}),
    "two items": lambda: _linear(count=2),
    "everything off": _all_off,
    "empty pictures": _empty_pictures,
    "series": _series,
    "hostile names": lambda: _linear(table={HOSTILE: [HOSTILE, "b"] * 40, "n": np.arange(80.0)}),
}
