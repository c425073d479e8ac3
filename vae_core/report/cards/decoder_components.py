"""Directions ordered by what moving along them changes in the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from vae_core.drawing.curves import Curve, curves
from vae_core.drawing.facts import how
from vae_core.drawing.heat_map import heat_map
from vae_core.drawing.markup import if_touched, joined, tag
from vae_core.drawing.numbers import count, fixed, percent, with_error
from vae_core.drawing.walk import base_switch, walk
from vae_core.interpret.components.decoder_components import DecoderComponents
from vae_core.report.card import Card
from vae_core.report.explanations import explained_heading

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

_SHOWN = 64
#: Standard deviations a strip goes to either side.
_REACH = 2.5


def card(space: LatentSpace, found: DecoderComponents) -> Card:
    """Return the shares of the picture's change, a walk along each direction, and how plain components relate."""
    return Card(
        _said(found),
        None if len(found.share) == 1 else _shares(found),
        explained_heading("What each changes", "decoder walk"),
        if_touched(base_switch()),
        [_component(space, found, k) for k in range(len(found.directions))],
        _relation(found),
        how(
            f"The decoder's Jacobian at the means of {count(found.items)} of {count(found.of)} items, seed 0; one "
            "standard deviation along each direction, to first order (which may differ from the real change). Values "
            "of pictures lie on [0, 1], those of vectors and series count in their own standard deviations.",
            "From few items the first shares are overestimated. Arvanitidis et al. 2018.",
        ),
    )


def _said(found: DecoderComponents) -> str:
    r = len(found.share)
    half = int(np.searchsorted(np.cumsum(found.share), 0.5) + 1)
    plain = int(np.searchsorted(np.cumsum(np.sort(found.plain_share)[::-1]), 0.5) + 1)
    if r == 1:
        return "There is one direction, and it makes every change of what is decoded."
    ways = "One direction makes" if half == 1 else f"{half} of {r} directions make"
    return f"{ways} half of all change in what is decoded; of the principal components it takes {plain}."


def _shares(found: DecoderComponents) -> Markup:
    heading = explained_heading("Share of the change in what is decoded", "decoder shares")
    k = min(_SHOWN, len(found.share))
    ranks = list(range(1, k + 1))
    drawn = curves(
        [
            Curve(
                "change of what is decoded",
                ranks,
                (100 * found.share[:k]).tolist(),
                (100 * found.share_error[:k]).tolist(),
            ),
            Curve("of the principal components", ranks, (100 * found.plain_share[:k]).tolist(), role="other"),
            Curve("spread evenly", ranks, [100 * found.even] * k, role="chance"),
        ],
        "direction",
        "share of change, %",
        whole_steps=True,
    )
    return joined(heading, drawn)


def _component(space: LatentSpace, found: DecoderComponents, k: int) -> Markup:
    share = with_error(100 * float(found.share[k]), 100 * float(found.share_error[k]))
    change = with_error(float(found.change[k]), float(found.change_error[k]))
    name = f"DC {k + 1}"
    return tag(
        "div",
        tag("h4", name, tag("span", f"{share} % of the change; {change} per value for one σ"), class_="walk-name"),
        walk(space, name, found.centre, found.directions[k], found.readout[k], (-_REACH, _REACH)),
    )


def _relation(found: DecoderComponents) -> Markup:
    shown = min(24, found.correlation.shape[1])
    rows = [f"DC {k + 1}" for k in range(len(found.correlation))]
    columns = [f"PC {k + 1}" for k in range(shown)]
    return joined(
        explained_heading("Beside the principal components: correlation of scores", "decoder relation"),
        heat_map(
            found.correlation[:, :shown],
            rows,
            columns,
            diverging=True,
            most=1.0,
            told=lambda i, j: (
                f"{rows[i]}, {columns[j]}: correlation {fixed(float(found.correlation[i, j]), 3)}, cosine "
                f"{fixed(float(found.cosine[i, j]), 3)}; {columns[j]} has {percent(float(found.plain_variance[j]))} "
                "of the variance"
            ),
        ),
    )
