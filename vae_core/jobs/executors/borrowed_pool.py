"""Anybody's pool as an executor of jobs: of threads, of processes, of a cluster."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from vae_core.jobs.executors.executor import Executor


class BorrowedPool(Executor):
    """An executor over any `concurrent.futures.Executor`, which knows nothing of warming up and of force.

    Its work stops when it is asked to, at its next safe point. Where its workers see the folder of the jobs they may be
    on any machine.

    Parameters
    ----------
    pool : concurrent.futures.Executor
        Does the work.
    at_once : int, optional
        How many calls it runs at once, if those who wait are to be served in turn.
    """

    outlives = True

    def __init__(self, pool: concurrent.futures.Executor, at_once: int | None = None) -> None:
        self._pool = pool
        self.at_once = at_once

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have a function called by the pool; RuntimeError if it has ended or is broken."""
        return self._pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Shut the pool down."""
        self._pool.shutdown(wait=wait, cancel_futures=cancel_futures)


def executor_over(pool: concurrent.futures.Executor) -> Executor:
    """Return an executor of jobs as it is, and any other in a `BorrowedPool`."""
    return pool if isinstance(pool, Executor) else BorrowedPool(pool)
