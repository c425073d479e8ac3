"""What is measured on the items themselves: pictures, series, and the values of vectors."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vae_core.columns.item_columns import ItemColumns, number_column
from vae_core.columns.picture_measures import picture_measures
from vae_core.columns.series_measures import series_measures
from vae_core.data.dataset import Dataset
from vae_core.data.pieces import let_go
from vae_core.progress import Progress, Stopped, silent

#: Values looked at in all, and fewest items all the same.
MOST_VALUES = 2**28
LEAST_ITEMS = 1_000
#: Values of a vector that become columns of their own.
MOST_NAMED = 40
_VALUES_AT_ONCE = 2**18  # a megabyte, which stays in a processor's cache

Measured = dict[str, np.ndarray]


def most_measured(data: Dataset) -> int:
    """Return how many items of a set are measured at most, by their size."""
    return max(LEAST_ITEMS, MOST_VALUES // max(1, int(np.prod(data.sample_shape))))


def measures(data: Dataset, index: np.ndarray, progress: Progress = silent) -> Measured:
    """Measure items.

    Pictures as `picture_measures` says, series and vectors along an axis as `series_measures`; of other vectors, whose
    values have names and no order, the values themselves, the first 40 of them.

    Parameters
    ----------
    data : Dataset
        Its values are read in pieces of about a megabyte, and may lie on disk.
    index : ndarray
        ``[m]`` items, best in rising order.
    progress : Progress
        Hears of measured items.

    Returns
    -------
    dict
        Names with units → ``[m]`` float64, NaN where an item has no such measure.

    Raises
    ------
    Stopped
        If `progress` asks to stop.
    """
    measure = _measure_for(data)
    together = max(1, _VALUES_AT_ONCE // max(1, int(np.prod(data.sample_shape))))
    parts: list[Measured] = []
    for start in range(0, len(index), together):
        some = index[start : start + together]
        parts.append(measure(data.batch(some)))
        let_go(data.values)
        if not progress(start + len(some), len(index), "measuring items"):
            raise Stopped("Measuring the items was stopped.", start + len(some))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]} if parts else {}


def measured_columns(data: Dataset, index: np.ndarray, progress: Progress = silent) -> ItemColumns:
    """Return the measures of items as columns; what no item has, or all have alike, is left out with the reason."""
    return columns_of_measures(measures(data, index, progress))


def columns_of_measures(measured: Measured) -> ItemColumns:
    """Return measures as columns; what no item has, or all have alike, is left out with the reason."""
    made = {name: number_column(name, values) for name, values in measured.items()}
    usable = tuple(column for column in made.values() if not isinstance(column, str))
    left_out = {name: reason for name, reason in made.items() if isinstance(reason, str)}
    return ItemColumns(usable, tuple(left_out), tuple(left_out.values()))


def _measure_for(data: Dataset) -> Callable[[np.ndarray], Measured]:
    if data.kind == "image":
        return picture_measures
    features = data.feature_names
    if data.kind == "vector" and features.along is None:
        named = zip(features.names[:MOST_NAMED], features.units[:MOST_NAMED], strict=True)
        titles = [f"{name} ({unit})" if unit else name for name, unit in named]
        return lambda x: {title: x[:, at].astype(np.float64) for at, title in enumerate(titles)}
    along = np.asarray(features.along, dtype=np.float64)
    return lambda x: series_measures(x.reshape(len(x), -1, x.shape[-1]), along, features.axis, features.axis_unit)
