"""Principal components: how much each carries beside a shuffled set, and what it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from vae_core.drawing.curves import Curve, curves
from vae_core.drawing.facts import Fact, facts, how
from vae_core.drawing.heat_map import heat_map
from vae_core.drawing.markup import if_touched, joined, tag
from vae_core.drawing.numbers import count, fixed, p_value, percent, with_error
from vae_core.drawing.walk import base_switch, walk
from vae_core.interpret.components.latent_components import Components
from vae_core.interpret.meaning.names_in_use import names_shown
from vae_core.report.card import Card
from vae_core.report.cards.collapsed import collapsed
from vae_core.report.explanations import EXPLAINED, explained_heading

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

#: Ranks of the scree, and dimensions of the loadings, drawn at once.
_SHOWN = 64
_DIMENSIONS = 40


def card(space: LatentSpace, found: Components) -> Card:
    """Return scree and cumulative share beside the shuffled set, a walk along each component, and the loadings."""
    half = int(np.searchsorted(found.cumulative, 0.5) + 1)
    most = int(np.searchsorted(found.cumulative, 0.9 - 1e-12) + 1)
    d = len(found.share)
    shuffled = "permuted sets" if found.shuffled_by == "permutation" else "sets drawn as independent"
    return Card(
        _said(found),
        collapsed(space),
        None if d == 1 else _curves(found),
        # Of a single component there is nothing to compare.
        None
        if d == 1
        else facts(
            [
                Fact(
                    "half of the variance",
                    f"{half} of {d}",
                    f"spread evenly: {-(-d // 2)}",
                    EXPLAINED["half of the variance"],
                ),
                Fact(
                    "90 % of the variance",
                    f"{most} of {d}",
                    f"spread evenly: {int(np.ceil(0.9 * d - 1e-9))}",
                    EXPLAINED["most of the variance"],
                ),
                Fact(
                    "above the shuffled set",
                    f"{found.above} of {d}",
                    f"95 % of {found.draws} {shuffled}",
                    EXPLAINED["above shuffled"],
                ),
                *(
                    []
                    if found.independence is None
                    else [
                        Fact(
                            "test of no correlation",
                            p_value(found.independence),
                            title=EXPLAINED["independence"],
                        )
                    ]
                ),
            ]
        ),
        explained_heading("What each changes: decoded along it, and the items at its ends", "component walk"),
        if_touched(base_switch()),
        [_component(space, found, k) for k in range(len(found.axes)) if found.deviation[k] > 0],
        None if d == 1 else _loadings(found, names_shown(space)),
        how(
            f"{'All ' if found.items == found.of else ''}{count(found.items)} of {count(found.of)} items; variance "
            "of the "
            f"posterior means{', each dimension divided by its standard deviation' if found.standardised else ''}.",
            "± and whiskers are standard errors (Waternaux 1976).",
            if_touched("A slider moves the point on show along its component."),
        ),
    )


def _said(found: Components) -> str:
    d = len(found.share)
    if d == 1:
        return "There is one latent dimension, and it is the one component."
    first, chance = float(found.share[0]), float(found.shuffled[0])
    if found.above == 0:
        uneven = f"the first has {percent(first)}, and spread evenly it would have {percent(1 / d)}"
        if found.independence is not None and found.independence < 0.05:
            return (
                "The dimensions are correlated, though the first component carries no more variance than shuffled "
                f"dimensions would: {uneven}."
            )
        return (
            "The dimensions are uncorrelated as far as these items tell, so the components are the dimensions "
            f"themselves, by variance: {uneven}."
        )
    leading = "One component carries" if found.above == 1 else f"{found.above} components carry"
    return (
        f"{leading} more variance than shuffled dimensions would; "
        f"the first has {percent(first)}, where shuffling gives {percent(chance)}."
    )


def _curves(found: Components) -> Markup:
    each = tag("div", explained_heading("Variance of each component", "scree"), _scree(found))
    heading = explained_heading("Variance of the first components together", "cumulative")
    return tag("div", each, tag("div", heading, _cumulative(found)), class_="side-by-side")


def _scree(found: Components) -> Markup:
    ranks = list(range(1, min(_SHOWN, len(found.share)) + 1))
    k = len(ranks)
    return curves(
        [
            Curve("share of variance", ranks, (100 * found.share[:k]).tolist(), (100 * found.share_error[:k]).tolist()),
            Curve("shuffled, 95 %", ranks, (100 * found.shuffled_high[:k]).tolist(), role="chance"),
        ],
        "component",
        "share of variance, %",
        whole_steps=True,
    )


def _cumulative(found: Components) -> Markup:
    ranks = list(range(1, min(_SHOWN, len(found.share)) + 1))
    k = len(ranks)
    even = [100 * rank / len(found.share) for rank in ranks]
    return curves(
        [
            Curve("together", ranks, (100 * found.cumulative[:k]).tolist()),
            Curve("shuffled", ranks, (100 * np.cumsum(found.shuffled)[:k]).tolist(), role="chance"),
            Curve("spread evenly", ranks, even, role="other"),
        ],
        "components",
        "cumulative share, %",
        whole_steps=True,
    )


def _component(space: LatentSpace, found: Components, k: int) -> Markup:
    deviation = float(found.deviation[k])
    share = with_error(100 * float(found.share[k]), 100 * float(found.share_error[k]))
    scale = np.ones(len(found.centre))
    if found.standardised:
        # The directions are the axes times the dimensions' deviations, and scores are taken after dividing by these.
        axis, direction = found.axes[k], found.directions[k]
        scale = np.where(np.abs(axis) > 1e-12, direction / np.where(np.abs(axis) > 1e-12, axis, 1), np.inf)
    low, _, high = (float(value) / deviation for value in found.quantiles[k])
    return tag(
        "div",
        tag("h4", f"PC {k + 1}", tag("span", f"{share} % of the variance"), class_="walk-name"),
        walk(
            space,
            f"PC {k + 1}",
            found.centre,
            found.directions[k] * deviation,
            found.axes[k] / scale / deviation,
            (low, high),
            (found.lowest[k], found.highest[k]),
        ),
    )


def _loadings(found: Components, called_by: dict[int, str]) -> Markup:
    d = len(found.centre)
    weight = np.abs(found.correlation).max(axis=0)
    shown = np.sort(np.argsort(-weight, kind="stable")[:_DIMENSIONS])
    names = [f"z{j}" for j in shown]
    components = [f"PC {k + 1}" for k in range(len(found.axes))]
    which = f", the {_DIMENSIONS} dimensions with the strongest" if d > _DIMENSIONS else ""
    return joined(
        explained_heading(f"Loadings: correlation of each component with each dimension{which}", "loadings"),
        heat_map(
            found.correlation[:, shown],
            components,
            names,
            diverging=True,
            most=1.0,
            touch=lambda _, j: {"dimension": int(shown[j])},
            told=lambda i, j: (
                f"{components[i]}, {names[j]}: correlation {fixed(float(found.correlation[i, shown[j]]), 3)}, "
                f"entry of the eigenvector {fixed(float(found.axes[i, shown[j]]), 3)}"
            ),
            column_touch=[{"dimension": int(j)} for j in shown],
            label="Loadings",
            column_called=[called_by.get(int(j), "") for j in shown],
        ),
        tag("button", "Show as a biplot on the PCA map", type="button", class_="plain", data_biplot=True),
    )
