"""Long work in real processes: shared, watched, cancelled, and survived when it dies."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing import spawn
from pathlib import Path
from typing import Any

import pytest

from vae_core.errors import InputError
from vae_core.jobs import Job, Jobs, _without_main, _work
from vae_core.progress import Progress, Stopped


def multiply(a: int, b: int, progress: Progress) -> int:
    progress(1, 2, "half of it")
    progress(2, 2)
    return a * b


def refuse(progress: Progress) -> None:
    raise InputError("A perplexity of 99 is too large for 60 items; take at most 19.")


def stumble(progress: Progress) -> None:
    raise ZeroDivisionError("by zero")


def stop(progress: Progress) -> None:
    raise Stopped


def wait(folder: Path, progress: Progress) -> None:
    """Work until asked to stop."""
    (folder / "pid").write_text(str(os.getpid()))
    while progress(1, 10, "waiting"):
        time.sleep(0.02)
    raise Stopped


def ignore(folder: Path, progress: Progress) -> None:
    """Report all the time and never listen."""
    (folder / "pid").write_text(str(os.getpid()))
    while True:
        progress(1, 10)
        time.sleep(0.02)


def unpicklable(progress: Progress) -> object:
    return lambda: None


@pytest.fixture(scope="module")
def shared() -> Iterator[Jobs]:
    jobs = Jobs()
    yield jobs
    jobs.close()


@pytest.fixture
def jobs(shared: Jobs) -> Iterator[Jobs]:
    yield shared
    for job in shared.all():
        shared.cancel(job.key)
    assert until(lambda: all(job.finished for job in shared.all()))


def until(there: Callable[[], Any], seconds: float = 60) -> Any:
    end = time.monotonic() + seconds
    while not (found := there()) and time.monotonic() < end:
        time.sleep(0.02)
    return found


def process_of(folder: Path) -> int:
    return int(until(lambda: (folder / "pid").exists() and (folder / "pid").read_text()))


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_equal_requests_share_one_job_until_it_is_cancelled(jobs: Jobs, tmp_path: Path) -> None:
    together: list[Job] = []
    threads = [
        threading.Thread(target=lambda: together.append(jobs.submit("shared", "Work", wait, tmp_path)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    job = together[0]
    assert all(other is job for other in together)
    process = process_of(tmp_path)
    assert until(lambda: (job.state, job.step, job.of, job.note) == ("running", 1, 10, "waiting"))
    jobs.cancel("shared")
    after = jobs.submit("shared", "Work", multiply, 6, 7)
    assert after is not job, "who asks again after a cancellation gets work of their own"
    assert after.future.result(timeout=60) == 42
    assert (job.state, job.error) == ("cancelled", "") and job.future.cancelled() and not is_alive(process)
    assert (after.state, after.step, after.of, after.error, after.finished) == ("done", 2, 2, "", True)
    assert jobs.get("shared") is after and after in jobs.all()
    took = after.seconds
    time.sleep(0.02)
    assert 0 < took == after.seconds


def test_a_job_that_does_not_listen_is_ended(jobs: Jobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Jobs, "PATIENCE", 0.2)
    job = jobs.submit("ignore", "Work", ignore, tmp_path)
    process = process_of(tmp_path)
    jobs.cancel("ignore")
    assert until(lambda: job.finished) and job.state == "cancelled"
    assert until(lambda: not is_alive(process))


def test_a_job_that_waits_is_cancelled_at_once(jobs: Jobs, tmp_path: Path) -> None:
    jobs.submit("first", "Work", wait, tmp_path)
    second = jobs.submit("second", "Work", multiply, 1, 1)
    assert second.state == "waiting" and second.seconds == 0
    jobs.cancel("second")
    assert second.state == "cancelled" and second.future.cancelled()
    jobs.cancel("nobody knows this one")


@pytest.mark.parametrize(
    ("function", "told", "traced"),
    [
        (refuse, ("failed", "A perplexity of 99 is too large for 60 items; take at most 19."), False),
        (stop, ("cancelled", ""), False),
        (stumble, ("failed", "An unexpected error ended the work: ZeroDivisionError: by zero"), True),
        (unpicklable, ("failed", None), True),
    ],
)
def test_a_failure_is_one_sentence(
    function: Callable[..., object],
    told: tuple[str, str | None],
    traced: bool,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(os, "nice", lambda more: more, raising=False)
    receiving, sending = multiprocessing.Pipe(duplex=False)
    _work(sending, multiprocessing.get_context("spawn").Event(), function, ())
    kind, sentence = receiving.recv()
    assert (kind, sentence) == told or (told[1] is None and kind == told[0] and "pickle" in sentence)
    assert ("Traceback" in capfd.readouterr().err) is traced


def test_a_killed_process_is_noticed_and_the_next_job_works(jobs: Jobs, tmp_path: Path) -> None:
    job = jobs.submit("killed", "t-SNE of digits", wait, tmp_path)
    os.kill(process_of(tmp_path), signal.SIGKILL)
    assert until(lambda: job.finished)
    assert (job.state, job.error) == ("failed", "t-SNE of digits was ended from outside; start it again.")
    with pytest.raises(InputError, match="start it again"):
        job.future.result()
    failed = jobs.submit("failed", "Work", refuse)
    with pytest.raises(InputError, match="take at most 19"):
        failed.future.result(timeout=60)
    assert failed.state == "failed" and failed.error.endswith("take at most 19.")


def test_work_that_cannot_travel_fails(jobs: Jobs, capsys: pytest.CaptureFixture[str]) -> None:
    job = jobs.submit("lambda", "Work", lambda progress: None)
    assert until(lambda: job.finished) and job.state == "failed" and "unexpected" in job.error


def test_closing_cancels_everything(tmp_path: Path) -> None:
    jobs = Jobs()
    running = jobs.submit("running", "Work", wait, tmp_path)
    waiting = jobs.submit("waiting", "Work", multiply, 1, 1)
    process = process_of(tmp_path)
    jobs.close()
    assert (running.state, waiting.state) == ("cancelled", "cancelled")
    assert not is_alive(process)


def test_a_script_without_a_main_guard_is_not_run_again() -> None:
    def prepared() -> set[str]:
        return {name for name in spawn.get_preparation_data("job") if name.startswith("init_main")}

    assert prepared()
    with _without_main():
        assert prepared() == set()
    assert prepared()
