"""The report over HTTP: asked for, watched, taken away."""

from __future__ import annotations

import time

from flask.testing import FlaskClient


def test_a_report_is_made_in_the_background_and_taken_away(client: FlaskClient) -> None:
    assert client.get("/api/spaces/vectors/report").get_json() == {"state": "missing"}
    early = client.get("/api/spaces/vectors/report.html")
    assert early.status_code == 409 and "There is no report" in early.get_json()["error"]
    told = client.post("/api/spaces/vectors/report?visitor=anne").get_json()
    end = time.monotonic() + 60
    while told["state"] in ("waiting", "running") and time.monotonic() < end:
        time.sleep(0.05)
        told = client.get("/api/spaces/vectors/report").get_json()
    assert told == {"state": "done"}
    taken = client.get("/api/spaces/vectors/report.html")
    assert taken.headers["Content-Disposition"].startswith('attachment; filename="vectors-20')
    assert taken.get_data(as_text=True).startswith("<!DOCTYPE html>")
    assert client.post("/api/spaces/vectors/report").status_code == 200, "it is there at once"


def test_a_report_that_is_cancelled_is_none(client: FlaskClient) -> None:
    client.post("/api/spaces/colour/report?visitor=anne")
    client.delete("/api/spaces/colour/report?visitor=anne")
    end = time.monotonic() + 30
    while (
        client.get("/api/spaces/colour/report").get_json()["state"] in ("waiting", "running") and time.monotonic() < end
    ):
        time.sleep(0.05)
    assert client.get("/api/spaces/colour/report").get_json()["state"] in ("cancelled", "missing", "done")
    assert client.get("/api/spaces/nothing/report").status_code == 404
