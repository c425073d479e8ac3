"""Work in threads of the server: in this process, giving way, stopped by asking."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.jobs.test_queue import process_of, until, where
from vae_core.jobs import Jobs, Kind
from vae_core.jobs.executors import PatientThreads

KINDS = {"wait": Kind("tests.jobs.work:wait", "server", brief=True)}


def test_it_runs_in_this_process_and_stops_when_it_is_cancelled(tmp_path: Path) -> None:
    jobs = Jobs(kinds=KINDS)
    job = jobs.submit("study", "wait", "Work", where(tmp_path), "anne")
    assert process_of(tmp_path) == os.getpid()
    jobs.cancel("study", "anne")
    assert until(lambda: job.state == "cancelled")
    jobs.close()


def test_the_end_waits_for_no_work_that_does_not_listen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Jobs, "ENDING", 0.3)
    jobs = Jobs(kinds={"deaf": Kind("tests.jobs.work:deaf", "server")})
    job = jobs.submit("study", "deaf", "Work", where(tmp_path))
    assert process_of(tmp_path) == os.getpid()
    began = time.monotonic()
    jobs.close()
    assert not job.finished and time.monotonic() - began < 5
    (tmp_path / "let go").touch()
    assert job.wait(60)


def test_the_end_of_the_server_interrupts_it(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path / "jobs", kinds=KINDS)
    jobs.submit("study", "wait", "Work", where(tmp_path))
    assert process_of(tmp_path)
    jobs.close()
    later = Jobs(tmp_path / "jobs", kinds=KINDS)
    found = later.get("study")
    later.close()
    assert found is not None and found.state == "interrupted"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a priority belongs to the process")
def test_its_threads_give_way_and_no_others() -> None:
    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    with PatientThreads(2, "study") as threads:
        assert threads.submit(niceness).result() == min(19, niceness() + 10)


def test_a_failure_belongs_to_its_future_and_threads_go_on() -> None:
    with PatientThreads(1, "study") as threads:
        failed = threads.submit(int, "x")
        assert isinstance(failed.exception(10), ValueError)
        assert threads.submit(int, "7").result(10) == 7
    with pytest.raises(RuntimeError, match="ended"):
        threads.submit(int)


def test_the_end_cancels_what_waits() -> None:
    hold, began = threading.Event(), threading.Event()
    threads = PatientThreads(1, "study")

    def first() -> int:
        began.set()
        hold.wait(10)
        return 1

    running = threads.submit(first)
    assert began.wait(10)
    waiting = threads.submit(int)
    threads.shutdown(wait=False, cancel_futures=True)
    hold.set()
    assert waiting.cancelled() and running.result(10) == 1
