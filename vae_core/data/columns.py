"""Which columns of a table are the items' values, which their class, their ids, and what the others are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Literal, Protocol

import numpy as np
import pandas as pd

from vae_core.data.csv_reading import numbers_in
from vae_core.data.dataset import Dataset
from vae_core.data.features import Features
from vae_core.data.fitting import Fitter
from vae_core.data.gathering import gather
from vae_core.data.labels import label_of_series, numbered_items
from vae_core.data.layout import arrange
from vae_core.data.metadata import LABEL_COLUMNS
from vae_core.data.options import DataOptions
from vae_core.data.pictures import read_picture
from vae_core.errors import InputError
from vae_core.progress import Progress

#: "picture" is what is in a file of one, "path" where it lies.
ColumnKind = Literal["number", "text", "path", "picture", "list", "other"]
#: The two last are what pandas writes an index as, into CSV and Parquet.
ID_COLUMNS = ("id", "item", "name", "unnamed: 0", "__index_level_0__")
#: What a table can tell of an item.
TOLD = ("number", "text", "path")
_FEW_STEPS = 64  # of float32 that a column's deviation should at least be
_MOSTLY = 0.5  # a column in which more of the values are numbers is meant to hold numbers
_SEEN = ("picture", "path")
_IN_WORDS = {"number": "numbers", "text": "text", "list": "lists", "other": "something else"}
_IN_WORDS |= {"picture": "pictures", "path": "paths of pictures"}


class Table(Protocol):
    """Rows of items whose columns are read when they are asked for."""

    source: str  # for the messages
    count: int
    kinds: Mapping[str, ColumnKind]
    classes: Mapping[str, Sequence[str]]  # of columns whose numbers stand for names, and which are class labels
    guessed: bool  # whether kinds are guessed from text, as of a CSV
    folder: Path | None  # which paths of pictures are relative to; None reads none

    def frame(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return columns of numbers and text."""
        ...

    def numbers(self, columns: Sequence[str], progress: Progress) -> np.ndarray:
        """Return columns of numbers as float32 ``[n, k]``; InputError where one is missing."""
        ...

    def lists(self, column: str, progress: Progress) -> np.ndarray:
        """Return a column of lists, nested or not, as one array; InputError unless they are equally long."""
        ...

    def pictures(self, column: str) -> Iterator[bytes | str]:
        """Yield the pictures of a column, what is in a file or its path; "" where there is none."""
        ...


def dataset_of_table(
    table: Table, name: str, options: DataOptions, progress: Progress, fitter: Fitter | None = None
) -> Dataset:
    """Make a data set of a table.

    - One column of pictures makes images; otherwise columns of lists make vectors along an axis (one) or series
      (several), nested lists what `layout.arrange` says; otherwise all numbers make vectors. ``options.columns``
      says which.
    - The class is in the column `options.label_column`, in ``label``, or in the only other of `LABEL_COLUMNS`.
    - Ids are in the first of `ID_COLUMNS` whose values all differ, else those of pictures are their paths.
    - Whatever else is a number or text is the table.

    Raises
    ------
    InputError
        If the columns do not say what is what, or something is missing in them.
    """
    for column in (*options.columns, *filter(None, [options.label_column])):
        if column not in table.kinds:
            listed = ", ".join(list(table.kinds)[:20]) + (" and others" if len(table.kinds) > 20 else "")
            raise InputError(f"{table.source}: there is no column {column!r}; there are {listed}.")
    label = options.label_column or _label(table, options.columns)
    ids, index = _ids(table, {label, *options.columns})
    chosen = _values(table, options.columns, label, ids)
    taken = {*chosen, label, ids}
    rest = [column for column, kind in table.kinds.items() if column not in taken and kind in TOLD]
    frame = table.frame([*([label] if label else []), *rest])
    if label is not None:
        labels = label_of_series(frame.pop(label), table.source, table.classes.get(label))
        frame = frame.drop(columns="label", errors="ignore")
        frame.insert(0, "label", labels)
    for column in set(frame) & set(table.classes) - {label}:
        frame[column] = label_of_series(frame[column], table.source, table.classes[column])
    if table.guessed and table.kinds[chosen[0]] == "number" and not options.columns:
        _refuse_stray_text(table, frame.drop(columns="label", errors="ignore"))
    if table.kinds[chosen[0]] in _SEEN:
        values, paths = _pictures(table, chosen[0], progress, fitter)
        if index is None and len(set(paths)) == len(paths) and "" not in paths:
            index = pd.Index(paths, name="item")
        features = None
    else:
        values, features = _array(table, chosen, progress)
    frame.index = numbered_items(table.count) if index is None else index
    flat = values.ndim == 2
    arranged, kind, value_range = arrange(values, table.source, "series" if features and not flat else None)
    notes = _far_from_zero(arranged, chosen) if kind == "vector" and len(chosen) == arranged.shape[1] else ()
    return Dataset(arranged, kind, value_range, frame, name, features, notes)


