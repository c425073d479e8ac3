"""How much of each column each dimension explains: a heat map, and what opens at the touch of a cell."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from vae_core.columns.of_space import name_in_space
from vae_core.columns.space_columns import most_items
from vae_core.drawing.bars import touchable
from vae_core.drawing.explained import explained
from vae_core.drawing.facts import how
from vae_core.drawing.heat_map import heat_map
from vae_core.drawing.markup import if_touched, joined, tag
from vae_core.drawing.numbers import count, fixed, plain, with_error
from vae_core.interpret.meaning.names_in_use import names_shown
from vae_core.interpret.meaning.naming import DimensionNames, names_of, off_dimensions
from vae_core.interpret.meaning.own_names import own_names_of
from vae_core.interpret.meaning.relations import Relations
from vae_core.report.card import Card
from vae_core.report.cards.collapsed import collapsed
from vae_core.report.cards.left_out import left_out
from vae_core.report.explanations import EXPLAINED, explained_heading

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

#: Columns drawn at once, those that the dimensions explain best; the others are drawn where they are asked for.
_COLUMNS = 10
#: Columns a report draws, which nobody can ask for more.
_REPORTED = 60
#: Cells drawn of all columns together.
_CELLS = 10_000
#: Names shown at once; the rest folds away.
_NAMED = 24

_EMPTY = "Touch a cell to see the column along the dimension."


def card(space: LatentSpace, found: Relations) -> Card:
    """Return names in a sentence, and the share of the ten columns explained best that each dimension explains."""
    if not found.columns:
        return Card(
            "There is nothing to relate the dimensions to.",
            tag(
                "p",
                "Give the items labels or factors (--metadata FILE, --label-column NAME), or pictures with "
                "something in them.",
            ),
            left_out(found.left_out, found.reasons),
        )
    shown = _strongest(found, _COLUMNS)
    # First figures would give names that change.
    whole = found.items >= min(len(space), most_items(space))
    return Card(
        _said(space, found, whole),
        collapsed(space),
        tag(
            "div",
            tag(
                "div",
                explained_heading("Share of each column that each dimension explains", "relations"),
                _map(space, found, shown, _order(space, found)),
                tag("p", _legend(found, shown, space.data.kind), class_="how-measured"),
                class_="relation-map",
            ),
            if_touched(tag("div", tag("p", _EMPTY, class_="empty"), class_="relation-detail", data_empty=_EMPTY)),
            class_="relation-beside",
        ),
        _others(space, found),
        _names(space, found) if whole else None,
        left_out(found.left_out, found.reasons),
        how(
            f"{count(found.items)} of {count(len(space))} items, posterior means in {found.bins} quantile bins; "
            "mutual information "
            f"less its mean over {found.draws} permutations, divided by the column's entropy: 0 is chance, at 1 "
            "the dimension determines the column.",
            "Faint: not significant, all cells taken together at about 1 % (up to 3 % where cells and "
            "classes are few), or of a dimension that is off. Seed 0.",
        ),
    )


def all_columns(space: LatentSpace, found: Relations, most: int | None = None) -> Markup:
    """Draw the heat map of all columns, or of those explained best; of the strongest dimensions if need be.

    Parameters
    ----------
    space : LatentSpace
        The space.
    found : Relations
        Its relations.
    most : int, optional
        Columns drawn at most.
    """
    shown = _strongest(found, most or len(found.columns))
    order = _order(space, found)
    drawn = order[: max(8, _CELLS // len(shown))]
    fewer = f"The {len(drawn)} dimensions that explain most." if len(drawn) < len(order) else None
    return joined(_map(space, found, shown, drawn), tag("p", fewer, class_="how-measured") if fewer else None)


def _strongest(found: Relations, most: int) -> np.ndarray:
    """Return the columns that are explained best, those of the table first, each kind in its own order."""
    strength = np.where(found.significant, found.share, 0.0).max(axis=0)
    shown = np.argsort(-strength, kind="stable")[:most]
    return np.array(sorted(shown, key=lambda c: (found.sources[c] != "table", int(c))))


def _map(space: LatentSpace, found: Relations, shown: np.ndarray, order: np.ndarray) -> Markup:
    own = names_shown(space)
    rows = [f"z{j}" for j in order]
    names = [found.columns[c] for c in shown]

    def touched(i: int, k: int) -> dict[str, Any]:
        relation = {"dimension": int(order[i]), "column": names[k], "relation": found.sources[shown[k]]}
        return {**relation, "color": _colour(found, int(shown[k]))}

    return heat_map(
        found.share[np.ix_(order, shown)],
        rows,
        names,
        most=max(0.3, float(found.share.max(initial=0.0))),
        faint=~found.significant[np.ix_(order, shown)] | off_dimensions(space)[order][:, None],
        touch=touched,
        told=lambda i, k: f"{rows[i]} and {names[k]}: {_figures(found, int(order[i]), int(shown[k]))}",
        row_touch=[{"dimension": int(j)} for j in order],
        column_touch=[{"column": _colour(found, int(c))} for c in shown],
        label="Share of each column that each dimension explains",
        row_called=[own.get(int(j), "") for j in order],
    )


def _others(space: LatentSpace, found: Relations) -> Markup | None:
    """Return all columns, folded away: the page asks for them once they are wanted, a report has them already."""
    if len(found.columns) <= _COLUMNS:
        return None
    few = min(_REPORTED, len(found.columns))
    here = tag("div", "Looking …", class_="empty", data_all_columns="relations")
    return tag(
        "details",
        tag("summary", f"All {len(found.columns)} columns" if if_touched(True) else f"The strongest {few} columns"),
        if_touched(here) or all_columns(space, found, few),
        class_="all-columns",
    )


def _colour(found: Relations, c: int) -> str:
    return name_in_space(found.columns[c], found.sources[c], found.made_of[c])


def _order(space: LatentSpace, found: Relations) -> np.ndarray:
    """Order dimensions by what they tell in all, those that tell nothing last."""
    d = space.latent_dim
    return (
        np.argsort(-np.where(found.significant, found.share, 0).max(axis=1), kind="stable") if d > 1 else np.arange(d)
    )


def _said(space: LatentSpace, found: Relations, whole: bool) -> str:
    named = names_of(found, off_dimensions(space))
    linked = [(j, name) for j, name in enumerate(named.names) if name and name != "off"]
    linked.sort(key=lambda pair: -abs(float(named.values[pair[0]])))
    if not linked:
        return "No dimension is clearly linked to a column: they may be read together (below), or mean something else."
    own = own_names_of(space).by_dimension()
    titles = {j: f"z{j} ({own[j]})" if j in own else f"z{j}" for j, _ in linked}
    listed = "; ".join(f"{titles[j]}: {name}" for j, name in linked[:5])
    more = f"; and {len(linked) - 5} more" if len(linked) > 5 else ""
    one = len(linked) == 1
    which = "The one dimension" if space.latent_dim == 1 else f"{len(linked)} of {space.latent_dim} dimensions"
    first = f"{which} {'is' if one else 'are'} clearly linked to a column"
    return f"{first}: {listed}{more}." if whole else f"{first}; names follow once all items have been looked at."


def _names(space: LatentSpace, found: Relations) -> Markup:
    """Return what the dimensions are called, by themselves and by people."""
    named = names_of(found, off_dimensions(space))
    own = own_names_of(space).by_dimension()
    lines = []
    for j in _order(space, found):
        value = "" if not named.statistics[j] else f"{named.statistics[j]} = {_signed(named, j)}"
        lines.append(
            tag(
                "tr",
                tag("th", tag("span", f"z{j}", **touchable({"dimension": int(j)}, f"z{j}")), scope="row"),
                tag(
                    "td",
                    own.get(int(j), named.words[j] or named.names[j]),
                    data_name_of=int(j),
                    data_empty="…",
                    tabindex=0,
                ),
                tag("td", named.columns[j]),
                tag("td", value),
                tag("td", f"also {named.also[j]}" if named.also[j] else "", class_="quiet"),
            )
        )
    head = tag(
        "tr",
        [
            tag("th", name, scope="col")
            for name in ("", "name", "linked to", explained("strength", EXPLAINED["strength"]), "")
        ],
    )
    shown, rest = lines[:_NAMED], lines[_NAMED:]
    more = (
        tag("details", tag("summary", f"{len(rest)} more"), tag("table", tag("tbody", rest), class_="names"))
        if rest
        else None
    )
    return joined(
        explained_heading("Names of the dimensions", "names"),
        if_touched(tag("p", "Double-click one, or press F2, to give your own.", class_="how-measured tight")),
        tag("div", tag("table", tag("thead", head), tag("tbody", shown), class_="names"), class_="wide"),
        more,
    )


def _signed(named: DimensionNames, j: int) -> str:
    return with_error(float(named.values[j]), float(named.errors[j]))


def _figures(found: Relations, j: int, c: int) -> str:
    told = [
        f"explains {plain(float(found.share[j, c]), 2)} of it",
        f"mutual information {with_error(float(found.information[j, c]), float(found.error[j, c]))} of "
        f"{plain(float(found.entropy[c]))} nats",
        f"after taking off the {plain(float(found.null_mean[j, c]), 2)} that chance gives (at most "
        f"{plain(float(found.null_highest[j, c]), 2)} in {found.draws} permutations)",
    ]
    if math.isfinite(found.pearson[j, c]):
        told.append(f"r = {fixed(float(found.pearson[j, c]), 2)}, Spearman's {fixed(float(found.spearman[j, c]), 2)}")
    if math.isfinite(found.angular[j, c]):
        told.append(f"R² = {fixed(float(found.angular[j, c]), 2)} on sine and cosine of the angle")
    if math.isfinite(found.ratio[j, c]):
        told.append(f"η² = {fixed(float(found.ratio[j, c]), 2)} (by chance {plain(float(found.ratio_chance[c]), 2)})")
    return "; ".join(told)


def _legend(found: Relations, shown: np.ndarray, kind: str) -> str:
    table = [found.columns[c] for c in shown if found.sources[c] == "table"]
    measured = len(shown) - len(table)
    measures = "measured on the items themselves" if kind == "image" else "of the items' own values"
    parts = [
        f"{len(table)} column{'s' if len(table) != 1 else ''} of the table" if table else "no columns in the table"
    ]
    if measured:
        parts.append(f"{measured} {measures}")
    notes = [f"{name}: {note}" for name, note in zip(found.columns, found.notes, strict=True) if note]
    return (
        f"Columns: {', then '.join(parts)}"
        + (f"; the {len(shown)} that the dimensions explain best" if len(shown) < len(found.columns) else "")
        + ". "
        + " ".join(f"{note[0].upper()}{note[1:].rstrip('.')}." for note in notes[:4])
    )
