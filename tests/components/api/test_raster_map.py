"""Parts of big maps on the wire, and the item that is meant by a click."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image

from vae_core import LatentSpace

WHOLE = {"left": -99, "right": 99, "bottom": -99, "top": 99, "width": 120, "height": 90, "color": "label"}


def asked(client: FlaskClient, changes: dict[str, Any], projection: str = "pca") -> Any:
    return client.post(f"/api/spaces/grey/part/{projection}", json={**WHOLE, **changes})


def test_few_items_come_as_points(client: FlaskClient, grey: LatentSpace) -> None:
    head, body = asked(client, {}).data.split(b"\n", 1)
    about = json.loads(head)
    assert about == {"count": 60, "total": 60, "drawn": "points", "shape": [60, 4], "type": "float32"}
    rows = np.frombuffer(body, "<f4").reshape(60, 4)
    np.testing.assert_array_equal(rows[:, 1:3], grey.projection("pca").points)
    hidden = json.loads(asked(client, {"hidden": ["bag", "coat"]}).data.split(b"\n", 1)[0])
    assert hidden["count"] == 20


def test_many_items_come_as_a_picture(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.api.raster_map.FEW", 10)
    head, png = asked(client, {}).data.split(b"\n", 1)
    about = json.loads(head)
    assert about["drawn"] == "picture" and about["count"] == 60
    image = Image.open(io.BytesIO(png))
    assert image.size == (120, 90)
    assert np.asarray(image)[..., 3].any()


@pytest.mark.parametrize(
    "changes",
    [
        {"left": 100},
        {"left": "a"},
        {"top": None},
        {"width": 0},
        {"width": 99999},
        {"right": 1e300},
        {"hidden": "bag"},
        {"color": "note"},
        {"color": "nothing"},
    ],
)
def test_what_cannot_be_drawn_is_refused(client: FlaskClient, changes: dict[str, Any]) -> None:
    answer = asked(client, changes)
    assert answer.status_code in (400, 422)
    assert answer.get_json()["error"].endswith(".")


@pytest.mark.parametrize("route", ["part", "pick"])
@pytest.mark.parametrize("body", [b"", b"[]", b"nonsense", b'{"x": NaN, "y": 1, "reach": 1}'])
def test_what_is_no_request_is_refused(client: FlaskClient, route: str, body: bytes) -> None:
    answer = client.post(f"/api/spaces/grey/{route}/pca", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.get_json()["error"]


def test_a_map_with_depth_is_no_picture(client: FlaskClient) -> None:
    assert asked(client, {}, "pca-3d").status_code == 400


def test_the_nearest_item_within_reach_is_picked(client: FlaskClient, grey: LatentSpace) -> None:
    points = grey.projection("pca").points
    for item in (0, 17, 59):
        x, y = (points[item] + 1e-4).tolist()
        found = client.post("/api/spaces/grey/pick/pca", json={"x": x, "y": y, "reach": 0.01}).get_json()
        assert found["index"] == item
        assert found["distance"] == pytest.approx(np.sqrt(2) * 1e-4, rel=0.05)
    hidden = {"hidden": ["ankle boot"], "color": "label", "reach": 0.01}
    x, y = points[0].tolist()
    assert client.post("/api/spaces/grey/pick/pca", json={"x": x, "y": y, **hidden}).get_json()["index"] is None
    x, y = points[1].tolist()
    assert client.post("/api/spaces/grey/pick/pca", json={"x": x, "y": y, **hidden}).get_json()["index"] == 1
    far = client.post("/api/spaces/grey/pick/pca", json={"x": 90, "y": 90, "reach": 0.01}).get_json()
    assert far["index"] is None
