"""Hugging Face data sets saved on disk, read from their Arrow files: no library of theirs, no code, no network."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from vae_core.data.arrow import ArrowTable, damaged, need_pyarrow
from vae_core.errors import InputError

_STATE, _SPLITS = "state.json", "dataset_dict.json"
_LONGEST = 2**24  # bytes of such a file


def is_saved_set(folder: Path) -> bool:
    """Whether a folder was written by ``save_to_disk`` of a data set, or of several splits of one."""
    return (folder / _STATE).is_file() or (folder / _SPLITS).is_file()


def saved_set(folder: Path, split: str | None) -> ArrowTable:
    """Open a data set that ``save_to_disk`` wrote.

    Parameters
    ----------
    folder : Path
        As it was named there.
    split : str, optional
        Which part, where there are several.

    Raises
    ------
    InputError
        If pyarrow or the split is missing, or files are missing or damaged.
    """
    need_pyarrow(folder)
    if (folder / _SPLITS).is_file():
        splits = [str(name) for name in _listed(_json(folder / _SPLITS), "splits", folder)]
        if split is None and len(splits) != 1:
            told = ", ".join(f"{folder}:{name}" for name in splits)
            raise InputError(f"{folder}: has the splits {', '.join(splits)}; say which, as {told}.")
        split = splits[0] if split is None else split
        if split not in splits:
            raise InputError(f"{folder}: there is no split {split!r}; there are {', '.join(splits)}.")
        return saved_set(_inside(folder, split), None)
    if split is not None:
        raise InputError(f"{folder}:{split}: this data set has no splits; give {folder}.")
    state = _json(folder / _STATE)
    if state.get("_indices_data_files"):
        raise InputError(
            f"{folder}: was selected or shuffled and saved by an old version of the library; save it again with "
            "a newer one, or after flatten_indices()."
        )
    listed = _listed(state, "_data_files", folder)
    names = [str(about.get("filename") if isinstance(about, dict) else about) for about in listed]
    files = [_inside(folder, name) for name in names]
    with damaged(folder):
        return ArrowTable(_StreamBatches(folder, files), folder, folder)


class _StreamBatches:
    """The record batches of Arrow streams in several files, which are mapped into memory; see `arrow.Batches`."""

    def __init__(self, folder: Path, files: Sequence[Path]) -> None:
        if not files:
            raise InputError(f"{folder}: the data set is empty; give at least one item.")
        self._folder, self._files = folder, files
        schemas, self.count = [], 0
        for file in files:
            with self._opened(file) as stream:
                schemas.append(stream.schema)
                self.count += sum(len(batch) for batch in stream)
        self.schema = schemas[0]
        if any(not schema.equals(self.schema) for schema in schemas):
            raise InputError(f"{folder}: its files have different columns; save it again.")

    def _opened(self, file: Path) -> Any:
        import pyarrow as pa

        if not file.is_file():
            raise InputError(f"{file}: this part of the data set is missing; copy or save it again.")
        return pa.ipc.open_stream(pa.memory_map(str(file)))

    def read(self, columns: Sequence[str], rows: int) -> Iterator[Any]:
        """Yield record batches of some columns, in the order they are named."""
        for file in self._files:
            with self._opened(file) as stream:
                for batch in stream:
                    chosen = batch.select(list(columns))
                    # What a file says of itself is not believed: offsets beyond its end would be read.
                    chosen.validate(full=True)
                    for start in range(0, len(chosen), rows):
                        yield chosen.slice(start, rows)


def _json(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _LONGEST:
            raise ValueError("too long")
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path}: cannot be read as JSON ({error}); copy or save the data set again.") from error
    if not isinstance(found, dict):
        raise InputError(f"{path}: is not what save_to_disk writes; copy or save the data set again.")
    return found


def _listed(about: dict[str, Any], key: str, folder: Path) -> list[Any]:
    found = about.get(key)
    if not isinstance(found, list) or not found:
        raise InputError(f"{folder}: lists no {key.strip('_').replace('_', ' ')}; copy or save the data set again.")
    return found


def _inside(folder: Path, name: str) -> Path:
    """Return a file or folder that lies directly in `folder`."""
    if not name or name in (".", "..") or any(mark in name for mark in "/\\:\0"):
        raise InputError(f"{folder}: names {name[:100]!r}, which does not lie in this folder; it is not opened.")
    return folder / name
