"""Long work: shared, watched, cancelled, survived when it dies, and known after a restart."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vae_core.errors import InputError
from vae_core.jobs import Job, Jobs, Kind

NAMES = ("multiply", "refuse", "stumble", "wait", "ignore", "keep", "go_on")
KINDS = {name: Kind(f"tests.jobs.work:{name}") for name in NAMES}
KINDS["leased"] = Kind("tests.jobs.work:wait", leased=True)


@pytest.fixture(scope="module")
def shared() -> Iterator[Jobs]:
    jobs = Jobs(kinds=KINDS)
    yield jobs
    jobs.close()


@pytest.fixture
def jobs(shared: Jobs) -> Iterator[Jobs]:
    yield shared
    for job in shared.all_jobs():
        for visitor in list(job.visitors):
            shared.cancel(job.key, visitor)
    assert until(lambda: all(job.finished for job in shared.all_jobs()))


def until(there: Callable[[], Any], seconds: float = 60) -> Any:
    end = time.monotonic() + seconds
    while not (found := there()) and time.monotonic() < end:
        time.sleep(0.02)
    return found


def process_of(folder: Path) -> int:
    return int(until(lambda: (folder / "pid").exists() and (folder / "pid").read_text()))


def has_ended(process: int) -> bool:
    """Whether a process is no more, also where nobody has asked how it ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def where(folder: Path) -> dict[str, Any]:
    return {"folder": str(folder)}


