"""First figures of Interpret are there before they are asked for."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable

import pytest

from components.api.first_figures import FirstFigures
from components.server.dash_app import create_dash
from tests.components.conftest import ASSETS
from vae_core import Catalogue, LatentSpace
from vae_core.interpret.answers import answers_of
from vae_core.interpret.studies import STUDIES, StudyRequest
from vae_core.jobs import Jobs

_sizes = itertools.count(40)


@pytest.fixture
def space(grey: LatentSpace) -> LatentSpace:
    """A space of its own content: answers are shared by spaces of the same."""
    return LatentSpace.build(grey.model, grey.data.take(range(next(_sizes))))


def _until(found: Callable[[], bool]) -> None:
    for _ in range(1200):
        if found():
            return
        time.sleep(0.05)
    pytest.fail("nothing came of it within a minute")


def test_a_page_that_opens_a_space_has_its_first_figures_found(space: LatentSpace, jobs: Jobs) -> None:
    catalogue = Catalogue()
    catalogue.add("own", "Own", space)
    first_figures = FirstFigures(after=0.0)
    client = create_dash(catalogue, jobs, ASSETS, first_figures=first_figures).server.test_client()
    answers = answers_of(space)
    assert answers.cached(StudyRequest.of("collapse")) is None
    assert client.get("/api/spaces/own").status_code == 200
    _until(lambda: all(answers.cached(StudyRequest.of(study.name)) is not None for study in STUDIES))
    first_figures.close()


def test_without_it_nothing_is_computed_unasked(space: LatentSpace, jobs: Jobs) -> None:
    catalogue = Catalogue()
    catalogue.add("own", "Own", space)
    client = create_dash(catalogue, jobs, ASSETS).server.test_client()
    assert client.get("/api/spaces/own").status_code == 200
    assert answers_of(space).cached(StudyRequest.of("collapse")) is None


def test_a_study_that_fails_does_not_take_the_others_with_it(
    space: LatentSpace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    answers = answers_of(space)
    ask = type(answers).preview

    def failing(self: object, asked: StudyRequest, *others: object) -> object:
        if asked.study.name == "evidence":
            raise RuntimeError("no evidence")
        return ask(answers, asked, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(type(answers), "preview", failing)
    first_figures = FirstFigures(after=0.0)
    first_figures.prepare(space)
    last = StudyRequest.of(STUDIES[-1].name)
    _until(lambda: answers.cached(last) is not None)
    first_figures.close()
    assert answers.cached(StudyRequest.of("evidence")) is None and "no evidence" in caplog.text


def test_closing_and_a_spent_budget_break_off(space: LatentSpace) -> None:
    waiting = FirstFigures(after=3600.0)
    waiting.prepare(space)
    begun = time.monotonic()
    waiting.close()
    assert time.monotonic() - begun < 60
    waiting.prepare(space)  # closed: nothing comes of it
    spent = FirstFigures(after=0.0, budget=0.0)
    spent.prepare(space)
    spent.close()
    assert answers_of(space).cached(StudyRequest.of("collapse")) is None
