"""HTML written as Python: every text escaped, every attribute quoted."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from markupsafe import Markup, escape

_EMPTY = frozenset({"br", "img", "input", "line", "path", "rect", "circle", "polyline", "polygon", "wbr", "meta"})

_CONTROLS = frozenset({"button", "input", "select"})

#: What is said of things that can be touched, and of a table of them; without it they are a table again.
_ROLES = frozenset({"button", "grid", "gridcell", "rowheader", "columnheader"})

_still: ContextVar[bool] = ContextVar("still", default=False)


@contextlib.contextmanager
def still() -> Iterator[None]:
    """Write what is only to be read: in here elements have nothing to be touched, typed into or pressed."""
    token = _still.set(True)
    try:
        yield
    finally:
        _still.reset(token)


def tag(name: str, *children: Any, **attributes: Any) -> Markup:
    """Return an element of HTML or SVG.

    Parameters
    ----------
    name : str
        Of the element.
    *children : object
        Text, numbers, elements, or sequences of them; None is left out. What is no `Markup` is escaped.
    **attributes : object
        An underscore stands for a hyphen and one at the end falls away (``class_``, ``data_item``); None and False are
        left out, True is written without a value.
    """
    if _still.get():
        if name in _CONTROLS:
            return Markup("")
        attributes = {key: value for key, value in attributes.items() if not _of_touch(key, value)}
    told = "".join(
        _attribute(key, value) for key, value in attributes.items() if value is not None and value is not False
    )
    if name in _EMPTY:
        return (
            Markup(f"<{name}{told}>") if name in ("br", "img", "input", "wbr", "meta") else Markup(f"<{name}{told}/>")
        )
    return Markup(f"<{name}{told}>{joined(*children)}</{name}>")


def if_touched(said: Any) -> Any:
    """Return what speaks of touching something, or None where everything is `still`."""
    return None if _still.get() else said


def joined(*children: Any) -> Markup:
    """Return children one after the other; see `tag`."""
    return Markup("").join(_each(child) for child in children)


def _of_touch(key: str, value: Any) -> bool:
    return key == "tabindex" or key.startswith("data_") or (key == "role" and value in _ROLES)


def _each(child: Any) -> Markup:
    if child is None:
        return Markup("")
    if isinstance(child, (list, tuple)):
        return joined(*child)
    return escape(child)


def _attribute(key: str, value: Any) -> str:
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(value)}"'
