"""One piece of long work and how far it is."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from vae_core.errors import InputError
from vae_core.jobs.files import read_json, write_json
from vae_core.jobs.line import NOBODY, Party
from vae_core.storage import DiskFull, write_atomically

log = logging.getLogger(__name__)

State = Literal["waiting", "running", "done", "failed", "cancelled", "interrupted"]


@dataclass
class Job:
    """One piece of long work and how far it is.

    Parameters
    ----------
    key : str
        Names the work; equal work has an equal key.
    kind : str
        One of the `Jobs`' kinds.
    title : str
        What people read.
    arguments : dict
        JSON values.
    folder : Path
        Where it lies.
    future : Future, optional
        Of the work, where it is this server's.
    call : Future, optional
        What an executor gave for it, once it was handed to one.
    counted_as : Party
        Whose turn in the waiting line it takes.
    space : str
        Name of the space it is about in the catalogue, where it needs the space itself.
    visitors : set of str
        Who wants it.
    error : str
        What went wrong, one sentence; empty where nothing did.
    gave : str, optional
        Its result where that is text, such as the id of a map; kept with the job. See `given`.
    """

    key: str
    kind: str
    title: str
    arguments: dict[str, Any]
    folder: Path
    future: Future[Any] | None = field(default=None, repr=False)
    call: Future[Any] | None = field(default=None, repr=False)
    counted_as: Party = field(default=NOBODY)
    space: str = ""
    visitors: set[str] = field(default_factory=set)
    error: str = ""
    gave: str | None = None
    _final: State | None = None
    _took: float | None = None
    _ended: threading.Event = field(default_factory=threading.Event, repr=False)

    @classmethod
    def of_earlier_server(cls, folder: Path, asked: dict[str, Any], ended: dict[str, Any]) -> Job:
        """Return a job as an earlier server left it."""
        job = cls(asked["key"], asked["kind"], asked["title"], asked["arguments"], folder)
        job.space = asked.get("space", "")
        job._final = ended.get("state", "interrupted")
        job.error = ended.get("error", f"{job.title} was interrupted: its server ended before it.")
        job._took = ended.get("seconds", 0.0)
        job.gave = ended.get("gave")
        job._ended.set()
        return job

    @property
    def id(self) -> str:
        """Name of its folder."""
        return self.folder.name

    @property
    def state(self) -> State:
        """How it stands; "interrupted" is work whose server ended before it."""
        if self._final is not None:
            return self._final
        # A call may end a moment before what came of it is known.
        return "running" if self.call is not None and (self.call.running() or self.call.done()) else "waiting"

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen to this job."""
        return self._final is not None

    @property
    def seconds(self) -> float:
        """Seconds the work took so far, or in all once it has ended; 0 while it waits."""
        if self._took is not None:
            return self._took
        started = read_json(self.folder / "progress.json").get("started")
        return 0.0 if started is None else max(0.0, time.time() - started)

    @property
    def result_id(self) -> str | None:
        """What it gave, or tells that can be used while it goes on."""
        if self.gave is not None:
            return self.gave
        told: str | None = read_json(self.folder / "progress.json").get("gave")
        return told

    @property
    def progress(self) -> dict[str, Any]:
        """How far it is.

        ``step``, ``of``, ``note``, its ``phase`` and whether what is there is ``keepable`` (see `progress.Note`),
        ``preview`` (how many there were) and ``left`` (seconds, None where unknown).
        """
        told = read_json(self.folder / "progress.json")
        step, of, pace = told.get("step", 0), told.get("of", 0), told.get("pace")
        left = None if pace is None or self.finished else pace * (of - step)
        about = {"phase": told.get("phase", ""), "keepable": told.get("keepable", False)}
        return {
            "step": step,
            "of": of,
            "note": told.get("note", ""),
            **about,
            "preview": told.get("preview", 0),
            "left": left,
        }

    def preview(self) -> np.ndarray | None:
        """Return the newest result so far, None while there is none."""
        try:
            found: np.ndarray = np.load(self.folder / "preview.npy", allow_pickle=False)
        except (OSError, ValueError):
            return None
        return found

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it has ended; return whether it has."""
        return self._ended.wait(timeout)

    def result(self, timeout: float | None = None) -> Any:
        """Wait for the work and return what it gave; raises as `concurrent.futures.Future.result` does."""
        if self.future is None:
            raise InputError(f"{self.title} belongs to an earlier server; start it again.")
        return self.future.result(timeout)

    def end(self, state: State, error: str = "", keep: bool = True) -> None:
        """Note how the work ended, in the folder too where it is to `keep`; for whoever runs it."""
        self._took = round(self.seconds, 2)
        self.error = error
        self._final = state
        if keep and self.folder.is_dir():  # another server may have taken it off its list
            told = {"state": state, "error": error, "seconds": self._took, "gave": self.gave}
            try:
                write_atomically(self.folder / "state.json", lambda path: write_json(path, told))
            except (DiskFull, OSError) as problem:
                log.warning("%s: how the job ended could not be written (%s).", self.folder, problem.strerror)
        self._ended.set()

    def give_result(self, result: Any, problem: BaseException | None) -> None:
        """Give what came of the work to those who wait for it, once it is known how it ended."""
        if self.future is None or self.future.done():
            return
        if isinstance(problem, CancelledError):
            self.future.cancel()
        elif problem is not None:
            self.future.set_exception(problem)
        else:
            self.future.set_result(result)
