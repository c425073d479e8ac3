"""One dimension and one column: what is decoded along the dimension, and the column's distribution along it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from vae_core.drawing.curves import Curve, curves
from vae_core.drawing.filmstrip import filmstrip
from vae_core.drawing.markup import joined, tag
from vae_core.drawing.numbers import count, percent, plain
from vae_core.drawing.palette import category_style
from vae_core.interpret.along import Along, along_dimension

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

_ITEMS = 10_000
_BINS = 12
#: Categories drawn with colours of their own.
_CATEGORIES = 10


def relation(space: LatentSpace, dimension: int, column: str, source: str) -> Markup:
    """Return what a touch of a cell of the relations opens.

    Parameters
    ----------
    space : LatentSpace
        The space.
    dimension : int
        Latent dimension j.
    column : str
        Name of the column.
    source : {"table", "measured"}
        Whether it stands in the table or is measured on the items.

    Raises
    ------
    InputError
        If there is no such dimension or column.
    """
    told = along_dimension(
        space, dimension=dimension, column=column, source=source, items=min(len(space), _ITEMS), bins=_BINS
    )
    z = np.repeat(space.mean.mean(axis=0, dtype=np.float64)[None], len(told.middle), axis=0)
    z[:, dimension] = told.middle
    return joined(
        tag("h3", f"{column} along z{dimension}", class_="sub"),
        filmstrip(space, z.astype(np.float32), f"Decoded along z{dimension}, all other dimensions at their mean"),
        _numbers(told, dimension) if told.kind == "number" else _shares(told),
        tag(
            "p",
            f"{count(told.items)} items in {len(told.counts)} equally filled parts of z{dimension}, from "
            f"{plain(float(told.low[0]))} "
            f"to {plain(float(told.high[-1]))}; the pictures are decoded at the middle of each part, all other "
            "dimensions at "
            "their mean.",
            class_="how-measured",
        ),
    )


def _numbers(told: Along, dimension: int) -> Markup:
    x = told.middle.tolist()
    low, middle, high = (told.quantiles[:, k].tolist() for k in range(3))
    return curves(
        [
            Curve("median", x, middle),
            Curve("10 and 90 %", x, low, role="other"),
            Curve("", x, high, role="other"),
            Curve("median of all", [x[0], x[-1]], [float(told.quantiles_of_all[1])] * 2, role="chance"),
        ],
        f"z{dimension}",
        told.column,
        from_zero=False,
    )


def _shares(told: Along) -> Markup:
    """Draw stacked shares, a stack a part, and at the end that of all items."""
    order = np.argsort(-told.shares_of_all, kind="stable")
    shown, rest = order[:_CATEGORIES], order[_CATEGORIES:]
    stacks = np.concatenate([told.shares, told.shares_of_all[None]])
    drawn = [tag("div", _stack(stack, told, shown, rest), class_="stack") for stack in stacks[:-1]]
    drawn.append(tag("div", _stack(stacks[-1], told, shown, rest), class_="stack of-all", title="All items"))
    legend: list[Any] = [tag("span", tag("i", style=f"background:{_ink(c, told)}"), told.categories[c]) for c in shown]
    if len(rest):
        legend.append(tag("span", tag("i", style="background:var(--quiet)"), f"{len(rest)} more"))
    return joined(tag("div", drawn, class_="stacks"), tag("p", legend, class_="legend colours"))


def _stack(stack: np.ndarray, told: Along, shown: np.ndarray, rest: np.ndarray) -> list[Markup]:
    parts = [
        tag(
            "span",
            style=f"height:{100 * stack[c]:.2f}%;background:{_ink(c, told)}",
            title=f"{told.categories[c]}: {percent(float(stack[c]))}, of all {percent(float(told.shares_of_all[c]))}",
        )
        for c in shown
    ]
    if len(rest):
        others = float(stack[rest].sum())
        parts.append(
            tag("span", style=f"height:{100 * others:.2f}%;background:var(--quiet)", title=f"others: {percent(others)}")
        )
    return parts


def _ink(category: int, told: Along) -> str:
    return category_style(int(category), len(told.categories))[0]
