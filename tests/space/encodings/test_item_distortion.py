"""A space is there with the first draw of its distortion; the others come later, to the same figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.space.conftest import LinearModel, vectors
from tests.space.encodings.test_build import Spoilt
from vae_core import Stopped
from vae_core.interpret.answers import answers_of
from vae_core.interpret.studies import StudyRequest
from vae_core.space import LatentSpace
from vae_core.space.encodings.checkpoint import DRAWS
from vae_core.space.encodings.encode import distortion


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sets of a test are so small that all draws would be taken at once."""
    monkeypatch.setattr("vae_core.space.encodings.build._AT_ONCE", 0.0)


def assert_same(space: LatentSpace, whole: LatentSpace) -> None:
    assert space.draws == whole.draws == DRAWS
    np.testing.assert_allclose(space.distortion, whole.distortion, rtol=1e-6)
    np.testing.assert_allclose(space.distortion_error, whole.distortion_error, rtol=1e-4)
    np.testing.assert_allclose(space.usual_distortion, whole.usual_distortion, rtol=1e-6)


def test_the_first_draw_is_one_of_all_and_says_that_its_error_is_unknown(tmp_path: Path) -> None:
    data, whole = vectors(150), LatentSpace.build(LinearModel(), vectors(150))
    space = LatentSpace.build(LinearModel(), data, tmp_path, draws=1)
    assert space.draws == 1 and np.isnan(space.distortion_error).all()
    first, _ = distortion(LinearModel(), data, space.mean, space.logvar, 1)
    np.testing.assert_array_equal(space.distortion, first)
    assert not np.allclose(space.distortion, whole.distortion)
    # It estimates the same, with 8 times the variance.
    away = (space.distortion - whole.distortion) / (whole.distortion_error * np.sqrt(DRAWS))
    assert abs(away.mean()) < 5 / np.sqrt(150)
    usual = space.usual_distortion
    again = LatentSpace.open(LinearModel(), data, tmp_path)
    assert again is not None and again.draws == 1
    space.refine_distortion()
    assert_same(space, whole)
    assert not np.array_equal(space.usual_distortion, usual)
    refined = LatentSpace.open(LinearModel(), data, tmp_path)
    assert refined is not None
    assert_same(refined, whole)
    np.testing.assert_array_equal(refined.mean, space.mean)


def test_draws_belong_to_the_place_in_the_whole_set_where_items_are_left_out(tmp_path: Path) -> None:
    whole = LatentSpace.build(Spoilt(), vectors(300))
    space = LatentSpace.build(Spoilt(), vectors(300), tmp_path, draws=1)
    assert space.left_out and len(space) < 300
    space.refine_distortion()
    assert_same(space, whole)


def test_draws_are_taken_at_once_where_that_takes_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vae_core.space.encodings.build._AT_ONCE", 3600.0)
    assert_same(LatentSpace.build(LinearModel(), vectors(90), draws=1), LatentSpace.build(LinearModel(), vectors(90)))


def test_a_refinement_that_was_stopped_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vae_core.space.encodings.build.RESUMED_FROM", 100)
    monkeypatch.setattr("vae_core.space.encodings.checkpoint._NOTED_SECONDS", 0.0)
    space = LatentSpace.build(LinearModel(), vectors(1500), tmp_path, draws=1)
    with pytest.raises(Stopped):
        space.refine_distortion(lambda step, *_, **__: step < 1000)
    assert space.draws == 1 and np.isnan(space.distortion_error).all()
    reopened = LatentSpace.open(LinearModel(), vectors(1500), tmp_path)
    assert reopened is not None
    heard: list[int] = []

    def progress(step: int, of: int, note: str = "", preview: Any = None) -> bool:
        heard.append(step)
        return True

    reopened.refine_distortion(progress)
    assert heard == [1500]
    assert_same(reopened, LatentSpace.build(LinearModel(), vectors(1500)))
    assert not (tmp_path / "distortion").exists()


def test_an_encoding_begun_with_all_draws_goes_on_with_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vae_core.space.encodings.build.RESUMED_FROM", 100)
    monkeypatch.setattr("vae_core.space.encodings.checkpoint._NOTED_SECONDS", 0.0)
    with pytest.raises(Stopped):
        LatentSpace.build(
            LinearModel(), vectors(600), tmp_path, lambda step, of, note="", *_: note == "encoding" or step < 300, 100
        )
    heard: list[tuple[str, int]] = []

    def progress(step: int, of: int, note: str = "", preview: Any = None) -> bool:
        heard.append((note, step))
        return True

    space = LatentSpace.build(LinearModel(), vectors(600), tmp_path, progress, 100, draws=1)
    assert heard[0] == ("distortion", 100), "posteriors are not made again, draws of another number are"
    first, _ = distortion(LinearModel(), vectors(600), space.mean, space.logvar, 1)
    np.testing.assert_allclose(space.distortion, first, rtol=1e-6)


def test_studies_that_rest_on_it_are_whole_only_with_all_draws() -> None:
    space = LatentSpace.build(LinearModel(), vectors(60), draws=1)
    answers, asked = answers_of(space), StudyRequest.of("wrong_items")
    first = answers.preview(asked)
    assert not first.whole and space.draws == 1
    assert answers.preview(StudyRequest.of("collapse")).whole, "what does not rest on it is whole at once"
    whole = answers.complete(asked)
    assert whole.whole and space.draws == DRAWS
    assert whole.result.mean_distortion == pytest.approx(float(space.distortion.mean(dtype="float64")))
    assert answers.preview(asked) is whole
