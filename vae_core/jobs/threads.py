"""Threads of the server for work that needs a model in memory, at low priority beside what visitors wait for."""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

_NICER = 10


class PatientThreads(ThreadPoolExecutor):
    """An executor of a few threads that give way to all others.

    Parameters
    ----------
    count : int
        How many works it does at once.
    name : str
        Of its threads, for whoever looks at a list of them.
    """

    def __init__(self, count: int, name: str) -> None:
        super().__init__(count, thread_name_prefix=name, initializer=_give_way)


def _give_way() -> None:
    # Elsewhere than on Linux a priority belongs to the whole process.
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICER)
