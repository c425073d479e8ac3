"""Names of dimensions over HTTP."""

from __future__ import annotations

import time

import pytest
from flask.testing import FlaskClient

from tests.patience import PATIENCE


def test_names_are_found_given_and_taken_back(client: FlaskClient) -> None:
    found = client.post("/api/spaces/grey/names").get_json()
    end = time.monotonic() + PATIENCE
    while found["state"] != "done" and time.monotonic() < end:
        assert found["state"] in ("waiting", "running") and found["automatic"] is None
        time.sleep(0.05)
        found = client.get("/api/spaces/grey/names").get_json()
    assert len(found["automatic"]) == len(found["words"]) == 4 and found["own"] == {}
    given = client.put("/api/spaces/grey/names/2", json={"name": "stroke <b>"})
    assert given.get_json()["own"] == {"2": "stroke <b>"}
    card = client.post("/api/spaces/grey/studies/relations").get_json()["html"]
    assert "stroke &lt;b&gt;" in card and "<b>" not in card
    assert client.put("/api/spaces/grey/names/2", json={"name": ""}).get_json()["own"] == {}
    assert client.get("/api/spaces/grey/names").get_json() == found


@pytest.mark.parametrize(
    ("dimension", "body", "status"),
    [(0, None, 400), (0, [], 400), (0, {"name": 3}, 400), (9, {"name": "a"}, 422), (0, {"name": "a" * 41}, 422)],
)
def test_what_is_no_name(client: FlaskClient, dimension: int, body: object, status: int) -> None:
    answer = client.put(f"/api/spaces/grey/names/{dimension}", json=body)
    assert answer.status_code == status and answer.get_json()["error"].endswith(".")


def test_a_column_along_a_dimension(client: FlaskClient) -> None:
    label = client.get("/api/spaces/grey/relations/1?column=label").get_json()["html"]
    assert "label along z1" in label and label.count('class="stack"') == 12 and "ankle boot" in label
    size = client.get("/api/spaces/grey/relations/1?column=size").get_json()["html"]
    assert size.count('class="range"') == 12 and "All items: median 0.500" in size
    measured = client.get("/api/spaces/grey/relations/1?column=brightness&source=measured").get_json()["html"]
    assert "brightness along z1" in measured
    every = client.get("/api/spaces/grey/relations").get_json()["html"]
    assert 'title="brightness"' in every and 'title="size"' in every


@pytest.mark.parametrize("path", ["1?column=nothing", "9?column=label", "1?column=nothing&source=measured"])
def test_no_such_relation(client: FlaskClient, path: str) -> None:
    answer = client.get(f"/api/spaces/grey/relations/{path}")
    assert answer.status_code == 422 and "there is n" in answer.get_json()["error"].lower()
