"""Whether there is a notebook around, and showing something in it. Without IPython there is none."""

from __future__ import annotations

import sys
from typing import Any


def in_notebook() -> bool:
    """Whether this runs in the kernel of a notebook, which can show a page inline."""
    return getattr(_shell(), "kernel", None) is not None


def in_session() -> bool:
    """Whether somebody types here line by line, in a notebook or at a prompt; a script ends after its last line."""
    return _shell() is not None or hasattr(sys, "ps1") or bool(sys.flags.interactive)


def current_cell() -> int | None:
    """Return the number of the cell that is running; None outside IPython."""
    return getattr(_shell(), "execution_count", None)


def show_here(content: dict[str, str]) -> None:
    """Show something below the cell that is running, in whichever of its forms (by media type) there is room for."""
    from IPython.display import display

    display(content, raw=True)


def _shell() -> Any:
    if "IPython" not in sys.modules:  # where it is around it has been imported
        return None
    from IPython import get_ipython

    return get_ipython()
