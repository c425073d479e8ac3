"""Servers on one folder of jobs: told apart by signs of life, whatever their machines and clocks."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from tests.jobs.test_queue import KINDS, until, where
from vae_core.jobs import Jobs, heartbeat
from vae_core.jobs.files import FolderProgress, open_folder
from vae_core.jobs.heartbeat import Heartbeat, Watch, sign_of

ASKED = {"kind": "multiply", "title": "Theirs", "arguments": {"a": 6, "b": 7}}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "BEAT", 0.1)
    monkeypatch.setattr(heartbeat, "SILENCE", 1.5)


def states(jobs: Jobs) -> dict[str, str]:
    return {job.key: job.state for job in jobs.all_jobs()}


def beaten(sign: Path, seconds_ago: float) -> None:
    sign.parent.mkdir(parents=True, exist_ok=True)
    sign.touch()
    os.utime(sign, (time.time() - seconds_ago,) * 2)


@pytest.mark.usefixtures("quick")
def test_the_work_of_a_living_server_is_left_out_until_it_falls_silent(tmp_path: Path) -> None:
    sign = sign_of(tmp_path, "another")
    folder = open_folder(tmp_path, "another", "theirs", ASKED)
    beaten(sign, 0.5)
    jobs = Jobs(tmp_path, kinds=KINDS)
    assert states(jobs) == {}, "by the folder's own clock it was there a moment ago"
    assert until(lambda: states(jobs) == {"theirs": "interrupted"}), "and then no more"
    sign.touch()
    assert until(lambda: states(jobs) == {}), "a machine that slept goes on with its work"
    sign.unlink()
    assert until(lambda: states(jobs) == {"theirs": "interrupted"}), "it has ended, and said so"
    (folder / "state.json").write_text('{"state": "done", "error": "", "seconds": 1.0, "gave": null}')
    assert until(lambda: states(jobs) == {"theirs": "done"})
    jobs.close()


@pytest.mark.parametrize("seconds_off", [-7200, 7200])
def test_clocks_that_differ_deceive_nobody(tmp_path: Path, seconds_off: float, monkeypatch: pytest.MonkeyPatch) -> None:
    # The clock of the folder is the one that stamps its files; this machine's is hours off.
    open_folder(tmp_path, "alive", "of the living", ASKED)
    open_folder(tmp_path, "gone", "of the dead", ASKED)
    beaten(sign_of(tmp_path, "alive"), 0.0)
    beaten(sign_of(tmp_path, "gone"), 60.0)
    right = time.time
    monkeypatch.setattr(time, "time", lambda: right() + seconds_off)
    jobs = Jobs(tmp_path, kinds=KINDS)
    assert states(jobs) == {"of the dead": "interrupted"}
    jobs.close()


@pytest.mark.usefixtures("quick")
def test_requests_of_earlier_versions_are_read(tmp_path: Path) -> None:
    folder = open_folder(tmp_path, "none", "old", ASKED)
    request = folder / "request.json"
    old = json.loads(request.read_text())
    del old["server"]
    request.write_text(json.dumps({**old, "owner": ["another machine", 1]}))
    jobs = Jobs(tmp_path, kinds=KINDS)
    assert states(jobs) == {}, "something was written a moment ago"
    assert until(lambda: states(jobs) == {"old": "interrupted"})
    again = jobs.restart("old")
    assert again is not None and again.result(60) == 42
    jobs.close()


def test_who_was_stopped_himself_counts_no_silence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    sign = tmp_path / "sign"
    sign.touch()
    watch = Watch(sign)
    now = 3600.0
    assert watch.alive(), "one look after an hour of sleep"
    for _ in range(3):
        now += heartbeat.BEAT
        alive = watch.alive()
    assert not alive


@pytest.mark.usefixtures("quick")
def test_work_that_outlives_its_server_stops_once_it_is_silent(tmp_path: Path) -> None:
    beating = Heartbeat(tmp_path, lambda: None)
    beating.begin()
    progress = FolderProgress(open_folder(tmp_path, beating.server, "key", ASKED), sign_of(tmp_path, beating.server))
    end = time.monotonic() + heartbeat.SILENCE + 1
    while time.monotonic() < end:
        assert progress(1, 2)
        time.sleep(0.05)
    beating.end()
    assert until(lambda: not progress(1, 2)) and progress.deserted


def test_a_server_that_closes_is_known_to_be_gone_at_once(tmp_path: Path) -> None:
    before = Jobs(tmp_path / "jobs", kinds=KINDS)
    before.submit("running", "wait", "Waiting", where(tmp_path))
    before.close()
    after = Jobs(tmp_path / "jobs", kinds=KINDS)
    assert states(after) == {"running": "interrupted"}
    after.close()
