"""Work in threads of the server: in this process, giving way, stopped by asking."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from tests.jobs.test_queue import process_of, until, where
from vae_core.jobs import Jobs, Kind
from vae_core.jobs.threads import PatientThreads

KINDS = {"wait": Kind("tests.jobs.work:wait", "server", brief=True)}


def test_it_runs_in_this_process_and_stops_when_it_is_cancelled(tmp_path: Path) -> None:
    jobs = Jobs(kinds=KINDS)
    job = jobs.submit("study", "wait", "Work", where(tmp_path), "anne")
    assert process_of(tmp_path) == os.getpid()
    jobs.cancel("study", "anne")
    assert until(lambda: job.state == "cancelled")
    jobs.close()


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
        assert threads.submit(niceness).result() == niceness() + 10
