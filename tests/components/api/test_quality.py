"""The quality of a map: asked for, measured in a worker, told with what chance gives, and a colour."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from components.figures.map_figure import map_figure
from tests.patience import looks
from vae_core import InputError, LatentSpace
from vae_core.jobs import Jobs, Kind
from vae_core.space.maps.quality import measure


def followed(client: FlaskClient, path: str) -> dict[str, Any]:
    for _ in looks():
        told: dict[str, Any] = client.get(path).get_json()
        if told["state"] not in ("waiting", "running"):
            return told
    raise AssertionError(told)


def test_a_map_is_measured_once_told_and_can_colour_its_points(
    asking: FlaskClient, kept: LatentSpace, jobs: Jobs
) -> None:
    path = "/api/spaces/kept/quality/pca"
    pca = kept.projection("pca")
    with pytest.raises(InputError, match="have not been measured yet"):
        map_figure(kept, pca, "kept")
    assert asking.get(path).get_json() == {"state": "missing"}
    assert asking.post(path).status_code == 202
    told = followed(asking, f"{path}?color=digit")
    assert told["state"] == "done"
    assert any(not [job for job in jobs.all_jobs() if job.kind == "quality"] for _ in looks()), "it leaves the list"
    own = measure(kept.mean, pca.points, kept.neighbours)
    assert told["counts"] == [5, 15] and told["measured"] == told["among"] == 60
    assert told["map"]["trustworthiness"] == pytest.approx(own.figures.trustworthiness, abs=1e-4)
    assert told["shuffled"]["preservation"] == pytest.approx(own.shuffled.preservation, abs=1e-4)
    codes = np.arange(60) % 10
    assert told["labels"]["column"] == "digit"
    assert told["labels"]["map"] == pytest.approx(own.label_agreement(codes)[0], abs=1e-4)
    assert followed(asking, f"{path}?color=size")["labels"]["column"] == "label", "numbers are no labels"
    assert asking.post(path).status_code == 200
    figure = map_figure(kept, pca, "kept")
    np.testing.assert_allclose(figure.data[0].marker.color, own.kept)


def test_work_that_fails_says_why_and_can_be_asked_for_again(
    asking: FlaskClient, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/api/spaces/kept/quality/z:2,1"
    monkeypatch.setitem(jobs.kinds, "quality", Kind("vae_core.space.maps.compute:no_such_work", "short"))
    monkeypatch.setattr("sys.excepthook", lambda *_: None)
    asking.post(path)
    assert "unexpected error" in followed(asking, path)["error"]
    monkeypatch.undo()
    asking.post(path)
    assert followed(asking, path)["state"] == "done"


def test_what_cannot_be_measured_is_refused(asking: FlaskClient) -> None:
    assert asking.post("/api/spaces/memory/quality/pca").status_code == 409
    assert asking.get("/api/spaces/kept/quality/umap").status_code == 409
    assert asking.get("/api/spaces/kept/quality/z:0,99").status_code == 404


def test_places_of_items_are_their_points(asking: FlaskClient, kept: LatentSpace) -> None:
    wanted = np.array([3, 0, 59], dtype="<f4")
    answer = asking.post("/api/spaces/kept/places/pca-3d", data=wanted.tobytes())
    found = np.frombuffer(answer.data, "<f4").reshape(3, 3)
    np.testing.assert_array_equal(found, kept.projection("pca-3d").points[[3, 0, 59]])
    for wrong in (60, -1):
        assert asking.post("/api/spaces/kept/places/pca", data=np.array([wrong], "<f4").tobytes()).status_code == 404
