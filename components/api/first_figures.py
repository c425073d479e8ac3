"""First figures of Interpret, found while their reader still looks at the map."""

from __future__ import annotations

import logging
import threading
import time
import weakref
from typing import Any

from vae_core import InputError, LatentSpace
from vae_core.interpret.answers import answers_of
from vae_core.interpret.studies import STUDIES, StudyRequest
from vae_core.jobs.executors import PatientThreads
from vae_core.progress import Stopped

log = logging.getLogger(__name__)


class FirstFigures:
    """Asks every study of a space for its first figures, at low priority, once a page has opened the space.

    What a reader asks for meanwhile is found by whoever comes first, and once.

    Parameters
    ----------
    after : float
        Seconds to wait: the first picture and its shade come before.
    budget : float
        Seconds of a processor a space may take in all; what a slow model leaves is found when it is asked for.
    """

    def __init__(self, after: float = 2.0, budget: float = 20.0) -> None:
        self._after = after
        self._budget = budget
        self._thread = PatientThreads(1, "first figures")
        self._prepared: weakref.WeakSet[LatentSpace] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._closing = threading.Event()

    def prepare(self, space: LatentSpace) -> None:
        """Have the first figures of a space found soon, unless that has been done."""
        with self._lock:
            if self._closing.is_set() or space in self._prepared:
                return
            self._prepared.add(space)
            self._thread.submit(self._find, space)

    def close(self) -> None:
        """Break off."""
        with self._lock:
            self._closing.set()
        self._thread.shutdown(cancel_futures=True)

    def _find(self, space: LatentSpace) -> None:
        if self._closing.wait(self._after):
            return
        until = time.thread_time() + self._budget
        answers = answers_of(space)

        def go_on(step: int, of: int, note: str = "", preview: Any = None) -> bool:  # noqa: ARG001 - as every progress
            return not self._closing.is_set() and time.thread_time() < until

        for study in STUDIES:
            if not go_on(0, 1):
                return
            try:
                answers.preview(StudyRequest.of(study.name), go_on)
            except Stopped:
                return
            except InputError as refusal:  # its card tells the reader
                log.info("%s has no first figures of %s: %s", space.data.name, study.title, refusal)
            except Exception:
                log.exception("The first figures of %s (%s) could not be found.", study.title, space.data.name)
