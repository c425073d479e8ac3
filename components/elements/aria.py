"""Attributes for those who cannot see the page."""

from __future__ import annotations

from typing import Any


def label(text: str) -> dict[str, Any]:
    """Return the attributes that give an element a spoken name."""
    return {"aria-label": text}
