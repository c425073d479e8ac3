"""The waiting line: everybody has his turn."""

from __future__ import annotations

import pytest

from vae_core.jobs.line import FairLine


def test_each_party_has_its_turn() -> None:
    line: FairLine[str] = FairLine()
    for one in ("a1", "a2", "a3", "b1", "b2"):
        line.add(one[0], one)
    assert line.take() == "a1"
    line.add("c", "c1")
    assert [line.take() for _ in range(len(line))] == ["b1", "c1", "a2", "b2", "a3"]
    with pytest.raises(IndexError):
        line.take()


def test_who_comes_anew_waits_for_no_second_turn_of_another() -> None:
    line: FairLine[str] = FairLine()
    for number in range(5):
        line.add("a", f"a{number}")
    line.take()
    line.add("b", "b0")
    assert line.take() == "b0"
    assert line.take() == "a1"


def test_of_one_party_the_last_may_come_first() -> None:
    line: FairLine[int] = FairLine(newest_first=True)
    for number in range(4):
        line.add("a", number)
    assert line.remove_where(lambda one: one == 1) and not line.remove_where(lambda one: one == 1)
    assert [line.take() for _ in range(len(line))] == [3, 2, 0]
