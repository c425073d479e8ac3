"""The list of long work: watched, seen, cancelled by each for himself, started again, taken off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient

from components.api.jobs import describe
from components.server import create_dash
from vae_core import Catalogue
from vae_core.jobs import Job, Jobs, Kind
from vae_core.space import ProjectionSettings
from vae_core.space.unfinished import Descent, UnfinishedMap

ASSETS = Path(__file__).resolve().parents[3] / "assets"
KINDS = {"multiply": Kind("tests.jobs.work:multiply"), "wait": Kind("tests.jobs.work:wait")}


@pytest.fixture(scope="module")
def working() -> Iterator[Jobs]:
    made = Jobs(kinds=KINDS)
    yield made
    made.close()


@pytest.fixture(scope="module")
def page(catalogue: Catalogue, working: Jobs) -> FlaskClient:
    return create_dash(catalogue, working, ASSETS).server.test_client()


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
    UnfinishedMap(tmp_path / "space", tsne, "latents").note(Descent(3, points, points, points), "library")
    assert describe(job)["goes_on"] is True
    job.end("done", keep=False)
    assert describe(job)["goes_on"] is False
    assert describe(Job("key", "study", "A study", {}, tmp_path))["goes_on"] is False
