"""What the pages of a program report, and where it sends them."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.api.view_states import Views, ViewState


@pytest.fixture
def views() -> Views:
    return Views(ViewState("first"))


def at(*z: float, **other: object) -> ViewState:
    return ViewState("first", z=np.array(z, dtype=np.float32), **other)  # type: ignore[arg-type]


def test_what_a_page_reports_is_on_show(views: Views) -> None:
    assert views.view_state.z is None and views.view_state.space == "first"
    assert views.hear("a", 0, at(1, 2, item=3)) is None
    assert views.view_state.item == 3 and views.view_state.z is not None and views.view_state.z.tolist() == [1, 2]
    assert views.hear("a", 0, None) is None and views.view_state.item == 3


def test_of_several_pages_the_one_that_reported_last_counts(views: Views) -> None:
    views.hear("a", 0, at(1, 0))
    views.hear("b", 0, at(2, 0))
    views.hear("a", 0, None)
    assert views.view_state.z is not None and views.view_state.z[0] == 2
    views.go("first", np.array([5, 5], np.float32), None)
    assert views.hear("a", 0, None) is None, "only the one that counts is moved"
    wish = views.hear("b", 0, None)
    assert wish is not None and wish.z.tolist() == [5, 5]


def test_a_page_that_has_gone_leaves_its_place_to_another(views: Views, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("components.api.view_states.time.monotonic", lambda: now)
    views.hear("a", 0, at(1, 0))
    views.go("first", np.array([5, 5], np.float32), None)
    now += Views.SILENCE / 2
    assert views.hear("b", 0, None) is None
    now += Views.SILENCE
    assert views.hear("b", 0, None) is not None


def test_a_wish_is_on_show_at_once_and_not_undone_by_a_report_sent_before_it(views: Views) -> None:
    views.hear("a", 0, at(1, 0))
    views.go("first", np.array([5, 5], np.float32), 7)
    assert views.view_state.item == 7
    wish = views.hear("a", 0, at(2, 0, projection="tsne"))
    assert wish is not None and (wish.number, wish.item) == (1, 7)
    assert views.view_state.item == 7 and views.view_state.projection == "tsne"
    assert views.hear("a", 1, at(5, 5, item=7)) is None
    views.hear("a", 1, at(6, 5))
    assert views.view_state.item is None and views.view_state.z is not None and views.view_state.z.tolist() == [6, 5]


def test_of_two_wishes_the_newer_one_counts(views: Views) -> None:
    views.go("first", np.array([1, 1], np.float32), None)
    first = views.hear("a", 0, None)
    views.go("first", np.array([2, 2], np.float32), None)
    assert first is not None
    second = views.hear("a", first.number, at(1, 1))
    assert second is not None and second.z.tolist() == [2, 2]
    assert views.view_state.z is not None and views.view_state.z.tolist() == [2, 2]


def test_no_two_programs_share_a_name(views: Views) -> None:
    other = Views(ViewState("first"))
    assert views.token != other.token and len(views.token) >= 20


floats = st.floats(width=32, allow_nan=False, allow_infinity=False)


@given(
    z=st.lists(floats, min_size=1, max_size=5),
    hidden=st.lists(st.text(min_size=1, max_size=8), max_size=3),
    color=st.none() | st.text(min_size=1, max_size=8),
    frame=st.none() | st.tuples(floats, floats, floats, floats),
)
def test_an_address_brings_everything_back(
    z: list[float], hidden: list[str], color: str | None, frame: tuple[float, ...] | None
) -> None:
    point = np.array(z, dtype=np.float32)
    shown = ViewState("a b&c", "z:0,1", color, 3, point, (point, None), tuple(hidden), frame)
    found = {name: one for name, (one,) in parse_qs(shown.query(), keep_blank_values=True).items()}
    assert (found["space"], found["projection"], found["item"]) == ("a b&c", "z:0,1", "3")
    assert found.get("color") == color and "b" not in found
    for name in ("z", "a"):
        back = np.array([float(part) for part in found[name].split(",")], dtype=np.float32)
        assert (back == point).all()
    assert json.loads(found.get("hidden", "[]")) == hidden
    if frame is not None:
        assert tuple(float(part) for part in found["frame"].split(",")) == frame