def test_equal_requests_share_one_job_until_it_is_cancelled(jobs: Jobs, tmp_path: Path) -> None:
    together: list[Job] = []
    threads = [
        threading.Thread(target=lambda: together.append(jobs.submit("shared", "wait", "Work", where(tmp_path))))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    job = together[0]
    assert all(other is job for other in together)
    process_of(tmp_path)
    assert until(lambda: job.progress["note"] == "waiting")
    assert (job.state, job.progress["step"], job.progress["of"]) == ("running", 1, 10)
    jobs.cancel("shared")
    after = jobs.submit("shared", "multiply", "Work", {"a": 6, "b": 7})
    assert after is not job, "who asks again after a cancellation gets work of their own"
    assert after.result(60) == 42 and after.wait(60)
    assert (job.state, job.error) == ("cancelled", "")
    assert (after.state, after.progress["step"], after.progress["of"], after.error) == ("done", 2, 2, "")
    assert jobs.get("shared") is after and jobs.by_id(after.id) is after
    np.testing.assert_array_equal(after.preview(), [[6, 7]])
    took = after.seconds
    time.sleep(0.02)
    assert took == after.seconds


def test_one_visitor_does_not_cancel_the_work_of_another(jobs: Jobs, tmp_path: Path) -> None:
    job = jobs.submit("two", "wait", "Work", where(tmp_path), "ann")
    assert jobs.submit("two", "wait", "Work", where(tmp_path), "ben") is job
    process_of(tmp_path)
    jobs.cancel("two", "ann")
    jobs.cancel("two", "ann")
    time.sleep(0.3)
    before = job.state
    jobs.cancel("two", "ben")
    assert before == "running"
    assert job.wait(60) and job.state == "cancelled"


def test_a_job_that_does_not_listen_is_ended(jobs: Jobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Jobs, "PATIENCE", 0.2)
    job = jobs.submit("ignore", "ignore", "Work", where(tmp_path))
    process = process_of(tmp_path)
    jobs.cancel("ignore")
    assert job.wait(60) and job.state == "cancelled"
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_a_job_that_waits_is_cancelled_at_once(jobs: Jobs, tmp_path: Path) -> None:
    jobs.submit("first", "wait", "Work", where(tmp_path))
    process_of(tmp_path)
    second = jobs.submit("second", "multiply", "Work", {"a": 1, "b": 1})
    before, seconds = second.state, second.seconds
    jobs.cancel("second")
    assert (before, seconds, second.state) == ("waiting", 0, "cancelled")
    jobs.cancel("nobody knows this one")


def test_what_there_is_can_be_kept(jobs: Jobs, tmp_path: Path) -> None:
    job = jobs.submit("keep", "keep", "Work", where(tmp_path))
    process_of(tmp_path)
    jobs.stop_here("keep")
    assert job.result(60) == "keep" and job.wait(60) and job.state == "done"
    jobs.stop_here("keep")
    jobs.stop_here("nobody knows this one")


def test_what_is_given_can_be_used_while_the_work_goes_on(jobs: Jobs, tmp_path: Path) -> None:
    job = jobs.submit("goes on", "go_on", "Work", where(tmp_path))
    process_of(tmp_path)
    assert job.result_id == "the first half" and not job.finished
    assert (job.progress["step"], job.progress["note"]) == (3, "more")
    jobs.stop_here("goes on")
    time.sleep(0.2)
    assert job.state == "running", "what there is has been kept already"
    jobs.cancel("goes on")
    assert job.result(60) == "cancel" and job.wait(60)


def test_work_that_has_given_something_can_go_on_under_its_name(jobs: Jobs, tmp_path: Path) -> None:
    before = tmp_path / "before"
    before.mkdir()
    jobs.submit("before", "wait", "Before", where(before), "one")
    job = jobs.submit("whole", "go_on", "Whole", where(tmp_path), "one")
    jobs.rename("whole", "too early")
    assert jobs.get("whole") is job, "nothing is given yet"
    jobs.cancel("before", "one")
    process_of(tmp_path)
    jobs.rename("whole", "half")
    assert jobs.get("whole") is None and jobs.get("half") is job and job.key == "half"
    again = jobs.submit("whole", "multiply", "Whole", {"a": 6, "b": 7}, "one")
    assert again is not job and not again.finished
    jobs.cancel("half", "one")
    assert job.wait(60) and again.result(60) == 42


def test_what_another_visitor_waits_for_goes_on(jobs: Jobs, tmp_path: Path) -> None:
    job = jobs.submit("keep", "keep", "Work", where(tmp_path), "one")
    assert jobs.submit("keep", "keep", "Work", where(tmp_path), "other") is job
    process_of(tmp_path)
    with pytest.raises(InputError, match="wanted by somebody else"):
        jobs.stop_here("keep", "one")
    jobs.cancel("keep", "other")
    jobs.cancel("keep", "one")
    # What was cancelled is not kept after all.
    jobs.stop_here("keep", "one")
    assert job.result(60) == "cancel"


def test_leased_work_ends_when_nobody_is_heard_of_who_wants_it(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Jobs, "LEASE", 0.5)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        left = jobs.submit("left", "leased", "Work", {"folder": one}, "ann")
        assert jobs.submit("left", "leased", "Work", {"folder": one}, "ben") is left
        behind = jobs.submit("behind", "wait", "A map", {"folder": other}, "ann")
        for _ in range(30):  # three leases long
            jobs.hear("ben")
            time.sleep(0.05)
        assert left.visitors == {"ben"} and not left.finished, "ann has vanished, ben is there"
        assert left.wait(60) and left.state == "cancelled", "and then ben has gone as well"
        assert until(lambda: jobs.get("left") is None), "who wants it asks again, so it leaves the list"
        assert behind.visitors == {"ann"} and not behind.finished, "a map survives a closed tab"
        # A program without a name is not expected to be heard of.
        jobs.cancel("behind", "ann")
        program = jobs.submit("program", "leased", "Work", {"folder": one})
        time.sleep(1.5)
        assert not program.finished
        jobs.cancel("program")
        assert program.wait(60)


def test_all_that_one_visitor_wants_is_cancelled(jobs: Jobs, tmp_path: Path) -> None:
    shared = jobs.submit("shared by two", "wait", "Shared", where(tmp_path), "ann")
    jobs.submit("shared by two", "wait", "Shared", where(tmp_path), "ben")
    own = jobs.submit("of one", "wait", "Own", where(tmp_path), "ann")
    others = jobs.submit("of another", "wait", "Others", where(tmp_path), "ben")
    assert jobs.cancel_all("ann") == [shared, own]
    assert own.wait(60) and own.state == "cancelled"
    assert shared.visitors == others.visitors == {"ben"} and not shared.finished and not others.finished
    assert jobs.cancel_all("ann") == []


def test_a_failure_is_one_sentence(jobs: Jobs, capsys: pytest.CaptureFixture[str]) -> None:
    refused = jobs.submit("refused", "refuse", "Work", {})
    assert refused.wait(60) and refused.state == "failed"
    assert refused.error == "A perplexity of 99 is too large for 60 items; take at most 19."
    with pytest.raises(InputError, match="take at most 19"):
        refused.result()
    assert "Traceback" not in capsys.readouterr().err
    stumbled = jobs.submit("stumbled", "stumble", "Work", {})
    assert stumbled.wait(60) and stumbled.state == "failed"
    assert stumbled.error == "An unexpected error ended the work: ZeroDivisionError: by zero"
    assert "ZeroDivisionError" in capsys.readouterr().err
    wrong = jobs.submit("wrong", "multiply", "Work", {"a": 1})
    assert wrong.wait(60) and wrong.state == "failed"


def test_a_killed_process_is_noticed_and_no_other_job_suffers(jobs: Jobs, tmp_path: Path) -> None:
    job = jobs.submit("killed", "wait", "t-SNE of digits", where(tmp_path))
    after = jobs.submit("after", "multiply", "Work", {"a": 2, "b": 3})
    process = process_of(tmp_path)
    began = time.monotonic()
    os.kill(process, signal.SIGKILL)
    assert job.wait(60) and time.monotonic() - began < 2
    assert (job.state, job.error) == ("failed", "t-SNE of digits was ended from outside; start it again.")
    assert after.result(60) == 6


def test_a_restarted_server_knows_what_was_done_and_what_was_not(tmp_path: Path) -> None:
    root = tmp_path / "jobs"
    before = Jobs(root, kinds=KINDS)
    done = before.submit("done", "multiply", "Six times seven", {"a": 6, "b": 7})
    assert done.wait(60)
    running = before.submit("running", "wait", "Waiting", where(tmp_path))
    before.submit("waiting", "multiply", "Later", {"a": 3, "b": 5})
    process = process_of(tmp_path)
    before.close()
    assert running.state == "interrupted" and running.finished
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)

    after = Jobs(root, kinds=KINDS)
    found = {job.title: job for job in after.all_jobs()}
    assert {title: job.state for title, job in found.items()} == {
        "Six times seven": "done",
        "Waiting": "interrupted",
        "Later": "interrupted",
    }
    assert found["Waiting"].error == "Waiting was interrupted: its server ended before it."
    with pytest.raises(InputError, match="start it again"):
        found["Waiting"].result()
    again = after.restart("waiting")
    assert again is not None and again.result(60) == 15 and again.wait(60)
    after.forget("running")
    after.close()
    assert {job.title: job.state for job in Jobs(root, kinds=KINDS).all_jobs()} == {
        "Six times seven": "done",
        "Later": "done",
    }


