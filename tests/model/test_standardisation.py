from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.preprocessing import StandardScaler

from vae_core import VAE, Dataset, InputError, VAEConfig, load_data
from vae_core.__main__ import main
from vae_core.model import load_checkpoint, save_checkpoint
from vae_core.model.standardisation import Standardisation


def standardised(data: Dataset) -> tuple[VAE, Standardisation]:
    shape = data.sample_shape
    model = VAE(VAEConfig(shape, 2, "mlp", hidden=(8,), likelihood="gaussian", scale=0.5, standardised=True)).eval()
    assert model.standard is not None
    model.standard.measure(data)
    return model, model.standard


def test_columns_are_seen_as_scikit_learn_scales_them() -> None:
    data = load_data("breast-cancer")
    _, standard = standardised(data)
    seen = standard.give(torch.from_numpy(data.values))
    np.testing.assert_allclose(seen, StandardScaler().fit_transform(data.values.astype("f8")), atol=2e-4)


def test_the_likelihood_is_that_of_the_datas_own_units() -> None:
    """p(x) dx = p(u) du with u = (x − m) / s, so log p(x) = log p(u) − Σ log s."""
    data = load_data("wine")
    model, standard = standardised(data)
    z, x = torch.randn(5, 2), torch.from_numpy(data.values[:5])
    likelihood = model.likelihood(z)
    inner = torch.distributions.Normal(model.decoder(z), 0.5)
    wanted = inner.log_prob(standard.give(x)).sum(1) - standard.spread.log().sum()
    torch.testing.assert_close(likelihood.log_prob(x).sum(1), wanted, rtol=1e-4, atol=1e-3)
    torch.testing.assert_close(likelihood.mean, model.decoder(z) * standard.spread + standard.shift)


def test_each_channel_of_a_series_has_its_own() -> None:
    values = np.random.default_rng(0).normal([[3.0], [50.0]], [[1.0], [20.0]], (70_000, 2, 4)).astype("f4")
    values[:, 1] = 7  # a constant keeps its spread
    data = Dataset(values, "series", (-99, 99), pd.DataFrame(index=range(len(values))), "some")
    _, standard = standardised(data)
    np.testing.assert_allclose(standard.shift[:, 0], values.mean(axis=(0, 2), dtype="f8"), rtol=1e-5)
    np.testing.assert_allclose(standard.spread[:, 0], [values[:, 0].std(dtype="f8"), 1.0], rtol=1e-5)


def test_a_checkpoint_keeps_it_and_older_ones_keep_their_name(tmp_path: Path) -> None:
    model, standard = standardised(load_data("iris"))
    save_checkpoint(model, tmp_path / "iris")
    again = load_checkpoint(tmp_path / "iris")
    assert again.fingerprint == model.fingerprint
    assert again.standard is not None
    torch.testing.assert_close(again.standard.shift, standard.shift)
    assert "standardised" not in VAEConfig((4,), 2, "mlp").to_dict()


@pytest.mark.parametrize("arguments", [{"sample_shape": (1, 8, 8)}, {"sample_shape": (4,), "likelihood": "bernoulli"}])
def test_images_and_bernoulli_values_are_not_standardised(arguments: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="vectors and series"):
        VAEConfig(**{"likelihood": "gaussian", "architecture": "mlp", **arguments}, standardised=True)


def test_a_table_is_trained_on_standardised_unless_it_is_not_to_be(tmp_path: Path) -> None:
    common = ["train", "--data", "iris", "--latent-dim", "2", "--hidden", "8", "--batch-size", "32"]
    assert main([*common, "--epochs", "3", "--out", str(tmp_path / "iris")]) == 0
    model = load_checkpoint(tmp_path / "iris")
    assert model.standard is not None
    # Nine tenths of the items were trained on.
    np.testing.assert_allclose(model.standard.shift, load_data("iris").values.mean(axis=0), rtol=0.05)
    assert main([*common, "--epochs", "1", "--as-they-are", "--out", str(tmp_path / "raw")]) == 0
    assert load_checkpoint(tmp_path / "raw").standard is None
