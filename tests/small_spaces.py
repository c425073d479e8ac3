"""Three tiny spaces: grey pictures, colour pictures, vectors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch

from vae_core import VAE, Dataset, LatentSpace, VAEConfig


def small_model(config: VAEConfig, seed: int = 0) -> VAE:
    """A VAE whose weights are drawn under a seed and whose latents spread over a few units."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = VAE(config).eval()
        with torch.no_grad():
            for weight in model.parameters():
                weight.mul_(3)
    return model


@pytest.fixture(scope="session")
def grey() -> LatentSpace:
    table = pd.DataFrame(
        {
            "label": pd.Categorical.from_codes(np.arange(60) % 3, ["ankle boot", "bag", "coat"]),
            "digit": np.arange(60) % 10,
            "size": np.linspace(0, 1, 60),
            "note": [f"Picture No. {i}" if i % 7 else None for i in range(60)],
        },
        index=pd.Index([f"item-{i:03d}" for i in range(60)], name="item"),
    )
    pixels = np.random.default_rng(0).integers(0, 256, (60, 1, 8, 8), dtype=np.uint8)
    data = Dataset(pixels, "image", (0, 255), table, "grey")
    return LatentSpace.build(small_model(VAEConfig((1, 8, 8), 4, channels=(4,), likelihood="gaussian")), data)


@pytest.fixture(scope="session")
def colour() -> LatentSpace:
    pixels = np.random.default_rng(1).random((20, 3, 9, 7), dtype=np.float32)
    table = pd.DataFrame(index=pd.RangeIndex(20, name="item"))
    data = Dataset(pixels, "image", (0.0, 1.0), table, "colour")
    return LatentSpace.build(small_model(VAEConfig((3, 9, 7), 2, channels=(4,))), data)


@pytest.fixture(scope="session")
def vectors() -> LatentSpace:
    values = np.random.default_rng(2).normal(size=(30, 5)).astype(np.float32)
    table = pd.DataFrame({"label": np.arange(30) % 2}, index=pd.RangeIndex(30, name="item"))
    data = Dataset(values, "vector", (-9.0, 9.0), table, "vectors")
    config = VAEConfig((5,), 3, architecture="mlp", hidden=(8,), likelihood="gaussian")
    return LatentSpace.build(small_model(config), data)
