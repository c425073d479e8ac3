"""The list of long work: watched, seen, cancelled by each for himself, started again, taken off."""

from __future__ import annotations

import json
import weakref
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from components.api.jobs import describe
from components.server.dash_app import create_dash
from vae_core import Catalogue, LatentSpace
from vae_core.interpret import answers
from vae_core.jobs import KINDS as KINDS_OF_SERVERS
from vae_core.jobs import Job, Jobs, Kind, bounds
from vae_core.space import ProjectionSettings
from vae_core.space.maps.checkpoint import Descent, TSNECheckpoint

ASSETS = Path(__file__).resolve().parents[3] / "assets"
KINDS = {
    "multiply": Kind("tests.jobs.work:multiply"),
    "wait": Kind("tests.jobs.work:wait"),
    "wait in a thread": Kind("tests.jobs.work:wait", "server"),
}


@pytest.fixture(scope="module")
def working() -> Iterator[Jobs]:
    made = Jobs(kinds=KINDS)
    yield made
    made.close()


@pytest.fixture(scope="module")
def page(catalogue: Catalogue, working: Jobs) -> FlaskClient:
    made: FlaskClient = create_dash(catalogue, working, ASSETS).server.test_client()
    return made


def test_work_is_listed_newest_first_and_can_be_seen(page: FlaskClient, working: Jobs) -> None:
    assert page.get("/api/jobs").get_json() == []
    for name, factors in (("six", {"a": 2, "b": 3}), ("ten", {"a": 2, "b": 5})):
        assert working.submit(name, "multiply", name.title(), factors).wait(60)
    listed = page.get("/api/jobs").get_json()
    assert [job["title"] for job in listed] == ["Ten", "Six"]
    one = page.get(f"/api/jobs/{listed[1]['id']}").get_json()
    assert one == listed[1] and (one["state"], one["step"], one["of"], one["error"], one["left"]) == (
        *("done", 2, 2, ""),
        None,
    )
    seen = page.get(f"/api/jobs/{one['id']}/preview")
    assert seen.headers["X-Shape"] == "1,2"
    np.testing.assert_array_equal(np.frombuffer(seen.data, "<f4"), [2, 3])
    for job in listed:
        assert page.delete(f"/api/jobs/{job['id']}").status_code == 200
    assert page.get("/api/jobs").get_json() == []


def test_each_visitor_cancels_for_himself_and_starts_again(page: FlaskClient, working: Jobs, tmp_path: Path) -> None:
    for visitor in ("ann", "ben"):
        job = working.submit("wait", "wait", "Waiting", {"folder": str(tmp_path)}, visitor)
    path = f"/api/jobs/{job.id}"
    assert page.get(path).get_json()["visitors"] == 2
    assert page.get(f"{path}/preview").status_code == 409
    page.delete(f"{path}?visitor=ann")
    assert page.get(path).get_json()["state"] in ("waiting", "running")
    page.delete(f"{path}?visitor=ben")
    assert job.wait(60) and page.get(path).get_json()["state"] == "cancelled"
    again = page.post(f"{path}/restart?visitor=ann").get_json()
    assert again["id"] != job.id and again["visitors"] == 1
    page.delete(f"/api/jobs/{again['id']}?visitor=ann")
    renewed = working.get("wait")
    assert renewed is not None and renewed.wait(60)
    working.forget("wait")


def test_one_visitor_cancels_all_at_once(page: FlaskClient, working: Jobs, tmp_path: Path) -> None:
    for key, visitors in (("one", ("ann",)), ("two", ("ann", "ben")), ("three", ("ben",))):
        for visitor in visitors:
            working.submit(key, "wait", key.title(), {"folder": str(tmp_path)}, visitor)
    assert {job["title"]: job["mine"] for job in page.get("/api/jobs?visitor=ann").get_json()} == {
        **{"One": True, "Two": True},
        "Three": False,
    }
    ended = page.delete("/api/jobs?visitor=ann").get_json()
    assert {job["title"]: job["visitors"] for job in ended} == {"One": 0, "Two": 1}
    one = working.get("one")
    assert one is not None and one.wait(60) and one.state == "cancelled"
    assert not any(job["mine"] for job in page.get("/api/jobs?visitor=ann").get_json())
    page.delete("/api/jobs?visitor=ben")
    for key in ("one", "two", "three"):
        job = working.get(key)
        assert job is not None and job.wait(60) and job.state == "cancelled"
        working.forget(key)


@pytest.mark.parametrize("name", ["nothing", "..", "a b"])
def test_work_that_is_not_there_is_not_found(page: FlaskClient, name: str) -> None:
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/preview"), ("POST", "/restart")):
        answer = page.open(f"/api/jobs/{name}{path}", method=method)
        assert answer.status_code == 404 and answer.get_json()["error"].endswith(".")


