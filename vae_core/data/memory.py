"""Data sets from objects in memory: arrays, tables of pandas, map-style data sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from vae_core.data.columns import dataset_of_table
from vae_core.data.dataset import Dataset, Kind
from vae_core.data.features import Features
from vae_core.data.fitting import Fitter
from vae_core.data.frames import FrameTable
from vae_core.data.labels import label_column, numbered_items
from vae_core.data.layout import arrange
from vae_core.data.map_style import array_of, is_map_style, read_map_style
from vae_core.data.options import DataOptions
from vae_core.errors import InputError
from vae_core.progress import Progress, silent


def from_arrays(
    values: Any,
    labels: Any = None,
    *,
    name: str | None = None,
    kind: Kind | None = None,
    features: Features | Sequence[str] | None = None,
    progress: Progress = silent,
    fitter: Fitter | None = None,
) -> Dataset:
    """Make a data set of what is in memory.

    Parameters
    ----------
    values : array, Tensor, DataFrame or map-style data set
        Images ``[n, h, w]``, ``[n, c, h, w]`` or ``[n, h, w, c]``, vectors ``[n, k]``, series ``[n, c, k]``, see
        `layout.arrange`; a table, whose columns are read as those of a file, see `columns.dataset_of_table`; or a data
        set such as torchvision's, whose items are read one by one, see `map_style.read_map_style`.
    labels : array, Tensor or list, optional
        A class number or name an item.
    name : str, optional
        What people call it.
    kind : {"image", "vector", "series"}, optional
        What one item is, where the axes do not tell.
    features : Features or sequence of str, optional
        What the values of vectors or series are called; names may have units, as in "length (cm)".
    progress : Progress
        Called while items are read one by one.
    fitter : Fitter, optional
        Brings pictures of a map-style data set to one size.

    Raises
    ------
    InputError
        If the parts do not fit each other or are no numbers.
    """
    named = features if features is None or isinstance(features, Features) else Features.of_columns(features)
    if isinstance(values, pd.DataFrame):
        data = of_frame(values, name or "data", DataOptions(), progress)
    else:
        data = _of_values(values, name, kind, named, progress, fitter)
    if named is not None:
        data = replace(data, features=named)
    if labels is not None:
        table = data.table.drop(columns="label", errors="ignore")
        table.insert(0, "label", label_column(array_of(labels, data.name), len(data), data.name))
        data = replace(data, table=table)
    return data


def _of_values(
    values: Any,
    name: str | None,
    kind: Kind | None,
    features: Features | None,
    progress: Progress,
    fitter: Fitter | None,
) -> Dataset:
    table: pd.DataFrame | None = None
    notes: list[str] = []
    if is_map_style(values):
        name = name or type(values).__name__
        array, table, notes = read_map_style(values, name, progress, fitter)
    else:
        name = name or "data"
        array = array_of(_refuse_streams(values, name), name)
    if array.dtype == object:
        raise InputError(f"{name}: holds Python objects, not numbers; give one array of equal items.")
    if kind is None and features is not None and array.ndim == 3:
        kind = "series"  # the pixels of images have no names
    arranged, kind, value_range = arrange(array, name, kind)
    if arranged.dtype == np.float64:
        arranged = arranged.astype(np.float32)  # models read float32
    if table is None:
        table = pd.DataFrame(index=numbered_items(len(arranged)))
    return Dataset(arranged, kind, value_range, table, name, notes=tuple(notes))


def of_frame(frame: pd.DataFrame, name: str, options: DataOptions, progress: Progress) -> Dataset:
    """Make a data set of a table of pandas, whose index holds ids unless it only counts; see `dataset_of_table`."""
    data = dataset_of_table(FrameTable(frame, name), name, options, progress)
    if isinstance(frame.index, pd.RangeIndex) or not frame.index.is_unique:
        return data
    whole = pd.api.types.is_integer_dtype(frame.index)
    ids = frame.index if whole else pd.Index([str(item) for item in frame.index])
    return replace(data, table=data.table.set_axis(ids.rename("item"), axis=0))


def _refuse_streams(values: Any, name: str) -> Any:
    """Return an object unless its items can only be had one after the other, or from within another object."""
    if hasattr(values, "dataset") and not hasattr(values, "__array__"):
        raise InputError(f"{name}: {type(values).__name__} makes batches of a data set; give that, its .dataset.")
    if hasattr(values, "__iter__") and not hasattr(values, "__len__") and not hasattr(values, "__array__"):
        raise InputError(
            f"{name}: {type(values).__name__} gives its items one after the other only; give what has len(…) and "
            "[index], for instance list(…) of it."
        )
    return values
