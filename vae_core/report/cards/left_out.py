"""Columns that could not be used, each with the reason, folded away."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from vae_core.drawing.markup import tag


def left_out(columns: Sequence[str], reasons: Sequence[str]) -> Markup | None:
    """Return a list that opens, or nothing where no column was left out."""
    if not columns:
        return None
    lines = [tag("li", f"{name}: {reason}") for name, reason in zip(columns, reasons, strict=True)]
    return tag(
        "details", tag("summary", f"{len(lines)} column{'s' if len(lines) != 1 else ''} left out"), tag("ul", lines)
    )
