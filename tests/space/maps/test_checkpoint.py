from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vae_core.progress import Stopped, silent
from vae_core.space import Neighbours, ProjectionSettings, compute
from vae_core.space.cache import SpaceCache
from vae_core.space.maps import checkpoint as unfinished
from vae_core.space.maps.compute import compute_and_keep
from vae_core.space.maps.settings import TSNE_ITERATIONS

SETTINGS = ProjectionSettings.of("tsne", perplexity=8.0)


@pytest.fixture(scope="module")
def some(clusters: np.ndarray) -> np.ndarray:
    return clusters[:200]


@pytest.fixture(scope="module")
def whole(some: np.ndarray) -> np.ndarray:
    return compute(SETTINGS, some).points


class PowerCut(Exception):  # noqa: N818 - nobody here erred
    pass


def interrupted(folder: Path, mean: np.ndarray, at: int, how: type[Exception] | None = PowerCut) -> int:
    """Let the map's work break off at a step; return the step it was told of last."""
    told = 0

    def watch(step: int, of: int, note: str = "", preview: Any = None) -> bool:
        nonlocal told
        if of != TSNE_ITERATIONS:
            return True  # neighbours are counted by themselves
        told = step
        if step >= at and how is not None:
            raise how
        return step < at

    with pytest.raises(Stopped if how is None else how):
        keep(folder, mean, watch)
    return told


def keep(folder: Path, mean: np.ndarray, progress: Any = silent, settings: ProjectionSettings = SETTINGS) -> Any:
    return compute_and_keep(settings, mean, Neighbours(mean), SpaceCache(folder), progress)


@pytest.mark.parametrize(("at", "how"), [(100, PowerCut), (250, None), (260, PowerCut), (500, None)])
def test_what_was_interrupted_goes_on_and_gives_the_same_map(
    some: np.ndarray, whole: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int, how: Any
) -> None:
    monkeypatch.setattr(unfinished, "_NOTED_SECONDS", 0.0)
    last = interrupted(tmp_path, some, at, how)
    steps: list[tuple[int, int]] = []

    def progress(step: int, of: int, note: str = "", preview: Any = None) -> bool:
        steps.append((step, of))
        return True

    again = keep(tmp_path, some, progress)
    assert again.details["resumed_at"] == last - 1
    assert min(step for step, of in steps if of == TSNE_ITERATIONS) == last - 1
    np.testing.assert_array_equal(again.points, whole)
    assert not list((tmp_path / "unfinished").iterdir())


def test_notes_of_other_work_are_not_gone_on_from(
    some: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(unfinished, "_NOTED_SECONDS", 0.0)
    interrupted(tmp_path, some, 300)
    moved = some + np.float32(0.5) * some[::-1]
    assert "resumed_at" not in keep(tmp_path, moved).details
    interrupted(tmp_path, some, 300)
    # Fewer steps than were done cannot go on from there; another seed has a file of its own.
    for other in (replace(SETTINGS, iterations=200), replace(SETTINGS, seed=3)):
        assert "resumed_at" not in keep(tmp_path, some, settings=other).details
    (file,) = (tmp_path / "unfinished").glob("*.npz")
    file.write_bytes(file.read_bytes()[:-100])
    assert "resumed_at" not in keep(tmp_path, some).details
    assert "begun anew" in caplog.text


def test_fewer_steps_go_on_from_the_notes_of_more(
    some: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unfinished, "_NOTED_SECONDS", 0.0)
    interrupted(tmp_path, some, 120)
    fewer = replace(SETTINGS, iterations=200)
    made = keep(tmp_path, some, settings=fewer)
    assert made.details["resumed_at"] == 119
    np.testing.assert_array_equal(made.points, compute(fewer, some).points)


def test_work_goes_on_where_nothing_can_be_noted(
    some: np.ndarray,
    whole: np.ndarray,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(unfinished, "_NOTED_SECONDS", 0.0)
    (tmp_path / "unfinished").write_text("a file where a folder should be")
    np.testing.assert_array_equal(keep(tmp_path, some).points, whole)
    assert "could not be written" in caplog.text