def _far_from_zero(values: np.ndarray, names: Sequence[str]) -> tuple[str, ...]:
    """Say of which columns ``[n, k]`` float32 keeps little, because they differ by few of its steps."""
    steps = np.spacing(np.abs(values).max(axis=0))
    deviations = values.std(axis=0, dtype=np.float64)
    few = [names[int(at)] for at in np.flatnonzero((deviations > 0) & (deviations < _FEW_STEPS * steps))]
    if not few:
        return ()
    told = ", ".join(repr(name) for name in few[:3]) + (f" and {len(few) - 3} more" if len(few) > 3 else "")
    return (f"{told}: lies so far from 0 that float32 keeps little of its differences; subtract the mean first.",)


def _refuse_stray_text(table: Table, frame: pd.DataFrame) -> None:
    """Raise if a column of text is one of numbers but for a few rows: it would be left out without a word."""
    for name, column in frame.items():
        if table.kinds[str(name)] != "text" or str(name).lower() in ID_COLUMNS or pd.api.types.is_bool_dtype(column):
            continue
        stray = (pd.to_numeric(column.astype(str), errors="coerce").isna() & column.notna()).to_numpy()
        if stray.any() and stray.mean() < _MOSTLY:
            row = int(stray.argmax())
            raise InputError(
                f"{table.source}: row {row + 1} has {str(column.iloc[row])[:40]!r} in the column {name!r}, where "
                "others are numbers; correct it, or say with --columns which columns hold the values."
            )


def _label(table: Table, taken: Sequence[str]) -> str | None:
    lower = {name.lower() for name in table.kinds}
    found = [
        name
        for name, kind in table.kinds.items()
        # Beside an x, a y is a coordinate.
        if (name in table.classes or (name.lower() in LABEL_COLUMNS and (name.lower() != "y" or "x" not in lower)))
        and kind in ("number", "text")
        and name not in taken
    ]
    if len(found) > 1 and "label" not in found:
        raise InputError(
            f"{table.source}: {' and '.join(found)} could each be the class; say which with --label-column."
        )
    return "label" if "label" in found else found[0] if found else None


def _ids(table: Table, taken: set[str | None]) -> tuple[str | None, pd.Index | None]:
    """Return the column of ids and the ids; a column named like one whose values repeat is none."""
    lower = {name.lower(): name for name in table.kinds if table.kinds[name] in TOLD}
    for wanted in ID_COLUMNS:
        name = lower.get(wanted)
        if name is None or name in taken:
            continue
        column = table.frame([name])[name]
        if column.isna().any() or not column.is_unique:
            continue
        if pd.api.types.is_integer_dtype(column):
            return name, pd.Index(column.to_numpy(np.int64), name="item")
        if not pd.api.types.is_float_dtype(column):
            return name, pd.Index([str(value) for value in column], name="item")
    return None, None


