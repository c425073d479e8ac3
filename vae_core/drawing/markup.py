"""HTML written as Python: every text escaped, every attribute quoted."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup, escape

_EMPTY = frozenset({"br", "img", "input", "line", "path", "rect", "circle", "polyline", "polygon", "wbr", "meta"})


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
    told = "".join(
        _attribute(key, value) for key, value in attributes.items() if value is not None and value is not False
    )
    if name in _EMPTY:
        return (
            Markup(f"<{name}{told}>") if name in ("br", "img", "input", "wbr", "meta") else Markup(f"<{name}{told}/>")
        )
    return Markup(f"<{name}{told}>{joined(*children)}</{name}>")


def joined(*children: Any) -> Markup:
    """Return children one after the other; see `tag`."""
    return Markup("").join(_each(child) for child in children)


def _each(child: Any) -> Markup:
    if child is None:
        return Markup("")
    if isinstance(child, (list, tuple)):
        return joined(*child)
    return escape(child)


def _attribute(key: str, value: Any) -> str:
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(value)}"'
