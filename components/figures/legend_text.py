"""Names of classes where Plotly writes them: it reads a little HTML, and has a line's room."""

from __future__ import annotations

#: Letters of a name that are written.
MOST_LETTERS = 24


def legend_text(name: str) -> str:
    """Return what stands for a class: its name, cut if it is long, in words if it is empty, and with nothing to read.

    Classes are known by their names; what this returns is only ever shown.
    """
    shown = name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS - 1]}…"
    return escaped(shown if shown.strip() else "(empty)")


def escaped(text: str) -> str:
    """Return a text as Plotly writes it letter by letter, without tags, entities, line ends or templates."""
    plain = " ".join(text.splitlines()) if text else text
    plain = plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return plain.replace("%{", "%&#123;")
