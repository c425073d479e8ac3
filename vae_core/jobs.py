"""Long work in a process of its own: submit, progress, cancel, result."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
import threading
import time
import types
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Event
from typing import Any, Literal

from vae_core.errors import InputError
from vae_core.progress import Stopped

State = Literal["waiting", "running", "done", "failed", "cancelled"]


@dataclass
class Job:
    """One piece of long work and how far it is.

    Parameters
    ----------
    key : str
        Names the work; equal work has an equal key.
    title : str
        What people read.
    """

    key: str
    title: str
    state: State = "waiting"
    step: int = 0
    of: int = 0
    note: str = ""
    error: str = ""
    started: float | None = None
    ended: float | None = None
    future: Future[Any] = field(default_factory=Future, repr=False)
    _stop: Event = field(default_factory=multiprocessing.get_context("spawn").Event, repr=False)

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen to this job."""
        return self.state in ("done", "failed", "cancelled")

    @property
    def seconds(self) -> float:
        """Seconds the work took so far, or in all once it has ended; 0 while it waits."""
        if self.started is None:
            return 0.0
        return (time.monotonic() if self.ended is None else self.ended) - self.started


class Jobs:
    """Runs one job after another, each in a fresh process at low priority, so that a page is never held up.

    The function of a job and its arguments travel to another process: module-level
    functions, paths, settings and arrays, never live models. The function is called
    with an additional keyword `progress`.
    """

    #: Seconds a job may take to stop by itself after it was cancelled.
    PATIENCE = 3.0

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._queue = ThreadPoolExecutor(max_workers=1, thread_name_prefix="jobs")

    def submit(self, key: str, title: str, function: Callable[..., Any], *arguments: Any) -> Job:
        """Start the work named `key`, or return the job that is doing it already.

        A job that was cancelled and has not stopped yet is not taken: its successor waits for it.
        """
        with self._lock:
            known = self._jobs.get(key)
            if known is not None and not known.finished and not known._stop.is_set():
                return known
            job = self._jobs[key] = Job(key, title)
        self._queue.submit(self._supervise, job, function, arguments)
        return job

    def get(self, key: str) -> Job | None:
        """Return the newest job of this key."""
        return self._jobs.get(key)

    def all(self) -> list[Job]:
        """Return every job of this server, oldest first."""
        return list(self._jobs.values())

    def cancel(self, key: str) -> None:
        """Ask a job to stop; one that waits ends at once, one that does not listen is ended by force."""
        job = self._jobs.get(key)
        if job is not None:
            job._stop.set()
            with self._lock:
                if job.state == "waiting":
                    self._end(job, "cancelled")

    def close(self) -> None:
        """Cancel everything and wait for it."""
        for key in list(self._jobs):
            self.cancel(key)
        self._queue.shutdown(cancel_futures=True)

    def _supervise(self, job: Job, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        with self._lock:
            if job.finished:
                return
            job.started = time.monotonic()
            job.state = "running"
        receiving, sending = self._context.Pipe(duplex=False)
        process = self._context.Process(
            target=_work, args=(sending, job._stop, function, arguments), daemon=True, name=job.key
        )
        try:
            with _without_main():
                process.start()
            # Its end here must close, or the end of the process would go unnoticed.
            sending.close()
            self._follow(job, receiving, process)
        except (EOFError, OSError):
            self._end(job, "failed", error=f"{job.title} was ended from outside; start it again.")
        except Exception as error:
            # Nobody waits for this thread: what is not told by the job is never told.
            sys.excepthook(type(error), error, error.__traceback__)
            self._end(job, "failed", error=_unexpected(error))
        finally:
            sending.close()
            receiving.close()
            if process.pid is not None:
                process.join(timeout=5)
                process.kill()
                process.join()

    def _follow(self, job: Job, receiving: Connection, process: SpawnProcess) -> None:
        """Hear of a process until it has a result, is cancelled or ends without a word."""
        deadline: float | None = None
        while not job.finished:
            if receiving.poll(0.2):
                kind, value = receiving.recv()
                if kind == "progress":
                    job.step, job.of, job.note = value
                elif kind == "result":
                    self._end(job, "done", result=value)
                else:
                    self._end(job, kind, error=value)
            if job._stop.is_set() and not job.finished:
                deadline = deadline or time.monotonic() + self.PATIENCE
                if time.monotonic() > deadline:
                    process.kill()
                    self._end(job, "cancelled")

    def _end(self, job: Job, state: State, *, result: Any = None, error: str = "") -> None:
        job.error = error
        job.ended = time.monotonic()
        job.state = state
        if state == "done":
            job.future.set_result(result)
        elif state == "cancelled":
            job.future.cancel()
        else:
            job.future.set_exception(InputError(error))


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """Keep a new process from running the main module again: a script that called `explore` would call it again."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _unexpected(error: Exception) -> str:
    return f"An unexpected error ended the work: {type(error).__name__}: {error}"


def _work(sending: Connection, stop: Event, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    if hasattr(os, "nice"):
        os.nice(10)
    last = 0.0

    def progress(step: int, of: int, note: str = "", preview: Any = None) -> bool:
        nonlocal last
        now = time.monotonic()
        if now - last > 0.1 or step == of:
            last = now
            try:
                sending.send(("progress", (step, of, note)))
            except OSError:
                # Nobody is left to hear of it: the server has gone, and its work with it.
                return False
        return not stop.is_set()

    # Where the server has gone there is nobody left to tell.
    with contextlib.suppress(BrokenPipeError):
        try:
            sending.send(("result", function(*arguments, progress=progress)))
        except BrokenPipeError:
            raise
        except Stopped:
            sending.send(("cancelled", ""))
        except InputError as error:
            sending.send(("failed", str(error)))
        except Exception as error:
            # The page shows one sentence; whoever runs the server gets the whole story.
            sys.excepthook(type(error), error, error.__traceback__)
            sending.send(("failed", _unexpected(error)))
    sending.close()