def test_folders_that_make_no_sense_are_passed_over(tmp_path: Path) -> None:
    for name, text in (("empty", ""), ("list", "[]"), ("other", '{"format": 0}'), ("cut", '{"format": 1, "ke')):
        (tmp_path / name).mkdir()
        (tmp_path / name / "request.json").write_text(text)
    assert Jobs(tmp_path, kinds=KINDS).all_jobs() == []


@pytest.mark.parametrize("pool", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_any_executor_will_do(tmp_path: Path, pool: Callable[[int], Executor], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Jobs, "PATIENCE", 0.1)
    jobs = Jobs(tmp_path, {"long": pool(1)}, KINDS)
    jobs.warm_up()
    assert jobs.submit("six", "multiply", "Work", {"a": 2, "b": 3}).result(60) == 6
    running = jobs.submit("wait", "wait", "Work", where(tmp_path))
    waiting = [jobs.submit(f"wait {i}", "wait", "Work", where(tmp_path)) for i in range(3)]
    process_of(tmp_path)
    jobs.cancel("wait 2")
    assert waiting[2].wait(60) and waiting[2].state == "cancelled"
    jobs.cancel("wait")
    assert running.wait(60) and running.state == "cancelled"
    jobs.close()
    assert until(lambda: all(job.state == "interrupted" for job in waiting[:2]))


def test_a_broken_pool_fails_its_jobs_alone(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path, {"long": ProcessPoolExecutor(1)}, KINDS)
    job = jobs.submit("killed", "wait", "t-SNE of digits", where(tmp_path))
    os.kill(process_of(tmp_path), signal.SIGKILL)
    assert job.wait(60)
    after = jobs.submit("after", "multiply", "Later", {"a": 2, "b": 3})
    assert after.wait(60)
    assert [one.error for one in (job, after)] == [
        f"{title} was ended from outside; start it again." for title in ("t-SNE of digits", "Later")
    ]
    jobs.close()


def test_a_workspace_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "jobs").write_text("a file where the folder should be")
    jobs = Jobs(tmp_path / "jobs", kinds=KINDS)
    with pytest.raises(InputError, match="cannot be written to"):
        jobs.submit("six", "multiply", "Work", {"a": 2, "b": 3})
    jobs.close()
