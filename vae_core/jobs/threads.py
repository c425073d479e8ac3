"""Threads of the server for work that needs a model in memory, at low priority beside what visitors wait for."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from typing import Any

from vae_core.jobs.workers import named_function

_NICER = 10
_Call = tuple[Future[Any], Callable[..., Any], tuple[Any, ...], dict[str, Any]]


class PatientThreads(Executor):
    """An executor of a few threads that give way to all others; what was asked for last comes first.

    Who turns to another question waits for that one, and not for those left behind.

    Parameters
    ----------
    count : int
        How many works it does at once.
    name : str
        Of its threads, for whoever looks at a list of them.
    warm_up : sequence of str
        Functions ``module:name`` that `start` has called, such as slow imports.
    """

    def __init__(self, count: int, name: str, warm_up: Sequence[str] = ()) -> None:
        self._warm_up = tuple(warm_up)
        self._count = count
        self._name = name
        self._waiting: list[_Call] = []
        self._threads: list[threading.Thread] = []
        self._idle = 0
        self._closed = False
        self._changed = threading.Condition()

    def start(self) -> None:
        """Warm up now, before there is work."""
        for spec in self._warm_up:
            self.submit(lambda spec=spec: named_function(spec)())

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have a function called by one of the threads."""
        future: Future[Any] = Future()
        with self._changed:
            if self._closed:
                raise RuntimeError("these threads have ended")
            self._waiting.append((future, fn, args, kwargs))
            if self._idle == 0 and len(self._threads) < self._count:
                thread = threading.Thread(target=self._work, name=f"{self._name} {len(self._threads)}", daemon=True)
                self._threads.append(thread)
                thread.start()
            self._changed.notify()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more work; cancel what has not begun, if that is asked for, and wait for the rest."""
        with self._changed:
            self._closed = True
            if cancel_futures:
                left, self._waiting = self._waiting, []
            else:
                left = []
            self._changed.notify_all()
        for future, *_ in left:
            future.cancel()
        if wait:
            for thread in self._threads:
                thread.join()

    def _work(self) -> None:
        _give_way()
        while True:
            with self._changed:
                self._idle += 1
                while not self._waiting and not self._closed:
                    self._changed.wait()
                self._idle -= 1
                if not self._waiting:
                    return
                future, function, args, kwargs = self._waiting.pop()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(function(*args, **kwargs))
            except BaseException as error:
                future.set_exception(error)


def _give_way() -> None:
    # Elsewhere than on Linux a priority belongs to the whole process.
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICER)
