"""Items in an order: by what the model gets wrong, or by any column of numbers."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import numpy as np

from vae_core import InputError, LatentSpace
from vae_core.browse.filters import ItemFilter
from vae_core.browse.legend import Legend
from vae_core.columns.number_form import PLAIN, NumberForm
from vae_core.columns.of_space import column_called, columns, values_of
from vae_core.groups.item_set import ItemSet
from vae_core.interpret.answers import answers_of, identity
from vae_core.interpret.items.wrong_items import WrongItems, percentiles, rank
from vae_core.interpret.studies import StudyRequest

#: Figures of the study, in the order in which they are offered.
FIGURES = ("distortion", "rarity", "disagreement")
#: What is no figure at all.
ITEM = "item"
#: What the name of a column begins with whose plain name is that of something else here.
COLUMN = "column:"
#: Figures that wait for the nearest items.
_NEAREST = ("rarity", "disagreement")
_KEPT = 8


@dataclass(frozen=True)
class Ranking:
    """Items in an order.

    Parameters
    ----------
    order : ndarray
        ``[m]`` their numbers.
    values, percentile : ndarray or None
        ``[n]`` of all items the figure they are ordered by, and the percentage of items with a lower one; None in the
        items' own order.
    form : NumberForm
        How these figures are written.
    """

    order: np.ndarray
    values: np.ndarray | None
    percentile: np.ndarray | None
    form: NumberForm = PLAIN


def wrong(space: LatentSpace, column: str) -> tuple[WrongItems, bool]:
    """Return what may be wrong with every item, and whether all were looked at; compared by a column of the table."""
    names = tuple(str(name) for name in space.data.table.columns)
    answer = answers_of(space).preview(StudyRequest.of("wrong_items", {"column": column} if column else {}, names))
    return answer.result, answer.whole


def orders_of(space: LatentSpace) -> list[dict[str, str]]:
    """Return what items can be ordered by, ``{name, title, group}``; looks for no nearest items, which takes long.

    A column of the table called as one of `FIGURES` or `ITEM` is offered under `COLUMN` and its name.
    """
    titles = {
        "distortion": "distortion" if space.model.can.encode else "",
        "rarity": "rarity (low density)",
        "disagreement": "unlike its neighbours" if len(space.data.table.columns) else "",
    }
    listed = [{"name": name, "title": title, "group": "Wrong"} for name, title in titles.items() if title]
    listed.append({"name": ITEM, "title": "order of the data", "group": "Columns"})
    numbers = [column for column in columns(space) if column.orders and not column.of_map]
    of_the_table = {str(name) for name in space.data.table.columns}
    for column in numbers:
        if column.name not in (*FIGURES, ITEM) and not column.name.startswith(COLUMN):
            listed.append({"name": column.name, "title": column.title, "group": "Columns"})
        elif column.name in of_the_table:
            told = {"name": f"{COLUMN}{column.name}", "title": f"{column.title} (column)"}
            listed.append({**told, "group": "Columns"})
    return listed


class Rankings:
    """The orders that were asked for last, so that a gallery may be scrolled without sorting anew."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Any, ...], Ranking] = OrderedDict()
        self._lock = threading.Lock()

    def get(
        self,
        space: LatentSpace,
        by: str,
        worst: bool,
        column: str,
        within: ItemFilter | None = None,
        legend: Legend | None = None,
        among: ItemSet | None = None,
    ) -> Ranking:
        """Return items in the order of a figure or a column.

        Parameters
        ----------
        space : LatentSpace
            The space.
        by : str
            One of `FIGURES`, `ITEM`, or a column of numbers, also as `COLUMN` and its name.
        worst : bool
            Whether the highest come first.
        column : str
            What the nearest items are compared by; "" for the usual.
        within : ItemFilter, optional
            The part of the items that is ordered.
        legend : Legend, optional
            What the map shows of them; only that is ordered.
        among : ItemSet, optional
            The set that is ordered alone.

        Raises
        ------
        InputError
            If there is no such figure or column.
        """
        whole = wrong(space, column)[1] if by in _NEAREST else True
        key = (identity(space), space.draws, by, worst, column, within, legend, among, whole)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = _ranking(space, by, worst, column, within, legend, among)
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return made


def _ranking(
    space: LatentSpace,
    by: str,
    worst: bool,
    column: str,
    within: ItemFilter | None,
    legend: Legend | None,
    among: ItemSet | None,
) -> Ranking:
    values = _figure(space, by, column)
    order = np.arange(len(space)) if values is None else rank(values, worst=worst)
    if values is None and not worst:
        order = order[::-1]
    if within is not None:
        inside = np.zeros(len(space), dtype=bool)
        inside[within.items(space)] = True
        order = order[inside[order]]
    if legend is not None:
        order = order[legend.shows(space)[order]]
    if among is not None:
        order = order[among.mask[order]]
    return Ranking(order, values, None if values is None else percentiles(values), _form(space, by))


def _form(space: LatentSpace, by: str) -> NumberForm:
    values = None if by in (*FIGURES, ITEM) else values_of(space, by.removeprefix(COLUMN))
    return PLAIN if values is None else values.form


def _figure(space: LatentSpace, by: str, column: str) -> np.ndarray | None:
    if by == ITEM:
        return None
    if by == "distortion":
        if not space.model.can.encode:
            raise InputError("This space has no distortion.")
        return np.asarray(space.distortion, dtype=np.float64)
    if by in _NEAREST:
        found, _ = wrong(space, column)
        if by == "rarity":
            return found.rarity
        if found.disagreement is None:
            raise InputError(found.without or "This space has no disagreement.")
        return found.disagreement.values
    name = by.removeprefix(COLUMN)
    known = column_called(space, name)
    values = values_of(space, name) if known is not None and known.orders else None
    if values is None:
        raise InputError(f"Items cannot be ordered by {by!r}.")
    return values.values
