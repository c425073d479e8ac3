"""Models trained and saved by pythae and made by diffusers: opened with no further option, figure for figure theirs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from vae_core import Dataset, InputError, LatentSpace, load_model
from vae_core.data import from_arrays

pytestmark = pytest.mark.filterwarnings("ignore")  # of the other libraries


def train(folder: Path, data: Dataset, loss: str) -> Path:
    from pythae.models import VAE, VAEConfig
    from pythae.pipelines import TrainingPipeline
    from pythae.trainers import BaseTrainerConfig

    torch.manual_seed(0)
    model = VAE(VAEConfig(input_dim=data.sample_shape, latent_dim=5, reconstruction_loss=loss))
    x = data.batch(slice(None))
    settings = BaseTrainerConfig(output_dir=str(folder), num_epochs=3, per_device_train_batch_size=100)
    TrainingPipeline(training_config=settings, model=model)(train_data=x, eval_data=x[:100])
    (saved,) = folder.glob("*/final_model")
    return saved


@pytest.fixture(scope="module", params=["mse", "bce"])
def saved(request: pytest.FixtureRequest, few: Dataset, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A ``final_model`` folder, and the loss it was trained with."""
    return train(tmp_path_factory.mktemp(request.param), few, request.param), request.param


def test_a_pythae_model_opens_with_no_further_option(saved: tuple[Path, str], few: Dataset) -> None:
    from pythae.data.datasets import DatasetOutput
    from pythae.models import AutoModel

    folder, loss = saved
    found = load_model(folder, "cpu", data=few)
    space = LatentSpace.build(found, few)
    theirs = AutoModel.load_from_folder(str(folder)).eval()
    x = torch.from_numpy(few.batch(slice(None)))
    with torch.inference_mode():
        encoded = theirs.encoder(x)
        recon = theirs.decoder(encoded.embedding)["reconstruction"]
        _, error, kld = theirs.loss_function(recon, x, encoded.embedding, encoded.log_covariance, None)
        ours = found.likelihood(found.encode(x).mean)
        log_prob = -ours.log_prob(x).flatten(1).sum(1).mean()
    assert float(space.rate.sum(1).mean()) == pytest.approx(float(kld), rel=1e-4)
    # Its squared error leaves out the constant of the Gaussian.
    constant = 0.5 * 784 * np.log(2 * np.pi) if loss == "mse" else 0.0
    assert float(log_prob) - constant == pytest.approx(float(error), rel=1e-4)
    torch.testing.assert_close(ours.mean, recon, rtol=1e-4, atol=1e-5)
    assert theirs(DatasetOutput(data=x)).recon_x.shape == x.shape
    assert found.fingerprint == load_model(folder, "cpu", data=few).fingerprint
    alone = load_model(folder, "cpu")
    assert (alone.latent_dim, alone.sample_shape, alone.can.encode) == (5, (1, 28, 28), False)
    with torch.inference_mode():
        torch.testing.assert_close(alone.likelihood(encoded.embedding).mean, recon, rtol=1e-4, atol=1e-5)


