"""Rows of metadata put into the order of the items they name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

import pandas as pd

from vae_core.data.csv_reading import read_csv
from vae_core.data.labels import label_of_series
from vae_core.errors import InputError

FILE_COLUMNS = (
    "file",
    "filename",
    "file_name",
    "path",
    "filepath",
    "file_path",
    "image",
    "image_path",
    "img",
    "name",
    "id",
)
LABEL_COLUMNS = ("label", "class", "category", "target", "y")


def metadata_table(folder: Path, items: Sequence[str]) -> pd.DataFrame | None:
    """Find and read the metadata of the pictures of a folder.

    Looked for in the folder (``metadata.csv``, ``labels.csv``, else its only CSV
    whose column names our files) and beside it (``<folder>.csv``, ``metadata.csv``, ``labels.csv``).
    The column that names the file is one of `FILE_COLUMNS`, or else one that
    names every picture; it holds paths relative to the folder, with or without
    its name before them, or bare file names; all but the second may lack their
    endings. Rows of files that are not there are left out.

    Parameters
    ----------
    folder : Path
        The folder.
    items : sequence of str
        Paths of the pictures relative to `folder`, with forward slashes.

    Returns
    -------
    DataFrame or None
        One row per item in the order of `items`, without the column of file names; the
        class, if a column of `LABEL_COLUMNS` gives it, as ``label``. None if there is no such CSV.

    Raises
    ------
    InputError
        If a CSV in the folder cannot be read or names none of the pictures, or does
        not give every picture exactly one row.
    """
    spellings = spellings_of(folder.name, items)
    inside = sorted(folder.glob("*.csv"))
    preferred = [folder / name for name in ("metadata.csv", "labels.csv") if folder / name in inside]
    for path in preferred or inside:
        found = _matched(path, spellings)
        if found is not None:
            return found
    if inside:
        raise InputError(
            f"{(preferred or inside)[0]}: no column names the pictures of this folder; "
            "add a column file with their names, or move the CSV elsewhere."
        )
    for path in (folder.parent / f"{folder.name}.csv", folder.parent / "metadata.csv", folder.parent / "labels.csv"):
        if path.is_file():
            found = _matched(path, spellings)
            if found is not None:
                return found
    return None


def _matched(path: Path, spellings: Sequence[list[str]]) -> pd.DataFrame | None:
    table, text = read_both(path)
    column = naming_column(text, spellings)
    return None if column is None else in_order(path, table, text[column], column, spellings)


def read_both(path: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the table with typed columns and the same as written, in which file names such as 007 keep their zeros."""
    return read_csv(path), read_csv(path, dtype=str, keep_default_na=False)


def spellings_of(folder: str, items: Sequence[str]) -> list[list[str]]:
    """Ways to name the items, the most exact first."""
    paths = [PurePosixPath(item) for item in items]
    return [
        list(items),
        [f"{folder}/{item}" for item in items],
        [path.name for path in paths],
        [str(path.with_suffix("")) if path.name else str(path) for path in paths],
        [path.stem for path in paths],
    ]


def _names(column: pd.Series) -> list[str]:
    return [str(name).strip().replace("\\", "/").removeprefix("./") for name in column]


def _spelling(names: Iterable[str], spellings: Sequence[list[str]]) -> tuple[list[str], int]:
    """Return the way of naming the items that fits `names` best, and how many of the items it finds there."""
    listed = set(names)
    found = [(spelling, sum(name in listed for name in spelling)) for spelling in spellings]
    return max(found, key=lambda pair: pair[1])


def naming_column(text: pd.DataFrame, spellings: Sequence[list[str]]) -> str | None:
    """Find the column that names the most items; one whose name does not say so must name all of them."""
    lower = {str(column).lower(): str(column) for column in text.columns}
    named = [lower[name] for name in FILE_COLUMNS if name in lower]
    best, most = None, 0
    for column in named + [str(name) for name in text.columns if str(name) not in named]:
        _, found = _spelling(_names(text[column]), spellings)
        if found > most and (column in named or found == len(spellings[0])):
            best, most = column, found
    return best


def in_order(
    path: Path, table: pd.DataFrame, text: pd.Series, column: str, spellings: Sequence[list[str]], noun: str = "picture"
) -> pd.DataFrame:
    """Return the rows in the order of the items that a column, given as text, names, without this column.

    Raises
    ------
    InputError
        If an item, called `noun` in messages, has no row or several.
    """
    names = _names(text)
    counts = Counter(names)
    items = spellings[0]
    spelling, _ = _spelling(names, spellings)
    missing = [item for item, name in zip(items, spelling, strict=True) if name not in counts]
    if missing:
        others = "" if len(missing) == 1 else f" and {len(missing) - 1:,} other {noun}{'s' if len(missing) > 2 else ''}"
        raise InputError(
            f"{path}: there is no row for {missing[0]}{others}; add what is missing or remove the {noun}s."
        )
    if len(set(spelling)) < len(spelling):
        twice = Counter(spelling).most_common(1)[0][0]
        raise InputError(f"{path}: {twice} names several {noun}s; write their paths relative to the folder.")
    repeated = next((name for name in spelling if counts[name] > 1), None)
    if repeated is not None:
        raise InputError(f"{path}: there are {counts[repeated]} rows for {repeated}; keep one of them.")
    row = {name: position for position, name in enumerate(names)}
    table = table.drop(columns=column).iloc[[row[name] for name in spelling]].reset_index(drop=True)
    return with_label(table, path)


def with_label(table: pd.DataFrame, source: object) -> pd.DataFrame:
    """Return a table whose first column is ``label``, if one of `LABEL_COLUMNS` gives the class."""
    found = [name for name in table.columns if str(name).lower() in LABEL_COLUMNS]
    label = "label" if "label" in found else next(iter(found), None)
    if label is not None:
        table.insert(0, "label", label_of_series(table.pop(label), source))
    return table
