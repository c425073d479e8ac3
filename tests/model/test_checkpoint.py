"""Checkpoints: what is saved comes back, and what is damaged gets one sentence that names the file."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from vae_core.errors import InputError
from vae_core.model import VAE, VAEConfig, choose_device, load_checkpoint, load_model, read_config, save_checkpoint

CONFIGS = [
    VAEConfig((1, 9, 10), 3, "conv", (4, 5), (6,)),
    VAEConfig((3, 8, 8), 2, "conv", (4,), likelihood="gaussian"),
    VAEConfig((12,), 2, "mlp", hidden=(7,), likelihood="gaussian", scale=0.25),
]
WEIGHTS, CONFIG = "model.safetensors", "config.json"


def make(config: VAEConfig = CONFIGS[0], seed: int = 0) -> VAE:
    torch.manual_seed(seed)
    return VAE(config).eval()


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    save_checkpoint(make(), tmp_path / "m", {"epochs": 3})
    return tmp_path / "m"


def refusal(folder: Path) -> str:
    with pytest.raises(InputError) as caught:
        load_checkpoint(folder)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def change_config(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    record = json.loads((folder / CONFIG).read_text())
    change(record)
    (folder / CONFIG).write_text(json.dumps(record))


def change_weights(folder: Path, change: Callable[[dict[str, torch.Tensor]], object]) -> None:
    weights = load_file(folder / WEIGHTS)
    change(weights)
    save_file(weights, folder / WEIGHTS)


@pytest.mark.parametrize("config", CONFIGS)
def test_checkpoint_comes_back_identical(tmp_path: Path, config: VAEConfig) -> None:
    model = make(config)
    save_checkpoint(model, tmp_path / "deep" / "m", {"data": {"name": "Größe"}, "epochs": 3})
    again = load_checkpoint(tmp_path / "deep" / "m")
    assert sorted(file.name for file in (tmp_path / "deep" / "m").iterdir()) == [CONFIG, WEIGHTS]
    assert again.config == config
    assert again.fingerprint == model.fingerprint
    assert not again.training
    assert not any(weights.requires_grad for weights in again.parameters())
    x, z = torch.rand(3, *config.sample_shape), torch.randn(3, config.latent_dim)
    assert torch.equal(again.encode(x).mean, model.encode(x).mean)
    assert torch.equal(again.encode(x).logvar, model.encode(x).logvar)
    assert torch.equal(again.likelihood(z).mean, model.likelihood(z).mean)
    assert torch.equal(again.likelihood(z).log_prob(x), model.likelihood(z).log_prob(x))
    assert read_config(tmp_path / "deep" / "m") == (config, {"data": {"name": "Größe"}, "epochs": 3})


def test_loaded_model_still_passes_gradients_to_the_latent_point(saved: Path) -> None:
    z = torch.zeros(1, 3, requires_grad=True)
    load_checkpoint(saved).likelihood(z).mean.sum().backward()
    assert z.grad is not None


def test_fingerprint_names_the_content() -> None:
    model = make()
    before = model.fingerprint
    assert before == make().fingerprint != make(seed=1).fingerprint
    with torch.no_grad():
        next(model.decoder.parameters()).view(-1)[0] += 1e-6
    assert model.fingerprint != before
    gaussian = [make(VAEConfig((4,), 1, "mlp", likelihood="gaussian", scale=scale)) for scale in (0.5, 0.6)]
    assert gaussian[0].fingerprint != gaussian[1].fingerprint


def test_half_precision_weights_are_read(saved: Path) -> None:
    change_weights(saved, lambda weights: weights.update({name: value.half() for name, value in weights.items()}))
    assert {weights.dtype for weights in load_checkpoint(saved).parameters()} == {torch.float32}


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.9, 0.9999])
def test_truncated_weights(saved: Path, share: float) -> None:
    content = (saved / WEIGHTS).read_bytes()
    (saved / WEIGHTS).write_bytes(content[: int(share * len(content))])
    assert f"{saved / WEIGHTS}: damaged or truncated" in refusal(saved)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=st.floats(0, 0.999), value=st.integers(0, 255))
def test_altered_bytes_never_give_anything_but_a_sentence(saved: Path, position: float, value: int) -> None:
    for name in (WEIGHTS, CONFIG):
        content = bytearray((saved / name).read_bytes())
        good = bytes(content)
        content[int(position * min(len(content), 2000))] = value
        (saved / name).write_bytes(bytes(content))
        try:
            load_checkpoint(saved)
        except InputError as error:
            assert str(saved) in str(error)
        (saved / name).write_bytes(good)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda w: w.update({"encoder.0.weight": torch.zeros(4, 1, 3, 3)}),
            "'encoder.0.weight' has shape [4, 1, 3, 3]",
        ),
        (lambda w: w.pop("decoder.0.bias"), "'decoder.0.bias' is missing"),
        (lambda w: w.update({"decoder.99.bias": torch.zeros(3)}), "'decoder.99.bias' has no place"),
        (lambda w: w["decoder.0.bias"].fill_(torch.nan), "'decoder.0.bias' holds NaN or infinite values"),
        (lambda w: w["encoder.0.bias"][0].fill_(torch.inf), "'encoder.0.bias' holds NaN or infinite values"),
        (lambda w: w.clear(), "is missing"),
    ],
)
def test_weights_that_do_not_fit(
    saved: Path, change: Callable[[dict[str, torch.Tensor]], object], sentence: str
) -> None:
    change_weights(saved, change)
    message = refusal(saved)
    assert sentence in message and str(saved / WEIGHTS) in message


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda c: c.update(format="other"), "its format is not"),
        (lambda c: c.pop("format"), "its format is not"),
        (lambda c: c.pop("architecture"), "the architecture is missing"),
        (lambda c: c.update(architecture=[]), "the architecture is missing"),
        (lambda c: c["architecture"].update(latent_dim=-1), "latent_dim must be a positive whole number"),
        (lambda c: c["architecture"].update(likelihood="x"), "likelihood must be"),
        (lambda c: c["architecture"].update(depth=2), "unknown setting 'depth'"),
        (lambda c: c["architecture"].update(latent_dim=10**30), "choose smaller ones"),
    ],
)
def test_configuration_that_does_not_fit(
    saved: Path, change: Callable[[dict[str, Any]], object], sentence: str
) -> None:
    change_config(saved, change)
    message = refusal(saved)
    assert sentence in message and str(saved / CONFIG) in message


def test_other_architecture_than_the_weights(saved: Path) -> None:
    change_config(saved, lambda record: record["architecture"].update(latent_dim=4))
    assert "but config.json asks for" in refusal(saved)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe\x00", b"[]", b"null", b'"text"', b"[" * 100_000, b"1" * 5000, b"{}"]
)
def test_configuration_that_is_not_ours(saved: Path, content: bytes) -> None:
    (saved / CONFIG).write_bytes(content)
    assert str(saved / CONFIG) in refusal(saved)


@pytest.mark.parametrize("name", [WEIGHTS, CONFIG])
def test_missing_file_or_a_folder_in_its_place(saved: Path, name: str) -> None:
    (saved / name).unlink()
    assert f"{saved / name}: not found; a checkpoint is a folder" in refusal(saved)
    (saved / name).mkdir()
    assert str(saved / name) in refusal(saved)


def test_record_that_is_no_mapping_is_left_out(saved: Path) -> None:
    change_config(saved, lambda record: record.update(training=[1]))
    assert read_config(saved)[1] == {}


@pytest.mark.parametrize("step", ["replace", "fsync"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_failed_save_leaves_the_old_checkpoint(
    saved: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: Any
) -> None:
    before = {path.name: path.read_bytes() for path in saved.iterdir()}

    def fail(*_: object) -> None:
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(os, step, fail)
        with pytest.raises(KeyboardInterrupt if error is KeyboardInterrupt else InputError) as caught:
            save_checkpoint(make(seed=1), saved, {"epochs": 4})
    if caught.type is InputError:
        assert str(caught.value) == (
            f"{saved}: the checkpoint cannot be written (No space left on device); choose another folder."
        )
    assert {path.name: path.read_bytes() for path in saved.iterdir()} == before
    assert load_checkpoint(saved).fingerprint == make().fingerprint


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_save_leaves_the_old_checkpoint(saved: Path) -> None:
    child = os.fork()
    if not child:  # dies as if killed, with everything written but nothing renamed
        os.replace = lambda *_: os._exit(9)
        save_checkpoint(make(), saved, {"epochs": 4})
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert read_config(saved)[1] == {"epochs": 3}
    assert load_checkpoint(saved).fingerprint == make().fingerprint


def test_save_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written.*choose another folder"):
        save_checkpoint(make(), tmp_path / "file" / "m")


def test_model_opens_by_folder_or_by_its_configuration(saved: Path) -> None:
    for path in (saved, str(saved), saved / CONFIG):
        assert load_model(path, "cpu").fingerprint == make().fingerprint


def test_model_that_is_not_there(tmp_path: Path, saved: Path) -> None:
    with pytest.raises(InputError, match="not found; give a checkpoint folder of ours"):
        load_model(tmp_path / "none")
    with pytest.raises(InputError, match="weights without the network"):
        load_model(saved / WEIGHTS)
    with pytest.raises(InputError, match="not found; a checkpoint is a folder"):
        load_model(tmp_path)


@pytest.mark.parametrize("name", ["", "gpu", "cuda:99", "meta", "cpu:x"])
def test_device_that_is_not_there(name: str) -> None:
    with pytest.raises(InputError, match="cannot be used here; take 'cpu' or 'auto'"):
        choose_device(name)
    assert choose_device("cpu").type == "cpu"
