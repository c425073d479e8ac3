"""Data sets from a folder of pictures."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from vae_core.data.dataset import Dataset
from vae_core.data.metadata import metadata_table
from vae_core.data.pictures import FORMATS, read_picture
from vae_core.errors import InputError
from vae_core.progress import Progress, Stopped, silent

_REPORT_EVERY = 64


def picture_files(folder: Path) -> list[str]:
    """Return the paths of all pictures under a folder relative to it, with forward slashes, sorted.

    Names beginning with a dot or with ``__`` are passed over, and so is whatever is not named like a picture.
    """
    found = []
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "__"))]
        for name in files:
            if not name.startswith(".") and Path(name).suffix.lower() in FORMATS:
                found.append((Path(place) / name).relative_to(folder).as_posix())
    return sorted(found)


def read_folder(folder: Path, progress: Progress = silent) -> Dataset:
    """Read all pictures under a folder.

    The class of a picture is the subfolder of `folder` it lies in. A CSV of metadata
    in or beside the folder adds its columns (see `metadata.metadata_table`) and, if it
    has one, its own column of labels. If every picture is grey, the data set has one
    channel, otherwise three. Item ids are the paths relative to `folder`.

    Parameters
    ----------
    folder : Path
        The folder.
    progress : Progress
        Called every few pictures.

    Returns
    -------
    Dataset
        uint8 images ``[n, 1 or 3, h, w]``.

    Raises
    ------
    InputError
        If there are no pictures, one cannot be read, they differ in size, or the
        metadata do not fit.
    Stopped
        If `progress` asked to stop.
    """
    items = picture_files(folder)
    if not items:
        raise InputError(
            f"{folder}: there are no pictures in this folder; put {', '.join(sorted(FORMATS))} files into it, "
            "or into one subfolder for each class."
        )
    table = pd.DataFrame(index=pd.Index(items, name="item"))
    classes = _classes(items)
    if classes is not None:
        table["label"] = classes
    metadata = metadata_table(folder, items)
    if metadata is not None:
        for column in metadata.columns:
            table[str(column)] = metadata[column].array
    return Dataset(_read_all(folder, items, progress), "image", (0.0, 255.0), table, folder.resolve().name)


def _classes(items: Sequence[str]) -> pd.Categorical | None:
    names = [item.split("/")[0] if "/" in item else None for item in items]
    return None if not any(names) else pd.Categorical(names)


def _read_all(folder: Path, items: Sequence[str], progress: Progress) -> np.ndarray:
    values: np.ndarray = np.empty((0, 0, 0, 0), np.uint8)
    for done, item in enumerate(items):
        if done % _REPORT_EVERY == 0 and not progress(done, len(items), "reading pictures"):
            raise Stopped(f"Reading {folder} was stopped.")
        pixels = read_picture(folder / item)
        if done == 0:
            values = _reserve(folder, (len(items), *pixels.shape))
        elif pixels.shape[1:] != values.shape[2:]:
            raise InputError(
                f"{folder / item}: this picture is {_size(pixels.shape)} but {items[0]} is {_size(values.shape)}; "
                "scale or crop all pictures to one size."
            )
        elif len(pixels) > values.shape[1]:  # the first colour among greys: from here on all are colour
            grey = values
            values = _reserve(folder, (len(items), 3, *pixels.shape[1:]))
            values[:done] = grey[:done]
        values[done] = pixels
    progress(len(items), len(items), "reading pictures")
    return values


def _reserve(folder: Path, shape: tuple[int, ...]) -> np.ndarray:
    try:
        return np.empty(shape, np.uint8)
    except MemoryError as error:
        raise InputError(
            f"{folder}: {shape[0]:,} pictures of {_size(shape)} pixels do not fit into memory; scale them down."
        ) from error


def _size(shape: Sequence[int]) -> str:
    return f"{shape[-1]} × {shape[-2]}"
