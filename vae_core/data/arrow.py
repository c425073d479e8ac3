"""Tables in Arrow's layout: Parquet files, and the record batches of Hugging Face data sets saved on disk."""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd

from vae_core.data.columns import ColumnKind
from vae_core.data.frames import missing_number, names_pictures, unequal_lists
from vae_core.data.reserve import free_memory, reserve
from vae_core.errors import InputError
from vae_core.progress import Progress, Stopped

#: How the formats of `pictures.FORMATS` begin.
_MAGIC = (b"\x89PNG", b"\xff\xd8\xff", b"BM", b"GIF8", b"RIFF", b"II*\0", b"MM\0*", b"P4", b"P5", b"P6")
_ROWS = {"numbers": 8192, "lists": 256, "pictures": 64}  # read at once
_LOOKED_AT = 100


class Batches(Protocol):
    """Where the record batches of a table come from."""

    schema: Any
    count: int

    def read(self, columns: Sequence[str], rows: int) -> Iterator[Any]:
        """Yield record batches of some columns, at most `rows` rows each where the format can."""
        ...


class ArrowTable:
    """A table whose columns are read in parts, when they are asked for; see `columns.Table`.

    Parameters
    ----------
    batches : Batches
        Where its rows come from.
    source : Path
        The file or folder, for the messages.
    folder : Path
        Where pictures lie that it names.

    Raises
    ------
    InputError
        If it is empty, damaged, or two columns have one name.
    """

    def __init__(self, batches: Batches, source: Path, folder: Path) -> None:
        self.source, self.count = str(source), batches.count
        self.folder: Path | None = folder
        self.guessed = False
        self._batches = batches
        names = batches.schema.names
        if self.count < 1 or not names:
            raise InputError(f"{source}: the table is empty; give one row per item and at least one column.")
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise InputError(f"{source}: two columns are called {twice!r}; give each its own name.")
        self.classes: Mapping[str, Sequence[str]] = _class_names(batches.schema)
        with damaged(source):
            self.kinds: Mapping[str, ColumnKind] = {field.name: self._kind(field) for field in batches.schema}

    def _kind(self, field: Any) -> ColumnKind:
        from pyarrow import types

        kind = _storage(field.type)
        if types.is_integer(kind) or types.is_floating(kind):
            return "number"
        if types.is_string(kind) or types.is_large_string(kind) or types.is_dictionary(kind):
            return "path" if names_pictures(self._some(field.name).dropna()) else "text"
        if types.is_binary(kind) or types.is_large_binary(kind):
            some = self._some(field.name).dropna()
            return "picture" if len(some) and all(bytes(one).startswith(_MAGIC) for one in some) else "other"
        if types.is_struct(kind):
            return "picture" if {kind.field(at).name for at in range(kind.num_fields)} == {"bytes", "path"} else "other"
        if _is_list(kind):
            while _is_list(kind):
                kind = kind.value_type
            return "list" if types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind) else "other"
        return "text" if not types.is_nested(kind) else "other"

    def _some(self, column: str) -> pd.Series:
        for batch in self._batches.read([column], _LOOKED_AT):
            return pd.Series(batch.column(0).slice(0, _LOOKED_AT).to_pylist(), dtype=object)
        return pd.Series(dtype=object)

    def frame(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return columns of numbers and text; texts that repeat as categories."""
        import pyarrow as pa

        if not columns:
            return pd.DataFrame(index=pd.RangeIndex(self.count))
        free = free_memory()
        if free is not None and 16 * self.count * len(columns) > free:
            raise InputError(f"{self.source}: {self.count:,} rows do not fit into the memory that is free; give fewer.")
        with damaged(self.source):
            table = pa.Table.from_batches(list(self._batches.read(columns, _ROWS["numbers"])))
            self._check_count(table.num_rows)
            frame = table.to_pandas(ignore_metadata=True)
        for name in columns:
            column = frame[name]
            if isinstance(column.dtype, pd.CategoricalDtype) and len(column.cat.categories) < len(column):
                # Texts that repeat stay packed, as they are in the file.
                frame[name] = column.cat.rename_categories([str(text) for text in column.cat.categories])
            elif not pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
                frame[name] = column.astype(object).map(str, na_action="ignore")
        return frame

    def numbers(self, columns: Sequence[str], progress: Progress) -> np.ndarray:
        """Return columns of numbers as float32 ``[n, k]``; InputError where one is missing."""
        values = reserve((self.count, len(columns)), np.float32, self.source)
        for first, batch in self._parts(columns, "numbers", progress):
            for at, name in enumerate(columns):
                column = batch.column(at)
                part = column.to_numpy(zero_copy_only=False)
                missing = np.isnan(part) if part.dtype.kind == "f" else np.zeros(len(part), bool)
                if missing.any():  # an empty cell among whole numbers has become NaN
                    raise missing_number(self.source, first + int(missing.argmax()), name)
                with np.errstate(over="ignore"):  # what float32 cannot hold is refused as infinite
                    values[first : first + len(part), at] = part
        return values

    def lists(self, column: str, progress: Progress) -> np.ndarray:
        """Return a column of lists as one array; InputError unless they are equally long."""
        values: np.ndarray | None = None
        for first, batch in self._parts([column], "lists", progress):
            if not len(batch):
                continue
            part = self._stacked(batch.column(0), first, column)
            if values is None:
                values = reserve((self.count, *part.shape[1:]), part.dtype, self.source)
            if part.shape[1:] != values.shape[1:]:
                raise unequal_lists(self.source, first, column, part.shape[1:], values.shape[1:])
            values[first : first + len(part)] = part
        assert values is not None  # the rows have been counted
        return values

    def _stacked(self, array: Any, first: int, column: str) -> np.ndarray:
        from pyarrow import compute

        shape = [len(array)]
        tensor = getattr(array.type, "shape", None)  # of Arrow's own tensors of one shape
        array = getattr(array, "storage", array)
        while _is_list(array.type):
            lengths = compute.fill_null(compute.list_value_length(array), 0).to_numpy(zero_copy_only=False)
            wrong = lengths != max(lengths[0], 1)
            if wrong.any():
                at = int(wrong.argmax())
                raise unequal_lists(
                    self.source, first + at // math.prod(shape[1:]), column, [lengths[at]], [lengths[0]]
                )
            shape.append(int(lengths[0]))
            array = array.flatten()
        if array.null_count:
            at = int(np.asarray(array.is_null()).argmax())
            raise missing_number(self.source, first + at // math.prod(shape[1:]), column)
        values = np.asarray(array.to_numpy(zero_copy_only=False))
        return values.reshape(shape if tensor is None else (len(values) // math.prod(tensor), *tensor))

    def pictures(self, column: str) -> Iterator[bytes | str]:
        """Yield the pictures of a column."""
        for _, batch in self._parts([column], "pictures", None):
            for value in batch.column(0):
                cell = value.as_py()
                if isinstance(cell, dict):
                    cell = cell["bytes"] or cell["path"]
                yield cell or ""

    def _parts(self, columns: Sequence[str], what: str, progress: Progress | None) -> Iterator[tuple[int, Any]]:
        """Yield the first row of each part, and the part; in the end all rows must have been there."""
        first = 0
        with damaged(self.source):
            for batch in self._batches.read(columns, _ROWS[what]):
                if first + len(batch) > self.count:
                    break
                yield first, batch
                first += len(batch)
                if progress is not None and not progress(first, self.count, "reading rows"):
                    raise Stopped(f"Reading {self.source} was stopped.")
        self._check_count(first)

    def _check_count(self, found: int) -> None:
        if found != self.count:
            raise InputError(
                f"{self.source}: {self.count:,} rows are announced and {found:,} are there; save or copy it again."
            )


@contextlib.contextmanager
def damaged(source: object) -> Iterator[None]:
    """Turn what pyarrow makes of damaged bytes into one sentence."""
    import pyarrow as pa

    try:
        yield
    except InputError:
        raise
    except (pa.ArrowException, OSError, MemoryError) as error:
        told = next(iter(str(error).splitlines()), type(error).__name__)[:120]
        raise InputError(
            f"{source}: cannot be read, it may be cut short or damaged ({told}); save or copy it again."
        ) from error


def need_pyarrow(source: object) -> None:
    """Raise InputError unless pyarrow is installed."""
    try:
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise InputError(
            f'{source}: needs the library pyarrow; pip install "latent-explorer[parquet]", or pip install pyarrow.'
        ) from error


def _class_names(schema: Any) -> dict[str, Sequence[str]]:
    """Return the names of classes by column, as Hugging Face's libraries note them in a schema."""
    try:
        features = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))["info"]["features"]
        found = {column: about.get("names") for column, about in features.items() if about["_type"] == "ClassLabel"}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}  # of another writer
    return {
        column: [str(name) for name in names]
        for column, names in found.items()
        if isinstance(names, list) and column in schema.names
    }


def _storage(kind: Any) -> Any:
    return getattr(kind, "storage_type", kind)


def _is_list(kind: Any) -> bool:
    from pyarrow import types

    return bool(types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind))
