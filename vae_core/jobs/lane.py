"""One executor, and the jobs that wait for it, each visitor's in turn."""

from __future__ import annotations

import concurrent.futures
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from vae_core.jobs.executors import executor_over, named_function
from vae_core.jobs.files import FolderProgress
from vae_core.jobs.job import Job
from vae_core.jobs.line import FairLine
from vae_core.progress import Stopped
from vae_core.storage import DiskFull, is_full


class Deserted(Stopped):
    """Raised by work that has not heard of its server for so long that it must be gone."""


class Lane:
    """Hands jobs to an executor, no more than it runs at once, and tells of their ends.

    Parameters
    ----------
    pool : concurrent.futures.Executor
        Does the work.
    newest_first : bool
        Whether of one visitor's jobs the last comes first.
    sign : Path
        Of the life of this server, for work that outlives it.
    ended : callable
        Given a job and the future of its call, once that has ended; from any thread.
    """

    def __init__(
        self,
        pool: concurrent.futures.Executor,
        newest_first: bool,
        sign: Path,
        ended: Callable[[Job, Future[Any]], object],
    ) -> None:
        self._executor = executor_over(pool)
        self._sign = str(sign) if self._executor.outlives else None
        self._ended = ended
        self._line: FairLine[tuple[Job, str]] = FairLine(newest_first)
        self._running = 0
        self._closed = False
        self._lock = threading.RLock()

    def warm_up(self) -> None:
        """Prepare for work before there is any."""
        self._executor.warm_up()

    def add(self, job: Job, function: str) -> None:
        """Have a job done by a function ``module:name`` when it is its turn."""
        with self._lock:
            self._line.add(job.counted_as, (job, function))
        self._go_on()

    def take_back(self, job: Job) -> bool:
        """Take back a job that has not begun, whose future is then cancelled; return whether it never will begin."""
        with self._lock:
            waiting = self._line.remove_where(lambda one: one[0] is job)
            call = job.call
        if waiting:
            call = Future()
            call.cancel()
            self._ended(job, call)
            return True
        # What hands it over holds the lock until it has.
        return call is not None and self._executor.cancel(call)

    def kill(self, job: Job) -> bool:
        """End a job by force if it is being done and can be; return whether it was."""
        return job.call is not None and self._executor.kill(job.call)

    def shutdown(self) -> None:
        """Take no more jobs, and wait until those under way have ended, by force where there is one."""
        with self._lock:
            self._closed = True
        self._executor.shutdown(cancel_futures=True)

    def _go_on(self) -> None:
        while True:
            with self._lock:
                most = self._executor.at_once
                if self._closed or not len(self._line) or (most is not None and self._running >= most):
                    return
                job, function = self._line.take()
                call = job.call = self._hand_over(job, function)
                self._running += 1
            call.add_done_callback(lambda done, job=job: self._done(job, done))  # type: ignore[misc]

    def _hand_over(self, job: Job, function: str) -> Future[Any]:
        try:
            return self._executor.submit(do_job, str(job.folder), function, job.arguments, self._sign)
        except RuntimeError as error:  # a pool that was shut down, or whose workers were killed
            failed: Future[Any] = Future()
            failed.set_exception(error)
            return failed

    def _done(self, job: Job, call: Future[Any]) -> None:
        with self._lock:
            self._running -= 1
        try:
            self._ended(job, call)
        finally:
            self._go_on()


def do_job(folder: str, function: str, arguments: dict[str, Any], sign: str | None = None) -> Any:
    """Do the work of a job; for workers. With a `sign` it stops when the server that gives it is gone."""
    progress = FolderProgress(Path(folder), None if sign is None else Path(sign))
    try:
        return named_function(function)(**arguments, progress=progress)
    except Stopped:
        if progress.deserted:
            raise Deserted from None
        raise
    except OSError as error:
        if is_full(error):  # what a library writes by itself
            raise DiskFull(
                f"The disk is full ({error}), so the work could not go on; make room, or name another --workspace."
            ) from error
        raise
