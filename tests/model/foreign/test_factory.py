"""Python that makes a model: found, trusted, called with arguments and weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from vae_core import Dataset, InputError, load_model
from vae_core.model import VAE
from vae_core.model.foreign.factory import open_factory

SOURCE = """
from pathlib import Path
import torch
from torch import nn
from vae_core.model import VAE, VAEConfig

Path(__file__).with_name("ran").write_text("yes")

class Mine(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.inner = VAE(config)

    def encode(self, x):
        posterior = self.inner.encode(x)
        return torch.stack([posterior.mean, posterior.logvar], dim=2).flatten(1)

    def decode(self, z):
        return self.inner.likelihood(z).mean

def make(channels, latent_dim=2, shape=(1, 28, 28)):
    return Mine(VAEConfig.from_dict({**CONFIG, "channels": channels, "latent_dim": latent_dim}))

def broken():
    raise ValueError("not today")

class Nested:
    make = staticmethod(make)

CONFIG = %s
"""


@pytest.fixture
def file(tmp_path: Path, trained: VAE) -> Path:
    """A file with a function that builds the shipped network, its encoder's mean and log-variance in turn."""
    path = tmp_path / "mine.py"
    path.write_text(SOURCE % repr(json.loads(json.dumps(trained.config.to_dict()))))
    return path


@pytest.fixture
def arguments(trained: VAE) -> dict[str, Any]:
    return {"channels": list(trained.config.channels), "latent_dim": trained.latent_dim}


def state(trained: VAE) -> dict[str, torch.Tensor]:
    return {
        f"inner.{name}": value.clone(memory_format=torch.contiguous_format)
        for name, value in trained.state_dict().items()
    }


@pytest.mark.parametrize("kind", ["safetensors", "pt", "checkpoint"])
def test_a_factory_whose_encoder_interleaves(
    file: Path, arguments: dict[str, Any], trained: VAE, few: Dataset, kind: str
) -> None:
    weights = file.with_name("weights.safetensors" if kind == "safetensors" else "weights.pt")
    if kind == "safetensors":
        save_file(state(trained), weights)
    else:
        torch.save(state(trained) if kind == "pt" else {"epoch": 3, "state_dict": state(trained)}, weights)
    found = load_model(f"{file}:make", "cpu", data=few, trust=True, weights=str(weights), arguments=arguments)
    x = torch.from_numpy(few.batch(slice(0, 100)))
    with torch.inference_mode():
        posterior, wanted = found.encode(x), trained.encode(x)
        decoded, pictures = found.likelihood(wanted.mean).mean, trained.likelihood(wanted.mean).mean
    torch.testing.assert_close(posterior.mean, wanted.mean, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(posterior.logvar, wanted.logvar, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(decoded, pictures, rtol=1e-4, atol=1e-5)


def test_nothing_runs_without_trust(file: Path, few: Dataset) -> None:
    with pytest.raises(InputError, match=r"is Python code.*--trust"):
        load_model(f"{file}:make", "cpu", data=few)
    assert not file.with_name("ran").exists()


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("{file}:nothing", "no function or class 'nothing'"),
        ("{file}:broken", "ValueError: not today"),
        ("{file}:make", "missing 1 required positional argument"),
        ("{folder}/none.py:make", "not found"),
        ("no_such_package.models:make", "cannot be imported"),
        ("{file}:Nested.make", "missing 1 required positional argument"),
    ],
)
def test_a_factory_that_fails_says_so(file: Path, few: Dataset, spec: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        load_model(spec.format(file=file, folder=file.parent), "cpu", data=few, trust=True)


def test_weights_that_do_not_fit(file: Path, arguments: dict[str, Any], trained: VAE, few: Dataset) -> None:
    weights = file.with_name("weights.pt")
    torch.save(state(trained), weights)
    other = {**arguments, "latent_dim": 3}
    with pytest.raises(InputError, match="does not fit"):
        load_model(f"{file}:make", "cpu", data=few, trust=True, weights=str(weights), arguments=other)
    bad = str(file.with_name("none.safetensors"))
    with pytest.raises(InputError, match="damaged or missing"):
        load_model(f"{file}:make", "cpu", data=few, trust=True, weights=bad, arguments=arguments)


def test_a_function_of_an_installed_package(few: Dataset, trained: VAE, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.model.foreign import wrappings

    monkeypatch.setattr(wrappings, "made", lambda: wrappings.Module(trained), raising=False)
    found = load_model("tests.model.foreign.wrappings:made", "cpu", data=few, trust=True)
    assert found.latent_dim == 16


@pytest.mark.parametrize(
    ("kind", "wrapped"),
    [
        ("as they are", lambda state: state),
        ("of Lightning", lambda state: {"state_dict": {f"model.{name}": value for name, value in state.items()}}),
        ("of DataParallel", lambda state: {f"module.{name}": value for name, value in state.items()}),
        ("of torch.compile", lambda state: {f"_orig_mod.{name}": value for name, value in state.items()}),
        (
            "of a compiled part in Lightning, beside a loss",
            lambda state: {
                "epoch": 3,
                "state_dict": {"loss.weight": torch.ones(2)}
                | {f"model._orig_mod.{name}": value for name, value in state.items()},
            },
        ),
    ],
)
@pytest.mark.parametrize("zipped", [True, False])
def test_weights_are_found_under_the_names_trainers_give_them(
    kind: str, wrapped: Any, zipped: bool, tmp_path: Path
) -> None:
    source = tmp_path / "net.py"
    source.write_text(
        "from torch import nn\n"
        "class Net(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.encoder, self.decoder = nn.Linear(4, 2), nn.Linear(2, 4)\n"
    )
    made = torch.nn.ModuleDict({"encoder": torch.nn.Linear(4, 2), "decoder": torch.nn.Linear(2, 4)})
    file = tmp_path / "last.ckpt"
    torch.save(wrapped(made.state_dict()), file, _use_new_zipfile_serialization=zipped)
    (found,) = open_factory(f"{source}:Net", True, file).modules
    for name, value in made.state_dict().items():
        torch.testing.assert_close(found.state_dict()[name], value)
    torch.save({f"other.{name}": value for name, value in made.state_dict().items()}, file)
    with pytest.raises(InputError, match="does not fit"):
        open_factory(f"{source}:Net", True, file)
    file.write_bytes(file.read_bytes()[:200])
    with pytest.raises(InputError, match="damaged"):
        open_factory(f"{source}:Net", True, file)
