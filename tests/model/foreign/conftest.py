"""A trained model of ours to be wrapped as others do, and models made by other libraries."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from tests.model.foreign.wrappings import decode, encode
from vae_core import Dataset, LatentSpace, demo
from vae_core.model import VAE


@pytest.fixture(scope="session")
def fashion() -> LatentSpace:
    return demo("fashion")


@pytest.fixture(scope="session")
def trained(fashion: LatentSpace) -> VAE:
    assert isinstance(fashion.model, VAE)
    return fashion.model


@pytest.fixture(scope="session")
def few(fashion: LatentSpace) -> Dataset:
    """Six hundred of its pictures."""
    return fashion.data.take(np.arange(0, 9000, 15))


class Half(nn.Module):
    """An encoder or a decoder alone, as it is exported."""

    def __init__(self, model: VAE, encoder: bool) -> None:
        super().__init__()
        self.model = model
        self.asked: Callable[[torch.Tensor], Any] = encode(model) if encoder else decode(model)

    def forward(self, x: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, torch.Tensor]:
        answer: torch.Tensor | tuple[torch.Tensor, torch.Tensor] = self.asked(x)
        return answer


@pytest.fixture(scope="session")
def onnx_pair(trained: VAE, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with encoder.onnx and decoder.onnx."""
    folder = tmp_path_factory.mktemp("onnx")
    given = {"encoder": torch.zeros(2, 1, 28, 28), "decoder": torch.zeros(2, 16)}
    for name, x in given.items():
        half = Half(trained, name == "encoder").eval()
        shapes = ({0: "n"},)
        file = folder / f"{name}.onnx"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(half, (x,), file, dynamic_shapes=shapes, dynamo=True, external_data=False, verbose=False)
    return folder


@pytest.fixture(scope="session")
def torchscript_pair(trained: VAE, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with encoder.pt and decoder.pt."""
    folder = tmp_path_factory.mktemp("torchscript")
    given = {"encoder": torch.zeros(2, 1, 28, 28), "decoder": torch.zeros(2, 16)}
    for name, x in given.items():
        half = Half(trained, name == "encoder").eval()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.jit.save(torch.jit.trace(half, (x,)), str(folder / f"{name}.pt"))
    return folder
