"""The shipped demos open from their own encodings and maps."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest

from vae_core import VAE, InputError, LatentSpace, Workspace, demo
from vae_core.demos import DEMOS


@pytest.fixture(scope="module", params=["fashion", "sprites"])
def opened(request: pytest.FixtureRequest) -> Iterator[tuple[str, LatentSpace]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(VAE, "encode", lambda *_: pytest.fail("the demo was encoded anew"))
        patch.setattr(VAE, "likelihood", lambda *_: pytest.fail("the demo was decoded anew"))
        yield request.param, demo(request.param)


def test_most_dimensions_are_alive(opened: tuple[str, LatentSpace]) -> None:
    name, space = opened
    alive = int((space.rate.mean(axis=0) > 0.05).sum())
    assert alive > space.latent_dim / 2
    assert name != "fashion" or space.latent_dim >= 10


def test_the_three_maps_are_there(opened: tuple[str, LatentSpace]) -> None:
    _, space = opened
    assert {"pca", "tsne", "umap"} <= set(space.projection_ids())
    for method in ("pca", "tsne", "umap"):
        found = space.cached_projection(method)
        assert found is not None and found.points.shape == (len(space), 2) and np.isfinite(found.points).all()


def test_nothing_is_written_into_the_program(opened: tuple[str, LatentSpace]) -> None:
    name, space = opened
    assert space.folder is None and space.shipped == DEMOS[name].folder


def test_the_items_are_described(opened: tuple[str, LatentSpace]) -> None:
    name, space = opened
    if name == "fashion":
        assert len(space) == 10_000 and space.data.sample_shape == (1, 28, 28)
        assert set(space.data.table["label"].cat.categories) >= {"Bag", "Ankle boot"}
        assert space.data.table["label"].value_counts().tolist() == [1000] * 10
        assert "MIT" in (DEMOS[name].folder / "NOTICE").read_text()
    else:
        assert space.data.sample_shape == (1, 64, 64)
        assert {"shape", "scale", "orientation", "x", "y"} <= set(space.data.table.columns)


def test_the_training_record_tells_how_it_was_made(opened: tuple[str, LatentSpace]) -> None:
    name, _ = opened
    record = json.loads((DEMOS[name].folder / "config.json").read_text())["training"]
    settings = record["settings"]
    assert "seed" in settings and settings["epochs"] == record["epochs"]
    assert settings["beta"] > 1 if name == "sprites" else record["data"]["count"] == 60_000


def test_a_demo_that_is_not_there() -> None:
    with pytest.raises(InputError, match="fashion, sprites"):
        demo("faces")


def test_further_maps_have_a_place_in_the_workspace(workspace_folder: object) -> None:
    space = demo("sprites", Workspace(str(workspace_folder)))
    assert space.folder is not None and space.folder.is_relative_to(str(workspace_folder))
