"""Pictures of a layout while it is being changed in place, without holding up whoever changes it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType

import numpy as np

_SECONDS = 0.2


class LayoutPreview:
    """Shows copies of an array five times a second from a thread of its own; a context manager.

    A copy may catch the array between two steps of its owner: it is to be looked at, not to be kept.

    Parameters
    ----------
    layout : ndarray
        Changed in place by its owner meanwhile.
    show : callable
        Given a float32 copy whenever the array has changed.
    """

    def __init__(self, layout: np.ndarray, show: Callable[[np.ndarray], object]) -> None:
        self._layout = np.asarray(layout)
        self._show = show
        self._ended = threading.Event()
        self._problem: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="onlooker", daemon=True)

    def __enter__(self) -> LayoutPreview:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        if self._problem is not None and error is None:
            raise self._problem

    def _run(self) -> None:
        last = self._layout.astype(np.float32)
        while not self._ended.wait(_SECONDS):
            now = self._layout.astype(np.float32)
            if np.array_equal(now, last):
                continue
            last = now
            try:
                self._show(now)
            except Exception as problem:  # noqa: BLE001 - raised where the work is, once it has ended
                self._problem = problem
                return
