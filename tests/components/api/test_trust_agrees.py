"""One truth about trust: the same spot has the same value wherever it is shown, on every kind of map."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from components.server.dash_app import create_dash
from tests.components.conftest import ASSETS
from vae_core import Catalogue, LatentSpace, demo
from vae_core.jobs import Jobs

SPOTS = 24
APART = 0.02  # what is owed


@pytest.fixture(scope="module", params=["fashion", "sprites"])
def opened(request: pytest.FixtureRequest, jobs: Jobs) -> tuple[LatentSpace, FlaskClient]:
    space = demo(request.param)
    catalogue = Catalogue()
    catalogue.add("demo", "Demo", space)
    return space, create_dash(catalogue, jobs, ASSETS).server.test_client()


def _numbers(client: FlaskClient, route: str, body: np.ndarray) -> np.ndarray:
    answer = client.post(f"/api/spaces/demo/{route}", data=body.astype("<f4").tobytes())
    assert answer.status_code == 200, answer.data[:200]
    return np.frombuffer(answer.data, "<f4")


def _about(client: FlaskClient, route: str, body: np.ndarray) -> dict[str, Any]:
    answer = client.post(f"/api/spaces/demo/{route}", data=body.astype("<f4").tobytes())
    assert answer.status_code == 200, answer.data[:200]
    about: dict[str, Any] = json.loads(answer.data.partition(b"\n")[0])
    return about


@pytest.mark.parametrize("based", [False, True], ids=["mean", "point"])
@pytest.mark.parametrize("projection", ["pca", "z:3,7", "tsne", "umap"])
def test_click_lens_grid_shade_and_strips_agree(
    opened: tuple[LatentSpace, FlaskClient], projection: str, based: bool
) -> None:
    space, client = opened
    points = space.projection(projection).points
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.2 * (high - low)
    spots = np.random.default_rng(3).uniform(low - margin, high + margin, (SPOTS, 2)).astype(np.float32)
    base = "?base=" + ",".join(str(value) for value in space.mean[11]) if based else ""
    touched = [_about(client, f"touch/{projection}{base}", spot) for spot in spots]  # click and lens
    click = np.array([about["believed"] for about in touched], dtype=np.float64)
    shade = _numbers(client, f"believed/{projection}{base}", spots)
    grid = np.array(_about(client, f"manifold/{projection}{base}", spots)["trust"])
    assert np.abs(shade - click).max() <= APART
    assert np.abs(grid - click).max() <= APART
    # Strips set the latent point itself: theirs is the click's without the map.
    z = np.array([about["z"] for about in touched], dtype=np.float32)
    strips = _numbers(client, "trust", z)
    without_map = np.array([about["trust"] for about in touched], dtype=np.float64)
    assert np.abs(strips - without_map).max() <= APART
    for about in touched:
        scores = [about[name] for name in ("near", "map", "faithful")]
        assert about["believed"] == min(scores) and about["trust"] == min(scores[0], scores[2])
        # What is looked at as a point, as after a slider, has the same two indicators.
    looked = _about(client, f"look/{projection}", z[:1])
    assert abs(float(looked["believed"]) - without_map[0]) <= APART
    if projection in ("pca", "z:3,7"):
        assert (strips == shade).all() or np.abs(strips - shade).max() <= APART
    assert (click < 0.5).mean() > 0, "no spot among them is doubtful"


def test_an_item_rebuilt_badly_is_not_trusted(opened: tuple[LatentSpace, FlaskClient]) -> None:
    space, client = opened
    for item, low, high in ((int(space.distortion.argmax()), 0, 0.3), (int(space.distortion.argmin()), 0.9, 1)):
        about = _about(client, f"look/pca?item={item}", space.mean[item])
        assert low <= float(about["faithful"]) <= high
        words = dict(about["words"])
        assert "of the items" in words["faithful"]
        # Of another point the number of an item says nothing.
        other = _about(client, f"look/pca?item={item}", space.mean[item] + np.float32(0.01))
        assert "of the items" not in str(other["words"])
