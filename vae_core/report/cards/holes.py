"""Regions that are likely under the prior and empty of data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from vae_core.drawing.facts import Fact, facts, how
from vae_core.drawing.filmstrip import point_picture
from vae_core.drawing.markup import if_touched, tag
from vae_core.drawing.numbers import count, percent, plain
from vae_core.interpret.prior.holes import Holes
from vae_core.report.card import Card
from vae_core.report.explanations import EXPLAINED

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace


def card(space: LatentSpace, found: Holes) -> Card:
    """Return the share of the prior that is empty, and the holes, decoded."""
    chance = found.share_by_chance
    listed = [
        Fact(
            "share of the prior in holes",
            f"{percent(found.share)} ± {percent(found.share_error)}",
            "" if chance is None else f"prior filled: {percent(chance)}",
            EXPLAINED["holes"],
        )
    ]
    if found.share_outside:
        worst = int(found.dimension_share.argmax())
        listed.append(
            Fact(
                "… with a coordinate outside the range of the items",
                percent(found.share_outside),
                f"most often z{worst}: {percent(float(found.dimension_share[worst]))}",
                f"{EXPLAINED['outside']} The items of z{worst} lie from {plain(float(found.low[worst]))} to "
                f"{plain(float(found.high[worst]))}.",
            )
        )
    if found.share_if_independent is not None:
        listed.append(
            Fact(
                "… that would be empty with independent dimensions",
                f"{percent(found.share_if_independent)} ± {percent(found.share_if_independent_error)}",
                title=EXPLAINED["independent holes"],
            )
        )
    return Card(
        _said(found),
        facts(listed),
        tag("div", [_hole(space, found, at) for at in range(len(found.z))], class_="holes marks"),
        tag("p", found.note) if found.note else None,
        how(
            f"{count(found.draws)} draws of the prior, seed 0, beside {count(found.population)} items.",
            "A draw lies in a hole if it is farther from the items than all but the remotest 1 to 2 % of draws from "
            "their own posteriors, or if one of its coordinates lies outside the range that holds that dimension of "
            "such draws; no more than 1 % of them have any such coordinate. The deepest holes lie towards the rim of "
            "the prior.",
            if_touched("Touch one to go there; their numbers stand on the map."),
        ),
    )


def _said(found: Holes) -> str:
    chance = found.share_by_chance or 0.0
    if not len(found.z):
        # 1 − 0.05^(1/m): so small a share has no draw among m in 5 % of samples (Clopper & Pearson 1934).
        return (
            f"Of {count(found.draws)} draws of the prior none of the 95 % most likely lies far from the data: less "
            f"than {percent(1 - 0.05 ** (1 / found.draws))} of the prior does, at 95 % confidence."
        )
    if found.share - chance < 0.02:
        return (
            f"The items fill the prior well: {percent(found.share)} of it is empty of data, "
            f"where chance gives {percent(chance)}."
        )
    by_themselves = found.share_if_independent
    # In figures, not in the words of the card beside it: what a dimension fills by itself is judged there.
    together = (
        f" Taken one by one, the dimensions would leave only {percent(by_themselves)} of it empty: the rest is due to "
        "how they depend on each other."
        if by_themselves is not None and by_themselves < found.share / 2
        else ""
    )
    worst = int(found.dimension_share.argmax())
    alone = f", most of it for z{worst} alone" if 2 * found.dimension_share[worst] > found.share else ""
    return f"{percent(found.share)} of the prior is empty of data{alone}: no item shown has a code there.{together}"


def _hole(space: LatentSpace, found: Holes, at: int) -> Markup:
    depth = plain(float(found.depth[at]), 2)
    spoken, caption = f"Hole {at + 1}, {depth} times as far from the data as usual", f"{depth} × the usual distance"
    title = (
        f"More likely under the prior than {percent(float(found.more_likely_than[at]))} of its draws; "
        f"nearest is item {int(found.nearest_item[at])}"
    )
    if (j := int(found.outside[at])) >= 0:
        value, low, high = (plain(float(row[j])) for row in (found.z[at], found.low, found.high))
        title += f"; z{j} = {value}, of the data it is {low} to {high}"
        if found.trust[at] >= found.least_trust:
            spoken, caption = f"Hole {at + 1}, where z{j} is as in no item", f"z{j} = {value}"
    return tag(
        "figure",
        tag("span", str(at + 1), class_="mark-number"),
        point_picture(space, found.z[at], spoken),
        tag("figcaption", caption, tag("br"), f"{percent(float(found.hole_share[at]))} of the prior"),
        title=title,
        class_="hole",
    )
