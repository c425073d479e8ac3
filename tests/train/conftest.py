"""A small set of pictures and a small model for it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
import torch

from vae_core.data import Dataset
from vae_core.model import VAE, VAEConfig


class Setting:
    """A data set of blobs in two places and of two sizes, as simple as digits, with fresh models for it."""

    config = VAEConfig((1, 8, 8), latent_dim=2, channels=(4,), hidden=(8,))

    def data(self, count: int = 50, seed: int = 0) -> Dataset:
        """Return grey pictures, uint8."""
        random = np.random.default_rng(seed)
        y, x = np.mgrid[:8, :8]
        place, width = random.uniform(2, 5, (count, 2, 1, 1)), random.uniform(1, 3, (count, 1, 1))
        blobs = 255 * np.exp(-((y - place[:, 0]) ** 2 + (x - place[:, 1]) ** 2) / width)
        values = blobs.astype(np.uint8)[:, None]
        return Dataset(values, "image", (0, 255), pd.DataFrame(index=pd.RangeIndex(count, name="item")), "blobs")

    def vectors(self, values: np.ndarray) -> Dataset:
        """Return a data set of these vectors."""
        table = pd.DataFrame(index=pd.RangeIndex(len(values), name="item"))
        return Dataset(values, "vector", (float(values.min()), float(values.max())), table, "vectors")

    def model(self, config: VAEConfig | None = None, seed: int = 0) -> VAE:
        """Return a model with the weights of that seed."""
        torch.manual_seed(seed)
        return VAE(config or self.config)


@pytest.fixture
def setting() -> Setting:
    """Data and models."""
    return Setting()


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Keep models this small on one thread; several would only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
