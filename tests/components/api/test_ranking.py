"""Items in an order over HTTP, a part at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from flask.testing import FlaskClient

from vae_core import InputError, LatentSpace
from vae_core.browse.ranking import FIGURES, ITEM, Rankings, orders_of
from vae_core.interpret.items.wrong_items import wrong_items

PATH = "/api/spaces/grey/ranking"


def test_the_worst_come_first_a_part_at_a_time(client: FlaskClient, grey: LatentSpace) -> None:
    order = np.argsort(-grey.distortion, kind="stable")
    parts = [client.post(PATH, json={"by": "distortion", "offset": at, "count": 25}).get_json() for at in (0, 25, 50)]
    items = [one for part in parts for one in part["items"]]
    assert [one["index"] for one in items] == order.tolist() and {part["total"] for part in parts} == {60}
    assert items[0]["value"] == pytest.approx(float(grey.distortion[order[0]]), rel=1e-5)
    assert items[0]["percentile"] == pytest.approx(100 * 59.5 / 60, rel=1e-4)
    assert items[0]["label"] == str(grey.data.table["label"].iloc[order[0]])
    best = client.post(PATH, json={"by": "distortion", "worst": False, "count": 1}).get_json()["items"][0]
    assert best["index"] == int(np.argmin(grey.distortion))


def test_a_part_of_the_items_and_where_one_stands(client: FlaskClient) -> None:
    asked = {"by": "size", "within": {"column": "label", "value": "bag"}, "count": 3, "find": 58}
    told = client.post(PATH, json=asked).get_json()
    assert told["total"] == 20 and [one["index"] for one in told["items"]] == [58, 55, 52] and told["position"] == 0
    assert client.post(PATH, json={**asked, "find": 57}).get_json()["position"] is None
    plain = client.post(PATH, json={"by": "item", "count": 2, "offset": 7}).get_json()["items"]
    assert [(one["index"], one["value"]) for one in plain] == [(7, None), (8, None)]


def test_what_the_legend_hides_is_left_out(client: FlaskClient, grey: LatentSpace) -> None:
    labels = grey.data.table["label"].to_numpy()
    for hidden, color in ((["bag"], "label"), (["bag", "coat"], "label"), (["bag"], "size")):
        told = client.post(PATH, json={"by": "item", "hidden": hidden, "color": color, "count": 60}).get_json()
        wanted = np.flatnonzero(~np.isin(labels, hidden)) if color == "label" else np.arange(60)
        assert [one["index"] for one in told["items"]] == wanted.tolist() and told["total"] == len(wanted)
    nothing = client.post(PATH, json={"hidden": ["bag", "coat", "ankle boot"], "color": "label"}).get_json()
    assert nothing["total"] == 0 and nothing["items"] == []


def test_unlike_neighbours_by_any_column(client: FlaskClient, grey: LatentSpace) -> None:
    for column in ("label", "size"):
        told = client.post(PATH, json={"by": "disagreement", "column": column, "count": 1}).get_json()["items"][0]
        found = wrong_items(grey, column=column).disagreement
        assert found is not None and told["value"] == pytest.approx(float(np.nanmax(found.values)), rel=1e-5)


def test_what_can_be_chosen(client: FlaskClient) -> None:
    told = client.get(PATH).get_json()
    assert [one["name"] for one in told["by"]][:5] == ["distortion", "rarity", "disagreement", "item", "size"]
    assert {"name": "label", "title": "label", "kind": "category", "step": ""} in told["filters"]
    labels = client.get("/api/spaces/grey/columns/label/values").get_json()
    assert labels == {
        "kind": "category",
        "more": 0,
        "values": [{"value": v, "count": 20} for v in ("ankle boot", "bag", "coat")],
    }
    assert client.get("/api/spaces/grey/columns/size/values").get_json() == {
        "kind": "number",
        "low": 0.0,
        "high": 1.0,
        "step": "",
    }
    assert client.get("/api/spaces/grey/columns/note/values").status_code == 404


def test_a_column_called_like_something_else_can_be_ordered_by(vectors: LatentSpace) -> None:
    names = ("distortion", "rarity", "disagreement", "item", "column:item", "size")
    values = {name: np.random.default_rng(at).normal(size=30) for at, name in enumerate(names)}
    space = LatentSpace.build(vectors.model, replace(vectors.data, table=pd.DataFrame(values)))
    listed = orders_of(space)
    taken = [f"column:{name}" for name in names[:-1]]
    assert [one["name"] for one in listed][:10] == [*FIGURES, ITEM, *taken, "size"]
    assert len({one["title"] for one in listed}) == len({one["name"] for one in listed}) == len(listed)
    for by, name in zip([*taken, "size", "column:size"], [*names, "size"], strict=True):
        assert Rankings().get(space, by, True, "").order.tolist() == np.argsort(-values[name]).tolist()
    assert Rankings().get(space, "item", True, "").order.tolist() == list(range(30))
    assert Rankings().get(space, "distortion", True, "").order.tolist() == np.argsort(-space.distortion).tolist()
    with pytest.raises(InputError, match="cannot be ordered by 'column:item'"):
        Rankings().get(vectors, "column:item", True, "")


def test_distortion_waits_for_no_nearest_items(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("the nearest items were looked for")

    monkeypatch.setattr("vae_core.browse.ranking.wrong", refuse)
    assert client.get(PATH).status_code == 200
    assert client.post(PATH, json={"by": "distortion", "count": 2}).status_code == 200


def test_a_set_without_labels_says_what_to_add(client: FlaskClient) -> None:
    told = client.get("/api/spaces/colour/ranking").get_json()
    assert "disagreement" not in {one["name"] for one in told["by"]} and told["notes"] == []
    refused = client.post("/api/spaces/colour/ranking", json={"by": "disagreement"})
    assert refused.status_code == 422 and refused.get_json()["error"].endswith(".")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (None, 400),
        ([], 400),
        ({"by": 3}, 400),
        ({"by": "note"}, 422),
        ({"by": "nothing"}, 422),
        ({"offset": -1}, 400),
        ({"offset": 61}, 400),
        ({"count": 501}, 400),
        ({"count": True}, 400),
        ({"offset": 0.5}, 400),
        ({"find": "a"}, 400),
        ({"find": 60}, 400),
        ({"worst": "false"}, 400),
        ({"hidden": "bag"}, 400),
        ({"within": {"column": "label"}}, 422),
        ({"within": {"column": "z0", "low": 10**400, "high": 1}}, 422),
        ({"column": "nothing", "by": "disagreement"}, 422),
    ],
)
def test_what_cannot_be_asked(client: FlaskClient, body: Any, status: int) -> None:
    answer = client.post(PATH, json=body)
    assert answer.status_code == status and answer.get_json()["error"].endswith((".", "here")), answer.get_json()
