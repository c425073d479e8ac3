"""Studies over HTTP: listed, first figures at once, whole ones from a job, and what cannot be asked."""

from __future__ import annotations

import json
import re
import time

import numpy as np
import pytest
from flask.testing import FlaskClient

from tests.patience import PATIENCE
from vae_core import LatentSpace
from vae_core.interpret.studies import PAGES, STUDIES


def test_pages_and_studies_are_listed(client: FlaskClient) -> None:
    told = client.get("/api/spaces/grey/studies").get_json()
    assert [page["name"] for page in told["pages"]] == list(PAGES)
    assert [study["name"] for study in told["studies"]] == [study.name for study in STUDIES]


@pytest.mark.parametrize("space", ["grey", "colour", "vectors"])
@pytest.mark.parametrize("study", [study.name for study in STUDIES])
def test_every_study_answers_with_a_card_that_is_whole_in_the_end(client: FlaskClient, space: str, study: str) -> None:
    path = f"/api/spaces/{space}/studies/{study}"
    answer = client.post(path)
    assert answer.status_code in (200, 202), answer.get_json()
    told = answer.get_json()
    html = re.sub(r"data:image/png;base64,[^\"]*", "", told["html"])
    assert html.startswith("<") and not re.search(r"\b(nan|inf|None)\b", html), html
    end = time.monotonic() + PATIENCE
    while told["state"] != "done" and time.monotonic() < end:
        assert told["state"] in ("waiting", "running"), told
        time.sleep(0.05)
        told = client.get(path).get_json()
    assert told["state"] == "done" and told["have"] == "whole"
    assert "html" not in client.get(f"{path}?have=whole").get_json(), "the page has it already"


def test_what_cannot_be_asked(client: FlaskClient) -> None:
    assert client.post("/api/spaces/grey/studies/nothing").status_code == 404
    assert client.post("/api/spaces/nothing/studies/collapse").status_code == 404
    refused = client.post("/api/spaces/grey/studies/collapse?colour=red")
    assert (refused.status_code, refused.get_json()["error"]) == (400, "The study 'collapse' has no choice 'colour'.")


def test_the_style_of_figures_is_served(client: FlaskClient) -> None:
    answer = client.get("/api/figures.css")
    assert answer.mimetype == "text/css" and ".bar-row" in answer.get_data(as_text=True)


def test_the_items_looked_at_are_told_with_their_places(client: FlaskClient, grey: LatentSpace) -> None:
    answer = client.post("/api/spaces/grey/within/pca", json={"column": "label", "value": "bag"})
    head, _, body = answer.get_data().partition(b"\n")
    assert json.loads(head)["count"] == 20 and json.loads(head)["total"] == 60
    places = np.frombuffer(body, dtype="<f4").reshape(20, 2)
    assert np.array_equal(places, grey.projection("pca").points[1::3])
    assert client.post("/api/spaces/grey/within/pca", json={"column": "label"}).status_code == 422


def test_figures_are_taken_away(client: FlaskClient, grey: LatentSpace) -> None:
    answer = client.get("/api/spaces/grey/studies/collapse/figures.json")
    told = answer.get_json()
    assert answer.headers["Content-Disposition"] == 'attachment; filename="grey-collapse.json"'
    assert (told["study"], told["space"], told["figures"]["items"]) == ("collapse", grey.fingerprint, 60)
    assert np.allclose(told["figures"]["rates"]["rate"], grey.rate.mean(axis=0), rtol=1e-5)
