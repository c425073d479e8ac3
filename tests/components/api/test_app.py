"""What the tree under /api says to paths and methods it does not know."""

from __future__ import annotations

from pathlib import Path

import pytest
from dash import Dash
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from components.server.dash_app import create_dash
from vae_core import Catalogue
from vae_core.jobs import Jobs

ASSETS = Path(__file__).resolve().parents[3] / "assets"
ANY_METHOD = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"]


def test_health(client: FlaskClient) -> None:
    answer = client.get("/health")
    assert answer.status_code == 200 and answer.get_json() == {"status": "ok"}


@pytest.mark.parametrize("method", ANY_METHOD)
@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/api/nothing",
        "/api/spaces/",
        "/api//spaces",
        "/api/spaces/grey/items/x",
        "/api/spaces/grey/items/-1.png",
    ],
)
def test_unknown_paths_are_not_found_as_json(client: FlaskClient, method: str, path: str) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == 404
    assert answer.mimetype == "application/json"
    if method != "HEAD":
        assert path in answer.get_json()["error"]


@settings(max_examples=60, deadline=None)
@given(method=st.sampled_from(ANY_METHOD), rest=st.text(max_size=20), body=st.binary(max_size=20))
def test_no_path_makes_the_tree_fail(client: FlaskClient, method: str, rest: str, body: bytes) -> None:
    path = "/api/" + rest.replace("?", "")
    answer = client.open(path, method=method, data=body)
    assert answer.status_code in (200, 404, 405)
    assert answer.mimetype == "application/json"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("spaces", {"GET", "HEAD", "OPTIONS"}),
        ("spaces/grey", {"GET", "HEAD", "OPTIONS"}),
        ("spaces/grey/decode", {"POST", "OPTIONS"}),
        ("spaces/grey/items/3.png", {"GET", "HEAD", "OPTIONS"}),
        ("spaces/grey/projections", {"POST", "OPTIONS"}),
        ("spaces/grey/projections/tsne", {"GET", "HEAD", "DELETE", "OPTIONS"}),
        ("jobs", {"GET", "HEAD", "DELETE", "OPTIONS"}),
    ],
)
def test_wrong_methods_are_told_the_right_ones(client: FlaskClient, path: str, allowed: set[str]) -> None:
    for method in set(ANY_METHOD) - allowed:
        answer = client.open(f"/api/{path}", method=method)
        assert answer.status_code == 405
        assert set(answer.headers["Allow"].split(", ")) == allowed
        assert answer.mimetype == "application/json"
        if method != "HEAD":
            assert answer.get_json()["error"].startswith(f"{method} is not possible here")
    options = client.options(f"/api/{path}")
    assert options.status_code == 200 and set(options.headers["Allow"].split(", ")) == allowed


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/items/0",
        "/items/0.png",
        "/items/0/pictures",
        "/find?q=a",
        "/table.csv",
        "/latents.npz",
        "/projections/pca",
    ],
)
def test_unknown_spaces_are_not_found(client: FlaskClient, path: str) -> None:
    answer = client.get(f"/api/spaces/nobody{path}")
    assert answer.status_code == 404 and "nobody" in answer.get_json()["error"]


def test_a_path_prefix_holds_for_page_and_api(catalogue: Catalogue, jobs: Jobs) -> None:
    app: Dash = create_dash(catalogue, jobs, ASSETS, prefix="/x/")
    client = app.server.test_client()
    assert client.get("/x/health").status_code == 200
    assert client.get("/x/api/spaces").get_json()[0]["id"] == "grey"
    assert client.get("/x/api/nothing").mimetype == "application/json"
    assert client.post("/x/api/spaces/grey/decode", data=bytes(16)).headers["X-Shape"] == "1,8,8,1"
    assert client.post("/x/api/spaces").status_code == 405
    page = client.get("/x/")
    assert page.status_code == 200 and b"/x/_dash" in page.data
    assert client.get("/api/spaces").status_code == 404
    assert client.get("/health").status_code == 404


def test_a_defect_of_ours_is_json_too(catalogue: Catalogue, jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    server = create_dash(catalogue, jobs, ASSETS).server
    server.config["PROPAGATE_EXCEPTIONS"] = False
    server.logger.disabled = True
    monkeypatch.setattr(jobs, "all_jobs", lambda: 1 / 0)
    answer = server.test_client().get("/api/jobs")
    assert answer.status_code == 500 and "error" in answer.get_json()
