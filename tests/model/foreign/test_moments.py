from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.preprocessing import StandardScaler
from torch import Tensor, nn

from vae_core import Dataset, load_data
from vae_core.model import wrap_model
from vae_core.model.foreign.moments import Moments
from vae_core.model.foreign.wrapped import WrappedVAE


@pytest.mark.parametrize(("kind", "shape"), [("image", (3, 4, 5)), ("series", (2, 30)), ("vector", (6,))])
def test_they_are_those_of_all_items(kind: str, shape: tuple[int, ...]) -> None:
    values = np.random.default_rng(0).gamma(2.0, 30.0, (9000, *shape)).clip(0, 255).astype("f4")
    data = Dataset(values, kind, (0.0, 255.0), pd.DataFrame(index=range(9000)), "some")  # type: ignore[arg-type]
    moments = Moments.of(data)
    seen = values.astype("f8") / (255 if kind == "image" else 1)
    others = tuple(axis for axis in range(seen.ndim) if axis != 1)
    np.testing.assert_allclose(moments.means, seen.mean(axis=others), rtol=1e-6)
    np.testing.assert_allclose(moments.deviations, seen.std(axis=others), rtol=1e-6)
    assert moments.mean == pytest.approx(seen.mean(), rel=1e-6)
    assert moments.deviation == pytest.approx(seen.std(), rel=1e-6)


class OnStandardised(nn.Module):
    """A linear VAE of values that StandardScaler has scaled: its posterior is the exact one of probabilistic PCA."""

    def __init__(self, values: np.ndarray, d: int, sigma: float) -> None:
        super().__init__()
        scaled = StandardScaler().fit_transform(values)
        variances, axes = np.linalg.eigh(np.cov(scaled.T))
        loading = axes[:, -d:] * np.sqrt(np.maximum(variances[-d:] - sigma**2, 1e-6))
        whole = loading.T @ loading + sigma**2 * np.eye(d)
        self.loading = nn.Parameter(torch.tensor(loading, dtype=torch.float32))
        self.encoding = nn.Parameter(torch.tensor(np.linalg.solve(whole, loading.T), dtype=torch.float32))
        self.logvar = nn.Parameter(torch.tensor(np.log(np.diag(sigma**2 * np.linalg.inv(whole))), dtype=torch.float32))

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return x @ self.encoding.T, self.logvar.expand(len(x), -1)

    def decode(self, z: Tensor) -> Tensor:
        return z @ self.loading.T


def test_a_model_of_standardised_columns_gives_what_its_owner_computes() -> None:
    """More items than the preflight looks at: mean and deviation must be those of all."""
    data = load_data("breast-cancer")
    values = data.values.astype("f8")
    theirs = OnStandardised(values, 5, 0.4)
    model = wrap_model(theirs, data, posterior="mean,logvar")
    assert isinstance(model, WrappedVAE) and model.convention.range == "standardised-each"
    scaler = StandardScaler().fit(values)
    with torch.inference_mode():
        scaled = torch.tensor(scaler.transform(values), dtype=torch.float32)
        mean, logvar = theirs.encode(scaled)
        posterior = model.encode(torch.tensor(data.values))
        torch.testing.assert_close(posterior.mean, mean, rtol=1e-3, atol=1e-4)
        torch.testing.assert_close(posterior.logvar, logvar)
        likelihood = model.likelihood(mean)
        np.testing.assert_allclose(likelihood.mean, scaler.inverse_transform(theirs.decode(mean)), rtol=1e-4, atol=1e-3)
        # σ is one number in the model's units, so that every column counts alike.
        ratio = likelihood.stddev[0] / torch.tensor(scaler.scale_)
        error = float((theirs.decode(mean) - scaled).square().mean().sqrt())
    assert ratio.std() < 1e-4 * ratio.mean()
    assert float(ratio.mean()) == pytest.approx(error, rel=0.15), "measured on some of the items"
