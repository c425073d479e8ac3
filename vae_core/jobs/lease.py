"""Who still waits: visitors that vanish without a word let go of what only they wanted."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Lease:
    """Notes when visitors were heard of, and lets go of those that were not for a while.

    A tab that is closed, a notebook that is killed and a computer that falls asleep say nothing. Browsers let a hidden
    tab speak once a minute: the lease is longer than that.

    Parameters
    ----------
    waiting : callable
        Returns the visitors that wait for something now.
    let_go : callable
        Given a visitor that has vanished.
    seconds : callable
        Returns how many of silence.
    """

    def __init__(
        self, waiting: Callable[[], set[str]], let_go: Callable[[str], object], seconds: Callable[[], float]
    ) -> None:
        self._waiting = waiting
        self._let_go = let_go
        self._seconds = seconds
        self._heard: dict[str, float] = {}
        self._lock = threading.Lock()
        self._changed = threading.Event()
        self._thread: threading.Thread | None = None

    def hear(self, visitor: str) -> None:
        """Note that a visitor has asked for something just now; a program without a name holds no lease."""
        if visitor:
            with self._lock:
                self._heard[visitor] = time.monotonic()

    def watch(self) -> None:
        """Look after those who wait, from a thread that ends when nobody does."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="lease", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Look no more."""
        self._changed.set()

    def _run(self) -> None:
        while not self._changed.wait(self._seconds() / 10):
            now = time.monotonic()
            with self._lock:
                waiting = self._waiting()
                if not waiting:
                    self._thread = None
                    self._heard.clear()
                    return
                gone = {one for one in waiting if one and now - self._heard.get(one, now) > self._seconds()}
                for one in waiting:
                    self._heard.setdefault(one, now)
            for one in gone:
                self._let_go(one)
