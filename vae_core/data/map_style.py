"""Map-style data sets, objects with ``len(…)`` and ``[index]`` such as torchvision's, read item by item."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from vae_core.data.arrays import VALUES, WIDEST
from vae_core.data.gathering import gather
from vae_core.data.labels import label_column, numbered_items
from vae_core.data.metadata import LABEL_COLUMNS
from vae_core.data.pictures import pixels_of
from vae_core.data.reserve import reserve
from vae_core.errors import InputError
from vae_core.progress import Progress, Stopped

_VALUE_KEYS = (*VALUES, "image", "img", "pixel_values", "values", "input")
_LABEL_KEYS = ("label", "labels", *LABEL_COLUMNS)
_REPORT_EVERY = 64


def is_map_style(made: object) -> bool:
    """Whether an object is a data set with items of its own kind, not an array, nor a list that becomes one."""
    if isinstance(made, (list, tuple)):
        return len(made) > 0 and isinstance(made[0], (Image.Image, tuple, dict))
    plain = isinstance(made, (str, bytes, dict, np.ndarray)) or hasattr(made, "__array__") or hasattr(made, "detach")
    return not plain and hasattr(made, "__getitem__") and hasattr(made, "__len__")


def array_of(value: Any, name: str) -> np.ndarray:
    """Return an array or a tensor, of whatever device and type, as an array; InputError if it is neither."""
    if hasattr(value, "detach"):
        value = value.detach().cpu()
        value = value.float().numpy() if "bfloat16" in str(value.dtype) else value.numpy()
    try:
        return np.asarray(value)
    except ValueError as error:
        raise InputError(f"{name}: is not an array ({error}); give items of one shape.") from error


def read_map_style(
    items: Any, name: str, progress: Progress, fitter: Callable[[np.ndarray], np.ndarray] | None = None
) -> tuple[np.ndarray, pd.DataFrame, list[str]]:
    """Read every item once.

    An item is an array, a tensor or a picture of Pillow's; a tuple of it and its label; or a dictionary with it under
    ``image``, ``pixel_values``, ``x`` or the like, its label under ``label`` or the like, and other numbers and texts.
    Classes are called as the data set's ``classes`` says, if it has such names.

    Parameters
    ----------
    items : object
        With ``len(…)`` and ``[index]``.
    name : str
        What it is called in messages.
    progress : Progress
        Called every few items.
    fitter : callable, optional
        Brings pictures to one size.

    Returns
    -------
    values : ndarray
        ``[n, …]``; pictures uint8 ``[n, 1 or 3, h, w]``.
    table : DataFrame
        Labels and whatever else the items tell.
    notes : list of str
        What people should know of it.

    Raises
    ------
    InputError
        If an item fails, is nothing of the kind, or of another shape than the first.
    Stopped
        If `progress` asked to stop.
    """
    try:
        count = len(items)
    except Exception as error:  # whatever the visitor's own code raises
        raise InputError(f"{name}: does not say how many items it has ({error}).") from error
    if count < 1:
        raise InputError(f"{name}: is empty; give at least one item.")
    told: dict[str, list[Any]] = {}

    def read() -> Iterator[tuple[str, Any]]:
        for at in range(count):
            value, others = _parts(_item(items, at, name), f"{name}, item {at}")
            for key, other in others.items():
                told.setdefault(key, [None] * at).append(other)
            for column in told.values():
                column.extend([None] * (at + 1 - len(column)))
            where = f"{name}, item {at}"
            yield where, pixels_of(value, where) if isinstance(value, Image.Image) else array_of(value, where)

    first, _ = _parts(_item(items, 0, name), f"{name}, item 0")
    if isinstance(first, Image.Image):
        values = gather(read(), count, name, progress, fitter)
        again, before = pixels_of(first, name), None if fitter is not None else values[0]
    else:
        values = _stacked(read(), count, name, progress)
        again, before = array_of(first, name).astype(values.dtype), values[0]
    notes = []
    if before is not None and not np.array_equal(np.broadcast_to(again, before.shape), before, equal_nan=True):
        notes.append(
            f"{name}: its items are others each time they are read, as random augmentation makes them; what is kept of "
            "them will not be found again."
        )
    columns: dict[str, Any] = {}
    for key, column in told.items():
        found = _columns(key, column, name, _class_names(items, key))
        columns |= found
        if not found and any(value is not None for value in column):
            notes.append(f"{name}: its {key} is neither a number nor a text, and is left out.")
    return values, pd.DataFrame(columns, index=numbered_items(count)), notes


def _item(items: Any, at: int, name: str) -> Any:
    try:
        return items[at]
    except Exception as error:  # whatever the visitor's own code raises
        raise InputError(f"{name}: item {at} fails with {type(error).__name__}: {error}") from error


def _parts(item: Any, where: str) -> tuple[Any, dict[str, Any]]:
    """Return the value of an item, and what else it tells."""
    if isinstance(item, dict):
        lower = {str(key).lower(): key for key in item}
        key = next((lower[known] for known in _VALUE_KEYS if known in lower), None)
        if key is None:
            keys = ", ".join(str(key) for key in item) or "nothing"
            raise InputError(f"{where}: has no image, x or data (it has {keys}); name its value so.")
        label = next((lower[known] for known in _LABEL_KEYS if known in lower and lower[known] != key), None)
        rest = {str(name): value for name, value in item.items() if name not in (key, label)}
        return item[key], rest if label is None else {"label": item[label], **rest}
    if isinstance(item, (tuple, list)) and item and not isinstance(item[0], (int, float)):
        names = ["label", *(f"part {at}" for at in range(2, len(item)))]
        return item[0], dict(zip(names, item[1:], strict=True))
    return item, {}


def _stacked(parts: Iterator[tuple[str, Any]], count: int, name: str, progress: Progress) -> np.ndarray:
    values: np.ndarray | None = None
    for done, (where, array) in enumerate(parts):
        if done % _REPORT_EVERY == 0 and not progress(done, count, "reading items"):
            raise Stopped(f"Reading {name} was stopped.")
        if array.dtype.kind not in "biuf" or array.ndim == 0:
            raise InputError(f"{where}: is neither a picture nor an array of numbers; give one of these.")
        if values is None:
            dtype = np.float32 if array.dtype == np.float64 else array.dtype  # models read float32
            values = reserve((count, *array.shape), dtype, name)
        if array.shape != values.shape[1:]:
            raise InputError(
                f"{where}: has the shape {array.shape} and item 0 {values.shape[1:]}; bring all to one shape in its "
                "transform."
            )
        if not np.can_cast(array.dtype, values.dtype, "same_kind"):
            raise InputError(f"{where}: is of type {array.dtype} and item 0 of {values.dtype}; give all of one type.")
        values[done] = array
    progress(count, count, "reading items")
    assert values is not None  # there is at least one
    return values


def _columns(key: str, values: list[Any], name: str, class_names: Sequence[str] | None) -> dict[str, Any]:
    """Return what the items tell under one name as columns; none if that is no number or text."""
    plain = [_plain(value) for value in values]
    known = [value for value in plain if value is not None]
    if not known or any(value is _OTHER for value in known):
        return {}
    if any(isinstance(value, list) for value in known):
        lengths = {len(value) if isinstance(value, list) else 0 for value in plain}
        if len(lengths) > 1 or not 0 < max(lengths) <= WIDEST:
            return {}
        return {f"{key}_{at}": [value[at] for value in plain] for at in range(len(known[0]))}
    if key != "label":
        return {key: plain}
    if len(known) < len(plain):
        return {key: pd.Categorical([None if value is None else str(value) for value in plain])}
    labels = np.array(plain)
    if class_names is not None and not (
        labels.dtype.kind in "iu" and labels.min() >= -1 and labels.max() < len(class_names)
    ):
        class_names = None
    return {key: label_column(labels, len(labels), name, class_names)}


_OTHER = object()


def _plain(value: Any) -> Any:
    """Return a number, a text or a short list of numbers as Python's own, `_OTHER` for anything else."""
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if hasattr(value, "detach") or isinstance(value, (np.ndarray, np.generic, list, tuple)):
        array = np.asarray(value.detach().cpu() if hasattr(value, "detach") else value)
        if array.dtype.kind in "biufU" and array.ndim <= 1:
            return array.tolist() if array.size != 1 else array.reshape(()).item()
    return _OTHER


def _class_names(items: Any, key: str) -> list[str] | None:
    """Return the names of classes as torchvision (``classes``) or Hugging Face (``features``) tell them."""
    if key != "label":
        return None
    for one in (items, getattr(items, "dataset", None)):
        features = getattr(one, "features", None)
        named = getattr(features.get("label"), "names", None) if isinstance(features, dict) else None
        names = named if named is not None else getattr(one, "classes", None)
        if isinstance(names, (list, tuple)) and all(isinstance(name, str) for name in names):
            return list(names)
    return None