def copied(folder: Path, to: Path, change: Callable[[dict[str, Any]], None] | None = None) -> Path:
    for file in ("model_config.json", "model.pt"):
        (to / file).write_bytes((folder / file).read_bytes())
    if change is not None:
        config = json.loads((to / "model_config.json").read_text())
        change(config)
        (to / "model_config.json").write_text(json.dumps(config))
    return to


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda config: config.update(latent_dim=6), "encoder.embedding.weight is missing or not"),
        (lambda config: config.update(name="VAMPConfig"), "is a VAMP of pythae"),
        (lambda config: config.update(input_dim=[1, 28, 28, 10**9]), "whole numbers of a usual size"),
        (lambda config: config.update(input_dim="28"), "whole numbers of a usual size"),
        (lambda config: config.update(input_dim=[3, 28, 28]), "is missing or not"),
    ],
)
def test_a_pythae_folder_that_does_not_fit_is_refused(
    saved: tuple[Path, str], few: Dataset, tmp_path: Path, change: Callable[[dict[str, Any]], None], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        load_model(copied(saved[0], tmp_path, change), "cpu", data=few)


def test_networks_of_ones_own_need_trust(few: Dataset, tmp_path: Path) -> None:
    from pythae.models import VAE, VAEConfig
    from pythae.models.nn.default_architectures import Encoder_VAE_MLP

    class Own(Encoder_VAE_MLP):
        pass

    torch.manual_seed(0)
    config = VAEConfig(input_dim=(1, 28, 28), latent_dim=4)
    model = VAE(config, encoder=Own(config))
    model.save(str(tmp_path / "own"))
    with pytest.raises(InputError, match=r"pickled code.*--trust"):
        load_model(tmp_path / "own", "cpu", data=few)
    found = load_model(tmp_path / "own", "cpu", data=few, trust=True, posterior="mean,logvar")
    x = torch.from_numpy(few.batch(slice(0, 9)))
    with torch.inference_mode():
        torch.testing.assert_close(found.encode(x).mean, model.eval().encoder(x).embedding)


@pytest.fixture(scope="module")
def kl_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small AutoencoderKL with random weights, saved by diffusers."""
    from diffusers import AutoencoderKL

    torch.manual_seed(0)
    model: Any = AutoencoderKL(
        in_channels=3,
        out_channels=3,
        down_block_types=("DownEncoderBlock2D", "DownEncoderBlock2D"),
        up_block_types=("UpDecoderBlock2D", "UpDecoderBlock2D"),
        block_out_channels=(8, 8),
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=4,
        sample_size=16,
    )
    folder = tmp_path_factory.mktemp("kl")
    model.save_pretrained(str(folder))
    return folder


def test_an_autoencoder_kl_opens_with_no_further_option(kl_folder: Path) -> None:
    from diffusers import AutoencoderKL

    pictures = np.random.default_rng(0).integers(0, 256, (40, 3, 16, 16), dtype=np.uint8)
    data = from_arrays(pictures, name="colours")
    found = load_model(kl_folder, "cpu", data=data)
    assert found.latent_dim == 4 * 8 * 8
    space = LatentSpace.build(found, data)
    theirs = AutoencoderKL.from_pretrained(str(kl_folder)).eval()
    x = torch.from_numpy(data.batch(slice(None)))
    with torch.inference_mode():
        latent = theirs.encode(2 * x - 1).latent_dist
        recon = theirs.decode(latent.mean).sample
        error = ((recon - (2 * x - 1)) ** 2).flatten(1).sum(1).mean()
        ours = found.likelihood(found.encode(x).mean).mean
    alone = load_model(kl_folder, "cpu")
    assert (alone.latent_dim, alone.sample_shape, alone.can.encode) == (4 * 8 * 8, (3, 16, 16), False)
    assert float(space.rate.sum(1).mean()) == pytest.approx(float(latent.kl().mean()), rel=1e-4)
    assert 4 * float(((ours - x) ** 2).flatten(1).sum(1).mean()) == pytest.approx(float(error), rel=1e-4)


def test_other_models_of_diffusers_and_damaged_ones_are_refused(kl_folder: Path, tmp_path: Path, few: Dataset) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"_class_name": "UNet2DModel"}))
    with pytest.raises(InputError, match="UNet2DModel of diffusers"):
        load_model(tmp_path, "cpu", data=few)
    (tmp_path / "config.json").write_bytes((kl_folder / "config.json").read_bytes())
    with pytest.raises(InputError, match="safetensors is not there"):
        load_model(tmp_path, "cpu", data=few)
    (tmp_path / "diffusion_pytorch_model.safetensors").write_bytes(b"\xff" * 64)
    with pytest.raises(InputError, match="cannot be opened by diffusers"):
        load_model(tmp_path, "cpu", data=few)
