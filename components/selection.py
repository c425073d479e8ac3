"""Which items are selected: those the legend shows, in the part of the map in view."""

from __future__ import annotations

import html
from dataclasses import dataclass

import numpy as np

from components.big_maps import BigMap, View
from components.colouring import Classes, Scale, colouring
from components.columns import default_column
from components.views import OnShow
from vae_core import InputError, LatentSpace, Projection

_EVERYWHERE = View(-np.inf, np.inf, -np.inf, np.inf, 1, 1)


def selected_items(space: LatentSpace, shown: OnShow) -> np.ndarray:
    """Return the numbers of the items selected, ``[m]`` in ascending order.

    Of a map in depth, which has no part that is in view, and while a map is still being computed, the legend
    alone selects.
    """
    found = _map_there(space, shown.projection)
    projection = found or space.projection("pca")
    view = _EVERYWHERE
    if found is not None and found.dimensions == 2 and shown.frame is not None and len(shown.frame) == 4:
        left, right, bottom, top = shown.frame
        view = View(left, right, bottom, top, 1, 1)
    # The figure writes the names of classes for HTML.
    hidden = {html.unescape(name) for name in shown.hidden}
    return BigMap(projection, _on_show(space, projection, shown.color)).within(view, hidden)


@dataclass(frozen=True)
class Legend:
    """The legend of a map: which column colours it, and which of its classes are hidden.

    Parameters
    ----------
    color : str
        As `components.columns.columns` names it; "" for the usual.
    hidden : frozenset of str
        Names of classes.
    """

    color: str
    hidden: frozenset[str]

    def shows(self, space: LatentSpace) -> np.ndarray:
        """Return which items are shown, boolean ``[n]``."""
        chosen = _on_show(space, space.projection("pca"), self.color)
        if not isinstance(chosen, Classes):
            return np.ones(len(space), dtype=bool)
        return np.isin(chosen.codes, [code for code, name in enumerate(chosen.names) if name not in self.hidden])


def _on_show(space: LatentSpace, projection: Projection, color: str | None) -> Classes | Scale:
    try:
        return colouring(space, projection, color or default_column(space))
    except InputError:
        # What tells of the map itself has not been measured yet, and the page shows the usual colours.
        return colouring(space, projection, default_column(space))


def _map_there(space: LatentSpace, id: str) -> Projection | None:
    try:
        return space.cached_projection(id)
    except InputError:
        return None
