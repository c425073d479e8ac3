"""``python -m vae_core place``: other data on a finished map."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from vae_core import VAE, LatentSpace, VAEConfig, load_data, load_model
from vae_core.__main__ import main
from vae_core.model import save_checkpoint
from vae_core.space.overlays.placed_items import place_data
from vae_core.space.trust import assess_items


def pictures(count: int, seed: int) -> np.ndarray:
    """Bright and dark pictures."""
    random = np.random.default_rng(seed)
    level = np.where(np.arange(count) % 2, 40, 200)[:, None, None]
    return np.clip(level + random.normal(0, 25, (count, 8, 8)), 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A checkpoint, its data, other data, and the folder of a space with a t-SNE map."""
    folder = tmp_path_factory.mktemp("place")
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = VAE(VAEConfig((1, 8, 8), 3, channels=(4,)))
        with torch.no_grad():
            for weight in model.parameters():
                weight.mul_(3)
        save_checkpoint(model, folder / "model")
    np.savez(folder / "old.npz", images=pictures(150, 0))
    np.savez(folder / "new.npz", images=pictures(20, 1), labels=np.arange(20) % 2, trust=np.arange(20))
    asked = ["encode", "--model", folder / "model", "--data", folder / "old.npz", "--workspace", folder / "workspace"]
    assert main([str(part) for part in asked]) == 0
    (space,) = (folder / "workspace" / "spaces").iterdir()
    assert main(["project", "--space", str(space), "--perplexity", "9"]) == 0
    (name,) = (path.stem for path in (space / "projections").iterdir())
    return {"folder": folder, "space": space, "map": Path(name)}


def test_new_items_lie_with_their_like_and_the_map_stays(
    made: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, name = made["folder"], str(made["map"])
    before = (made["space"] / "projections" / f"{name}.npz").read_bytes()
    asked = ["place", "--space", str(made["space"]), "--projection", name, "--data", str(folder / "new.npz")]
    assert main([*asked, "--out", str(folder / "placed.csv")]) == 0
    assert "20 items placed" in capsys.readouterr().out
    assert (made["space"] / "projections" / f"{name}.npz").read_bytes() == before
    table = pd.read_csv(folder / "placed.csv")
    assert table["trust"].tolist() == list(range(20)), "a column of the data is not lost"
    space = LatentSpace.open(load_model(folder / "model"), load_data(str(folder / "old.npz")), made["space"])
    assert space is not None
    found = space.cached_projection(name)
    assert found is not None
    points = table[[f"{name}_1", f"{name}_2"]].to_numpy()
    nearest, _ = found.nearest(points, 5)
    assert (nearest % 2 == np.arange(20)[:, None] % 2).mean() > 0.9
    assert (table["nearest"] % 2 == np.arange(20) % 2).all()
    new = place_data(space, found, load_data(str(folder / "new.npz")))
    np.testing.assert_allclose(table["trust_"], assess_items(space, new.mean, new.distortion).headline, atol=1e-3)
    np.testing.assert_allclose(points, new.points, rtol=1e-4)


def test_the_spaces_own_items_fall_on_their_points_of_a_plane(made: dict[str, Path]) -> None:
    folder = made["folder"]
    asked = ["place", "--space", str(made["space"]), "--data", str(folder / "old.npz"), "--projection", "z:2,0"]
    assert main([*asked, "--out", str(folder / "own.npz")]) == 0
    with np.load(folder / "own.npz", allow_pickle=False) as placed:
        assert placed["nearest"].tolist() == [str(item) for item in range(150)]
        assert placed["distance"].max() < 1e-4
        np.testing.assert_allclose(placed["points"], placed["mean"][:, [2, 0]], atol=1e-5)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"--projection": "umap"}, "compute it with 'project'"),
        ({"--projection": "z:0,9"}, "no latent dimension 9"),
        ({"--space": "nowhere"}, "'encode'"),
        ({"--data": "sprites:scales=1,orientations=1,xs=4,ys=4"}, "shape"),
        ({"--out": "table.txt"}, ".csv or an .npz"),
        ({"--out": "/proc/nothing/table.csv"}, "cannot be written"),
    ],
)
def test_what_cannot_be_placed_is_one_sentence(
    made: dict[str, Path], capsys: pytest.CaptureFixture[str], changes: dict[str, str], words: str
) -> None:
    asked = {"--space": str(made["space"]), "--data": str(made["folder"] / "new.npz"), **changes}
    assert main(["place", *(part for pair in asked.items() for part in pair)]) == 2
    told = capsys.readouterr().err
    assert words in told and "Traceback" not in told
