"""What the legend of a map shows: the classes that are not hidden."""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

from vae_core import InputError, LatentSpace, Projection
from vae_core.browse.colouring import SELECTION, Classes, Scale, colouring
from vae_core.columns.of_space import KEPT, default_column
from vae_core.groups.item_set import ItemSet

_KEPT = 4
_known: weakref.WeakKeyDictionary[LatentSpace, OrderedDict[str, Classes | Scale]] = weakref.WeakKeyDictionary()
_guard = threading.Lock()


@dataclass(frozen=True)
class Legend:
    """The legend of a map: which column colours it, and which of its classes are hidden.

    Parameters
    ----------
    color : str
        As `vae_core.columns.of_space.columns` names it; "" for the usual.
    hidden : frozenset of str
        Names of classes.
    selected : ItemSet, optional
        What is selected, where that colours the map.
    """

    color: str
    hidden: frozenset[str]
    selected: ItemSet | None = None

    def shows(self, space: LatentSpace) -> np.ndarray:
        """Return which items are shown, boolean ``[n]``."""
        chosen = classes_on_show(space, space.projection("pca"), self.color, self.selected)
        if not isinstance(chosen, Classes):
            return np.ones(len(space), dtype=bool)
        return np.isin(chosen.codes, chosen.visible_codes(self.hidden))


def classes_on_show(
    space: LatentSpace, projection: Projection, color: str | None, selected: ItemSet | None = None
) -> Classes | Scale:
    """Return what colours a map as it is on show, by the usual column where another cannot.

    What does not depend on the map or on a selection is kept, for the columns asked for last: of a million items each
    takes half a second.
    """
    name = color or ""
    key = f"{space.draws} {name}"  # a refined distortion has other colours
    with _guard:
        known = _known.setdefault(space, OrderedDict())
        if key in known:
            known.move_to_end(key)
            return known[key]
    try:
        found = colouring(space, projection, name or default_column(space), selected)
    except InputError:
        # What tells of the map itself has not been measured yet, and the page shows the usual colours.
        return colouring(space, projection, default_column(space))
    if name not in (KEPT, SELECTION):
        with _guard:
            known[key] = found
            while len(known) > _KEPT:
                known.popitem(last=False)
    return found
