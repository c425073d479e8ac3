"""Regions that are likely under the prior and empty of data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from vae_core.drawing.facts import Fact, facts, how
from vae_core.drawing.filmstrip import point_picture
from vae_core.drawing.markup import if_touched, tag
from vae_core.drawing.numbers import count, percent, plain
from vae_core.interpret.holes import Holes
from vae_core.report.card import Card

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
            f"Draws of the prior with a trust below {found.least_trust:g} that are not among its 5 % least likely",
        )
    ]
    if found.share_if_independent is not None:
        listed.append(
            Fact(
                "… if the dimensions were independent",
                f"{percent(found.share_if_independent)} ± {percent(found.share_if_independent_error)}",
                title="What the dimensions leave empty one by one; the rest is due to how they depend on each other",
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
            "their own posteriors. The deepest holes lie towards the rim of the prior.",
            if_touched("Touch one to go there; their numbers stand on the map."),
        ),
    )


def _said(found: Holes) -> str:
    chance = found.share_by_chance or 0.0
    if not len(found.z):
        return "The prior has no holes: whatever is drawn from it lies among the data."
    if found.share - chance < 0.02:
        return (
            f"The prior is well filled: {percent(found.share)} of it is empty of data, "
            f"where chance gives {percent(chance)}."
        )
    return (
        f"{percent(found.share)} of the prior is empty of data; what is sampled there the decoder was never asked for."
    )


def _hole(space: LatentSpace, found: Holes, at: int) -> Markup:
    depth = plain(float(found.depth[at]), 2)
    spoken = f"Hole {at + 1}, {depth} times as far from the data as usual"
    return tag(
        "figure",
        tag("span", str(at + 1), class_="mark-number"),
        point_picture(space, found.z[at], spoken),
        tag("figcaption", f"{depth} × as far", tag("br"), f"{percent(float(found.hole_share[at]))} of the prior"),
        title=f"More likely under the prior than {percent(float(found.more_likely_than[at]))} of its draws; "
        f"nearest is item {int(found.nearest_item[at])}",
        class_="hole",
    )
