"""A data set: values and one table row per item."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

from vae_core.data.features import Features
from vae_core.data.pieces import pieces
from vae_core.errors import InputError

Kind = Literal["image", "vector", "series"]


@dataclass(frozen=True)
class Dataset:
    """Values and one table row per item.

    Parameters
    ----------
    values : ndarray
        Images ``uint8`` or float ``[n, c, h, w]``, vectors ``[n, k]`` or series
        ``[n, c, k]``. May be a memory map; it is never written to.
    kind : {"image", "vector", "series"}
        What one item is.
    value_range : tuple of float
        Smallest and largest value an item can have, ``(0, 255)`` for ``uint8`` images, ``(0, 1)``
        if they hold nothing else.
    table : DataFrame
        Labels, factors and any other metadata, one row per item in the order of
        ``values``. Its index holds stable item ids, so that two spaces on one
        data set match. Class labels stand in the column ``label``: categorical
        where the classes have names, integer otherwise.
    name : str
        What people call the data set.
    features : Features, optional
        What the values of a vector or a series are called.
    notes : tuple of str
        What was done to it as it was opened and is no matter of course, one sentence each; no part of its content.

    Raises
    ------
    InputError
        If the parts do not fit each other or floating-point values are not finite.
    """

    values: np.ndarray
    kind: Kind
    value_range: tuple[float, float]
    table: pd.DataFrame
    name: str
    features: Features | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check that the parts fit each other."""
        axes = {"image": 4, "vector": 2, "series": 3}[self.kind]
        if self.values.ndim != axes:
            raise InputError(
                f"{self.name}: {self.kind} data need {axes} axes, but the array has shape {self.values.shape}."
            )
        if self.values.dtype.kind not in "uif":
            raise InputError(
                f"{self.name}: values of type {self.values.dtype} are not numbers; give whole numbers or floats."
            )
        if len(self.values) == 0:
            raise InputError(f"{self.name}: the data set is empty; give at least one item.")
        if len(self.table) != len(self.values):
            raise InputError(
                f"{self.name}: {len(self.values)} items but {len(self.table)} rows of labels or metadata; "
                "give one row per item."
            )
        if not self.table.index.is_unique:
            raise InputError(f"{self.name}: item ids occur more than once; give each item its own.")
        if self.value_range[0] >= self.value_range[1]:
            raise InputError(f"{self.name}: the value range {self.value_range} is empty.")
        if self.features is not None:
            if self.kind == "image":
                raise InputError(f"{self.name}: the pixels of images have no names; leave the features out.")
            self.features.check(self.kind, self.sample_shape, self.name)
        if np.issubdtype(self.values.dtype, np.floating):
            for start, part in pieces(self.values):
                bad = ~np.isfinite(part).reshape(len(part), -1).all(axis=1)
                if bad.any():
                    raise InputError(
                        f"{self.name}: item {start + int(bad.argmax())} holds NaN or infinite values; "
                        "remove or repair it."
                    )

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.values)

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one item: ``(c, h, w)``, ``(k,)`` or ``(c, k)``."""
        return tuple(int(size) for size in self.values.shape[1:])

    def take(self, index: Sequence[int] | np.ndarray | slice) -> Dataset:
        """Return the items at `index` (integers, a mask or a slice) as a data set of their own."""
        return replace(self, values=self.values[index], table=self.table.iloc[index])

    @property
    def feature_names(self) -> Features:
        """The features, or names made up for those of a vector or a series that has none."""
        return self.features or Features.unnamed(self.kind, self.sample_shape)

    def batch(self, index: Sequence[int] | np.ndarray | slice) -> np.ndarray:
        """Return items as a model takes them.

        Returns
        -------
        ndarray
            float32 ``[m, *sample_shape]``; images scaled to pixels in [0, 1],
            vectors and series as they are.
        """
        if isinstance(index, np.ndarray) and index.dtype.kind in "iu":
            chosen = self.values.take(index, axis=0)  # a third less time than indexing; a training step waits for it
        else:
            chosen = self.values[index]
        values = np.asarray(chosen).astype(np.float32)
        if self.kind == "image":
            low, high = self.value_range
            if low != 0:
                values -= np.float32(low)
            values *= np.float32(1 / (high - low))
        return values

    @cached_property
    def extremes(self) -> tuple[np.ndarray, np.ndarray]:
        """Smallest and largest of each named value of a vector or a series, ``[names]`` each; see `Features`."""
        lows, highs = [], []
        axes = (
            (0, 2) if self.kind == "series" else 0 if len(self.feature_names.names) == self.values.shape[1] else (0, 1)
        )
        for start in range(0, len(self), 4096):
            part = np.asarray(self.values[start : start + 4096])
            lows.append(np.atleast_1d(part.min(axis=axes)))
            highs.append(np.atleast_1d(part.max(axis=axes)))
        return np.min(lows, axis=0), np.max(highs, axis=0)

    @cached_property
    def fingerprint(self) -> str:
        """Name of the content: a hash of values, kind, range and item ids."""
        digest = hashlib.blake2b(digest_size=16)
        digest.update(repr((self.values.shape, self.values.dtype.str, self.kind, self.value_range)).encode())
        for _, part in pieces(self.values):
            digest.update(np.ascontiguousarray(part).data)
        digest.update(pd.util.hash_pandas_object(self.table.index.to_series(), index=False).to_numpy().tobytes())
        return digest.hexdigest()

    @cached_property
    def table_fingerprint(self) -> str:
        """Name of what is told of the items: a hash of the table's columns, and of the features' names and units."""
        digest = hashlib.blake2b(repr(self.features).encode(), digest_size=16)
        for at, name in enumerate(self.table.columns):
            column = self.table.iloc[:, at].reset_index(drop=True)
            digest.update(repr((str(name), str(column.dtype))).encode())
            try:
                values = pd.util.hash_pandas_object(column, index=False)
            except TypeError:  # lists and the like have no hash
                values = pd.util.hash_pandas_object(column.map(repr), index=False)
            digest.update(values.to_numpy().tobytes())
        return digest.hexdigest()
