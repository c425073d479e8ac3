"""The waiting line: everybody has his turn."""

from __future__ import annotations

import pytest

from vae_core.jobs.line import FairLine, Party


def test_each_party_has_its_turn() -> None:
    line: FairLine[str] = FairLine()
    for one in ("a1", "a2", "a3", "b1", "b2"):
        line.add(Party(one[0]), one)
    assert line.take() == "a1"
    line.add(Party("c"), "c1")
    assert [line.take() for _ in range(len(line))] == ["b1", "c1", "a2", "b2", "a3"]
    with pytest.raises(IndexError):
        line.take()


def test_who_comes_anew_waits_for_no_second_turn_of_another() -> None:
    line: FairLine[str] = FairLine()
    for number in range(5):
        line.add(Party("a"), f"a{number}")
    line.take()
    line.add(Party("b"), "b0")
    assert line.take() == "b0"
    assert line.take() == "a1"


def test_of_one_party_the_last_may_come_first() -> None:
    line: FairLine[int] = FairLine(newest_first=True)
    for number in range(4):
        line.add(Party("a"), number)
    assert line.remove_where(lambda one: one == 1) and not line.remove_where(lambda one: one == 1)
    assert [line.take() for _ in range(len(line))] == [3, 2, 0]


def test_an_address_of_many_names_has_no_more_turns_than_one_of_one() -> None:
    line: FairLine[str] = FairLine()
    for number in range(4):
        line.add(Party(f"name {number}", "192.0.2.1"), f"a{number}")
    for number in range(3):
        line.add(Party("ann", "192.0.2.2"), f"b{number}")
    assert [line.take() for _ in range(len(line))] == ["a0", "b0", "a1", "b1", "a2", "b2", "a3"]


def test_visitors_of_one_address_have_their_turns() -> None:
    line: FairLine[str] = FairLine()
    for name, count in (("ann", 3), ("ben", 2)):
        for number in range(count):
            line.add(Party(name, "192.0.2.1"), f"{name} {number}")
    assert [line.take() for _ in range(len(line))] == ["ann 0", "ben 0", "ann 1", "ben 1", "ann 2"]
