"""What is selected: the items that the steps of a selection lead to."""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict

import numpy as np

from vae_core import InputError, LatentSpace, Projection
from vae_core.browse.colouring import NOT_SELECTED, SELECTED, SELECTION
from vae_core.browse.filters import ItemFilter
from vae_core.browse.finding import hits
from vae_core.browse.legend import Legend
from vae_core.browse.selection_steps import Step, read_steps, write_steps
from vae_core.groups.item_set import ItemSet
from vae_core.groups.kept_sets import kept_sets_of
from vae_core.groups.region import in_box, in_polygon

#: Letters of steps that stand in an address as they are; what takes more is kept, and named by its content.
LONGEST = 1_500
_KEPT = 12

_known: weakref.WeakKeyDictionary[LatentSpace, OrderedDict[str, ItemSet]] = weakref.WeakKeyDictionary()
_guard = threading.Lock()


def selected_set(space: LatentSpace, steps: tuple[Step, ...]) -> ItemSet:
    """Return the items that steps lead to, from nothing.

    Raises
    ------
    InputError
        If a step names a map, a column or a set that is not there.
    """
    if not steps:
        return ItemSet.empty(len(space))
    key = f"{space.draws} {write_steps(steps)}"  # a column of a refined distortion has other values
    with _guard:
        known = _known.setdefault(space, OrderedDict())
        if key in known:
            known.move_to_end(key)
            return known[key]
    # Whatever was there before a new set does not matter, unless it is what was shown.
    fresh = steps[-1].mode == "new" and steps[-1].kind != "flip" and not _asks_before(steps[-1])
    before = ItemSet.empty(len(space)) if fresh else selected_set(space, steps[:-1])
    found = _after(space, steps[-1], before)
    with _guard:
        known[key] = found
        while len(known) > _KEPT:
            known.popitem(last=False)
    return found


def selection_text(space: LatentSpace, steps: tuple[Step, ...]) -> str:
    """Return the shortest text of steps that leads to the same items: without what the last new set replaced.

    What takes more than `LONGEST` letters is kept with the space, and its name stands for the way there.
    """
    begin = max((at for at, step in enumerate(steps) if step.mode == "new" and step.kind != "flip"), default=0)
    # What was shown may have been the selection itself.
    while begin > 0 and _asks_before(steps[begin]):
        begin = max((at for at in range(begin) if steps[at].mode == "new" and steps[at].kind != "flip"), default=0)
    text = write_steps(steps[begin:])
    if len(text) <= LONGEST:
        return text
    return write_steps((Step("new", "set", text=kept_sets_of(space).keep(selected_set(space, steps))),))


def items_of(space: LatentSpace, text: object) -> ItemSet | None:
    """Return the items a text of steps leads to, None for no text; InputError as of `read_steps`, `selected_set`."""
    return selected_set(space, read_steps(text)) if text else None


def limits_in_words(space: LatentSpace, steps: tuple[Step, ...]) -> list[str]:
    """Return what was not shown while items were selected, and so left out, each once."""
    told: list[str] = []
    for step in steps:
        for limit in step.limits:
            if isinstance(limit, ItemFilter):
                told.append(f"all but {limit.in_words(space)}")
            elif limit.color != SELECTION:
                told.append(", ".join(sorted(limit.hidden)))
    return list(dict.fromkeys(told))


def _asks_before(step: Step) -> bool:
    return any(isinstance(limit, Legend) and limit.color == SELECTION for limit in step.limits)


def _after(space: LatentSpace, step: Step, before: ItemSet) -> ItemSet:
    shown = ItemSet(np.ones(len(space), dtype=bool))
    for limit in step.limits:
        shown &= _shown(space, limit, before)
    if step.kind == "flip":
        return before ^ shown  # what was not shown stays as it is, so that doing it twice changes nothing
    taken = _taken(space, step) & shown
    if step.mode == "new":
        return taken
    return before | taken if step.mode == "add" else before - taken


def _shown(space: LatentSpace, limit: Legend | ItemFilter, before: ItemSet) -> ItemSet:
    if isinstance(limit, ItemFilter):
        return ItemSet.of(limit.items(space), len(space))
    if limit.color != SELECTION:
        return ItemSet(limit.shows(space))
    nothing = ItemSet.empty(len(space))
    return (nothing if SELECTED in limit.hidden else before) | (nothing if NOT_SELECTED in limit.hidden else ~before)


def _taken(space: LatentSpace, step: Step) -> ItemSet:
    if step.kind == "all":
        return ~ItemSet.empty(len(space))
    if step.kind == "set":
        return kept_sets_of(space).get(step.text)
    if step.kind == "find":
        return ItemSet(hits(space.data, step.text).mask)
    points = _plane(space, step.projection).points
    numbers = np.array(step.numbers).reshape(-1, 2)
    if step.kind == "box":
        return ItemSet(in_box(points, numbers[:, 0], numbers[:, 1]))
    return ItemSet(in_polygon(points, numbers))


def _plane(space: LatentSpace, id: str) -> Projection:
    found = space.cached_projection(id)
    if found is None:
        raise InputError(f"The projection {id!r} has not been computed yet; ask for it and wait until it is there.")
    if found.dimensions != 2:
        raise InputError(f"The projection {id!r} has depth, where a line encloses nothing. Take a 2-D map.")
    return found
