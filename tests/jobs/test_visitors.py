"""Visitors beside each other: each has his turn, and none asks for more than a person ever does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.jobs.test_queue import until, where
from vae_core.jobs import Jobs, Kind, Party, TooMany, bounds

KINDS = {
    "wait": Kind("tests.jobs.work:wait"),
    "wait in a thread": Kind("tests.jobs.work:wait", "server"),
    "note": Kind("tests.jobs.work:note"),
    "note in a thread": Kind("tests.jobs.work:note", "server"),
}


@pytest.mark.parametrize(
    ("kind", "before", "at_once"), [("note", "wait", 1), ("note in a thread", "wait in a thread", 3)]
)
def test_another_visitor_waits_for_one_job_and_not_for_all(
    tmp_path: Path, kind: str, before: str, at_once: int
) -> None:
    jobs, file = Jobs(kinds=KINDS), tmp_path / "order"
    for number in range(at_once):  # until all are there
        jobs.submit(str(number), before, "Before", where(tmp_path), "zoe")
    for visitor, count in (("ann", 12), ("ben", 2), ("eve", 1)):
        for number in range(count):
            jobs.submit(f"{visitor} {number}", kind, "Work", {"file": str(file), "word": visitor}, visitor)
    assert until(lambda: sum(job.state == "running" for job in jobs.all_jobs()) == at_once)
    jobs.cancel_all("zoe")
    assert until(lambda: all(job.finished for job in jobs.all_jobs()))
    order = file.read_text().split()
    assert set(order[: 2 + at_once]) == {"ann", "ben", "eve"} and order[-7:] == ["ann"] * 7, order
    jobs.close()


def test_no_visitor_asks_for_more_than_a_person_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST", {"long": 3, "short": 1, "server": 1})
    jobs = Jobs(kinds=KINDS)
    for number in range(3):
        jobs.submit(str(number), "wait", "Work", where(tmp_path), "ann")
    with pytest.raises(TooMany, match=r"^You have 3 .*; wait for one to end, or cancel one\.$"):
        jobs.submit("3", "wait", "Work", where(tmp_path), "ann")
    assert jobs.submit("2", "wait", "Work", where(tmp_path), "ann").key == "2", "what is under way can be joined"
    for number in range(3):
        jobs.submit(f"of a program {number}", "wait", "Work", where(tmp_path), counted_as=Party("", "192.0.2.1"))
    with pytest.raises(TooMany):
        jobs.submit("of a program", "wait", "Work", where(tmp_path), counted_as=Party("", "192.0.2.1"))
    assert jobs.submit("of another", "wait", "Work", where(tmp_path), counted_as=Party("", "192.0.2.2"))
    jobs.cancel("2", "ann")
    assert jobs.submit("3", "wait", "Work", where(tmp_path), "ann")
    jobs.close()


def test_a_new_name_for_each_request_does_not_help(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST", {"long": 2, "short": 1, "server": 1})
    monkeypatch.setattr(bounds, "VISITORS_OF_AN_ADDRESS", 3)
    jobs = Jobs(kinds=KINDS)
    for number in range(6):
        name = f"name {number}"
        jobs.submit(str(number), "wait", "Work", where(tmp_path), name, counted_as=Party(name, "192.0.2.1"))
    with pytest.raises(TooMany, match=r"^6 .* under way for the address you ask from; wait for one to end"):
        jobs.submit("6", "wait", "Work", where(tmp_path), "new", counted_as=Party("new", "192.0.2.1"))
    assert jobs.submit("5", "wait", "Work", where(tmp_path), "new", counted_as=Party("new", "192.0.2.1"))
    assert jobs.submit("6", "wait", "Work", where(tmp_path), "new", counted_as=Party("new", "192.0.2.2"))
    # Within one process, in a notebook, nobody has an address.
    for number in range(7, 15):
        jobs.submit(str(number), "wait", "Work", where(tmp_path), f"name {number}")
    jobs.close()
