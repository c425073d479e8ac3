"""A warm process: one for many calls, killed and replaced."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from multiprocessing import spawn
from pathlib import Path

import pytest

from tests.jobs import work
from tests.jobs.test_queue import has_ended, process_of, until
from vae_core.errors import InputError
from vae_core.jobs import WarmWorker, WorkerEnded
from vae_core.jobs.executors.warm_process import _without_main

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def worker() -> Iterator[WarmWorker]:
    made = WarmWorker(("tests.jobs.work:warm",))
    yield made
    made.shutdown(cancel_futures=True)


def test_one_low_priority_process_does_all_calls(worker: WarmWorker) -> None:
    first, second = worker.submit(work.who), worker.submit(work.who)
    assert first.result(60) == second.result(60) == worker.process != os.getpid()
    assert worker.submit(work.niceness).result(60) == min(19, os.nice(0) + 10)


def test_it_is_warm_before_the_first_call_unless_that_is_there_already() -> None:
    started = WarmWorker(("tests.jobs.work:warm",))
    started.warm_up()
    end = time.monotonic() + 60
    while started.process is None and time.monotonic() < end:
        time.sleep(0.01)
    time.sleep(3)  # for the process to come so far by itself
    assert started.submit(work.is_warm).result(60)
    started.shutdown(cancel_futures=True)
    asked_at_once = WarmWorker(("tests.jobs.work:warm",))
    assert not asked_at_once.submit(work.is_warm).result(60)
    asked_at_once.shutdown()


def test_an_exception_comes_back_and_the_process_lives_on(worker: WarmWorker) -> None:
    process = worker.submit(work.who).result(60)
    with pytest.raises(InputError, match="take at most 19"):
        worker.submit(work.refuse, progress=None).result(60)
    with pytest.raises(TypeError, match="cannot be sent back"):
        worker.submit(work.give_no_way_back).result(60)
    with pytest.raises(Exception, match="pickle"):
        worker.submit(lambda: None).result(60)
    assert worker.submit(work.who).result(60) == process


@pytest.mark.parametrize("gives", ["give_unsendable", "give_lock", "give_local_class", "fail_unreadably"])
def test_what_cannot_come_back_fails_alone(worker: WarmWorker, gives: str) -> None:
    process = worker.submit(work.who).result(60)
    failed, after = worker.submit(getattr(work, gives), progress=None), worker.submit(work.who)
    with pytest.raises(TypeError, match=r"cannot be (sent back|read)"):
        failed.result(60)
    assert after.result(60) == process


def test_only_the_call_it_is_at_is_killed(worker: WarmWorker) -> None:
    process = worker.submit(work.who).result(60)
    done = worker.submit(work.who)
    assert done.result(60) == process
    sleeping, after = worker.submit(time.sleep, 600), worker.submit(work.who)
    assert until(sleeping.running)
    assert not worker.kill(done) and not worker.kill(after), "its process is at another"
    assert sleeping.running() and worker.process == process
    assert until(lambda: worker.kill(sleeping))
    with pytest.raises(WorkerEnded):
        sleeping.result(60)
    assert after.result(60) != process
    assert not worker.kill(sleeping)


def test_a_kill_that_comes_as_the_work_ends_hits_nothing_else(worker: WarmWorker) -> None:
    # Killed at every moment around their ends, calls end or are ended, and those behind them never suffer.
    for number in range(10):
        ending, after = worker.submit(time.sleep, 0.01), worker.submit(work.who)
        time.sleep(0.002 * number)
        worker.kill(ending)
        assert after.result(60)


def test_a_killed_process_is_noticed_at_once_and_replaced(worker: WarmWorker) -> None:
    process = worker.submit(work.who).result(60)
    sleeping = worker.submit(time.sleep, 60)
    after = worker.submit(work.who)
    while not sleeping.running():
        time.sleep(0.01)
    began = time.monotonic()
    os.kill(process, signal.SIGKILL)
    with pytest.raises(WorkerEnded):
        sleeping.result(60)
    assert time.monotonic() - began < 2
    assert after.result(60) != process


def test_a_process_killed_at_rest_is_replaced_without_being_asked(worker: WarmWorker) -> None:
    process = worker.submit(work.who).result(60)
    os.kill(process, signal.SIGKILL)
    end = time.monotonic() + 60
    while worker.process in (process, None) and time.monotonic() < end:
        time.sleep(0.02)
    assert worker.process not in (process, None)
    assert worker.submit(work.who).result(60) == worker.process


def test_a_warm_up_that_fails_ends_nothing() -> None:
    broken = WarmWorker(("tests.jobs.work:no_such_function",))
    process = broken.submit(work.who).result(60)
    assert broken.submit(work.who).result(60) == process
    broken.shutdown(cancel_futures=True)


def test_shutting_down_ends_what_runs_and_what_waits() -> None:
    worker = WarmWorker()
    running, waiting = worker.submit(time.sleep, 60), worker.submit(work.who)
    while not running.running():
        time.sleep(0.01)
    process = worker.process
    assert process is not None
    worker.shutdown(cancel_futures=True)
    assert waiting.cancelled()
    with pytest.raises(WorkerEnded):
        running.result(5)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    with pytest.raises(RuntimeError):
        worker.submit(work.who)


def test_a_script_without_a_main_guard_is_not_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    # Whatever runs the tests, a person's program is a file.
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", None)
    monkeypatch.setattr(sys.modules["__main__"], "__file__", __file__, raising=False)

    def prepared() -> set[str]:
        return {name for name in spawn.get_preparation_data("job") if name.startswith("init_main")}

    assert prepared()
    with _without_main():
        assert prepared() == set()
    assert prepared()


OWNER = """
import sys, time
from tests.jobs import work
from tests.jobs.test_queue import has_ended, process_of, until
from vae_core.jobs import WarmWorker
worker = WarmWorker()
worker.submit(work.hold, sys.argv[1])
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere another thread has to have its turn")
def test_it_ends_with_its_owner_also_within_a_call_that_lets_nothing_else_run(tmp_path: Path) -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(tmp_path)], cwd=ROOT)
    process = process_of(tmp_path)
    owner.kill()
    owner.wait()
    assert until(lambda: has_ended(process))
