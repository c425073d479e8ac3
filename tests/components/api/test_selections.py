"""Selecting over HTTP: what is told, the bits, the files, and what is refused."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from flask.testing import FlaskClient
from scipy.stats import hypergeom

from vae_core import LatentSpace
from vae_core.groups.item_set import ItemSet

HALF = {"box": [0, 99, -99, 99]}
ROUND = [[-99, -99], [99, -99], [99, 99], [-99, 99]]


def told(client: FlaskClient, path: str, body: dict[str, Any]) -> tuple[dict[str, Any], list[int]]:
    answer = client.post(f"/api/spaces/grey/{path}", json=body)
    assert answer.status_code == 200, answer.get_json()
    head, bits = answer.data.split(b"\n", 1)
    return json.loads(head), ItemSet.from_bits(np.frombuffer(bits, dtype=np.uint8), 60).indices.tolist()


def test_a_box_and_a_polygon_are_told_by_count_class_and_chance(client: FlaskClient, grey: LatentSpace) -> None:
    right = np.flatnonzero(grey.projection("pca").points[:, 0] >= 0)
    about, items = told(client, "select/pca", HALF)
    assert items == right.tolist() and (about["count"], about["total"]) == (len(right), 60)
    assert (about["column"], about["left_out"], about["shape"], about["type"]) == ("label", [], [8], "uint8")
    bag = about["classes"][1]
    bags = int(np.isin(right, range(1, 60, 3)).sum())
    law = hypergeom(60, 20, len(right))
    assert bag == {
        "name": "bag",
        "count": bags,
        "share": pytest.approx(bags / len(right), rel=1e-5),
        "share_of_all": pytest.approx(1 / 3, rel=1e-5),
        "low": pytest.approx(law.ppf(0.025 / 3) / len(right), rel=1e-5),
        "high": pytest.approx(law.ppf(1 - 0.025 / 3) / len(right), rel=1e-5),
    }
    assert told(client, "select/pca", {"polygon": ROUND, "color": "digit"})[0]["column"] == "digit"
    assert told(client, "select/pca", {"polygon": ROUND, "color": "size"})[0]["column"] == "label"
    empty = told(client, "select/pca", {"box": [98, 99, 98, 99]})[0]
    assert empty["count"] == 0 and empty["classes"][0]["share"] is None


def test_a_selection_goes_on_from_the_one_before(client: FlaskClient) -> None:
    first, right = told(client, "select/pca", HALF)
    shown = {"hidden": ["bag"], "color": "label", "within": {"column": "size", "low": 0, "high": 0.5}}
    more, items = told(client, "select/pca", {"polygon": ROUND, "mode": "add", "chosen": first["chosen"], **shown})
    assert set(items) == set(right) | {item for item in range(30) if item % 3 != 1}
    assert more["left_out"] == ["bag", "all but size from 0 to 0.5"]
    assert told(client, "selection", {"chosen": more["chosen"]})[1] == items
    turned, others = told(client, "selection", {"chosen": first["chosen"], "flip": True})
    assert others == [item for item in range(60) if item not in right] and turned["chosen"].endswith("*flip")
    assert told(client, "selection", {"find": "bag"})[1] == list(range(1, 60, 3))
    assert told(client, "selection", {"all": True, **shown})[0]["count"] == 20
    only = {"chosen": first["chosen"], "only": True}
    assert told(client, "selection", {**only, "find": "bag"})[1] == [item for item in right if item % 3 == 1]
    assert told(client, "selection", {**only, "flip": True})[1] == others
    assert told(client, "selection", {})[0] == {
        **told(client, "selection", {"chosen": ""})[0],
        "chosen": "",
        "count": 0,
    }


def test_selection_and_rest_are_taken_away(client: FlaskClient) -> None:
    about, items = told(client, "select/pca", HALF)
    for rest, wanted in (("0", items), ("1", [item for item in range(60) if item not in items])):
        answer = client.get("/api/spaces/grey/selection.csv", query_string={"chosen": about["chosen"], "rest": rest})
        name = "grey-rest.csv" if rest == "1" else "grey-selection.csv"
        assert name in answer.headers["Content-Disposition"] and answer.mimetype == "text/csv"
        table = pd.read_csv(io.BytesIO(answer.data))
        assert table["index"].tolist() == wanted and table["item"].tolist() == [f"item-{item:03d}" for item in wanted]


def test_gallery_map_and_hits_follow(client: FlaskClient, grey: LatentSpace) -> None:
    about, items = told(client, "select/pca", HALF)
    ranked = client.post("/api/spaces/grey/ranking", json={"by": "item", "chosen": about["chosen"], "only": True})
    assert [one["index"] for one in ranked.get_json()["items"]] == items
    coloured = {"chosen": about["chosen"], "color": ":selection", "hidden": ["selected"], "by": "item"}
    ranked = client.post("/api/spaces/grey/ranking", json=coloured)
    assert [one["index"] for one in ranked.get_json()["items"]] == [item for item in range(60) if item not in items]
    view = {"left": -99, "right": 99, "bottom": -99, "top": 99, "width": 50, "height": 50, "color": ":selection"}
    for extra, count in (({}, 60), ({"only": True}, len(items)), ({"hidden": ["others"]}, len(items))):
        head, body = client.post(
            "/api/spaces/grey/part/pca", json={**view, "chosen": about["chosen"], **extra}
        ).data.split(b"\n", 1)
        rows = np.frombuffer(body, "<f4").reshape(-1, 4)
        assert json.loads(head)["count"] == count == len(rows)
        assert len(np.unique(rows[:, 3])) == (2 if count == 60 else 1)
    assert client.post("/api/spaces/grey/part/pca", json=view).status_code == 422
    at = int(np.setdiff1d(np.arange(60), items)[0])
    x, y = grey.projection("pca").points[at].tolist()
    picked = {"x": x, "y": y, "reach": 1e-6, "chosen": about["chosen"], "color": "label"}
    assert client.post("/api/spaces/grey/pick/pca", json=picked).get_json()["index"] == at
    assert client.post("/api/spaces/grey/pick/pca", json={**picked, "only": True}).get_json()["index"] is None
    head, body = client.post("/api/spaces/grey/within/pca-3d", json={"find": "bag"}).data.split(b"\n", 1)
    np.testing.assert_array_equal(np.frombuffer(body, "<f4").reshape(-1, 3), grey.projection("pca-3d").points[1::3])
    assert json.loads(head)["count"] == 20


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("select/pca", None, 400),
        ("select/pca", [], 400),
        ("select/pca", {}, 400),
        ("select/pca", {**HALF, "polygon": ROUND}, 400),
        ("select/pca", {"polygon": [[0, 0], [1, 1]]}, 422),
        ("select/pca", {"polygon": [[0, 0, 0]] * 3}, 400),
        ("select/pca", {"polygon": [["a", 0]] * 3}, 422),
        ("select/pca", {"polygon": [[True, 0]] * 3}, 422),
        ("select/pca", {"polygon": [[1e300, 0]] * 3}, 422),
        ("select/pca", {"polygon": [[0, 0]] * 2001}, 422),
        ("select/pca", {"box": [1, 0, 0, 1]}, 422),
        ("select/pca", {"box": "all"}, 422),
        ("select/pca", {**HALF, "mode": "old"}, 400),
        ("select/pca", {**HALF, "hidden": "bag"}, 400),
        ("select/pca", {**HALF, "color": 3}, 400),
        ("select/pca", {**HALF, "within": {"column": "label"}}, 422),
        ("select/pca", {**HALF, "chosen": 3}, 422),
        ("select/pca", {**HALF, "chosen": "nonsense"}, 422),
        ("select/pca", {**HALF, "chosen": "new_box_pca-3d_0,1,0,1"}, 400),
        ("select/pca", {**HALF, "chosen": "new_box_umap_0,1,0,1"}, 409),
        ("select/umap", HALF, 409),
        ("select/pca-3d", HALF, 400),
        ("select/nothing", HALF, 404),
        ("selection", {"find": 3}, 400),
        ("selection", {"all": 1}, 400),
        ("selection", {"all": True, "flip": True}, 400),
        ("selection", {"chosen": "new_set_" + "0" * 32}, 422),
        ("ranking", {"chosen": "nonsense"}, 422),
        ("ranking", {"only": 1}, 400),
    ],
)
def test_what_cannot_be_selected(client: FlaskClient, path: str, body: Any, status: int) -> None:
    answer = client.post(f"/api/spaces/grey/{path}", json=body)
    assert answer.status_code == status and answer.get_json()["error"].endswith("."), answer.get_json()


def test_numbers_that_are_none_and_files_of_nothing_are_refused(client: FlaskClient) -> None:
    body = b'{"polygon": [[0, NaN], [1, 0], [0, 1]]}'
    answer = client.post("/api/spaces/grey/select/pca", data=body, content_type="application/json")
    assert answer.status_code == 422 and "finite" in answer.get_json()["error"]
    assert client.get("/api/spaces/grey/selection.csv?chosen=x").status_code == 422
    assert client.get("/api/spaces/grey/selection.csv?rest=2").status_code == 400
    assert client.get("/api/spaces/nothing/selection.csv").status_code == 404
