"""A tiny linear VAE and data for it: everything about it is known in closed form."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from torch import Tensor
from torch.distributions import Distribution, Normal

from vae_core.data.dataset import Dataset
from vae_core.model.protocol import Capabilities, Posterior
from vae_core.space import LatentSpace


class LinearModel:
    """p(x|z) = N(Wz, s²), q(z|x) = N(Ex, v)."""

    fingerprint = "linear"

    def __init__(self, latent_dim: int = 4, size: int = 6, seed: int = 0, variance: bool = True) -> None:
        random = np.random.default_rng(seed)
        self.weight = torch.from_numpy(random.normal(size=(size, latent_dim)).astype(np.float32))
        self.encoder = torch.linalg.pinv(self.weight)
        self.logvar = torch.linspace(-4, -1, latent_dim)
        self.scale = 0.7
        self.latent_dim = latent_dim
        self.sample_shape = (size,)
        self.can = Capabilities(variance=variance)
        self.prior: Distribution = Normal(torch.zeros(latent_dim), torch.ones(latent_dim))
        self.encoded = 0

    def encode(self, x: Tensor) -> Posterior:
        assert torch.is_inference_mode_enabled()
        self.encoded += len(x)
        mean = x @ self.encoder.T
        return Posterior(mean, self.logvar.expand(len(x), -1))

    def likelihood(self, z: Tensor) -> Distribution:
        return Normal(z @ self.weight.T, self.scale)


def vectors(count: int, size: int = 6, seed: int = 1) -> Dataset:
    values = np.random.default_rng(seed).normal(size=(count, size)).astype(np.float32)
    table = pd.DataFrame({"label": np.arange(count) % 3}, index=pd.RangeIndex(count, name="item"))
    return Dataset(values, "vector", (-10.0, 10.0), table, "vectors")


@pytest.fixture
def model() -> LinearModel:
    return LinearModel()


@pytest.fixture
def data() -> Dataset:
    return vectors(300)


@pytest.fixture
def space(model: LinearModel, data: Dataset, tmp_path: Path) -> LatentSpace:
    return LatentSpace.build(model, data, tmp_path / "space")


@pytest.fixture(scope="session")
def clusters() -> np.ndarray:
    """600 points of five clusters in 8 dimensions."""
    random = np.random.default_rng(5)
    centres = random.normal(size=(5, 8)) * 3
    return (centres[random.integers(0, 5, 600)] + random.normal(size=(600, 8))).astype(np.float32)
