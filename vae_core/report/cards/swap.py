"""What pictures lose if a dimension is drawn from the prior or taken from another item."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vae_core.drawing.bars import Bar, bars
from vae_core.drawing.facts import Fact, facts, how
from vae_core.drawing.markup import tag
from vae_core.drawing.numbers import count, plain, with_error
from vae_core.interpret.swap import Swap
from vae_core.report.card import Card

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace


def card(space: LatentSpace, found: Swap) -> Card:
    """Return a bar a dimension, beside what drawing it anew from the item's own posterior changes."""
    by_loss = found.swapped.loss is not None
    value, error, chance = _measured(found)
    order = np.argsort(-value, kind="stable")
    idle = _idle(value, error, chance)
    rows = [
        Bar(
            f"z{j}",
            float(value[j]),
            float(error[j]),
            chance=float(chance[j]),
            off=bool(idle[j]),
            touch={"dimension": int(j)},
            title=f"z{j}: mean squared change of the picture {plain(float(found.swapped.picture[j]))}, drawn anew from "
            f"the item's own posterior {plain(float(found.redrawn.picture[j]))}",
        )
        for j in order
    ]
    source = "the prior" if found.convention == "prior" else "another item"
    unit = "Rise of the distortion, nats an item" if by_loss else "Mean squared change of the picture"
    return Card(
        _said(order, value, idle, by_loss),
        tag("h3", f"{unit}, if the dimension comes from {source}", class_="sub"),
        bars(rows),
        facts([_everything(found)]),
        [tag("p", note) for note in found.notes],
        how(
            f"{count(found.items)} of {count(found.of)} items, seed 0, paired: one posterior sample each, all other "
            "dimensions kept.",
            "The tick: the dimension drawn anew from the item's own posterior, which is what losing nothing looks "
            "like.",
        ),
    )


def _measured(found: Swap) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    swapped, redrawn = found.swapped, found.redrawn
    if swapped.loss is not None and swapped.loss_error is not None and redrawn.loss is not None:
        return swapped.loss, swapped.loss_error, redrawn.loss
    return swapped.picture, swapped.picture_error, redrawn.picture


def _idle(value: np.ndarray, error: np.ndarray, chance: np.ndarray) -> np.ndarray:
    return np.asarray(value - chance <= np.maximum(2 * error, 1e-3 * np.abs(value).max(initial=0.0)))


def _said(order: np.ndarray, value: np.ndarray, idle: np.ndarray, by_loss: bool) -> str:
    unit = " nats" if by_loss else ""
    names = [f"z{j}" for j in np.sort(np.flatnonzero(idle))]
    if len(names) == len(value):
        return "The picture loses nothing, whichever dimension is swapped."
    first = f"Without z{order[0]} the picture loses most, {plain(float(value[order[0]]))}{unit} an item"
    if not names:
        return f"{first}; it loses something without any of them."
    listed = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
    return f"{first}; without {listed} it loses nothing."


def _everything(found: Swap) -> Fact:
    whole = found.everything
    if whole.loss is not None and whole.loss_error is not None:
        told = f"{with_error(float(whole.loss[0]), float(whole.loss_error[0]))} nats"
    else:
        told = with_error(float(whole.picture[0]), float(whole.picture_error[0]))
    return Fact("all dimensions at once", told, "the most there is to lose")
