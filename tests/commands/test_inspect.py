"""``python -m vae_core inspect``: a model's figures on a data set."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import vae_core
from tests.patience import PATIENCE
from vae_core import VAE, LatentSpace, VAEConfig, load_data, load_model
from vae_core.__main__ import main
from vae_core.model import save_checkpoint

ROOT = Path(vae_core.__file__).parents[1]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A checkpoint and its data set."""
    folder = tmp_path_factory.mktemp("inspect")
    with torch.random.fork_rng():
        torch.manual_seed(0)
        save_checkpoint(VAE(VAEConfig((1, 8, 8), 3, channels=(4,))), folder / "model")
    np.savez(folder / "set.npz", images=np.random.default_rng(0).integers(0, 256, (40, 8, 8), dtype=np.uint8))
    return folder / "model", folder / "set.npz"


def test_the_figures_are_those_of_the_space(trained: tuple[Path, Path]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "vae_core", "inspect", trained[0], "--data", trained[1], "--json", "--device", "cpu"],
        cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout, parse_constant=pytest.fail)
    space = LatentSpace.build(load_model(trained[0]), load_data(trained[1]))
    assert {key: told[key] for key in ("latent_dim", "sample_shape", "count")} == {
        "latent_dim": 3,
        "sample_shape": [1, 8, 8],
        "count": 40,
    }
    assert told["rate"] == pytest.approx(space.rate.sum(axis=1).mean(), rel=1e-4)
    assert told["distortion"] == pytest.approx(space.distortion.mean(), rel=1e-4)
    np.testing.assert_allclose(told["rate_by_dimension"], space.rate.mean(axis=0), rtol=1e-4)
    assert sum(told["rate_by_dimension"]) == pytest.approx(told["rate"], rel=1e-5)


def test_people_get_lines_the_most_informative_dimension_first(
    trained: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", str(trained[0]), "--data", str(trained[1])]) == 0
    first, second, *dimensions = capsys.readouterr().out.splitlines()
    assert "40 items" in first and second.startswith("rate ")
    rates = [float(line.split()[1]) for line in dimensions if line.startswith("  z")]
    assert len(rates) == 3 and rates == sorted(rates, reverse=True)
    # Then how the model is understood, and whether it is well.
    report = dimensions[len(rates) :]
    assert report[0] == "a VAE trained with this program" and any("deterministic" in line for line in report)


def test_without_data_prior_samples_are_looked_at(
    trained: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["inspect", str(trained[0]), "--samples", "50", "--device", "cpu"]
    assert main([*given, "--json"]) == 0
    told = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert (told["latent_dim"], told["sample_shape"], told["count"]) == (3, [1, 8, 8], 50)
    assert told["rate"] is None and told["distortion"] is None and told["rate_by_dimension"] == [None] * 3
    assert main(given) == 0
    assert "50 prior samples" in (lines := capsys.readouterr().out) and "It is open without an encoder" in lines


def test_what_cannot_be_inspected_is_one_sentence(
    trained: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.savez(tmp_path / "wide.npz", images=np.zeros((4, 9, 9), np.uint8))
    for model, data, words in (
        (tmp_path / "none", trained[1], "not found"),
        (trained[0], tmp_path / "none.npz", "none.npz"),
        (trained[0], tmp_path / "wide.npz", "(1, 9, 9)"),
    ):
        assert main(["inspect", str(model), "--data", str(data), "--json"]) == 2
        told = capsys.readouterr()
        assert told.out == "" and words in told.err and "Traceback" not in told.err


def test_pictures_are_fitted_to_the_model_only_when_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_checkpoint(VAE(VAEConfig((1, 8, 8), 2, channels=(4,))), tmp_path / "model")
    np.save(tmp_path / "a.npy", np.random.default_rng(0).integers(0, 256, (6, 12, 10, 3), dtype=np.uint8))
    asked = ["inspect", str(tmp_path / "model"), "--data", str(tmp_path / "a.npy"), "--json"]
    assert main(asked) == 2
    assert "or have the pictures fitted with --fit resize, pad or crop." in capsys.readouterr().err
    assert main([*asked, "--fit", "crop"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["sample_shape"] == [1, 8, 8]
    assert "Note: Fitted 10 × 12 colour to 8 × 8 grey by cropping." in told.err
