"""Disks that are full: work goes on without telling how far it is, and what cannot be kept is said."""

from __future__ import annotations

import errno
import logging
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.jobs.test_queue import KINDS, process_of, until, where
from vae_core.errors import InputError
from vae_core.jobs import Jobs, Kind, files
from vae_core.jobs.files import FolderProgress, ask_no_more, ask_to_stop, open_folder

ASKED = {"kind": "multiply", "title": "Work", "arguments": {}}


def no_room(*_: Any) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_progress_that_cannot_be_written_is_noted_once_and_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    folder = open_folder(tmp_path, "server", "key", ASKED)
    monkeypatch.setattr(os, "replace", no_room)
    with caplog.at_level(logging.WARNING):
        progress = FolderProgress(folder)
        assert all(progress(step, step + 1, "note", np.zeros((2, 2))) for step in range(20))
        progress.give("something")
    assert [record.message.endswith("it goes on.") for record in caplog.records] == [True]
    assert sorted(path.name for path in folder.iterdir()) == ["request.json"], "nothing half-written is left"
    monkeypatch.undo()
    progress = FolderProgress(folder)
    assert progress(1, 1, "last", np.zeros((2, 2)))
    assert {"progress.json", "preview.npy"} <= {path.name for path in folder.iterdir()}


def test_a_folder_that_is_gone_ends_no_work(tmp_path: Path) -> None:
    folder = open_folder(tmp_path, "server", "key", ASKED)
    progress = FolderProgress(folder)
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()  # another server took it for interrupted and off its list
    assert progress(1, 2, "on", np.zeros((2, 2))) and progress.wish is None


def test_threads_hear_that_they_are_to_stop_also_where_it_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = Jobs(kinds={"wait": Kind("tests.jobs.work:wait", "server")})
    job = jobs.submit("study", "wait", "Work", where(tmp_path))
    process_of(tmp_path)
    monkeypatch.setattr(files, "write_quickly", no_room)
    jobs.cancel("study")
    assert until(lambda: job.state == "cancelled")
    jobs.close()
    with pytest.raises(OSError, match="space"):
        ask_to_stop(tmp_path, "keep")
    ask_no_more(tmp_path)


def test_a_full_disk_fails_a_job_with_its_remedy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    jobs = Jobs(tmp_path / "jobs", kinds={**KINDS, "fill": Kind("tests.jobs.work:fill")})
    for how in ("library", "array"):
        job = jobs.submit(how, "fill", "Work", {"folder": str(tmp_path), "how": how})
        assert job.wait(60) and job.state == "failed"
        assert job.error.startswith("The disk is full") and job.error.endswith("or name another --workspace.")
    assert "Traceback" not in capsys.readouterr().err
    jobs.close()


def test_work_that_cannot_be_asked_for_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = Jobs(tmp_path / "jobs", kinds=KINDS)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", no_room)
        with pytest.raises(InputError, match=r"cannot be started: .*No space left.*make room, or name"):
            jobs.submit("six", "multiply", "Work", {"a": 2, "b": 3})
    jobs.close()


def test_a_result_that_cannot_be_sent_back_fails_its_job_alone() -> None:
    kinds = {name: Kind(f"tests.jobs.work:{name}") for name in ("give_unsendable", "multiply")}
    jobs = Jobs(kinds=kinds)
    failed = jobs.submit("failed", "give_unsendable", "Work", {})
    after = jobs.submit("after", "multiply", "Work", {"a": 2, "b": 3})
    assert failed.wait(60) and failed.state == "failed" and "cannot be sent back" in failed.error
    assert after.result(60) == 6
    jobs.close()
