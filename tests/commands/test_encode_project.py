"""``python -m vae_core encode`` and ``project``: what the page does, from the command line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from vae_core import VAE, LatentSpace, VAEConfig, Workspace, load_data, load_model
from vae_core.__main__ import main
from vae_core.model import save_checkpoint


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A checkpoint and its data set."""
    folder = tmp_path_factory.mktemp("encode")
    with torch.random.fork_rng():
        torch.manual_seed(0)
        save_checkpoint(VAE(VAEConfig((1, 8, 8), 3, channels=(4,))), folder / "model")
    np.savez(folder / "set.npz", images=np.random.default_rng(0).integers(0, 256, (120, 8, 8), dtype=np.uint8))
    return folder / "model", folder / "set.npz"


@pytest.fixture(scope="module")
def encoded(trained: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace of an encoding made by the command."""
    workspace = tmp_path_factory.mktemp("workspace")
    model, data = trained
    assert main(["encode", "--model", str(model), "--data", str(data), "--workspace", str(workspace)]) == 0
    return workspace


def folder_of(workspace: Path) -> Path:
    (folder,) = (workspace / "spaces").iterdir()
    return folder


def test_what_is_encoded_is_what_the_page_opens(
    trained: tuple[Path, Path], encoded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, data = load_model(trained[0]), load_data(trained[1])
    opened = LatentSpace.open(model, data, folder_of(encoded))
    assert opened is not None
    np.testing.assert_array_equal(opened.mean, LatentSpace.build(model, data).mean)
    again = ["encode", "--model", str(trained[0]), "--data", str(trained[1]), "--workspace", str(encoded)]
    assert main(again) == 0
    assert capsys.readouterr().out.strip() == str(folder_of(encoded))
    assert Workspace(encoded).space_folder(opened.fingerprint) == folder_of(encoded)


def test_a_map_is_computed_kept_and_measured(
    trained: tuple[Path, Path], encoded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = folder_of(encoded)
    asked = ["project", "--space", str(folder), "--perplexity", "7", "--quality"]
    assert main(asked) == 0
    first, *table = capsys.readouterr().out.splitlines()
    name = first.split(":")[0]
    assert name.startswith("tsne-") and "120 points" in first and "kl divergence" in first
    space = LatentSpace.open(load_model(trained[0]), load_data(trained[1]), folder)
    assert space is not None
    made = space.cached_projection(name)
    assert made is not None and made.settings.perplexity == 7
    quality = space.cached_quality(made)
    assert quality is not None
    assert f"{quality.figures.trustworthiness[0]:.3f} ({quality.shuffled.trustworthiness[0]:.3f})" in table[1]
    written = (folder / "projections" / f"{name}.npz").stat().st_mtime_ns
    assert main(asked[:-1]) == 0
    assert (folder / "projections" / f"{name}.npz").stat().st_mtime_ns == written, "what is there stays"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--perplexity", "99"], "perplexity"),
        (["--perplexity", "-1"], "perplexity"),
        (["--method", "umap", "--neighbours", "500"], "neighbours"),
        (["--method", "umap", "--perplexity", "5"], "perplexity"),
        (["--seed", "-3"], "seed"),
    ],
)
def test_what_does_not_suit_the_set_is_one_sentence(
    encoded: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(["project", "--space", str(folder_of(encoded)), *arguments]) == 2
    told = capsys.readouterr().err
    assert words in told and "Traceback" not in told


def test_a_folder_without_encodings_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["project", "--space", str(tmp_path)]) == 2
    assert "holds no usable encodings" in capsys.readouterr().err
    assert main(["project", "--space", str(tmp_path / "nothing")]) == 2
    assert "not the folder of a space" in capsys.readouterr().err


def test_what_was_said_of_the_data_is_kept_with_the_space(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Without a layer between: units that happen to be dead would give several items one latent point.
    save_checkpoint(VAE(VAEConfig((2,), 2, architecture="mlp", likelihood="gaussian")), tmp_path / "model")
    rows = np.random.default_rng(0).normal(size=(60, 3))
    (tmp_path / "t.csv").write_text("a,b,c\n" + "".join(f"{a},{b},{c}\n" for a, b, c in rows))
    np.save(tmp_path / "l.npy", np.arange(60) % 2)
    monkeypatch.chdir(tmp_path)
    asked = ["encode", "--model", "model", "--data", "t.csv", "--columns", "c,a", "--metadata", "l.npy"]
    assert main([*asked, "--workspace", "w"]) == 0
    assert "Note: l.npy: joined in the order of its rows." in capsys.readouterr().err
    (space,) = (tmp_path / "w" / "spaces").iterdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    asked = ["place", "--space", str(space), "--data", str(tmp_path / "t.csv"), "--columns", "c,a", "--out", "o.csv"]
    assert main(asked) == 0
    assert pd.read_csv("o.csv")["nearest"].tolist() == list(range(60))
