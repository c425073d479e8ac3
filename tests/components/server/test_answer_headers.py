"""What every answer tells browsers, and what visitors of other machines do not learn."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask, Response, jsonify
from flask.testing import FlaskClient

from components.server import answer_headers


@pytest.mark.parametrize("path", ["/", "/api/spaces", "/api/nothing", "/assets/style.css", "/_dash-layout", "/health"])
def test_every_answer_has_them(client: FlaskClient, path: str) -> None:
    headers = client.get(path, buffered=True).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["frame-ancestors"].split() == ["'self'", *answer_headers.FRAMES] and policy["object-src"] == "'none'"
    assert "'unsafe-inline'" not in policy["script-src"] and policy["script-src"].count("'sha256-") > 1
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("visitor", "shown"), [("127.0.0.1", True), ("::1", True), ("192.0.2.7", False), ("", False), (None, False)]
)
def test_paths_of_the_machine_are_told_on_it_only(tmp_path: Path, visitor: str | None, shown: bool) -> None:
    server, folder = Flask(__name__), tmp_path / "Köln"
    server.add_url_rule("/error", "error", view_func=lambda: (jsonify(error=f"{folder / 'a.npz'} is full."), 500))
    server.add_url_rule("/file", "file", view_func=lambda: Response(str(folder), mimetype="text/plain"))
    answer_headers.register(server, [], private=(tmp_path, folder))
    answer = server.test_client().get("/error", environ_overrides={"REMOTE_ADDR": visitor})
    assert answer.get_json()["error"] == (f"{folder / 'a.npz'} is full." if shown else "…/a.npz is full.")
    assert answer.content_length == len(answer.get_data())
