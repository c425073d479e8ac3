"""Anything a person has, opened as a space in one call; every dead end names the way out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

import vae_core
from tests.small_spaces import small_model
from vae_core import Dataset, InputError, LatentSpace, VAEConfig, Workspace
from vae_core.model.checkpoint import save_checkpoint
from vae_core.opening.spaces import reopen
from vae_core.options import ModelOptions


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A checkpoint and an array of pictures on disk."""
    save_checkpoint(small_model(VAEConfig((1, 8, 8), 4, channels=(4,))), tmp_path / "model")
    np.save(tmp_path / "pictures.npy", np.random.default_rng(0).integers(0, 256, (12, 8, 8), dtype=np.uint8))
    return tmp_path / "model", tmp_path / "pictures.npy"


def test_names_and_objects_open_the_same_space(files: tuple[Path, Path], tmp_path: Path) -> None:
    model, data = files
    named = vae_core.open_space(str(model), str(data), workspace=tmp_path / "a")
    opened = vae_core.open_space(
        vae_core.load_model(model), vae_core.load_data(str(data)), workspace=Workspace(tmp_path / "b")
    )
    mixed = vae_core.open_space(model, np.load(data), workspace=tmp_path / "c")
    assert isinstance(named, LatentSpace) and named.fingerprint == opened.fingerprint
    np.testing.assert_array_equal(named.mean, opened.mean)
    np.testing.assert_array_equal(named.mean, mixed.mean)
    assert named.folder is not None and reopen(str(named.folder)).fingerprint == named.fingerprint


def test_without_data_a_decoder_is_opened_alone(files: tuple[Path, Path], tmp_path: Path) -> None:
    for model in (files[0], vae_core.load_model(files[0])):
        space = vae_core.open_space(model, samples=7, workspace=tmp_path)
        assert len(space) == 7 and not space.model.can.encode


def test_options_are_keywords_or_given_whole(files: tuple[Path, Path], tmp_path: Path) -> None:
    module = nn.ModuleDict({"encoder": nn.Flatten(), "decoder": nn.Unflatten(1, (1, 8, 8))})
    pictures = np.load(files[1])
    stated = {"range": "unit", "posterior": "mean", "output": "same"}
    by_words = vae_core.open_space(module, pictures, workspace=tmp_path, **stated)  # type: ignore[arg-type]
    whole = vae_core.open_space(module, pictures, workspace=tmp_path, options=ModelOptions(**stated))  # type: ignore[arg-type]
    assert by_words.fingerprint == whole.fingerprint and by_words.latent_dim == 64
    with pytest.raises(InputError, match="range: given beside options"):
        vae_core.open_space(module, pictures, workspace=tmp_path, options=ModelOptions(), range="unit")
    with pytest.raises(InputError, match="no option 'rnage'"):
        vae_core.open_space(module, pictures, workspace=tmp_path, rnage="unit")


def test_labels_of_a_named_data_set_are_refused_with_the_remedy(files: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="metadata="):
        vae_core.open_space(*files, labels=np.zeros(12, int), workspace=tmp_path)


def test_a_decoder_opened_by_mistake_says_how_to_open_both(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "import torch\n"
        "class Model(torch.nn.Module):\n"
        "    def encode(self, x):\n        return x.flatten(1)[:, :4]\n"
        "    def decode(self, z):\n        return torch.sigmoid(z @ torch.ones(4, 64)).reshape(-1, 1, 8, 8)\n"
    )
    alone = vae_core.load_model(f"{tmp_path / 'mine.py'}:Model", trust=True, latent_dim=4, range="unit")
    pictures = np.random.default_rng(0).random((6, 1, 8, 8), dtype=np.float32)
    data = vae_core.data.from_arrays(pictures)
    assert isinstance(data, Dataset)
    with pytest.raises(InputError, match=r"vae_core\.open_space\(model, data\)"):
        LatentSpace.build(alone, data)
    with pytest.raises(InputError, match=r"vae_core\.open_space\(model, data\)"):
        alone.encode(torch.from_numpy(pictures))