def _values(table: Table, stated: Sequence[str], label: str | None, ids: str | None) -> list[str]:
    """Return the columns that hold the values, all of one kind; pictures may be told apart by their own paths."""
    kinds = table.kinds
    if stated:
        found = {"picture" if kinds[column] in _SEEN else kinds[column] for column in stated}
        if len(found) > 1 or not found <= {"picture", "list", "number"}:
            told = ", ".join(f"{column} ({_IN_WORDS[kinds[column]]})" for column in stated)
            raise InputError(
                f"{table.source}: --columns takes one column of pictures, or some that all hold numbers or all lists "
                f"of numbers, not {told}."
            )
        if found == {"picture"} and len(stated) > 1:
            raise InputError(f"{table.source}: --columns takes one column of pictures, not {', '.join(stated)}.")
        return list(stated)
    pictures = [column for column, kind in kinds.items() if kind in _SEEN and column != label]
    if len(pictures) > 1:
        raise InputError(f"{table.source}: {' and '.join(pictures)} each hold pictures; say which with --columns.")
    if pictures:
        return pictures
    for kind in ("list", "number"):
        named_like_ids = ID_COLUMNS if kind == "number" else ()
        chosen = [
            column
            for column in kinds
            if kinds[column] == kind and column not in (label, ids) and column.lower() not in named_like_ids
        ]
        if chosen:
            return chosen
    raise InputError(
        f"{table.source}: no column holds pictures or numbers; give a column of paths of pictures, or some of numbers."
    )


def _pictures(table: Table, column: str, progress: Progress, fitter: Fitter | None) -> tuple[np.ndarray, list[str]]:
    paths: list[str] = []

    def read() -> Iterator[tuple[str, np.ndarray]]:
        for row, picture in enumerate(table.pictures(column), 1):
            where = f"{table.source}: row {row}"
            if not picture:
                raise InputError(f"{where} has no picture in the column {column!r}; add it or remove the row.")
            if isinstance(picture, bytes):
                paths.append("")
                yield where, read_picture(picture, where)
            else:
                paths.append(str(picture).replace("\\", "/").removeprefix("./"))
                yield where, read_picture(_inside(table, row, str(picture)), f"{where}, {picture}")

    return gather(read(), table.count, table.source, progress, fitter), paths


def _inside(table: Table, row: int, path: str) -> Path:
    """Return where the picture of a row lies, which is in the table's folder or below it."""
    folder = Path() if table.folder is None else table.folder
    spelt = PurePosixPath(path.replace("\\", "/"))
    absolute = spelt.is_absolute() or PureWindowsPath(path).drive
    if table.folder is None or absolute or ".." in spelt.parts or "\0" in path:
        raise InputError(
            f"{table.source}: row {row} names {path[:200]!r}, but pictures are read from the table's own folder only; "
            "put them there and write their paths relative to it."
        )
    if not (folder / spelt).is_file():
        raise InputError(f"{table.source}: row {row} names {path[:200]}, and there is no such file in {folder}.")
    return folder / spelt


def _named(columns: Sequence[str]) -> Features | None:
    """Return the names of columns; those that are numbers which rise or fall are places along an axis."""
    places = numbers_in(columns)
    if places is None or len(columns) < 3:
        return Features.of_columns(columns)
    if (places == np.arange(len(columns))).all():
        return None  # as pandas counts columns that have no names
    steps = np.diff(places)
    rising = (steps > 0).all() or (steps < 0).all()
    return Features(("value",), along=tuple(places), axis="position") if rising else Features.of_columns(columns)


def _array(table: Table, chosen: Sequence[str], progress: Progress) -> tuple[np.ndarray, Features | None]:
    if table.kinds[chosen[0]] == "number":
        return table.numbers(chosen, progress), _named(chosen)
    named = Features.of_columns(chosen)
    lists = [table.lists(column, progress) for column in chosen]
    if len(lists) == 1:
        if lists[0].ndim > 2:
            return lists[0], None
        along = tuple(range(lists[0].shape[1]))
        return lists[0], Features(named.names, named.units, along, "position")
    shapes = {array.shape for array in lists}
    if len(shapes) > 1 or lists[0].ndim != 2:
        told = ", ".join(f"{column} {array.shape[1:]}" for column, array in zip(chosen, lists, strict=True))
        raise InputError(
            f"{table.source}: several columns of lists are the channels of a series and need one length, not {told}; "
            "say which to take with --columns."
        )
    series = np.stack(lists, axis=1)
    return series, Features(named.names, named.units, tuple(range(series.shape[2])), "step")
