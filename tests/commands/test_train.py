"""``python -m vae_core train``: as a person runs it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

import vae_core
from tests.patience import PATIENCE
from vae_core.__main__ import main
from vae_core.commands.train import check_unused, hold_out
from vae_core.data import load_data
from vae_core.errors import InputError
from vae_core.model import load_checkpoint, read_config
from vae_core.train import TrainSettings, evaluate, train

ROOT = Path(vae_core.__file__).parents[1]
SMALL = ["--latent-dim", "2", "--channels", "4", "--batch-size", "16", "--device", "cpu"]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    np.savez(tmp_path / "set.npz", images=np.random.default_rng(0).integers(0, 256, (60, 8, 8), dtype=np.uint8))
    return tmp_path / "set.npz"


def command(*arguments: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "vae_core", "train", *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip


def message(text: str) -> list[str]:
    """Return what stays on a terminal of a text in which progress bars have come and gone."""
    lines = [line.rsplit("\r", 1)[-1].rstrip() for line in text.replace("\r\n", "\n").split("\n")]
    return [line for line in lines if line and "it/s]" not in line and "item/s]" not in line and "step/s]" not in line]


def test_training_from_the_command_line(pictures: Path, tmp_path: Path) -> None:
    out = tmp_path / "m"
    process = command("--data", pictures, "--out", out, "--epochs", 2, *SMALL, "--beta", 0.5, "--seed", 4)
    printed, complaints = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, complaints
    assert sorted(path.name for path in out.iterdir()) == ["config.json", "model.safetensors", "training.pt"]
    assert re.search(r"\brate \d+\.\d\d, distortion \d+\.\d\d nats", complaints)  # in the progress bar
    config, record = read_config(out)
    assert (config.sample_shape, config.latent_dim, config.channels, config.likelihood) == (
        (1, 8, 8),
        2,
        (4,),
        "bernoulli",
    )
    assert record["settings"]["beta"] == 0.5 and record["settings"]["seed"] == 4 and record["epochs"] == 2
    figures = record["test"]
    assert printed == (
        f"{out}: 2 epochs; on 6 held-out items ELBO {figures['elbo']:.2f}, "
        f"rate {figures['rate']:.2f}, distortion {figures['distortion']:.2f} nats per item.\n"
    )

    # Three lines of Python come to the same model and the same figures.
    kept, held = hold_out(load_data(pictures), 4)
    torch.manual_seed(4)
    model = vae_core.model.VAE(config)
    train(model, kept, TrainSettings(**record["settings"]))
    assert model.fingerprint == load_checkpoint(out).fingerprint
    assert evaluate(model, held, 4)["elbo"] == figures["elbo"]


def test_ctrl_c_saves_and_resume_goes_on(pictures: Path, tmp_path: Path) -> None:
    out = tmp_path / "m"
    arguments = ["--data", pictures, "--out", out, *SMALL]
    process = command(*arguments, "--epochs", 100_000)
    try:
        end = time.monotonic() + PATIENCE
        while not (out / "config.json").exists():  # written after the first epoch
            assert process.poll() is None and time.monotonic() < end, process.communicate()
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        printed, complaints = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert process.returncode == 130, complaints
    assert printed == "" and "Traceback" not in complaints
    last = complaints.strip().splitlines()[-1]
    assert f"everything is saved in {out}" in last and "--resume goes on from there" in last
    epochs = read_config(out)[1]["epochs"]
    assert f"Stopped in epoch {epochs + 1} of 100000" in last
    load_checkpoint(out)

    more = epochs + 2
    assert main(["train", *map(str, arguments), "--epochs", str(more), "--resume"]) == 0
    assert read_config(out)[1]["epochs"] == more
    whole = tmp_path / "whole"
    kept, _ = hold_out(load_data(pictures), 0)
    torch.manual_seed(0)
    model = vae_core.model.VAE(read_config(out)[0])
    train(model, kept, TrainSettings(epochs=more, batch_size=16), folder=whole)
    assert load_checkpoint(whole).fingerprint == load_checkpoint(out).fingerprint


def test_bad_input_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    process = command("--data", tmp_path / "none.npz", "--out", tmp_path / "m")
    printed, complaints = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert printed == ""
    (line,) = message(complaints)
    assert line.startswith("python -m vae_core train: ") and str(tmp_path / "none.npz") in line
    assert not (tmp_path / "m").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--epochs", "0"], "epochs must be a whole number"),
        (["--seed", "-1"], "seed must be a whole number"),
        (["--seed", "99999999999999999999"], "seed must be a whole number"),
        (["--beta", "nan"], "beta must be a non-negative number"),
        (["--learning-rate", "inf"], "learning_rate must be a positive number"),
        (["--latent-dim", "0"], "latent_dim must be a positive whole number"),
        (["--latent-dim", "1000000000000000000"], "choose smaller ones"),
        (["--channels", ""], "at least one entry in channels"),
        (["--channels", "4,-4"], "channels must hold positive whole numbers"),
        (["--likelihood", "gaussian", "--scale", "0"], "scale must be 'learned' or a number"),
        (["--device", "abacus"], "The device 'abacus' cannot be used here"),
        (["--resume"], "there is no training to resume"),
        (["--test-data", "nowhere.npz"], "nowhere.npz"),
        (["--learning-rate", "1e25", "--epochs", "40"], "no longer finite"),
    ],
)
def test_bad_options_get_a_sentence(
    pictures: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    out = tmp_path / "m"
    assert main(["train", "--data", str(pictures), "--out", str(out), *SMALL, *arguments]) == 2
    printed, complaints = capfd.readouterr()
    (line,) = message(complaints)
    assert sentence in line and printed == ""
    assert not out.exists() or not list(out.iterdir())


def test_vectors_are_refused_by_convolutions_and_trained_by_default(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    np.savez(tmp_path / "v.npz", x=np.random.default_rng(0).normal(size=(30, 7)).astype(np.float32))
    arguments = ["train", "--data", str(tmp_path / "v.npz"), "--out", str(tmp_path / "m"), "--epochs", "1"]
    assert main([*arguments, "--architecture", "conv"]) == 2
    assert "use 'mlp'" in capfd.readouterr().err
    assert main(arguments) == 0
    config, _ = read_config(tmp_path / "m")
    assert (config.architecture, config.likelihood, config.hidden) == ("mlp", "gaussian", (256, 128))


def test_pictures_with_fully_connected_layers(pictures: Path, tmp_path: Path) -> None:
    arguments = ["train", "--data", str(pictures), "--out", str(tmp_path / "m"), "--epochs", "1"]
    assert (
        main([*arguments, "--architecture", "mlp", "--hidden", "9", "--likelihood", "gaussian", "--scale", "0.3"]) == 0
    )
    config, _ = read_config(tmp_path / "m")
    assert (config.hidden, config.likelihood, config.scale) == ((9,), "gaussian", 0.3)


def test_folder_in_use_is_left_alone(pictures: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "config.json").write_text("mine")
    for out in (tmp_path / "m", pictures):
        assert main(["train", "--data", str(pictures), "--out", str(out)]) == 2
        assert f"{out}: already holds something; choose another folder, or add --resume." in capfd.readouterr().err
    assert (tmp_path / "m" / "config.json").read_text() == "mine"
    with pytest.raises(InputError, match="cannot be used as a folder"):
        check_unused(tmp_path / ("x" * 5000))


def test_other_test_data(pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "m"
    assert (
        main(
            ["train", "--data", str(pictures), "--test-data", str(pictures), "--out", str(out), "--epochs", "1", *SMALL]
        )
        == 0
    )
    assert "on 60 held-out items" in capsys.readouterr().out
    assert read_config(out)[1]["data"]["count"] == 60


def test_signal_handling_is_put_back(pictures: Path, tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGINT)
    assert main(["train", "--data", str(pictures), "--out", str(tmp_path / "m"), "--epochs", "1", *SMALL]) == 0
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize("count", [2, 9, 10, 60])
def test_a_tenth_is_held_out(tmp_path: Path, count: int) -> None:
    np.savez(tmp_path / "v.npz", x=np.arange(count * 3.0).reshape(count, 3))
    data = load_data(tmp_path / "v.npz")
    kept, held = hold_out(data, 1)
    assert len(held) == max(1, count // 10)
    assert sorted([*kept.table.index, *held.table.index]) == list(data.table.index)
    assert kept.fingerprint == hold_out(data, 1)[0].fingerprint
    if count == 60:
        assert kept.fingerprint != hold_out(data, 2)[0].fingerprint


def test_one_item_cannot_be_split(tmp_path: Path) -> None:
    np.savez(tmp_path / "v.npz", x=np.ones((1, 3)))
    with pytest.raises(InputError, match="one item is too few"):
        hold_out(load_data(tmp_path / "v.npz"), 0)
