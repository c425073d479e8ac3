"""The list of spaces and what a page is told of one."""

from __future__ import annotations

import json

import numpy as np
import pytest
from flask.testing import FlaskClient

from components.server.dash_app import create_dash
from tests.components.conftest import ASSETS
from vae_core import Catalogue, InputError, LatentSpace
from vae_core.jobs import Jobs


def test_spaces_are_listed_in_order(client: FlaskClient) -> None:
    grey, colour, vectors = client.get("/api/spaces").get_json()
    assert grey == {
        "id": "grey",
        "name": "Grey",
        "kind": "image",
        "count": 60,
        "latent_dim": 4,
        "latent_shape": [4],
        "image_shape": [8, 8, 1],
        "projections": ["pca", "pca-3d"],
    }
    assert colour["image_shape"] == [9, 7, 3] and colour["projections"] == ["pca"]
    assert vectors["image_shape"] is None and vectors["kind"] == "vector" and vectors["count"] == 30


def test_a_space_is_described_in_strict_json(client: FlaskClient, grey: LatentSpace) -> None:
    answer = client.get("/api/spaces/grey")
    told = json.loads(answer.data, parse_constant=pytest.fail)
    assert [column["name"] for column in told["columns"]][:4] == ["label", "digit", "size", "note"]
    assert told["default_column"] == "label"
    assert sorted(told["order"]) == [0, 1, 2, 3]
    mean_rate = grey.rate.mean(axis=0)
    assert told["order"] == np.argsort(-mean_rate).tolist()
    assert len(told["dimensions"]) == 4 and told["steps"] == 33
    assert told["can"]["encode"] is True and told["value_range"] == [0, 255]


def test_spaces_are_listed_without_opening_them(grey: LatentSpace, jobs: Jobs) -> None:
    def broken() -> LatentSpace:
        raise InputError("model.safetensors: truncated; copy it anew.")

    wanted: list[str] = []

    def slow() -> LatentSpace:
        wanted.append("slow")
        return grey

    catalogue = Catalogue()
    catalogue.add("broken", "Broken", broken)
    catalogue.add("grey", "Grey", grey)
    catalogue.add("slow", "Slow", slow)
    client = create_dash(catalogue, jobs, ASSETS).server.test_client()
    listed = client.get("/api/spaces").get_json()
    assert [(one["id"], one["count"]) for one in listed] == [("broken", None), ("grey", 60), ("slow", None)]
    assert not wanted and set(listed[2]) == set(listed[1]), "the same fields, unknown ones without a value"
    answer = client.get("/api/spaces/broken")
    assert answer.status_code == 422 and "truncated" in answer.get_json()["error"]
    assert client.get("/api/spaces/slow").get_json()["count"] == 60
    listed = client.get("/api/spaces").get_json()
    assert [(one["id"], one["count"]) for one in listed] == [("grey", 60), ("slow", 60)], "what failed is left out"


def test_the_page_is_told_the_kinds(client: FlaskClient) -> None:
    told = client.get("/api/spaces/grey").get_json()["columns"]
    plain = {"of_map": False, "measured": False, "turn": 0.0, "degrees": 0.0, "parts": [], "step": "", "colours": True}
    assert told[1] == {"name": "digit", "title": "digit", "kind": "category", "group": "table", **plain}
    (angle,) = (column for column in told if column["turn"])
    parts = ["measured:direction sin 2θ", "measured:direction cos 2θ"]
    wanted = {"name": "measured:direction", "title": "direction", "kind": "number", "measured": True, "parts": parts}
    wanted["group"] = "measured"
    assert angle == {**plain, **wanted, "turn": 180.0, "degrees": 180.0}
    assert not {column["name"] for column in told} & set(parts)
