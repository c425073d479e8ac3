"""What is measured on the items of a space, kept as long as the space is open."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING

import numpy as np

from vae_core.columns.item_columns import ItemColumns
from vae_core.columns.measures import columns_of_measures, measured_columns, measures, most_measured
from vae_core.progress import Progress, silent

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace


class _Measured:
    """What is measured of one space; only who asks for the same space waits for it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.naming = threading.Lock()
        self.names: tuple[str, ...] | None = None
        self.values: dict[str, np.ndarray] | None = None


_spaces: weakref.WeakKeyDictionary[LatentSpace, _Measured] = weakref.WeakKeyDictionary()
_guard = threading.Lock()  # held for a look-up only


def measured_names(space: LatentSpace) -> tuple[str, ...]:
    """Return what can be measured on every item, without measuring; nothing of sets too large for it."""
    if len(space) > most_measured(space.data):
        return ()
    known = _of(space)
    with known.naming:
        if known.names is None:
            known.names = tuple(measures(space.data, np.arange(min(2, len(space)))))
        return known.names


def measured_values(space: LatentSpace, name: str) -> np.ndarray | None:
    """Return one measure of every item, ``[n]`` float64, NaN where an item has none; None if there is no such measure.

    All measures are taken at the first call, in one pass over the items: 10,000 pictures of 28 × 28 in 0.1 s.
    """
    if name not in measured_names(space):
        return None
    known = _of(space)
    with known.lock:
        if known.values is None:
            known.values = measures(space.data, np.arange(len(space)))
        return known.values[name]


def _of(space: LatentSpace) -> _Measured:
    with _guard:
        return _spaces.setdefault(space, _Measured())


def kept_columns(space: LatentSpace, index: np.ndarray, progress: Progress = silent) -> ItemColumns:
    """Return all measures of some items as columns, from those kept; measured anew of sets too large to be kept.

    Raises
    ------
    Stopped
        If `progress` asks to stop while items are measured.
    """
    names = measured_names(space)
    if not names:
        return measured_columns(space.data, index, progress)
    values = {name: measured_values(space, name) for name in names}
    return columns_of_measures({name: one[index] for name, one in values.items() if one is not None})
