"""Work for worker processes, which import it by name."""

from __future__ import annotations

import errno
import os
import threading
import time
from pathlib import Path

import numpy as np

from vae_core.errors import InputError
from vae_core.progress import Progress, Stopped
from vae_core.storage import write_atomically


def multiply(a: int, b: int, progress: Progress) -> int:
    progress(1, 2, "half of it", np.array([[a, b]]))
    progress(2, 2)
    return a * b


def refuse(progress: Progress) -> None:
    raise InputError("A perplexity of 99 is too large for 60 items; take at most 19.")


def stumble(progress: Progress) -> None:
    raise ZeroDivisionError("by zero")


def wait(folder: str, progress: Progress) -> None:
    """Work until asked to stop."""
    _say_who(folder)
    while progress(1, 10, "waiting"):
        time.sleep(0.02)
    raise Stopped


def ignore(folder: str, progress: Progress) -> None:
    """Report all the time and never listen."""
    _say_who(folder)
    while True:
        progress(1, 10)
        time.sleep(0.02)


def keep(folder: str, progress: Progress) -> str:
    """Work until asked to stop, and keep what there is when that is wanted."""
    _say_who(folder)
    while progress(1, 10):
        time.sleep(0.02)
    return str(progress.wish)  # type: ignore[attr-defined]


def go_on(folder: str, progress: Progress) -> str:
    """Give what can be used already, and work until asked to stop."""
    progress(3, 4, "more")
    progress.give("the first half")  # type: ignore[attr-defined]
    _say_who(folder)
    while progress(3, 4, "more"):
        time.sleep(0.02)
    return str(progress.wish)  # type: ignore[attr-defined]


def stay(progress: Progress, **_: object) -> None:
    """Work on anything until asked to stop."""
    while progress(1, 10):
        time.sleep(0.02)
    raise Stopped


def note(file: str, word: str, progress: Progress) -> None:
    """Take a little time, and write down whose turn it was."""
    time.sleep(0.05)
    with Path(file).open("a", encoding="utf-8") as lines:
        lines.write(f"{word}\n")


def deaf(folder: str, progress: Progress) -> None:
    """Work until a file is there, and report nothing."""
    _say_who(folder)
    while not (Path(folder) / "let go").exists():
        time.sleep(0.02)


class Unreadable(Exception):  # noqa: N818 - as of a library that thought of no pickling
    """An error that pickles and cannot be read again."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(one)


class Unsendable:
    """A result whose pickling fails with an error of its own."""

    def __reduce__(self) -> str:
        raise RecursionError("without end")


def give_unsendable(progress: Progress) -> object:
    return Unsendable()


def give_lock(progress: Progress) -> object:
    return threading.Lock()


def give_local_class(progress: Progress) -> object:
    class Local:
        pass

    return Local()


def fail_unreadably(progress: Progress) -> None:
    raise Unreadable("one", "other")


def fill(folder: str, how: str, progress: Progress) -> None:
    """Write to a disk that is full."""
    if how == "library":
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/somewhere/cache")

    def write(path: Path) -> None:
        raise OSError("100 requested and 7 written")  # as NumPy says it

    write_atomically(Path(folder) / "points.npz", write)


def hold(folder: str) -> None:
    """Keep the interpreter to itself for longer than any test lasts, as a library's own code may."""
    _say_who(folder)
    sum(range(10**13))


def _say_who(folder: str) -> None:
    (Path(folder) / "pid").write_text(str(os.getpid()))


def who() -> int:
    return os.getpid()


def give_no_way_back() -> object:
    return lambda: None


def warm(folder: str = "") -> None:
    """Leave a trace in the process."""
    os.environ["WARM"] = "yes"


def is_warm() -> bool:
    return os.environ.get("WARM") == "yes"


def niceness() -> int:
    return os.nice(0)
