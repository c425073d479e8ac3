"""Data sets from arrays in memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from vae_core.data.dataset import Dataset, Kind
from vae_core.data.labels import label_column, numbered_items
from vae_core.data.layout import arrange
from vae_core.errors import InputError


def from_arrays(values: Any, labels: Any = None, *, name: str = "data", kind: Kind | None = None) -> Dataset:
    """Make a data set of an array or a tensor.

    Parameters
    ----------
    values : array or Tensor
        Images ``[n, h, w]``, ``[n, c, h, w]`` or ``[n, h, w, c]``, vectors ``[n, k]``, series ``[n, c, k]``; see
        `layout.arrange`.
    labels : array, Tensor or list, optional
        A class number or name an item.
    name : str
        What people call it.
    kind : {"image", "vector", "series"}, optional
        What one item is, where the axes do not tell.

    Raises
    ------
    InputError
        If the arrays do not fit each other or are no numbers.
    """
    array = _array(values, name)
    if array.dtype == object:
        raise InputError(f"{name}: holds Python objects, not numbers; give one array of equal items.")
    arranged, kind, value_range = arrange(array, name, kind)
    if arranged.dtype == np.float64:
        arranged = arranged.astype(np.float32)  # models read float32
    columns = {} if labels is None else {"label": label_column(_array(labels, name), len(arranged), name)}
    return Dataset(arranged, kind, value_range, pd.DataFrame(columns, index=numbered_items(len(arranged))), name)


def _array(values: Any, name: str) -> np.ndarray:
    if hasattr(values, "detach"):  # a tensor, of whatever device
        values = values.detach().cpu().numpy()
    try:
        return np.asarray(values)
    except ValueError as error:
        raise InputError(f"{name}: is no array ({error}); give items of one shape.") from error
