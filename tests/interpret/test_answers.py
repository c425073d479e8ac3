"""First answers, whole ones, and those found in a folder."""

from __future__ import annotations

import gc
import threading
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from vae_core import InputError, LatentSpace
from vae_core.interpret.answers import Answers, answer_in_server, answers_of, identity
from vae_core.interpret.studies import Study, StudyRequest
from vae_core.progress import Progress, Stopped, silent


@dataclass(frozen=True)
class Trial:
    """What the trial finds."""

    items: int
    values: np.ndarray


ASKED: list[int | None] = []


def trial(space: LatentSpace, *, items: int | None = None, progress: Progress = silent) -> Trial:
    """Note what it was asked, and find something."""
    ASKED.append(items)
    if not progress(1, 2, "half"):
        raise Stopped("The trial was stopped.")
    count = len(space) if items is None else items
    return Trial(count, space.mean[:count, 0].copy())


@pytest.fixture
def asked() -> StudyRequest:
    ASKED.clear()
    here = f"{__name__}:"
    return StudyRequest(Study("trial", "used", "Trial", f"{here}trial", f"{here}Trial", first=10))


@pytest.fixture
def space(grey: LatentSpace, tmp_path: Path) -> LatentSpace:
    return LatentSpace.build(grey.model, grey.data, tmp_path / "space")


def test_the_first_answer_is_of_few_items_and_the_whole_one_is_kept(space: LatentSpace, asked: StudyRequest) -> None:
    found = Answers(space)
    assert found.cached(asked) is None
    first = found.preview(asked)
    assert (first.whole, first.result.items) == (False, 10)
    assert found.preview(asked) is first, "it is not found out twice"
    whole = found.complete(asked)
    assert (whole.whole, whole.result.items) == (True, 60)
    assert found.preview(asked) is whole and ASKED == [10, None]
    again = Answers(space).preview(asked)
    assert again.whole and np.array_equal(again.result.values, whole.result.values) and ASKED == [10, None]


def test_another_version_is_found_out_anew(space: LatentSpace, asked: StudyRequest) -> None:
    Answers(space).complete(asked)
    later = StudyRequest(Study("trial", "used", "Trial", asked.study.function, asked.study.result, first=10, version=2))
    assert Answers(space).cached(later) is None


def test_few_items_are_all_there_are(space: LatentSpace, asked: StudyRequest) -> None:
    study = Study("trial", "used", "Trial", asked.study.function, asked.study.result, first=60)
    assert Answers(space).preview(StudyRequest(study)).whole and ASKED == [None]


def test_two_who_ask_at_once_get_one_answer(space: LatentSpace, asked: StudyRequest) -> None:
    found, got = Answers(space), []
    threads = [threading.Thread(target=lambda: got.append(found.preview(asked))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(one) for one in got}) == 1 and ASKED == [10]


def test_a_late_first_answer_does_not_hide_the_whole_one(
    space: LatentSpace, asked: StudyRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Answers(space)
    compute = found._compute

    def slowly(asked: StudyRequest, items: int | None, progress: Progress) -> Trial:
        result: Trial = compute(asked, items, progress)
        if items is not None:
            found.complete(asked)
        return result

    monkeypatch.setattr(found, "_compute", slowly)
    assert found.preview(asked).whole
    known = found.cached(asked)
    assert known is not None and known.whole and ASKED == [10, None]


def test_a_stopped_answer_is_none(space: LatentSpace, asked: StudyRequest) -> None:
    found = Answers(space)
    with pytest.raises(Stopped):
        found.complete(asked, lambda *_, **__: False)
    assert found.cached(asked) is None and not list((space.folder or Path()).glob("studies/*"))


def test_a_space_in_memory_keeps_its_answers_there(grey: LatentSpace, asked: StudyRequest) -> None:
    found = Answers(grey)
    assert found.complete(asked).whole and found.cached(asked) is not None


def test_a_job_finds_the_space_by_its_fingerprint(
    space: LatentSpace, asked: StudyRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StudyRequest, "of", classmethod(lambda cls, *_: asked))
    with pytest.raises(InputError, match="is not open"):
        answer_in_server("nobody", "trial", {})
    assert answers_of(space) is answers_of(space)
    answer_in_server(identity(space), "trial", {})
    known = answers_of(space).cached(asked)
    assert known is not None and known.whole


def test_spaces_of_the_same_content_share_their_answers(
    space: LatentSpace, grey: LatentSpace, asked: StudyRequest, tmp_path: Path
) -> None:
    whole = answers_of(space).complete(asked)
    again = LatentSpace.build(grey.model, grey.data, tmp_path / "again")
    assert answers_of(again) is answers_of(space) and answers_of(again).cached(asked) is whole
    table = grey.data.table.assign(label="other")
    other = LatentSpace.build(grey.model, replace(grey.data, table=table), tmp_path / "space")
    assert other.fingerprint == space.fingerprint and identity(other) != identity(space)
    assert answers_of(other).cached(asked) is None, "another table has other answers"


def test_the_whole_answer_another_server_kept_is_found(space: LatentSpace, asked: StudyRequest) -> None:
    here, there = Answers(space), Answers(space)
    assert not here.preview(asked).whole
    there.complete(asked)
    known = here.cached(asked)
    assert known is not None and known.whole and known.result.items == 60


def test_answers_do_not_keep_a_space_alive(grey: LatentSpace, asked: StudyRequest) -> None:
    # Of a content that no other test has a space of: theirs would answer.
    space = LatentSpace.build(grey.model, replace(grey.data, table=grey.data.table.assign(alone=1)))
    found = answers_of(space)
    del space
    gc.collect()
    with pytest.raises(InputError, match="closed"):
        found.preview(asked)
