"""Who may speak to the tree under /api, and what it says to paths and methods it does not know."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from dash import Dash
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from components.server import create_dash
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


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8050", "127.0.0.1", "127.0.0.1:1", "127.0.0.1:65535", "[::1]", "[::1]:8050"]
)
def test_this_machine_is_answered(client: FlaskClient, host: str) -> None:
    assert client.get("/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "10.0.0.1",
        "[::2]",
        "[::1",
        "127.0.0.1@evil.example",
        "evil.example#localhost",
        "",
        "a b",
    ],
)
@pytest.mark.parametrize("path", ["/health", "/", "/api/spaces"])
def test_other_host_names_are_not_answered(client: FlaskClient, host: str, path: str) -> None:
    answer = client.get(path, headers={"Host": host})
    assert answer.status_code == 403 and "error" in answer.get_json()


def test_a_server_on_every_address_answers_to_addresses_but_not_to_names(catalogue: Catalogue, jobs: Jobs) -> None:
    client = create_dash(catalogue, jobs, ASSETS, hosts=None).server.test_client()
    for host, status in (("10.0.0.1:8050", 200), ("[fe80::1]", 200), ("localhost", 200), ("evil.example", 403)):
        assert client.get("/health", headers={"Host": host}).status_code == status


def test_a_server_on_one_name_answers_to_it(catalogue: Catalogue, jobs: Jobs) -> None:
    hosts = frozenset({"box.example", "192.0.2.7"})
    client = create_dash(catalogue, jobs, ASSETS, hosts=hosts).server.test_client()
    for host, status in (("box.example:80", 200), ("192.0.2.7", 200), ("192.0.2.8", 403), ("other.example", 403)):
        assert client.get("/health", headers={"Host": host}).status_code == status


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 200),
        ("http://localhost:8050", 200),
        ("http://LOCALHOST:8050", 200),
        ("http://localhost:8051", 403),
        ("http://evil.example", 403),
        ("http://evil.example:8050", 403),
        ("http://[::1", 403),
        ("null", 403),
        ("", 403),
    ],
)
def test_pages_of_other_sites_cannot_send(client: FlaskClient, origin: str | None, status: int) -> None:
    headers = {"Host": "localhost:8050"} | ({} if origin is None else {"Origin": origin})
    body = np.zeros(4, "<f4").tobytes()
    assert client.post("/api/spaces/grey/decode", data=body, headers=headers).status_code == status
    assert client.get("/api/spaces", headers=headers).status_code == 200  # which the browser does not let them read


def test_a_body_beyond_all_bounds_is_refused_unread(client: FlaskClient) -> None:
    answer = client.post("/api/spaces/grey/decode", environ_overrides={"CONTENT_LENGTH": str(2**40)})
    assert answer.status_code == 413 and "error" in answer.get_json()


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
    monkeypatch.setattr(jobs, "all", lambda: 1 / 0)
    answer = server.test_client().get("/api/jobs")
    assert answer.status_code == 500 and "error" in answer.get_json()
