"""Maps that take work: asked for, shared, watched, cancelled, and then there."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.patience import looks
from vae_core import LatentSpace
from vae_core.jobs import Job, Jobs, Kind

ASSETS = Path(__file__).resolve().parents[3] / "assets"
SMALL = {"method": "tsne", "perplexity": 5}


WAITING = Kind("tests.components.api.waiting:wait_in")
LEARNING = Kind("tests.components.api.waiting:learn_slowly")


def followed(client: FlaskClient, path: str, state: str) -> dict[str, Any]:
    """Poll until a map is in a state."""
    for _ in looks():
        told: dict[str, Any] = client.get(path).get_json()
        if told["state"] == state:
            return told
        assert told["state"] in ("waiting", "running"), told
    raise AssertionError(told)


def test_a_map_is_computed_once_and_then_used(asking: FlaskClient, kept: LatentSpace, jobs: Jobs) -> None:
    before = len(jobs.all_jobs())
    first, second = (asking.post("/api/spaces/kept/projections", json=SMALL) for _ in range(2))
    assert first.status_code == second.status_code == 202
    name = first.get_json()["id"]
    assert name == second.get_json()["id"] and name.startswith("tsne-")
    assert len(jobs.all_jobs()) == before + 1
    assert asking.post("/api/spaces/kept/projections", json={"id": name}).get_json()["id"] == name, "joined by its id"
    assert asking.post(f"/api/spaces/kept/touch/{name}", data=bytes(8)).status_code == 409
    job = jobs.get(f"{kept.fingerprint}/{name}")
    assert job is not None
    job.result(60)
    told = followed(asking, f"/api/spaces/kept/projections/{name}", "done")
    assert told == {"id": name, "state": "done"}
    assert asking.post("/api/spaces/kept/projections", json=SMALL).status_code == 200
    # Asked for with itself as the start it is there already; with another parameter it is not.
    again = asking.post("/api/spaces/kept/projections", json={**SMALL, "start": name})
    assert (again.status_code, again.get_json()["id"]) == (200, name)
    on = asking.post("/api/spaces/kept/projections", json={**SMALL, "perplexity": 6, "start": name})
    assert on.status_code == 202 and on.get_json()["name"] == "t-SNE · perplexity 6 · from an earlier map"
    followed(asking, f"/api/spaces/kept/projections/{on.get_json()['id']}", "done")
    lost = asking.post("/api/spaces/kept/projections", json={**SMALL, "perplexity": 6, "start": "tsne-000000000000"})
    told = followed(asking, f"/api/spaces/kept/projections/{lost.get_json()['id']}", "failed")
    assert "to start from is not there" in told["error"]
    assert name in asking.get("/api/spaces").get_json()[0]["projections"]
    assert asking.get("/api/spaces/kept").get_json()["titles"][name] == first.get_json()["name"]
    spots = asking.post(f"/api/spaces/kept/locate/{name}", data=kept.mean[:5].tobytes())
    found = kept.cached_projection(name)
    assert found is not None
    np.testing.assert_array_equal(np.frombuffer(spots.data, "<f4").reshape(5, 2), found.points[:5])
    for spot in (found.points[0], np.array([1e15, -1e15], "<f4"), np.array([-3, 1e10], "<f4")):
        answer = asking.post(f"/api/spaces/kept/touch/{name}", data=spot.astype("<f4").tobytes())
        assert answer.status_code == 200 and answer.headers["X-Shape"] == "1,8,8,1"
    listed = [job for job in asking.get("/api/jobs").get_json() if job["key"].endswith(name)]
    assert listed[0]["state"] == "done" and listed[0]["title"] == "t-SNE · perplexity 5 of grey"


def test_pca_and_raw_pairs_are_there_at_once(asking: FlaskClient) -> None:
    for body in ({"method": "pca"}, {"id": "pca-3d"}, {"method": "z", "axes": [0, 3]}, {"id": "z:2,1"}):
        answer = asking.post("/api/spaces/kept/projections", json=body)
        assert answer.status_code == 200 and answer.get_json()["state"] == "done"
    assert asking.get("/api/spaces/kept/projections/z:2,1").get_json() == {"id": "z:2,1", "state": "done"}
    assert asking.get("/api/spaces/kept/projections/umap").get_json() == {"id": "umap", "state": "missing"}


def test_a_map_is_cancelled(
    asking: FlaskClient, kept: LatentSpace, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(jobs.kinds, "projection", WAITING)
    path = "/api/spaces/kept/projections/umap"
    assert asking.post("/api/spaces/kept/projections", json={"id": "umap"}).status_code == 202
    for _ in looks():
        told = asking.get(path).get_json()
        if told["note"]:
            break
    assert (told["state"], told["step"], told["of"], told["note"]) == ("running", 1, 4, "embedding")
    asking.delete(path)
    assert followed(asking, path, "cancelled")["error"] == ""
    answer = asking.post("/api/spaces/kept/locate/umap", data=bytes(16))
    assert answer.status_code == 409


def test_a_map_is_kept_as_it_is_when_stopped(asking: FlaskClient, kept: LatentSpace, jobs: Jobs) -> None:
    name = asking.post("/api/spaces/kept/projections", json={"method": "tsne", "perplexity": 6}).get_json()["id"]
    path = f"/api/spaces/kept/projections/{name}"
    job = jobs.get(f"{kept.fingerprint}/{name}")
    assert job is not None
    # Before it has begun to move there is nothing to keep, and the wish waits for that.
    assert asking.post(f"{path}/stop-here").get_json()["job"] == job.id
    assert job.wait(60)
    told = asking.get(path).get_json()
    assert told["state"] in ("stopped", "cancelled"), told
    if told["state"] == "stopped":
        assert asking.get(f"/api/spaces/kept/projections/{told['kept']}").get_json()["state"] == "done"
        assert "stopped at step" in asking.get("/api/spaces/kept").get_json()["titles"][told["kept"]]
    assert asking.post("/api/spaces/kept/projections/nonsense/stop-here").status_code == 404


def test_a_computed_map_is_removed_with_all_that_belongs_to_it(
    asking: FlaskClient, kept: LatentSpace, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asking.post("/api/spaces/kept/projections", json={"method": "tsne", "perplexity": 8}).get_json()
    path, folder = f"/api/spaces/kept/projections/{asked['id']}", kept.folder
    followed(asking, path, "done")
    assert folder is not None
    assert asking.post(f"/api/spaces/kept/quality/{asked['id']}").status_code in (200, 202)
    for _ in looks():
        if (folder / "quality" / f"{asked['id']}.npz").exists():
            break
    assert asking.post(f"{path}/remove").get_json() == {"id": asked["id"], "state": "missing"}
    assert not list(folder.glob(f"**/*{asked['id']}*"))
    assert asked["id"] not in asking.get("/api/spaces").get_json()[0]["projections"]
    assert asking.get(path).get_json()["state"] == "missing", "and no failure of the work that made it"
    assert asking.post(f"/api/spaces/kept/locate/{asked['id']}", data=bytes(16)).status_code == 404
    # One that is under way is ended, whoever waits for it.
    monkeypatch.setitem(jobs.kinds, "projection", WAITING)
    for visitor in ("one", "other"):
        asking.post(f"/api/spaces/kept/projections?visitor={visitor}", json={"id": "umap"})
    job = jobs.get(f"{kept.fingerprint}/umap")
    assert job is not None and len(job.visitors) == 2
    assert asking.post("/api/spaces/kept/projections/umap/remove").status_code == 200
    assert job.state == "cancelled" and jobs.get(f"{kept.fingerprint}/umap") is None
    assert asking.get("/api/spaces/kept").get_json()["shipped"] == ["pca", "pca-3d"]
    for name, status in (("pca", 409), ("z:0,1", 409), ("pca-3d", 409), ("nonsense", 404), ("z:0,99", 404)):
        assert asking.post(f"/api/spaces/kept/projections/{name}/remove").status_code == status


@pytest.mark.parametrize("perplexity", [3, 4])  # the one is stopped, the other runs to its end
def test_a_map_is_looked_at_while_its_way_back_is_learnt(
    asking: FlaskClient, kept: LatentSpace, jobs: Jobs, monkeypatch: pytest.MonkeyPatch, perplexity: int
) -> None:
    assert kept.folder is not None
    monkeypatch.setitem(jobs.kinds, "projection", LEARNING)
    (kept.folder / "learn").unlink(missing_ok=True)
    body = {"method": "tsne", "perplexity": perplexity}
    asked = asking.post("/api/spaces/kept/projections?visitor=ann", json=body).get_json()
    path = f"/api/spaces/kept/projections/{asked['id']}"
    name = asked["id"]
    if perplexity == 3:
        name = followed(asking, path, "stopped")["kept"]
        assert name != asked["id"]
    here = f"/api/spaces/kept/projections/{name}"
    for _ in looks():
        told = asking.get(here).get_json()
        if told.get("there") and told["note"] == "learning the inverse":
            break
    assert (told["state"], told["there"], told["note"]) == ("running", True, "learning the inverse")
    # It is looked at, its items are found, its quality is asked for; empty spots answer in one sentence.
    assert asking.post(f"/api/spaces/kept/locate/{name}", data=bytes(16)).status_code == 200
    assert asking.post(f"/api/spaces/kept/places/{name}", data=bytes(4)).status_code == 200
    for room in ("touch", "invert", "believed", "manifold"):
        refused = asking.post(f"/api/spaces/kept/{room}/{name}", data=bytes(8))
        assert (refused.status_code, refused.get_json()["error"]) == (
            409,
            "The inverse of this map is still being learnt.",
        )
    # Asked for once more the same work is joined; what is there already cannot be stopped once more.
    before = len(jobs.all_jobs())
    joined = asking.post("/api/spaces/kept/projections?visitor=ben", json={"id": name})
    assert joined.status_code == 202 and joined.get_json()["job"] == told["job"] and len(jobs.all_jobs()) == before
    asking.delete(f"{here}?visitor=ben")
    if perplexity == 3:
        # The whole of it, asked for once more, is work of its own: that of the map it was stopped at goes on beside it.
        whole = asking.post("/api/spaces/kept/projections?visitor=cleo", json=body).get_json()
        assert (whole["id"], whole["state"]) == (asked["id"], "waiting") and whole["job"] != told["job"]
        assert asking.get(path).get_json()["job"] == whole["job"]
        assert asking.get(here).get_json()["job"] == told["job"]
        asking.delete(f"{path}?visitor=cleo")
    assert asking.post(f"{here}/stop-here?visitor=ann").get_json()["state"] == "running"
    # Broken off, it is learnt when the map is asked for again.
    asking.delete(f"{here}?visitor=ann")
    job = jobs.by_id(told["job"])
    assert job is not None and job.wait(60)
    told = asking.get(here).get_json()
    assert told["there"] and told["state"] in ("missing", "cancelled")
    again = asking.post("/api/spaces/kept/projections?visitor=ann", json={"id": name})
    assert again.status_code == 202 and again.get_json()["there"]
    (kept.folder / "learn").touch()
    assert followed(asking, here, "done") == {"id": name, "state": "done"}
    assert asking.post(f"/api/spaces/kept/touch/{name}", data=bytes(8)).status_code == 200


def test_a_killed_computation_is_reported_and_can_be_asked_for_again(
    asking: FlaskClient, kept: LatentSpace, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(jobs.kinds, "projection", WAITING)
    assert kept.folder is not None
    pid = kept.folder / "pid"
    pid.unlink(missing_ok=True)
    path = "/api/spaces/kept/projections/umap-3d"
    asking.post("/api/spaces/kept/projections", json={"id": "umap-3d"})
    for _ in looks():
        if pid.exists() and pid.read_text():
            break
    os.kill(int(pid.read_text()), signal.SIGKILL)
    told = followed(asking, path, "failed")
    assert told["error"] == "UMAP 3-D of grey was ended from outside; start it again."


def test_a_map_that_was_computed_but_not_kept_is_a_failure(
    asking: FlaskClient, kept: LatentSpace, jobs: Jobs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key = f"{kept.fingerprint}/tsne-3d"
    job = Job(key, "projection", "t-SNE · perplexity 5 of grey", {}, tmp_path)
    job.end("done")
    monkeypatch.setitem(jobs._jobs, key, job)
    told = asking.get("/api/spaces/kept/projections/tsne-3d").get_json()
    assert told["state"] == "failed" and str(kept.folder) in told["error"]


def test_other_work_on_a_space_is_no_map(
    asking: FlaskClient, kept: LatentSpace, jobs: Jobs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key = f"{kept.fingerprint}/report"
    job = Job(key, "report", "Report on grey", {"space": kept.fingerprint}, tmp_path, visitors={""})
    monkeypatch.setitem(jobs._jobs, key, job)
    path = "/api/spaces/kept/projections"
    answers = [asking.post(path, json={"id": "report"}), asking.post("/api/spaces/kept/locate/report", data=bytes(16))]
    answers += [asking.get(f"{path}/report"), asking.post(f"{path}/report/stop-here"), asking.delete(f"{path}/report")]
    assert [one.status_code for one in answers] == [422, 404, 404, 404, 404]
    assert all("no projection 'report'" in one.get_json()["error"] for one in answers)
    assert job.visitors and not list(tmp_path.iterdir()), "the report is still wanted"


def test_a_space_in_memory_has_no_place_for_maps(asking: FlaskClient) -> None:
    answer = asking.post("/api/spaces/memory/projections", json=SMALL)
    assert answer.status_code == 409 and "workspace" in answer.get_json()["error"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"method": "tsne"}, "perplexity"),
        ({"method": "isomap"}, "isomap"),
        ({"method": "tsne", "perplexity": "30"}, "perplexity"),
        ({"method": "tsne", "perplexity": 10**400}, "too large"),
        ({"method": "tsne", "neighbours": 5}, "neighbours"),
        ({"method": "umap", "neighbours": 61}, "61"),
        ({"method": "umap", "min_dist": -1}, "minimal"),
        ({"method": "umap", "dimensions": 4}, "dimensions"),
        ({"method": "umap", "seed": True}, "seed"),
        ({"method": "z", "axes": [0, 9]}, "latent dimension"),
        ({"method": "z", "axes": 5}, "type"),
        ({"method": ["tsne"]}, "type"),
        ({"method": "tsne", "cls": 1}, "type"),
        ({"id": ["tsne"]}, "tsne"),
        ({"id": "../tsne"}, "no projection"),
        ({}, "JSON object"),
        ([], "JSON object"),
        (None, "JSON object"),
        ("tsne", "JSON object"),
    ],
)
def test_what_cannot_be_computed_is_refused(asking: FlaskClient, body: object, words: str) -> None:
    answer = asking.post("/api/spaces/kept/projections", json=body)
    assert answer.status_code in (400, 422)
    assert words in answer.get_json()["error"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b'{"method": 1' + b"0" * 5000 + b"}"])
def test_what_is_no_json_is_refused(asking: FlaskClient, body: bytes) -> None:
    answer = asking.post("/api/spaces/kept/projections", data=body, content_type="application/json")
    assert answer.status_code == 400 and "JSON object" in answer.get_json()["error"]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3),
)


@settings(max_examples=60, deadline=None)
@given(
    body=st.fixed_dictionaries(
        {"method": st.sampled_from(["tsne", "umap", "z", "pca"]) | values},
        optional=dict.fromkeys(("dimensions", "perplexity", "neighbours", "min_dist", "seed", "axes"), values),
    )
)
def test_any_settings_are_understood_or_refused(asking: FlaskClient, body: dict[str, object]) -> None:
    answer = asking.post("/api/spaces/memory/projections", json=body)
    assert answer.status_code in (200, 400, 409, 422)
    assert answer.status_code == 200 or answer.get_json()["error"].endswith(".")


@pytest.mark.parametrize("name", ["nonsense", "z:0,9", "z:0", "tsne-xyz", "pca-000000000000"])
def test_maps_that_cannot_be_are_not_found(asking: FlaskClient, name: str) -> None:
    for method in ("GET", "DELETE"):
        answer = asking.open(f"/api/spaces/kept/projections/{name}", method=method)
        assert answer.status_code == 404 and "error" in answer.get_json()
