"""The column of class labels and the item ids every loader gives its table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from vae_core.errors import InputError


def numbered_items(count: int) -> pd.RangeIndex:
    """Return the ids 0 … count - 1, for data whose items have no names."""
    return pd.RangeIndex(count, name="item")


def label_column(
    labels: np.ndarray, count: int, source: object, class_names: Sequence[str] | None = None
) -> pd.Categorical | np.ndarray:
    """Turn the labels of a file into the values of the column ``label``.

    Parameters
    ----------
    labels : ndarray
        ``[n]`` or ``[n, 1]``: class numbers, or names as strings.
    count : int
        Number of items n.
    source : object
        Where the labels come from, for the messages.
    class_names : sequence of str, optional
        Name of class 0, 1, …. With names, the label -1 stands for "not labelled".

    Returns
    -------
    Categorical or ndarray
        Categorical where the classes have names; int64 where the labels are whole
        numbers; otherwise the numbers as they are.

    Raises
    ------
    InputError
        If there is not one label per item, or a label has no name.
    """
    labels = np.asarray(labels)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1:
        raise InputError(
            f"{source}: labels need one axis, but theirs is the shape {labels.shape}; give one label per item."
        )
    if len(labels) != count:
        raise InputError(f"{source}: there are {count} items but {len(labels)} labels; give one label per item.")
    if labels.dtype.kind == "S":
        labels = np.char.decode(labels, "utf-8", "replace")
    if labels.dtype.kind in "UTO":
        return pd.Categorical(labels.astype(str))
    if labels.dtype.kind not in "biuf":
        raise InputError(f"{source}: labels of type {labels.dtype} cannot be used; give whole numbers or names.")
    if labels.dtype.kind != "f" or (np.isfinite(labels).all() and (labels == np.rint(labels)).all()):
        labels = labels.astype(np.int64)
    if class_names is None:
        return labels
    return _named(labels, [str(name) for name in class_names], source)


def label_of_series(
    labels: pd.Series, source: object, class_names: Sequence[str] | None = None
) -> pd.Categorical | np.ndarray:
    """Turn a column of a table into the values of the column ``label``; where some are missing, into a categorical.

    Raises
    ------
    InputError
        As of `label_column`.
    """
    if isinstance(labels.dtype, pd.CategoricalDtype) and class_names is None:
        return pd.Categorical(labels)
    empty = labels.isna()
    if not empty.any():
        return label_column(labels.to_numpy(), len(labels), source, class_names)
    if class_names is None:
        return pd.Categorical(labels.astype(object).map(str, na_action="ignore"))
    return label_column(labels.fillna(-1).to_numpy(), len(labels), source, class_names)


def _named(labels: np.ndarray, names: list[str], source: object) -> pd.Categorical:
    if len(set(names)) != len(names):
        raise InputError(f"{source}: the class names are not all different; give each class its own name.")
    if labels.dtype.kind == "f":
        raise InputError(f"{source}: labels with class names must be whole numbers, 0 for the first name.")
    wrong = labels[(labels < -1) | (labels >= len(names))]
    if len(wrong):
        raise InputError(
            f"{source}: the label {wrong[0]} has no name among the {len(names)} class names; "
            f"labels must lie between 0 and {len(names) - 1}."
        )
    return pd.Categorical.from_codes(labels, categories=names)
