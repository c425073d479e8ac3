"""Which items the model gets wrong: how wrong on the whole, and the worst of each kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from vae_core.drawing.facts import Fact, facts, how
from vae_core.drawing.filmstrip import item_strip
from vae_core.drawing.markup import joined, tag
from vae_core.drawing.numbers import count, percent, plain, with_error
from vae_core.interpret.items.disagreement import Disagreement
from vae_core.interpret.items.wrong_items import WrongItems, rank
from vae_core.report.card import Card
from vae_core.report.explanations import EXPLAINED, explained_heading
from vae_core.space.encodings.item_distortion import samples_in_words

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

_WORST = 12


def card(space: LatentSpace, found: WrongItems) -> Card:
    """Return the means beside chance, and the twelve worst items by each figure."""
    looked = f"{count(found.items)} of {count(found.of)} items"
    recall = "" if found.recall >= 0.9995 else f" {percent(found.recall)} of the true nearest items were found."
    return Card(
        _said(found),
        facts(_listed(found)),
        _worst(space, "distortion, nats", found.distortion, "worst distortion"),
        _worst(
            space,
            f"rarity: distance to the {found.nearest} nearest items, in units of the usual one",
            found.rarity,
            "worst rarity",
        ),
        _worst(
            space,
            _unlike(found.disagreement),
            None if found.disagreement is None else found.disagreement.values,
            "worst disagreement",
        ),
        tag("p", found.without) if found.without else None,
        how(
            f"Of {looked}, the {found.nearest} nearest others by posterior mean.{recall} Seed 0.",
            f"± is the standard error of a mean over items; distortion is the mean of {samples_in_words(space.draws)}.",
        ),
    )


def _said(found: WrongItems) -> str:
    told = found.disagreement
    parts = []
    if found.distortion is not None and found.mean_distortion is not None:
        worst = int(np.nanargmax(found.distortion))
        parts.append(
            f"Item {worst} is reconstructed worst, at {plain(float(found.distortion[worst]))} nats where the mean is "
            f"{plain(found.mean_distortion)}."
        )
    if told is not None and told.kind == "category" and told.mean > 0:
        alone = int((told.values > 0.5).sum())
        parts.append(
            f"{count(alone)} item{'s' if alone != 1 else ''} lie{'' if alone != 1 else 's'} mostly among items "
            f"with another {told.column}."
        )
    if not parts:
        rarest = int(np.nanargmax(found.rarity))
        parts.append(f"Item {rarest} lies farthest from all others.")
    return " ".join(parts)


def _listed(found: WrongItems) -> list[Fact]:
    listed = []
    if found.mean_distortion is not None:
        value = with_error(found.mean_distortion, found.mean_distortion_error)
        listed.append(Fact("mean distortion", f"{value} nats", f"{count(found.of)} items", EXPLAINED["distortion"]))
    told = found.disagreement
    if told is not None:
        value = with_error(told.mean, told.standard_error)
        name = (
            f"nearest items with another {told.column}"
            if told.kind == "category"
            else f"{told.column}, difference from neighbours"
        )
        unit = "" if told.kind == "category" else " σ"
        listed.append(
            Fact(
                name,
                f"{value}{unit}",
                f"by chance {plain(told.chance)}{unit}",
                EXPLAINED[f"{told.kind} disagreement"],
            )
        )
    listed.append(
        Fact(
            "usual distance to the nearest",
            plain(found.usual_distance),
            "median, in latent units",
            EXPLAINED["usual distance"],
        )
    )
    return listed


def _unlike(told: Disagreement | None) -> str:
    if told is None:
        return ""
    if told.kind == "category":
        return f"share of the nearest items with another {told.column}"
    return f"{told.column}: difference from the median of the nearest items, in σ"


def _worst(space: LatentSpace, title: str, values: np.ndarray | None, meant: str) -> Markup | None:
    if values is None:
        return None
    if not np.nan_to_num(values).any():
        return None  # nothing is wrong, so nothing is worst
    order = rank(values)[:_WORST]
    order = order[np.isfinite(values[order])]
    if not len(order):
        return None
    drawn = [
        tag("figure", picture, tag("figcaption", plain(float(values[item]), 3)))
        for item, picture in zip(order.tolist(), item_strip(space, order, "Item"), strict=True)
    ]
    return joined(explained_heading(f"Worst by {title}", meant), tag("div", drawn, class_="pictures captioned"))
