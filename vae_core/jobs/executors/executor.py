"""The interface of whatever does the work of jobs."""

from __future__ import annotations

import concurrent.futures
import importlib
from abc import abstractmethod
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any


class WorkerEnded(Exception):  # noqa: N818 - what happened to a process; nobody here erred
    """A worker process ended before its work was done: killed from outside, or out of memory."""


class Executor(concurrent.futures.Executor):
    """Takes calls, ends them and ends itself; beyond `concurrent.futures.Executor` it warms up, takes back and kills.

    Attributes
    ----------
    at_once : int or None
        How many calls it runs at once: no more are handed to it, so that those who wait can be served in turn. None
        hands it all, and leaves the order to it.
    outlives : bool
        Whether its work goes on when this process is no more. Then the work itself has to watch for that.
    """

    at_once: int | None = 1
    outlives: bool = False

    @abstractmethod
    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have a function called."""

    def warm_up(self) -> None:
        """Prepare for work now, before there is any; where there is nothing to prepare, do nothing."""

    def cancel(self, future: Future[Any]) -> bool:
        """Take back a call that has not begun; return whether it never will."""
        return future.cancel()

    def kill(self, future: Future[Any]) -> bool:  # noqa: ARG002 - those who can need it
        """End a call by force if it is the one being run; return whether it was. What knows no force does nothing."""
        return False

    @abstractmethod
    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls and end; with `cancel_futures` without those that wait, by force where there is one."""


def named_function(name: str) -> Callable[..., Any]:
    """Return the function ``module:name``."""
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found