def test_it_is_told_whether_what_was_cancelled_goes_on_where_it_was(tmp_path: Path) -> None:
    for method, note, goes_on in (
        ("tsne", "neighbours", False),
        ("umap", "epoch 20", False),
    ):
        settings = ProjectionSettings.of(method)
        arguments = {"settings": settings.to_json(), "folder": str(tmp_path / "space")}
        job = Job("key", "projection", "A map", arguments, tmp_path)
        (tmp_path / "progress.json").write_text(json.dumps({"step": 20, "of": 750, "note": note}))
        assert describe(job)["goes_on"] is goes_on, note
    # The first steps are noted at once; noted before, they are gone on from, however far the new beginning has come.
    tsne = ProjectionSettings.of("tsne")
    job = Job("key", "projection", "A map", {**arguments, "settings": tsne.to_json()}, tmp_path)
    (tmp_path / "progress.json").write_text(json.dumps({"note": "neighbours"}))
    points = np.zeros((4, 2))
    TSNECheckpoint(tmp_path / "space", tsne, "latents").note(Descent(3, points, points, points), "library")
    assert describe(job)["goes_on"] is True
    job.end("done", keep=False)
    assert describe(job)["goes_on"] is False
    assert describe(Job("key", "study", "A study", {}, tmp_path))["goes_on"] is False


def test_more_than_a_person_asks_for_is_refused_with_what_to_do(
    kept: LatentSpace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "MOST", {"long": 2, "short": 2, "server": 2})
    jobs, catalogue = Jobs(kinds={"projection": Kind("tests.jobs.work:stay")}), Catalogue()
    catalogue.add("kept", "Kept", kept)
    client = create_dash(catalogue, jobs, ASSETS).server.test_client()

    def ask(perplexity: int, visitor: str, address: str = "192.0.2.1") -> TestResponse:
        named = f"?visitor={visitor}" if visitor else ""
        body, environ = {"method": "tsne", "perplexity": perplexity}, {"REMOTE_ADDR": address}
        path = f"/api/spaces/kept/projections{named}"
        answer: TestResponse = client.post(path, json=body, environ_base=environ)
        return answer

    assert [ask(number, "ann").status_code for number in (5, 6, 7)] == [202, 202, 429]
    assert ask(7, "ann").get_json()["error"].endswith("wait for one to end, or cancel one.")
    assert ask(6, "ann").status_code == 202, "what is under way is watched as before"
    assert [ask(number, "ben").status_code for number in (7, 8, 9)] == [202, 202, 429]
    assert [ask(number, "").status_code for number in (10, 11, 12)] == [202, 202, 429]
    assert ask(12, "", "192.0.2.2").status_code == 202, "programs count by their addresses"
    jobs.close()


def test_interrupted_work_on_a_space_opens_it_by_itself(
    kept: LatentSpace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def served() -> tuple[Jobs, FlaskClient]:
        # A process of its own has asked no space anything yet.
        monkeypatch.setattr(answers, "_open", weakref.WeakValueDictionary())
        monkeypatch.setattr(answers, "_answers", weakref.WeakKeyDictionary())
        catalogue, jobs = Catalogue(), Jobs(tmp_path, kinds={**KINDS_OF_SERVERS, **KINDS})
        catalogue.add("another", "Another", lambda: pytest.fail("it is not wanted"))
        catalogue.add("kept", "Kept", lambda: kept)
        return jobs, create_dash(catalogue, jobs, ASSETS).server.test_client()

    jobs, client = served()
    for number in range(3):  # as many as there are threads
        jobs.submit(f"before {number}", "wait in a thread", "Before", {"folder": str(tmp_path)})
    assert client.post("/api/spaces/kept/report?visitor=ann").get_json()["state"] == "waiting"
    jobs.close()
    jobs, client = served()
    (interrupted,) = (job for job in client.get("/api/jobs").get_json() if job["kind"] == "report")
    assert interrupted["state"] == "interrupted"
    again = client.post(f"/api/jobs/{interrupted['id']}/restart?visitor=ann")
    assert again.status_code == 200, again.get_json()
    job = jobs.by_id(again.get_json()["id"])
    assert job is not None and job.wait(120) and job.error == ""
    assert client.get("/api/spaces/kept/report.html").status_code == 200
    jobs.close()


def test_work_on_a_space_that_is_not_here_says_so(page: FlaskClient, working: Jobs) -> None:
    job = working.submit("gone", "multiply", "Report on what is gone", {"space": "no such content"})
    assert job.wait(60)
    refused = page.post(f"/api/jobs/{job.id}/restart")
    assert refused.status_code == 409 and "not here as it was" in refused.get_json()["error"]
    working.forget("gone")
