"""Who is answered: by name, from which page, with which token."""

from __future__ import annotations

import numpy as np
import pytest
from flask.testing import FlaskClient

from components.server.access import SHORTEST_TOKEN, Access, is_loopback, new_token
from components.server.dash_app import create_dash
from tests.components.conftest import ASSETS
from vae_core import Catalogue, InputError
from vae_core.jobs import Jobs

TOKEN = "a-token-of-ours"


@pytest.fixture(scope="module")
def guarded(catalogue: Catalogue, jobs: Jobs) -> FlaskClient:
    made: FlaskClient = create_dash(catalogue, jobs, ASSETS, access=Access(token=TOKEN)).server.test_client(
        use_cookies=False
    )
    return made


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
    client = create_dash(catalogue, jobs, ASSETS, access=Access(None)).server.test_client()
    for host, status in (("10.0.0.1:8050", 200), ("[fe80::1]", 200), ("localhost", 200), ("evil.example", 403)):
        assert client.get("/health", headers={"Host": host}).status_code == status


def test_a_server_on_one_name_answers_to_it(catalogue: Catalogue, jobs: Jobs) -> None:
    hosts = frozenset({"box.example", "192.0.2.7"})
    client = create_dash(catalogue, jobs, ASSETS, access=Access(hosts)).server.test_client()
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


@pytest.mark.parametrize(
    ("path", "mode", "to", "status"),
    [
        ("/api/spaces", "cors", "empty", 403),
        ("/api/spaces/grey/items/0.png", "no-cors", "image", 403),
        ("/api/spaces/grey/studies/collapse", "navigate", "iframe", 403),
        ("/api/spaces/grey/table.csv", "navigate", "document", 200),
        ("/", "navigate", "document", 200),
        ("/", "navigate", "iframe", 200),
    ],
)
def test_other_sites_may_link_here_and_no_more(client: FlaskClient, path: str, mode: str, to: str, status: int) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": to}
    assert client.get(path, headers=headers).status_code == status
    assert client.get(path, headers={**headers, "Sec-Fetch-Site": "same-origin"}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/api/spaces", "/api/nothing", "/assets/style.css", "/_dash-layout", "/nowhere"])
def test_without_the_token_nothing_is_answered(guarded: FlaskClient, path: str) -> None:
    for address in (path, f"{path}?token=", f"{path}?token={TOKEN[:-1]}", f"{path}?token={TOKEN}x"):
        answer = guarded.get(address, headers={"Sec-Fetch-Mode": "cors"})
        assert answer.status_code == 401 and "Authorization: Bearer" in answer.get_json()["error"]
    for shown in ("Bearer", "Bearer nothing", f"Basic {TOKEN}", TOKEN):
        assert guarded.get(path, headers={"Authorization": shown, "Sec-Fetch-Mode": "cors"}).status_code == 401
    assert guarded.post("/api/spaces/grey/decode", data=bytes(16)).status_code == 401
    assert guarded.get(path, headers={"Cookie": f"latent-explorer-80={TOKEN}"}).status_code == 401


def test_health_tells_anyone_and_only_that_it_is_well(guarded: FlaskClient) -> None:
    assert guarded.get("/health").get_json() == {"status": "ok"}


def test_programs_show_the_token(guarded: FlaskClient) -> None:
    for kind in ("Bearer", "token"):
        assert guarded.get("/api/spaces", headers={"Authorization": f"{kind} {TOKEN}"}).status_code == 200
    assert guarded.get(f"/api/spaces?token={TOKEN}").status_code == 200
    assert guarded.post(f"/api/spaces/grey/decode?token={TOKEN}", data=bytes(16)).status_code == 200


def test_a_browser_changes_it_for_a_cookie_and_drops_it_from_the_address(catalogue: Catalogue, jobs: Jobs) -> None:
    browser = create_dash(catalogue, jobs, ASSETS, access=Access(token=TOKEN)).server.test_client()
    assert browser.get("/").status_code == 401
    answer = browser.get(f"/?space=grey&token={TOKEN}&z=1,2", base_url="http://localhost:8050/")
    assert answer.status_code == 302 and answer.headers["Location"] == "/?space=grey&z=1%2C2"
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and TOKEN not in cookie
    assert browser.get("/", base_url="http://localhost:8050/").status_code == 200
    assert browser.get("/api/spaces", base_url="http://localhost:8050/").status_code == 200
    assert browser.get("/", base_url="http://localhost:8051/").status_code == 401, "another server of this host"
    answer = browser.get(f"//evil.example/?token={TOKEN}", base_url="http://localhost:8050/")
    assert answer.headers["Location"].startswith("/") and not answer.headers["Location"].startswith("//")


def test_a_page_without_the_token_asks_for_it_and_keeps_what_was_looked_at(guarded: FlaskClient) -> None:
    answer = guarded.get("/?space=grey&color=%22%3E%3Cscript%3E", headers={"Accept": "text/html"})
    assert answer.status_code == 401 and answer.mimetype == "text/html"
    page = answer.get_data(as_text=True)
    assert 'name="space" value="grey"' in page and "<script>" not in page and "printed its token" in page
    assert "not the token" in guarded.get("/?token=wrong", headers={"Accept": "text/html"}).get_data(as_text=True)


def test_tokens_are_long_and_of_plain_letters() -> None:
    assert len({new_token() for _ in range(9)}) == 9 and all(len(new_token()) >= 32 for _ in range(9))
    for token in ("", "x" * (SHORTEST_TOKEN - 1), "schlüssel-wort", "two\nlines-of-it"):
        with pytest.raises(InputError, match="token"):
            Access(token=token)
    assert Access(token="half a key & more").address("http://a/") == "http://a/?token=half+a+key+%26+more"


@pytest.mark.parametrize(
    ("address", "expected"),
    [("127.0.0.1", True), ("127.8.0.1", True), ("::1", True), ("0.0.0.0", False), ("192.0.2.7", False), ("x", False)],
)
def test_loopback_is_told_from_other_addresses(address: str, expected: bool) -> None:
    assert is_loopback(address) is expected
