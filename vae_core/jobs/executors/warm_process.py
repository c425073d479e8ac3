"""A warm process for work, on the interface of `concurrent.futures`; it can be killed, and is replaced."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import multiprocessing
import os
import pickle
import queue
import signal
import sys
import threading
import types
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from multiprocessing.reduction import ForkingPickler
from typing import Any

from tqdm import tqdm

from vae_core.jobs.executors.executor import Executor, WorkerEnded, named_function

log = logging.getLogger(__name__)

_PR_SET_PDEATHSIG = 1  # of sys/prctl.h
_Call = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]


class WarmWorker(Executor):
    """One process at low priority that runs one call after another and keeps its libraries loaded in between.

    Where the process ends in the middle of a call, the call's future gets `WorkerEnded` at once and a new
    process takes its place. The main module is not run again in it, so that a script needs no guard.

    Parameters
    ----------
    warm_up : sequence of str
        Functions ``module:name`` a new process calls while nothing else is asked of it, such as slow imports.
    name : str
        Of process and thread, for whoever looks at a list of them.
    """

    #: Seconds between two looks at a process that has nothing to do.
    LOOK = 1.0

    def __init__(self, warm_up: Sequence[str] = (), name: str = "worker") -> None:
        self._warm_up = tuple(warm_up)
        self._name = name
        self._context = multiprocessing.get_context("spawn")
        self._calls: queue.SimpleQueue[tuple[Future[Any], _Call] | None] = queue.SimpleQueue()
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self._current: Future[Any] | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._closed = self._ending = False
        self._killed = False  # what is the current call's process

    @property
    def process(self) -> int | None:
        """Id of the process; None while there is none."""
        return None if self._process is None else self._process.pid

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run a module-level function in the process; its arguments and its result are pickled.

        Raises
        ------
        RuntimeError
            After `shutdown`.
        """
        with self._lock:
            if self._closed:
                raise RuntimeError("This worker has been shut down.")
            future: Future[Any] = Future()
            self._calls.put((future, (fn, args, kwargs)))
            self._begin()
        return future

    def warm_up(self) -> None:
        """Start the process now, so that it is warm when work comes."""
        with self._lock:
            if not self._closed:
                self._begin()

    def kill(self, future: Future[Any]) -> bool:
        """Kill the process if it is at work on this future, and on no other; return whether it was."""
        with self._lock:
            if self._current is not future:
                return False
            # Noted besides: it may be about to start, or to end by itself.
            self._killed = True
            if self._process is not None:
                self._process.kill()
            return True

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls; end the process after those that are waiting, or before them with `cancel_futures`."""
        left: list[Future[Any]] = []
        with self._lock:
            self._closed = True
            if cancel_futures:
                self._ending = True
                with contextlib.suppress(queue.Empty):
                    while True:
                        if (waiting := self._calls.get_nowait()) is not None:
                            left.append(waiting[0])
                if self._process is not None:
                    self._process.kill()
            self._calls.put(None)
            thread = self._thread
        for future in left:
            future.cancel()
        if wait and thread is not None:
            thread.join()

    def _begin(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            if not self._closed:
                try:
                    self._ready()  # one that was killed while it had nothing to do is replaced too
                except OSError as error:
                    log.warning("The process for %s cannot be started (%s).", self._name, error)
            try:
                wanted = self._calls.get(timeout=self.LOOK)
            except queue.Empty:
                continue
            if wanted is None:
                break
            future, call = wanted
            if future.set_running_or_notify_cancel():
                self._work(future, call)
        self._discard()

    def _work(self, future: Future[Any], call: _Call) -> None:
        with self._lock:
            self._current = future
        result: Any = None
        problem: BaseException | None = None
        try:
            connection = self._ready()
            with self._lock:
                ended = self._killed or self._ending
            if ended:
                raise EOFError
            # Pickled beforehand: what cannot be is not sent, and the line stays as it was.
            connection.send_bytes(ForkingPickler.dumps(call))
            answer = connection.recv_bytes()
        except (EOFError, ConnectionError):
            self._discard()
            problem = WorkerEnded("The process that did this work was ended from outside.")
        except Exception as error:  # noqa: BLE001 - whatever its pickling raises
            problem = error
        else:
            result, problem = _unpacked(answer)
        with self._lock:
            self._current, killed, self._killed = None, self._killed, False
        if killed:
            self._discard()  # it must not begin the next call before it ends
        if problem is not None:
            future.set_exception(problem)
        else:
            future.set_result(result)

    def _ready(self) -> Connection:
        """Return the line to a living process."""
        if self._process is not None and not self._process.is_alive():
            self._discard()
        if self._process is None or self._connection is None:
            here, there = self._context.Pipe()
            process = self._context.Process(
                target=_serve, args=(there, self._warm_up), daemon=True, name=f"latent-explorer {self._name}"
            )
            with _without_main():
                process.start()
            # Its end here must close, or the end of the process would go unnoticed.
            there.close()
            with self._lock:
                self._process, self._connection = process, here
        return self._connection

    def _discard(self) -> None:
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()
        with self._lock:
            self._process = self._connection = None


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """Keep a new process from running the main module again: a script that called `explore` would call it again."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _serve(connection: Connection, warm_up: Sequence[str]) -> None:
    """Live in the worker process until the line to its owner closes."""
    if sys.platform == "linux":
        # The system ends it even within a call that lets no other thread of Python run.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # After it: an owner that has ended before is seen at once.
    threading.Thread(target=_end_with_owner, name="end with owner", daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(10)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which ends its workers itself
    # By default a lock between processes, which would be reported as leaked when this one is killed.
    tqdm.set_lock(threading.RLock())
    for name in warm_up:
        if connection.poll():
            break  # what is wanted now comes before what may be wanted
        try:
            named_function(name)()
        # What needs it will say so; a process that ended here would be started for ever.
        except Exception as error:  # noqa: BLE001 - of whatever kind
            log.warning("%s could not be prepared (%s: %s).", name, type(error).__name__, error)
    # Where the owner has gone there is nobody left to tell.
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            function, arguments, keywords = connection.recv()
            try:
                answer = (False, function(*arguments, **keywords))
            except Exception as error:  # noqa: BLE001 - the owner is told of it
                answer = (True, error)
            connection.send_bytes(_packed(answer))


def _packed(answer: tuple[bool, Any]) -> Any:
    """Pickle whether a call failed and what came of it; what cannot be pickled is a failure of this call alone."""
    try:
        return ForkingPickler.dumps(answer)
    except Exception as error:  # noqa: BLE001 - whatever its pickling raises
        what = "error" if answer[0] else "result"
        told = f"The {what} of the work, a {type(answer[1]).__name__}, cannot be sent back: {error}"
        return ForkingPickler.dumps((True, TypeError(told)))


def _unpacked(answer: bytes) -> tuple[Any, BaseException | None]:
    """Return the result of a call, or the error that ended it."""
    try:
        failed, value = pickle.loads(answer)
    except Exception as error:  # noqa: BLE001 - whatever its unpickling raises
        return None, TypeError(f"What the work gave cannot be read: {error}")
    return (None, value) if failed else (value, None)


def _end_with_owner() -> None:
    """End this process as soon as its owner has ended, whatever it is at: a file of the owner's closes then."""
    owner = multiprocessing.parent_process()
    if owner is not None:
        owner.join()
    os._exit(1)
