"""A histogram, with a density over it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from markupsafe import Markup

from vae_core.drawing.markup import if_touched, tag
from vae_core.drawing.numbers import count, plain

_WIDE, _HIGH = 200, 56
_MOST = 32


def histogram(
    edges: np.ndarray,
    counts: np.ndarray,
    density: Sequence[float] | np.ndarray | None = None,
    column: str | None = None,
) -> Markup:
    """Draw counts ``[b]`` between edges ``[b + 1]`` as shares by width, under a density if there is one.

    Parameters
    ----------
    edges, counts : ndarray
        The bins.
    density : ndarray, optional
        ``[b]`` at the middles of the bins, on the scale of a probability density.
    column : str, optional
        Touching a bin shows the items whose value of this column lies in it.
    """
    edges, counts, density = _coarser(np.asarray(edges), np.asarray(counts), density)
    total = max(1.0, float(np.sum(counts)))
    widths = np.diff(edges)
    height = np.asarray(counts, dtype=float) / total / np.where(widths > 0, widths, 1.0)
    over = None if density is None else np.asarray(density, dtype=float)
    top = max(float(height.max(initial=0.0)), 0.0 if over is None else float(np.nanmax(over, initial=0.0))) or 1.0
    low, span = float(edges[0]), float(edges[-1] - edges[0]) or 1.0
    parts: list[Any] = []
    for at, tall in enumerate(height):
        left, wide = (edges[at] - low) / span * _WIDE, widths[at] / span * _WIDE
        told = f"{plain(float(edges[at]))} to {plain(float(edges[at + 1]))}: {count(int(counts[at]))}"
        ends = {"data_low": f"{edges[at]:.6g}", "data_high": f"{edges[at + 1]:.6g}"}
        touch = {} if column is None else {"data_within": column, **ends}
        box = {"x": f"{left:.2f}", "width": f"{max(0.5, wide - 0.4):.2f}"}
        high = tall / top * (_HIGH - 2)
        parts.append(
            tag(
                "g",
                tag("title", told),
                tag("rect", **box, y=0, height=_HIGH, class_="whole"),
                tag("rect", **box, y=f"{_HIGH - high:.2f}", height=f"{high:.2f}", class_="fill"),
                class_="bin",
                **touch,
            )
        )
    if over is not None:
        middles = (edges[:-1] + edges[1:]) / 2
        points = [
            f"{(x - low) / span * _WIDE:.2f},{_HIGH - y / top * (_HIGH - 2):.2f}"
            for x, y in zip(middles, over, strict=True)
            if np.isfinite(y)
        ]
        parts.append(tag("polyline", points=" ".join(points), class_="density"))
    svg = tag("svg", parts, viewBox=f"0 0 {_WIDE} {_HIGH}", preserveAspectRatio="none", class_="histogram-drawing")
    scale = tag("div", tag("span", plain(low)), tag("span", plain(float(edges[-1]))), class_="ends")
    # One stop of the keyboard for all bins: one each would be hundreds on a page.
    keys = {
        "tabindex": 0,
        "role": "slider",
        "aria_label": f"Histogram of {column}: arrows go from bar to bar, Enter shows the items of one",
        "aria_valuemin": 1,
        "aria_valuemax": len(counts),
        "aria_valuenow": len(counts) // 2 + 1,
    }
    touched = if_touched(keys) if column is not None and len(counts) else None
    return tag("div", svg, scale, class_="histogram-host", **(touched or {}))


def _coarser(edges: np.ndarray, counts: np.ndarray, density: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Put neighbouring bins together until there are no more than 32."""
    over = None if density is None else np.asarray(density, dtype=float)
    while len(counts) > _MOST and len(counts) % 2 == 0:
        counts = counts[0::2] + counts[1::2]
        if over is not None:
            widths = np.diff(edges)
            over = (over[0::2] * widths[0::2] + over[1::2] * widths[1::2]) / (widths[0::2] + widths[1::2])
        edges = edges[::2]
    return edges, counts, over
