"""What each latent dimension changes in the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vae_core.drawing.bars import Bar, bars
from vae_core.drawing.facts import how
from vae_core.drawing.numbers import count, plain, with_error
from vae_core.interpret.meaning.names_in_use import names_shown
from vae_core.interpret.usage.sensitivity import Sensitivity
from vae_core.report.card import Card
from vae_core.report.explanations import explained_heading

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

#: Of the average of all, below which a dimension changes next to nothing.
_NEXT_TO_NOTHING = 0.05


def card(space: LatentSpace, found: Sensitivity) -> Card:
    """Return a bar a dimension, with what it would be if all changed the picture alike."""
    order = np.argsort(-found.per_deviation, kind="stable")
    names = names_shown(space)
    rows = [
        Bar(
            f"z{j}",
            float(found.per_deviation[j]),
            float(found.per_deviation_error[j]),
            chance=found.even,
            off=bool(found.per_deviation[j] < _NEXT_TO_NOTHING * found.even),
            touch={"dimension": int(j)},
            called=names.get(int(j), ""),
            title=f"z{j}: {with_error(float(found.per_unit[j]), float(found.per_unit_error[j]))} for a step of 1; "
            f"its standard deviation is {plain(float(found.deviation[j]))}",
        )
        for j in order
    ]
    unit = "on [0, 1]" if space.data.kind == "image" else "in their own standard deviations"
    part = (
        f" {count(found.elements)} of {count(found.of_elements)} values." if found.elements < found.of_elements else ""
    )
    return Card(
        _said(found, order),
        explained_heading(f"Root mean square change of the values, {unit}, for one σ of each dimension", "sensitivity"),
        bars(rows),
        how(
            f"The decoder's derivative at the means of {count(found.items)} of {count(found.of)} items, seed 0.{part}",
            "The tick: equal change by all dimensions. ± is the standard error over items.",
            ""
            if found.step_error < 0.05
            else f"The decoder is not smooth: twice the step gives {plain(100 * found.step_error, 2)} % other figures.",
        ),
    )


def _said(found: Sensitivity, order: np.ndarray) -> str:
    still = [int(j) for j in order[::-1] if found.per_deviation[j] < _NEXT_TO_NOTHING * found.even]
    if len(order) == 1:
        return f"One σ of the dimension changes a value by {plain(float(found.per_deviation[0]), 2)}."
    first = f"z{order[0]} changes what is decoded most"
    if not still:
        return f"{first}; every dimension changes it."
    names = ", ".join(f"z{j}" for j in sorted(still)[:4]) + (f" and {len(still) - 4} more" if len(still) > 4 else "")
    return f"{first}; {names} change{'s' if len(still) == 1 else ''} next to nothing."
