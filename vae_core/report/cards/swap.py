"""What pictures lose if a dimension is drawn from the prior or taken from another item."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vae_core.drawing.bars import Bar, bars
from vae_core.drawing.facts import Fact, facts, how
from vae_core.drawing.markup import tag
from vae_core.drawing.numbers import count, plain, with_error
from vae_core.interpret.meaning.names_in_use import names_shown
from vae_core.interpret.usage.permutation_importance import Swap
from vae_core.report.card import Card
from vae_core.report.explanations import EXPLAINED, explained_heading

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

#: The chance that any dimension that loses nothing is said to lose something, or one to lose less than it does.
_CHANCE = 0.025
#: Of what all dimensions together lose.
_NEXT_TO_NOTHING = 0.01


def card(space: LatentSpace, found: Swap) -> Card:
    """Return a bar a dimension, beside what drawing it anew from the item's own posterior changes."""
    by_loss = found.swapped.loss is not None
    value, error, chance = _measured(found)
    order = np.argsort(-value, kind="stable")
    loses, nothing, _ = _verdicts(found)
    names = names_shown(space)
    rows = [
        Bar(
            f"z{j}",
            float(value[j]),
            float(error[j]),
            chance=float(chance[j]),
            note="" if loses[j] or nothing[j] else "not significant",
            off=bool(nothing[j]),
            touch={"dimension": int(j)},
            called=names.get(int(j), ""),
            title=f"z{j}: mean squared change of the picture {plain(float(found.swapped.picture[j]))}, drawn anew from "
            f"the item's own posterior {plain(float(found.redrawn.picture[j]))}",
        )
        for j in order
    ]
    source = "the prior" if found.convention == "prior" else "another item"
    unit = "Rise of the distortion, nats per item" if by_loss else "Mean squared change of what is decoded"
    return Card(
        _said(order, value, _verdicts(found), by_loss),
        explained_heading(f"{unit}, if the dimension comes from {source}", "swap"),
        bars(rows),
        facts([_everything(found)]),
        [tag("p", note) for note in found.notes],
        how(
            f"{count(found.items)} of {count(found.of)} items, seed 0, paired: one posterior sample each, all other "
            "dimensions kept.",
            "The tick: the dimension drawn anew from the item's own posterior, which is what losing nothing looks "
            "like. A loss is significant if it exceeds the tick, item by item, at 2.5 % for all dimensions together; "
            "next to nothing means significantly below 1 % of what all dimensions lose.",
        ),
    )


def _measured(found: Swap) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    swapped, redrawn = found.swapped, found.redrawn
    if swapped.loss is not None and swapped.loss_error is not None and redrawn.loss is not None:
        return swapped.loss, swapped.loss_error, redrawn.loss
    return swapped.picture, swapped.picture_error, redrawn.picture


def _verdicts(found: Swap) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which dimensions surely lose something, which next to nothing, ``[d]`` each, and what each surely stays below."""
    from scipy.special import stdtrit

    if found.excess.loss is not None and found.excess.loss_error is not None and found.everything.loss is not None:
        excess, error, whole = found.excess.loss, found.excess.loss_error, float(found.everything.loss[0])
    else:
        excess, error, whole = found.excess.picture, found.excess.picture_error, float(found.everything.picture[0])
    # Bonferroni: all dimensions are asked at once.
    reach = float(stdtrit(found.items - 1, 1 - _CHANCE / len(excess))) * error
    nothing = excess + reach <= _NEXT_TO_NOTHING * max(whole, 0.0)
    return (excess > reach) & ~nothing, nothing, np.maximum(excess + reach, 0.0)


def _said(
    order: np.ndarray, value: np.ndarray, verdicts: tuple[np.ndarray, np.ndarray, np.ndarray], by_loss: bool
) -> str:
    loses, nothing, below = verdicts
    unit = " nats per item" if by_loss else ""
    surely = [int(j) for j in order if loses[j]]
    parts = []
    if surely:
        most = f"{plain(float(value[surely[0]]))}{unit}"
        parts.append(
            f"Without z{surely[0]} the reconstruction loses {most}"
            if len(value) == 1
            else f"Without z{surely[0]} the reconstruction loses most, {most}"
        )
    if len(surely) == len(value) > 1:
        parts.append("it loses something without each of the others")
    who = "it" if surely else "the reconstruction"
    for which, told in (
        (nothing, f"{who} loses next to nothing"),
        (~loses & ~nothing, "no loss is significant"),
    ):
        if which.any():
            limit = float(below[which].max())
            end = f" (below {plain(limit, 2)}{unit})" if limit > 0 else ""
            parts.append(f"{_without(which)} {told}{end}")
    said = "; ".join(parts) + "."
    return said[0].upper() + said[1:]


def _without(which: np.ndarray) -> str:
    if which.all():
        return "whichever dimension is swapped,"
    names = [f"z{j}" for j in np.flatnonzero(which)]
    return "without " + ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _everything(found: Swap) -> Fact:
    whole = found.everything
    if whole.loss is not None and whole.loss_error is not None:
        told = f"{with_error(float(whole.loss[0]), float(whole.loss_error[0]))} nats"
    else:
        told = with_error(float(whole.picture[0]), float(whole.picture_error[0]))
    return Fact("all dimensions at once", told, "the most there is to lose", EXPLAINED["swap of all"])
