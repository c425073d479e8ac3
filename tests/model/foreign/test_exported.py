"""Encoder and decoder as files: ONNX, and TorchScript under trust."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from vae_core import Dataset, InputError, load_model
from vae_core.model import VAE


def assert_same(found: object, trained: VAE, few: Dataset) -> None:
    """Assert that rate and reconstruction are those of the model the files were made of."""
    x = torch.from_numpy(few.batch(slice(0, 100)))
    with torch.inference_mode():
        posterior, wanted = found.encode(x), trained.encode(x)  # type: ignore[attr-defined]
        decoded = found.likelihood(wanted.mean).mean  # type: ignore[attr-defined]
        pictures = trained.likelihood(wanted.mean).mean
    torch.testing.assert_close(posterior.mean, wanted.mean, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(posterior.logvar, wanted.logvar, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(decoded, pictures, rtol=1e-4, atol=1e-4)


def test_an_onnx_pair_is_the_model_it_was_made_of(onnx_pair: Path, trained: VAE, few: Dataset) -> None:
    for spec in (str(onnx_pair), f"{onnx_pair}/encoder.onnx,{onnx_pair}/decoder.onnx"):
        found = load_model(spec, "cpu", data=few)
        assert (found.latent_dim, found.sample_shape) == (16, (1, 28, 28))
        assert not found.can.differentiable and found.can.variance
        assert_same(found, trained, few)


def test_a_torchscript_pair_is_opened_under_trust_only(torchscript_pair: Path, trained: VAE, few: Dataset) -> None:
    with pytest.raises(InputError, match="is code and runs when opened.*--trust"):
        load_model(torchscript_pair, "cpu", data=few)
    found = load_model(torchscript_pair, "cpu", data=few, trust=True)
    assert found.can.differentiable
    assert_same(found, trained, few)
    again = load_model(torchscript_pair, "cpu", data=few, trust=True)
    assert found.fingerprint == again.fingerprint


def test_files_that_are_no_models(onnx_pair: Path, torchscript_pair: Path, tmp_path: Path, few: Dataset) -> None:
    nonsense = tmp_path / "encoder.onnx"
    nonsense.write_bytes(b"nonsense" * 100)
    weights = tmp_path / "weights.pt"
    torch.save({"weight": torch.zeros(3)}, weights)
    np.save(tmp_path / "x.npy", np.zeros(3))
    told = {
        f"{nonsense},{onnx_pair}/decoder.onnx": "cannot be opened as ONNX",
        f"{tmp_path}/none.onnx,{onnx_pair}/decoder.onnx": "not found",
        f"{onnx_pair}/encoder.onnx,{torchscript_pair}/decoder.pt": "two kinds",
        f"{weights},{weights}": "not a TorchScript",
        str(weights): "--model file.py:function --weights weights.pt",
        f"{onnx_pair}/decoder.onnx": "give the encoder too, or leave out the data",
        f"{tmp_path}/x.npy": "not a model",
    }
    for spec, words in told.items():
        with pytest.raises(InputError, match=words):
            load_model(spec, "cpu", data=few)
    wrong = Dataset(few.values[..., :20], "image", few.value_range, few.table, "narrow")
    with pytest.raises(InputError, match="takes no items of narrow"):
        load_model(onnx_pair, "cpu", data=wrong)
