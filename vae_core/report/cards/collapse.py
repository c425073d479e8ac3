"""Rate by dimension, active units, and what to do about collapse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from vae_core.drawing.bars import Bar, bars
from vae_core.drawing.facts import Fact, facts, how
from vae_core.drawing.markup import joined, tag
from vae_core.drawing.numbers import count, percent, plain, with_error
from vae_core.interpret.meaning.names_in_use import names_shown
from vae_core.interpret.usage.collapse import NAT_FROM, ActiveUnits, Collapse, Rates, off_dimensions
from vae_core.interpret.usage.collapse_verdict import verdict
from vae_core.report.card import Card
from vae_core.report.explanations import EXPLAINED, explained_heading

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace


_BRACKETS = ", in brackets the central 95 % of 1,000 bootstrap draws."


def card(space: LatentSpace, found: Collapse) -> Card:
    """Return verdict and remedies, rates as bars, and counts with their ranges."""
    told, names = verdict(found), names_shown(space)
    remedies = tag("ul", [tag("li", one) for one in told.remedies], class_="remedies") if told.remedies else None
    listed = [*_of_rates(found, found.rates), *_of_movement(found, found.movement)]
    return Card(
        told.summary,
        remedies,
        _rate_bars(found.rates, found.movement, names) if found.rates else _variance_bars(found, names),
        facts(listed) if listed else None,
        how(
            f"Measured on {count(found.items)} of {count(found.of)} items, without sampling.",
            "± is a standard error" + (_BRACKETS if any("[" in fact.value for fact in listed) else "."),
            f"The mark across the bars: {NAT_FROM:g} nat." if found.rates else "",
        )
        if found.items
        else None,
    )


def _rate_bars(rates: Rates, movement: ActiveUnits | None, names: dict[int, str]) -> Markup:
    rows = []
    off = off_dimensions(np.zeros(len(rates.rate)) if movement is None else movement.variance, rates.rate)
    for j in rates.order:
        active = movement is not None and bool(movement.active[j])
        moved = "" if movement is None else f" Variance of its mean {plain(float(movement.variance[j]))}"
        rows.append(
            Bar(
                f"z{j}",
                float(rates.rate[j]),
                float(rates.error[j]),
                note=percent(float(rates.rate[j]) / rates.total) if rates.total > 0 else "",
                off=bool(off[j]),
                touch={"dimension": int(j)},
                called=names.get(int(j), ""),
                title=f"z{j}: {with_error(float(rates.rate[j]), float(rates.error[j]))} nats."
                + (f"{moved}: {'an' if active else 'no'} active unit." if moved else ""),
            )
        )
    return joined(
        explained_heading("Rate in nats per item, and its share", "rate by dimension"), bars(rows, mark=NAT_FROM)
    )


def _variance_bars(found: Collapse, names: dict[int, str]) -> Markup | None:
    if found.movement is None:
        return None
    moved = found.movement
    off = off_dimensions(moved.variance, None)
    rows = [
        Bar(
            f"z{j}",
            float(moved.variance[j]),
            float(moved.error[j]),
            off=bool(off[j]),
            touch={"dimension": int(j)},
            called=names.get(int(j), ""),
        )
        for j in np.argsort(-moved.variance, kind="stable")
    ]
    return joined(
        explained_heading("Variance of the latent over the items", "variance"), bars(rows, mark=found.threshold)
    )


def _of_rates(found: Collapse, rates: Rates | None) -> list[Fact]:
    if rates is None:
        return []
    return [
        Fact(
            "rate of all dimensions",
            f"{with_error(rates.total, rates.total_error)} nats per item",
            title=EXPLAINED["rate"],
        ),
        *([] if rates.above.sum() == 0 else [_carry(found, rates)]),
        Fact(
            "dimensions above 0.1 nat",
            _ranged(int(rates.above.sum()), rates.above_range, found.dimensions),
            "if items were ignored: 0",
            EXPLAINED["above a tenth"],
        ),
    ]


def _carry(found: Collapse, rates: Rates) -> Fact:
    value = _ranged(rates.carriers, rates.carriers_range, found.dimensions)
    return Fact("dimensions with 98 % of the rate", value, f"spread evenly: {found.even}", EXPLAINED["carriers"])


def _of_movement(found: Collapse, movement: ActiveUnits | None) -> list[Fact]:
    if movement is None:
        return []
    value = _ranged(int(movement.active.sum()), movement.active_range, found.dimensions)
    return [Fact("active units", value, "if items were ignored: 0", EXPLAINED["active units"])]


def _ranged(value: int, span: tuple[int, int], of: int) -> str:
    told = f"{value} of {of}"
    return told if span == (value, value) else f"{told} [{span[0]}–{span[1]}]"
