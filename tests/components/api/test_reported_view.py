"""The room in which a page tells a program what it has on show."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from components.api.view_states import Views, ViewState
from components.server.dash_app import create_dash
from tests.components.conftest import ASSETS
from vae_core import Catalogue
from vae_core.jobs import Jobs

SHOWN: dict[str, Any] = {
    "space": "grey",
    "projection": "pca",
    "color": "label",
    "item": 5,
    "z": [0.5, -1.25, 0.0, 3.0],
    "pins": {"a": [1, 2, 3, 4], "b": None},
    "hidden": ["bag"],
    "frame": [-1.0, 1.0, -2.0, 2.0],
}

#: What no page has on show.
WRONG_PARTS: dict[str, list[Any]] = {
    "space": [None, 3, "none"],
    "projection": [None, 7, ""],
    "color": [5, "x" * 1000],
    "item": [-1, 60, 1.0, True, "5"],
    "z": [[1, 2, 3], [1, 2, 3, "4"], "1,2,3,4", [1, 2, 3, 1e16], [1, 2, 3, True]],
    "pins": [[1], {"a": [1]}],
    "hidden": ["bag", [1], ["x"] * 1001],
    "chosen": [3, ["new_all"], "nonsense", "new_box_pca_0,1"],
    "frame": [[1, 0, 0, 1], [0, 1, 1, 0], [1, 2, 3], "0,1,0,1"],
}


@pytest.fixture(scope="module")
def views() -> Views:
    return Views(ViewState("grey"))


@pytest.fixture(scope="module")
def watched(catalogue: Catalogue, jobs: Jobs, views: Views) -> FlaskClient:
    server = create_dash(catalogue, jobs, ASSETS, views=views).server
    server.config["PROPAGATE_EXCEPTIONS"] = False
    made: FlaskClient = server.test_client()
    return made


def test_a_report_is_heard_and_answered_with_where_to_go(watched: FlaskClient, views: Views) -> None:
    path = f"/api/views/{views.token}"
    answer = watched.post(path, json={"page": "a", "done": 0, "shown": SHOWN})
    assert answer.status_code == 200 and answer.get_json() == {"go": None}
    shown = views.view_state
    assert (shown.space, shown.projection, shown.color, shown.item) == ("grey", "pca", "label", 5)
    assert shown.z is not None and shown.z.dtype == np.float32 and shown.z.tolist() == SHOWN["z"]
    assert shown.pins[0] is not None and shown.pins[0].tolist() == [1, 2, 3, 4] and shown.pins[1] is None
    assert shown.hidden == ("bag",) and shown.frame == (-1, 1, -2, 2)
    views.go("grey", np.array([1, 2, 3, 4], np.float32), 2)
    go = watched.post(path, json={"page": "a", "done": 0}).get_json()["go"]
    assert go == {"number": 1, "space": "grey", "item": 2, "z": [1, 2, 3, 4]}
    assert watched.post(path, json={"page": "a", "done": 1}).get_json() == {"go": None}


@pytest.mark.parametrize("token", ["", "guess", "ünguessed", "x" * 500])
def test_who_does_not_know_the_name_is_not_heard(watched: FlaskClient, views: Views, token: str) -> None:
    before = views.view_state
    answer = watched.post(f"/api/views/{token}", json={"page": "evil", "shown": SHOWN})
    assert answer.status_code == 404 and "error" in answer.get_json() and views.view_state is before


def test_a_server_no_program_listens_to_hears_nothing(client: FlaskClient, views: Views) -> None:
    assert client.post(f"/api/views/{views.token}", json={"page": "a", "shown": SHOWN}).status_code == 404


def test_pages_of_other_sites_are_not_heard(watched: FlaskClient, views: Views) -> None:
    headers = {"Origin": "http://evil.example"}
    assert watched.post(f"/api/views/{views.token}", json={"page": "a"}, headers=headers).status_code == 403


WRONG = [
    {"page": None},
    {"page": ""},
    {"page": "x" * 1000},
    {"done": -1},
    {"done": True},
    {"done": 1.5},
    {"shown": []},
    *({"shown": {**SHOWN, name: value}} for name, values in WRONG_PARTS.items() for value in values),
]


@pytest.mark.parametrize("change", WRONG, ids=str)
def test_what_makes_no_sense_is_refused_in_a_sentence(
    watched: FlaskClient, views: Views, change: dict[str, Any]
) -> None:
    before = views.view_state
    answer = watched.post(f"/api/views/{views.token}", json={"page": "a", "done": 0, "shown": SHOWN, **change})
    assert answer.status_code in (400, 404) and answer.get_json()["error"].endswith(".")
    assert views.view_state is before


def test_numbers_that_are_not_finite_are_refused(watched: FlaskClient, views: Views) -> None:
    for bad in ("NaN", "Infinity", "1e400"):
        body = f'{{"page": "a", "shown": {{"space": "grey", "projection": "pca", "z": [0, 0, 0, {bad}]}}}}'
        answer = watched.post(f"/api/views/{views.token}", data=body, content_type="application/json")
        assert answer.status_code == 400, bad


def test_a_report_beyond_all_bounds_is_refused(watched: FlaskClient, views: Views) -> None:
    body = b'{"page": "' + b"x" * (5 * 2**20) + b'"}'
    answer = watched.post(f"/api/views/{views.token}", data=body, content_type="application/json")
    assert answer.status_code == 413


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 99) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from([*SHOWN, "a", "b"]), inner, max_size=4),
    max_leaves=8,
)


@given(part=st.sampled_from(["page", "done", *SHOWN]), value=anything)
def test_whatever_is_sent_is_taken_or_refused(watched: FlaskClient, views: Views, part: str, value: Any) -> None:
    body: dict[str, Any] = {"page": "a", "done": 0, "shown": dict(SHOWN)}
    (body if part in body else body["shown"])[part] = value
    answer = watched.post(f"/api/views/{views.token}", json=body)
    assert answer.status_code in (200, 400, 404), answer.data
    assert answer.is_json
