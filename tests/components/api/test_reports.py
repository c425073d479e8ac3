"""The report over HTTP: asked for, watched, downloaded."""

from __future__ import annotations

import time
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.patience import PATIENCE
from vae_core.errors import InputError
from vae_core.progress import Progress, Stopped
from vae_core.report import files as making


def settled(client: FlaskClient, space: str, *still: str) -> dict[str, Any]:
    """Return how a report stands once it is in none of these states."""
    end = time.monotonic() + PATIENCE
    told: dict[str, Any] = client.get(f"/api/spaces/{space}/report").get_json()
    while told["state"] in still and time.monotonic() < end:
        time.sleep(0.02)
        told = client.get(f"/api/spaces/{space}/report").get_json()
    return told


def test_a_report_is_made_in_the_background_and_taken_away(client: FlaskClient) -> None:
    assert client.get("/api/spaces/vectors/report").get_json() == {"state": "missing"}
    early = client.get("/api/spaces/vectors/report.html")
    assert early.status_code == 409 and "There is no report" in early.get_json()["error"]
    assert client.post("/api/spaces/vectors/report?visitor=anne").status_code in (200, 202)
    assert settled(client, "vectors", "waiting", "running") == {"state": "done"}
    taken = client.get("/api/spaces/vectors/report.html")
    assert taken.headers["Content-Disposition"].startswith('attachment; filename="vectors-20')
    assert taken.get_data(as_text=True).startswith("<!DOCTYPE html>")
    assert client.post("/api/spaces/vectors/report").status_code == 200, "it is there at once"


def test_a_second_press_joins_and_what_is_cancelled_is_not_kept(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(space: object, progress: Progress) -> str:
        while progress(1, 4, "Evidence"):
            time.sleep(0.01)
        raise Stopped("Making the report was stopped.")

    monkeypatch.setattr(making, "report_html", endless)
    first = client.post("/api/spaces/colour/report?visitor=anne").get_json()
    second = client.post("/api/spaces/colour/report?visitor=bert").get_json()
    assert first["job"] == second["job"]
    client.delete("/api/spaces/colour/report?visitor=anne")
    running = settled(client, "colour", "waiting")
    assert (running["state"], running["title"]) == ("running", "Report on colour"), "bert still waits for it"
    client.delete("/api/spaces/colour/report?visitor=bert")
    assert settled(client, "colour", "waiting", "running")["state"] == "cancelled"
    assert client.get("/api/spaces/colour/report.html").status_code == 409
    assert client.get("/api/spaces/nothing/report").status_code == 404


def test_a_failure_is_told_in_its_sentence_and_leaves_the_earlier_report(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "report_html", lambda *_: "<!DOCTYPE html>first")
    client.post("/api/spaces/colour/report")
    assert settled(client, "colour", "waiting", "running")["state"] == "done"

    def full(*_: object) -> str:
        raise InputError("There is no room for it.")

    monkeypatch.setattr(making, "report_html", full)
    client.post("/api/spaces/colour/report?anew=1")
    told = settled(client, "colour", "waiting", "running")
    assert (told["state"], told["error"]) == ("failed", "There is no room for it.")
    assert client.post("/api/spaces/colour/report").get_json() == {"state": "done"}, "the earlier one is as good"
    monkeypatch.setattr(making, "report_html", lambda *_: "<!DOCTYPE html>second")
    client.post("/api/spaces/colour/report?anew=1")
    assert settled(client, "colour", "waiting", "running")["state"] == "done"
    assert client.get("/api/spaces/colour/report.html").get_data(as_text=True).endswith("second")
