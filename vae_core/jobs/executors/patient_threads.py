"""Threads of the server for work that needs a model in memory, at low priority beside what visitors wait for."""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

from vae_core.jobs.executors.executor import Executor, named_function

_NICER = 10
_MOST = 19
_Call = tuple[Future[Any], Callable[..., Any], tuple[Any, ...], dict[str, Any]]


class PatientThreads(Executor):
    """An executor of a few threads that give way to all others; a thread cannot be killed, only asked to stop.

    Parameters
    ----------
    count : int
        How many works it does at once.
    name : str
        Of its threads, for whoever looks at a list of them.
    warm_up : sequence of str
        Functions ``module:name`` that `warm_up` has called, such as slow imports.
    """

    def __init__(self, count: int, name: str, warm_up: Sequence[str] = ()) -> None:
        self.at_once: int = count
        self._warm_up = tuple(warm_up)
        self._name = name
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._unfinished = 0
        self._closed = False
        self._lock = threading.Lock()

    def warm_up(self) -> None:
        """Have what is slow to load loaded by one of the threads."""
        for spec in self._warm_up:
            self.submit(lambda spec=spec: named_function(spec)())

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have a function called by one of the threads; RuntimeError after `shutdown`."""
        future: Future[Any] = Future()
        with self._lock:
            if self._closed:
                raise RuntimeError("these threads have ended")
            self._unfinished += 1
            self._calls.put((future, fn, args, kwargs))
            if len(self._threads) < min(self.at_once, self._unfinished):
                thread = threading.Thread(target=self._work, name=f"{self._name} {len(self._threads)}", daemon=True)
                self._threads.append(thread)
                thread.start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more work; cancel what has not begun, if that is asked for, and wait for the rest."""
        left: list[_Call] = []
        with self._lock:
            self._closed = True
            while cancel_futures and not self._calls.empty():
                if (call := self._calls.get()) is not None:
                    left.append(call)
            for _ in self._threads:
                self._calls.put(None)
        for future, *_rest in left:
            future.cancel()
        if wait:
            for thread in self._threads:
                thread.join()

    def _work(self) -> None:
        _give_way()
        while (call := self._calls.get()) is not None:
            future, function, args, kwargs = call
            if future.set_running_or_notify_cancel():
                try:
                    result = function(*args, **kwargs)
                except BaseException as error:  # noqa: BLE001 - raised where the result is asked for
                    future.set_exception(error)
                else:
                    future.set_result(result)
            with self._lock:
                self._unfinished -= 1


def _give_way() -> None:
    # Elsewhere than on Linux a priority belongs to the whole process.
    if sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, min(_MOST, os.getpriority(os.PRIO_PROCESS, thread) + _NICER))
