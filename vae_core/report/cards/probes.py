"""Which columns can be read from the whole code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from vae_core.columns.of_space import name_in_space
from vae_core.drawing.explained import explained
from vae_core.drawing.facts import how
from vae_core.drawing.markup import tag
from vae_core.drawing.numbers import count, plain, with_error
from vae_core.interpret.meaning.probes import Probes
from vae_core.report.card import Card
from vae_core.report.cards.collapsed import collapsed
from vae_core.report.cards.left_out import left_out
from vae_core.report.explanations import EXPLAINED

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

#: Of the way from chance to perfect: above which a column is read well, and by how much neighbours are better.
_WELL = 0.5
_BETTER = 0.15


def card(space: LatentSpace, found: Probes) -> Card:
    """Return a table: the linear and the nearest-neighbour probe of every column, beside chance."""
    if not len(found.columns):
        reasons = [tag("li", f"{a}: {b}") for a, b in zip(found.left_out, found.reasons, strict=True)]
        return Card(
            "There is no column to be read from the code.",
            tag("p", "Give the items labels or factors: --metadata FILE, --label-column NAME."),
            tag("ul", reasons) if reasons else None,
        )
    best = np.maximum(found.linear, found.nearest)
    order = sorted(range(len(found.columns)), key=lambda c: (found.sources[c] != "table", -float(best[c])))
    head = tag(
        "tr",
        tag("th", "column", scope="col"),
        [
            tag("th", explained(name, EXPLAINED[meant]), scope="col")
            for name, meant in (
                ("linear", "linear probe"),
                (f"{found.neighbours.max()} nearest items", "neighbour probe"),
                ("chance", "probe chance"),
                ("score", "probe score"),
            )
        ],
    )
    return Card(
        _said(found),
        collapsed(space),
        tag(
            "div",
            tag("table", tag("thead", head), tag("tbody", [_row(found, c) for c in order]), class_="probe-table"),
            class_="wide",
        ),
        left_out(found.left_out, found.reasons),
        how(
            f"{count(found.items)} of {count(len(space))} items, {found.folds}-fold cross-validation, seed "
            f"{found.seed}; R² is of all held-out items together, ± the standard error over folds. Chance: the best "
            "guess without the code, and in brackets the probes' own score on shuffled columns.",
            "Ridge and logistic regression, and nearest neighbours, of scikit-learn, on standardised means.",
        ),
    )


def _row(found: Probes, c: int) -> Markup:
    title = f"{found.columns[c]}: {count(int(found.used[c]))} items" + (
        f", {int(found.classes[c])} classes" if found.classes[c] else ""
    )
    if found.neighbours[c] < found.neighbours.max():
        title += f"; {found.neighbours[c]} nearest"
    if found.notes[c]:
        title += f"; {found.notes[c]}"
    cells: list[Any] = [
        _score(float(score[c]), float(error[c]), float(found.chance[c]))
        for score, error in ((found.linear, found.linear_error), (found.nearest, found.nearest_error))
    ]
    shuffled = max(float(found.linear_shuffled[c]), float(found.nearest_shuffled[c]))
    cells.append(tag("td", f"{plain(float(found.chance[c]), 2)} [{plain(shuffled, 2)}]"))
    cells.append(tag("td", found.measures[c], class_="quiet"))
    touch = {
        "data_column": name_in_space(found.columns[c], found.sources[c], found.made_of[c]),
        "tabindex": 0,
        "role": "button",
    }
    return tag("tr", tag("th", tag("span", found.columns[c], **touch), scope="row"), cells, title=title)


def _score(score: float, error: float, chance: float) -> Markup:
    share = max(0.0, min(1.0, (score - chance) / (1 - chance))) if chance < 1 else 0.0
    return tag("td", with_error(score, error), class_="cell amount", style=f"--share:{0.6 * share:.3f}")


def _said(found: Probes) -> str:
    room = np.where(found.chance < 1, 1 - found.chance, np.inf)
    straight, near = ((score - found.chance) / room for score in (found.linear, found.nearest))
    above = np.maximum(straight, near)
    well = [int(c) for c in np.argsort(-above, kind="stable") if above[c] > _WELL]
    if not well:
        return "No column can be read well from the code."
    names = [found.columns[c] for c in well]
    listed = ", ".join(names[:5]) + (f" and {len(well) - 5} more" if len(well) > 5 else "")
    first = f"{listed} can be read well from the whole code"
    bent = [c for c in well if straight[c] <= _WELL or near[c] - straight[c] > _BETTER]
    if not bent:
        return f"{first}, with a linear fit."
    return f"{first}; {', '.join(_by_neighbours(found, c, float(straight[c])) for c in bent[:4])}."


def _by_neighbours(found: Probes, c: int, straight: float) -> str:
    how_much = "better" if straight > _WELL else "well only"
    near, line = (plain(float(score[c]), 2) for score in (found.nearest, found.linear))
    return f"{found.columns[c]} {how_much} from nearest items ({near}; {line} with a linear fit)"
