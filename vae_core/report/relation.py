"""One dimension and one column: what is decoded along the dimension, and the column's distribution along it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from vae_core.drawing.filmstrip import filmstrip
from vae_core.drawing.markup import joined, tag
from vae_core.drawing.numbers import count, percent, plain
from vae_core.drawing.palette import category_style, sector_ink
from vae_core.interpret.meaning.along import Along, along_dimension
from vae_core.report.explanations import explained_heading

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
        explained_heading(f"{column} along z{dimension}", "along"),
        filmstrip(space, z.astype(np.float32), f"Decoded along z{dimension}, all other dimensions at their mean"),
        _numbers(told) if told.kind == "number" else _shares(told),
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


def _numbers(told: Along) -> Markup:
    """Draw the middle 80 % and the median of every part below its picture, and at the end those of all items."""
    parts = np.concatenate([told.quantiles, told.quantiles_of_all[None]])
    low, high = float(parts.min()), float(parts.max())
    span = (high - low) or 1.0
    write = told.form.write
    usual = 100 * (float(told.quantiles_of_all[1]) - low) / span
    drawn = []
    for at, (bottom, middle, top) in enumerate(parts.tolist()):
        places = [100 * (value - low) / span for value in (bottom, middle, top)]
        words = f"median {write(middle)}, 80 % from {write(bottom)} to {write(top)}"
        drawn.append(
            tag(
                "div",
                tag("span", class_="spread", style=f"bottom:{places[0]:.2f}%;height:{places[2] - places[0]:.2f}%"),
                tag("span", class_="middle", style=f"bottom:{places[1]:.2f}%"),
                class_="range of-all" if at == len(parts) - 1 else "range",
                title=f"All items: {words}" if at == len(parts) - 1 else words,
            )
        )
    scale = tag("div", tag("span", write(high)), tag("span", write(low)), class_="range-scale")
    line = tag("span", class_="usual", style=f"bottom:{usual:.2f}%")
    legend = tag(
        "p",
        tag("span", "median", class_="key"),
        tag("span", "80 % of the items", class_="key soft"),
        tag("span", "median of all", class_="key chance"),
        class_="legend",
    )
    return joined(tag("div", tag("div", drawn, line, class_="ranges"), scale, class_="ranges-host"), legend)


def _shares(told: Along) -> Markup:
    """Draw stacked shares, a stack a part, and at the end that of all items."""
    # An angle is read in the order of the turn.
    order = np.arange(len(told.categories)) if told.kind == "angle" else np.argsort(-told.shares_of_all, kind="stable")
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
    if told.kind == "angle":
        return sector_ink(int(category), len(told.categories))
    return category_style(int(category), len(told.categories))[0]
