"""A space that opened with a first draw of its distortion has the others taken in the background."""

from __future__ import annotations

import numpy as np
import pytest
from flask.testing import FlaskClient

from components.server.dash_app import create_dash
from tests.components.conftest import ASSETS
from vae_core import Catalogue, LatentSpace
from vae_core.jobs import Jobs


def asking_of(space: LatentSpace, jobs: Jobs) -> FlaskClient:
    catalogue = Catalogue()
    catalogue.add("own", "Own", space)
    made: FlaskClient = create_dash(catalogue, jobs, ASSETS).server.test_client()
    return made


def test_the_missing_draws_are_taken_and_everything_that_shows_them_has_them(
    grey: LatentSpace, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vae_core.space.encodings.build._AT_ONCE", 0.0)
    data = grey.data.take(np.arange(37))
    space = LatentSpace.build(grey.model, data, draws=1)
    whole = LatentSpace.build(grey.model, data)
    client = asking_of(space, jobs)
    about = client.get("/api/spaces/own").get_json()
    assert (about["draws"], about["all_draws"]) == (1, 8)
    item = client.get("/api/spaces/own/items/3").get_json()
    assert item["distortion_error"] is None
    assert item["distortion"] == pytest.approx(float(space.distortion[3]), rel=1e-5)
    assert "one posterior sample." in client.get("/api/spaces/own/ranking").get_json()["told"]["distortion"]
    worst = client.post("/api/spaces/own/ranking", json={"by": "distortion", "offset": 0, "count": 37})
    assert client.get("/api/spaces/own/distortion").get_json() == {"state": "missing", "draws": 1}

    answer = client.post("/api/spaces/own/distortion")
    assert answer.status_code == 202
    job = jobs.by_id(answer.get_json()["job"])
    assert job is None or job.wait(60)
    assert client.get("/api/spaces/own/distortion").get_json() == {"state": "done", "draws": 8}
    item = client.get("/api/spaces/own/items/3").get_json()
    assert item["distortion"] == pytest.approx(float(whole.distortion[3]), rel=1e-5)
    assert item["distortion_error"] == pytest.approx(float(whole.distortion_error[3]), rel=1e-4)
    assert "8 posterior samples." in client.get("/api/spaces/own/ranking").get_json()["told"]["distortion"]
    ordered = client.post("/api/spaces/own/ranking", json={"by": "distortion", "offset": 0, "count": 37})
    indices = [one["index"] if isinstance(one, dict) else one for one in ordered.get_json()["items"]]
    assert indices == np.argsort(-whole.distortion, kind="stable").tolist()
    assert ordered.get_json() != worst.get_json()
    assert client.post("/api/spaces/own/distortion").status_code == 200


def test_a_space_that_has_all_draws_starts_no_work(grey: LatentSpace, jobs: Jobs) -> None:
    client = asking_of(grey, jobs)
    assert client.post("/api/spaces/own/distortion").get_json() == {"state": "done", "draws": 8}
    assert not [job for job in jobs.all_jobs() if job.kind == "distortion"]
