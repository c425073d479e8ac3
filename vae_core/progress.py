"""One protocol by which every long computation reports and can be stopped."""

from __future__ import annotations

import sys
from typing import Any, Protocol

from tqdm import tqdm


class Progress(Protocol):
    """Receives the progress of long work; trainer, encoding and projections all report to one.

    Called with the number of finished steps, their total, a short note and,
    where there is one, a preview of the result so far. Returning False asks
    the work to stop at the next safe point.
    """

    def __call__(self, step: int, of: int, note: str = "", preview: Any = None) -> bool:
        """Hear of finished steps; return False to ask the work to stop."""
        ...


class Note(str):
    """A note of progress that tells programs what it is about.

    Parameters
    ----------
    words : str
        As people read it.
    phase : str
        The part of the work it belongs to, where that has several.
    keepable : bool
        Whether the result so far could be kept if the work were stopped now.
    """

    phase: str
    keepable: bool

    def __new__(cls, words: str, phase: str = "", keepable: bool = False) -> Note:
        """Make the words one."""
        note = super().__new__(cls, words)
        note.phase, note.keepable = phase, keepable
        return note


class Stopped(Exception):  # noqa: N818 - a request that was granted, not an error
    """Raised by work that was asked to stop before it had a result.

    Parameters
    ----------
    message : str
        What was stopped.
    step : int
        Finished steps.
    so_far : object
        The result as it was then, where it is worth keeping.
    """

    def __init__(self, message: str = "", step: int = 0, so_far: Any = None) -> None:
        super().__init__(message, step, so_far)
        self.step = step
        self.so_far = so_far

    def __str__(self) -> str:
        return str(self.args[0])


def silent(step: int, of: int, note: str = "", preview: Any = None) -> bool:  # noqa: ARG001 - as every progress
    """Report nothing and never stop the work."""
    return True


class ConsoleProgress:
    """A progress bar with time left on standard error."""

    def __init__(self, title: str, unit: str = "step") -> None:
        self._title = title
        self._unit = unit
        self._bar: Any = None

    def __call__(self, step: int, of: int, note: str = "", preview: Any = None) -> bool:  # noqa: ARG002 - its protocol
        """Move the bar; never stop the work."""
        if self._bar is None:
            # Made at the first step: work that never begins shows no bar, resumed work counts its time from here.
            self._bar = tqdm(
                desc=self._title, unit=self._unit, initial=step, file=sys.stderr, dynamic_ncols=True, leave=False
            )
        self._bar.total = of
        if note:
            self._bar.set_postfix_str(note, refresh=False)
        self._bar.update(step - self._bar.n)
        if step == of:
            self._bar.refresh()
        return True

    def close(self) -> None:
        """Take the bar off the screen."""
        if self._bar is not None:
            self._bar.close()

    def __enter__(self) -> ConsoleProgress:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
