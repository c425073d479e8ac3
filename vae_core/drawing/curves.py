"""Curves over an axis: values with their errors, and the band chance would give."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from markupsafe import Markup

from vae_core.drawing.bars import touchable
from vae_core.drawing.markup import tag
from vae_core.drawing.numbers import plain

#: Units of the drawing, as many as pixels where it is as wide as a card in a narrow window; its texts take 13.
_WIDE, _HIGH = 340, 176
_LEFT, _RIGHT, _TOP, _BELOW = 62, 10, 10, 42


@dataclass(frozen=True)
class Curve:
    """One curve.

    Parameters
    ----------
    name : str
        As the legend has it.
    x, y : sequence of float
        Its points; what is not finite is left out.
    error : sequence of float, optional
        Standard errors, drawn as whiskers.
    role : {"value", "chance", "other"}
        Which ink it has.
    touch : sequence of mapping, optional
        What touching each point shows, see `Bar`.
    """

    name: str
    x: Sequence[float]
    y: Sequence[float]
    error: Sequence[float] | None = None
    role: str = "value"
    touch: Sequence[dict[str, Any]] = field(default_factory=tuple)


def curves(
    drawn: Sequence[Curve],
    x_title: str,
    y_title: str,
    *,
    logarithmic: bool = False,
    from_zero: bool = True,
    whole_steps: bool = False,
) -> Markup:
    """Draw curves on one pair of axes, with a legend if there are several.

    Parameters
    ----------
    drawn : sequence of Curve
        The curves.
    x_title, y_title : str
        Of the axes, with units.
    logarithmic : bool
        Whether the horizontal axis is.
    from_zero : bool
        Whether the vertical axis starts at 0.
    whole_steps : bool
        Whether the horizontal values are whole numbers.
    """
    xs = np.concatenate([np.asarray(curve.x, dtype=float) for curve in drawn])
    ys = np.concatenate(
        [
            np.asarray(curve.y, dtype=float)
            + sign * (0 if curve.error is None else np.nan_to_num(np.asarray(curve.error)))
            for curve in drawn
            for sign in (-1, 1)
        ]
    )
    xs, ys = xs[np.isfinite(xs)], ys[np.isfinite(ys)]
    if not len(xs) or not len(ys):
        return tag("p", "There is nothing to draw.", class_="empty")
    along = _Scale(float(xs.min()), float(xs.max()), _LEFT, _WIDE - _RIGHT, logarithmic)
    low, high = float(ys.min()), float(ys.max())
    if from_zero:
        low, high = min(0.0, low), max(0.0, high)
    up = _Scale(low, high, _HIGH - _BELOW, _TOP)
    parts: list[Any] = [_axes(along, up, x_title, y_title, whole_steps)]
    parts += [_curve(curve, along, up) for curve in drawn]
    legend = None
    if len(drawn) > 1:
        legend = tag("p", [tag("span", curve.name, class_=f"key {curve.role}") for curve in drawn], class_="legend")
    svg = tag(
        "svg",
        parts,
        viewBox=f"0 0 {_WIDE} {_HIGH}",
        class_="curves",
        role="img",
        aria_label=f"{y_title} over {x_title}",
    )
    return tag("figure", svg, legend)


class _Scale:
    """Values to places of the drawing."""

    def __init__(self, low: float, high: float, start: float, end: float, logarithmic: bool = False) -> None:
        self.log = logarithmic and low > 0
        self.low, self.high = (math.log(low), math.log(high)) if self.log else (low, high)
        if self.high <= self.low:
            self.low, self.high = self.low - 0.5, self.high + 0.5
        self.start, self.end = start, end

    def __call__(self, value: float) -> float:
        at = math.log(value) if self.log else value
        return self.start + (at - self.low) / (self.high - self.low) * (self.end - self.start)

    def written(self, tick: float) -> str:
        """Write a tick with as many places as tell it from the next."""
        if self.log and 1e-3 <= abs(tick) < 1e5:
            return f"{tick:,.6g}"
        if self.log or abs(tick) >= 1e5:
            return plain(tick, 2 if abs(tick) >= 1e5 else 1)
        places = max(0, 1 - math.floor(math.log10(max(self.high - self.low, 1e-12))))
        text = f"{tick:,.{places}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return "0" if text in ("-0", "") else text.replace("-", "−")

    def ticks(self, most: int, whole: bool = False) -> list[float]:
        if self.log:
            powers = range(math.floor(self.low / math.log(10)) - 1, math.ceil(self.high / math.log(10)) + 1)
            fine = [m * 10.0**p for p in powers for m in (1, 2, 5)]
            inside = [t for t in fine if self.low - 1e-9 <= math.log(t) <= self.high + 1e-9]
            tens = [t for t in inside if round(math.log10(t), 6).is_integer()]
            return inside if len(inside) <= most + 2 else tens
        span = self.high - self.low
        rough = span / most
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough * 0.999)
        if whole:
            step = max(1.0, round(step))
        first = math.ceil(self.low / step - 1e-9)
        return [step * k for k in range(first, math.floor(self.high / step + 1e-9) + 1)]


def _axes(along: _Scale, up: _Scale, x_title: str, y_title: str, whole: bool) -> list[Any]:
    parts: list[Any] = []
    for tick in up.ticks(4):
        y = up(tick)
        parts += [
            tag("line", x1=_LEFT, x2=_WIDE - _RIGHT, y1=f"{y:.1f}", y2=f"{y:.1f}", class_="grid"),
            tag("text", up.written(tick), x=_LEFT - 5, y=f"{y + 4:.1f}", class_="tick end"),
        ]
    for tick in along.ticks(6, whole):
        x = along(tick)
        parts.append(tag("text", along.written(tick), x=f"{x:.1f}", y=_HIGH - _BELOW + 16, class_="tick middle"))
    parts.append(tag("text", x_title, x=(_LEFT + _WIDE - _RIGHT) / 2, y=_HIGH - 6, class_="title middle"))
    turned = f"rotate(-90 13 {(_TOP + _HIGH - _BELOW) / 2})"
    parts.append(tag("text", y_title, x=13, y=(_TOP + _HIGH - _BELOW) / 2, transform=turned, class_="title middle"))
    return parts


def _curve(curve: Curve, along: _Scale, up: _Scale) -> Markup:
    error = [0.0] * len(curve.x) if curve.error is None else list(curve.error)
    places = [
        (at, along(float(x)), up(float(y)), float(y), float(e))
        for at, (x, y, e) in enumerate(zip(curve.x, curve.y, error, strict=True))
        if math.isfinite(x) and math.isfinite(y)
    ]
    parts: list[Any] = [tag("polyline", points=" ".join(f"{x:.1f},{y:.1f}" for _, x, y, _, _ in places), class_="line")]
    for at, x, y, value, wide in places:
        if wide and math.isfinite(wide):
            top, bottom = up(value + wide), up(value - wide)
            parts.append(tag("line", x1=f"{x:.1f}", x2=f"{x:.1f}", y1=f"{top:.1f}", y2=f"{bottom:.1f}", class_="error"))
        if curve.role == "value" and len(places) <= 64:
            told = f"{curve.name}: {plain(float(curve.x[at]))}, {plain(value, 4)}"
            touch = touchable(dict(curve.touch[at]), told) if at < len(curve.touch) else {}
            parts.append(tag("g", tag("title", told), tag("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r=3), **touch))
    return tag("g", parts, class_=f"curve {curve.role}")
