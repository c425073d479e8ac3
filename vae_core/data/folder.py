"""Data sets from a folder of pictures."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from vae_core.data.dataset import Dataset
from vae_core.data.fitting import Fitter
from vae_core.data.gathering import gather
from vae_core.data.metadata import metadata_table
from vae_core.data.pictures import FORMATS, read_picture
from vae_core.errors import InputError
from vae_core.progress import Progress, silent


def picture_files(folder: Path) -> list[str]:
    """Return the paths of all pictures under a folder relative to it, with forward slashes, sorted.

    Names beginning with a dot or with ``__`` are passed over, and so is whatever is not named like a picture.
    """
    found: list[str] = []
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "__"))]
        pictures = (name for name in files if not name.startswith(".") and Path(name).suffix.lower() in FORMATS)
        found += [(Path(place) / name).relative_to(folder).as_posix() for name in pictures]
    return sorted(found)


def read_folder(folder: Path, progress: Progress = silent, fitter: Fitter | None = None) -> Dataset:
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
    fitter : Fitter, optional
        Brings pictures of different sizes to one.

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
    pictures = ((str(folder / item), read_picture(folder / item)) for item in items)
    values = gather(pictures, len(items), folder, progress, fitter)
    return Dataset(values, "image", (0.0, 255.0), table, folder.resolve().name)


def _classes(items: Sequence[str]) -> pd.Categorical | None:
    names = [item.split("/")[0] if "/" in item else None for item in items]
    return None if not any(names) else pd.Categorical(names)
