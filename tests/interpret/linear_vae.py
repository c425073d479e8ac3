"""Linear VAEs: probabilistic PCA, whose likelihood and posterior are known exactly (Tipping & Bishop 1999)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import torch
from torch import Tensor
from torch.distributions import Distribution, Normal

from vae_core.data.dataset import Dataset
from vae_core.model.protocol import Capabilities, Posterior
from vae_core.space import LatentSpace

FEATURES = 5
SCALE = 0.6


class LinearVAE:
    """p(z) = N(m, s²), p(x|z) = N(Wz, 0.36), columns of W orthogonal; q(z|x) exact but for its width."""

    def __init__(
        self, stretch: float = 1.0, prior: tuple[float, float] = (0.0, 1.0), variance: bool = True, columns: int = 3
    ) -> None:
        self.fingerprint = f"linear {stretch} {prior} {variance}"
        basis, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(FEATURES, FEATURES)))
        self.weight = basis[:, :columns] * np.array([1.7, 0.9, 0.4])[:columns]
        self.centre, self.spread = prior
        precision = np.square(self.weight).sum(axis=0) / SCALE**2 + 1 / self.spread**2
        self.variance = 1 / precision
        self.stretched = self.variance * stretch**2
        self.latent_dim, self.sample_shape = columns, (FEATURES,)
        self.can = Capabilities(variance=variance)
        self.prior: Distribution = Normal(torch.full((columns,), prior[0]), torch.full((columns,), prior[1]))

    def encode(self, x: Tensor) -> Posterior:
        told = x.double().numpy() @ self.weight / SCALE**2 + self.centre / self.spread**2
        mean = torch.from_numpy((told * self.variance).astype(np.float32))
        return Posterior(mean, torch.from_numpy(np.log(self.stretched).astype(np.float32)).expand_as(mean))

    def likelihood(self, z: Tensor) -> Distribution:
        return Normal(z @ torch.from_numpy(self.weight.T.astype(np.float32)), SCALE)

    def log_marginal(self, x: np.ndarray) -> np.ndarray:
        from scipy.stats import multivariate_normal

        covariance = self.spread**2 * self.weight @ self.weight.T + SCALE**2 * np.eye(FEATURES)
        told: np.ndarray = multivariate_normal(self.weight.sum(axis=1) * self.centre, covariance).logpdf(x)
        return told


def opened(model: LinearVAE, count: int = 300) -> LatentSpace:
    random = np.random.default_rng(7)
    z = model.centre + model.spread * random.normal(size=(count, model.latent_dim))
    values = z @ model.weight.T + SCALE * random.normal(size=(count, FEATURES))
    table = pd.DataFrame(index=pd.RangeIndex(count, name="item"))
    return LatentSpace.build(model, Dataset(values.astype(np.float32), "vector", (-20.0, 20.0), table, "linear"))
