"""One door to every data set: by name or by path."""

from __future__ import annotations

import difflib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from vae_core.data.arrays import read_npy, read_npz
from vae_core.data.columns import dataset_of_table
from vae_core.data.dataset import Dataset
from vae_core.data.digits import digits
from vae_core.data.fashion import fashion_mnist
from vae_core.data.fitting import Fitter
from vae_core.data.folder import picture_files, read_folder
from vae_core.data.frames import csv_table
from vae_core.data.huggingface import is_saved_set, saved_set
from vae_core.data.idx import idx_dataset, is_idx
from vae_core.data.joining import join_metadata
from vae_core.data.memory import from_arrays, of_frame
from vae_core.data.options import DataOptions
from vae_core.data.parquet import parquet_table
from vae_core.data.pictures import FORMATS
from vae_core.data.sprites import parse_sprites, sprites
from vae_core.data.tables import TABLES, table_of_sklearn
from vae_core.errors import InputError
from vae_core.progress import Progress, silent
from vae_core.user_code import call_factory, is_factory

NAMES = ("digits", "fashion-mnist", "sprites", *TABLES)
ACCEPTED = (
    "digits, fashion-mnist[:train|:test|:all], sprites[:full or scales=2,xs=16,…], iris, wine, breast-cancer, "
    "an .npz or .npy file, "
    "a CSV or Parquet table, an IDX file, a folder of pictures or of a saved Hugging Face data set, "
    "or a Python function (file.py:function)"
)


_TABLES = (".csv", ".tsv", ".parquet")


def load_data(
    spec: str | Path,
    *,
    options: DataOptions | None = None,
    shape: tuple[int, ...] | None = None,
    progress: Progress = silent,
    **stated: Any,
) -> Dataset:
    """Load a data set by name or path.

    Parameters
    ----------
    spec : str or Path
        - ``digits``: the 8 × 8 digits of scikit-learn;
        - ``fashion-mnist`` or ``fashion-mnist:test``, ``:train``, ``:all``;
        - ``sprites``, 9,000 of them, ``sprites:full``, or a subset such as
          ``sprites:scales=2,orientations=8,xs=16,ys=16``;
        - ``iris``, ``wine``, ``breast-cancer``: tables of scikit-learn, as vectors (`tables`);
        - a path to an ``.npz`` or ``.npy`` file (`arrays`), to an IDX file of images
          (`idx`), to a CSV or Parquet table (`columns`), to a folder of pictures (`folder`), or to one that
          Hugging Face's ``save_to_disk`` wrote (`huggingface`), of several splits as ``path:train``;
        - ``file.py:function`` or ``package.module:function``, which returns a data set, under ``trust``: what
          `from_arrays` takes, a pair of arrays (values and labels), or a `Dataset`.

        A `Path`, or a name with ``./`` before it, is always a path.
    options, **stated
        A `DataOptions`, or its fields: ``columns=["width", "height"]``, ``metadata="labels.csv"``, …
    shape : tuple of int, optional
        Of the items the model takes, for ``fit`` without a size.
    progress : Progress
        Called while pictures are read, drawn or downloaded.

    Raises
    ------
    InputError
        If there is nothing of that name, or it cannot be read as a data set.
    Stopped
        If `progress` asked to stop.
    """
    chosen = options or DataOptions.from_keywords(**stated)
    fitter = None if chosen.fit is None else Fitter.of(chosen.fit, shape)
    data = _opened(spec, chosen, progress, fitter)
    if fitter is not None:
        data = fitter.fit(data, progress)
    return data if chosen.metadata is None else join_metadata(data, chosen.metadata)


def _opened(spec: str | Path, options: DataOptions, progress: Progress, fitter: Fitter | None) -> Dataset:
    if isinstance(spec, str):
        name, colon, part = spec.strip().partition(":")
        if name.lower() in NAMES:
            _refuse_unused(spec, options)
            return _by_name(name.lower(), part.strip() if colon else None, progress)
        if not spec.strip():
            raise InputError(f"No data set is named; give {ACCEPTED}.")
    path = Path(spec).expanduser()
    if isinstance(spec, str) and not path.exists():
        folder, _, split = spec.strip().rpartition(":")
        if folder and is_saved_set(Path(folder).expanduser()):
            place = Path(folder).expanduser()
            _refuse_unused(spec, options, table=True)
            name = f"{place.resolve().name}:{split}"
            return dataset_of_table(saved_set(place, split), name, options, progress, fitter)
        if _names_python(spec.strip()):
            return _from_factory(spec.strip(), options, progress, fitter)
    try:
        if path.is_dir() and is_saved_set(path):
            _refuse_unused(spec, options, table=True)
            return dataset_of_table(saved_set(path, None), path.resolve().name, options, progress, fitter)
        if path.is_dir():
            _refuse_unused(spec, options)
            return _from_folder(path, progress, fitter)
        if path.is_file():
            return _from_file(path, options, progress, fitter)
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: this cannot be opened ({reason}); check the path and its rights.") from error
    near = difflib.get_close_matches(str(spec).lower(), NAMES, n=1)
    hint = f"did you mean {near[0]}, or " if near else ""
    raise InputError(f"{spec}: there is no such file, folder or data set; {hint}give {ACCEPTED}.")


def _names_python(spec: str) -> bool:
    """Whether a text is ``file.py:function`` or ``package.module:function``."""
    where = spec.rpartition(":")[0]
    module = where.endswith(".py") or all(part.isidentifier() for part in where.split("."))
    return is_factory(spec) and module


def _from_factory(spec: str, options: DataOptions, progress: Progress, fitter: Fitter | None) -> Dataset:
    """Take what a function returns: a data set of ours, a pair of values and labels, or what `from_arrays` takes."""
    made = call_factory(spec, options.trust, options.arguments, "the data are read")
    where, _, name = spec.rpartition(":")
    name = f"{Path(where).name}:{name}"
    if isinstance(made, pd.DataFrame):
        return of_frame(made, name, options, progress)
    _refuse_unused(spec, replace(options, arguments={}))
    if isinstance(made, Dataset):
        return made
    labels = None
    if isinstance(made, tuple) and len(made) == 2 and all(hasattr(part, "shape") for part in made):
        made, labels = made
    return from_arrays(made, labels, name=name, progress=progress, fitter=fitter)


def _refuse_unused(spec: object, options: DataOptions, table: bool = False) -> None:
    """Raise if something is said that this kind of data has no use for: it would be passed over without a word."""
    if options.arguments:
        raise InputError(f"{spec}: --data-with is for a Python function, and this is not one; leave it out.")
    for name, said in (("--columns", options.columns), ("--label-column", options.label_column)):
        if said and not table:
            raise InputError(f"{spec}: {name} is of tables (CSV, Parquet), and this is not one; leave it out.")


def absolute_data(spec: str) -> str:
    """Return what names a data set with its path made absolute, so that it can be found from anywhere."""
    if spec.strip().partition(":")[0].lower() in NAMES:
        return spec
    path = Path(spec).expanduser()
    if path.exists():
        return str(path.absolute())
    where, _, name = spec.strip().rpartition(":")  # of a split, or of a function
    place = Path(where).expanduser()
    return f"{place.absolute()}:{name}" if where and place.exists() else spec


def _by_name(name: str, part: str | None, progress: Progress) -> Dataset:
    if name == "fashion-mnist":
        return fashion_mnist("test" if part is None else part, progress=progress)
    if name == "sprites":
        arguments: dict[str, Any] = {} if part is None else dict(parse_sprites(part))
        return sprites(**arguments, progress=progress)
    if part is not None:
        raise InputError(f"{name}:{part}: this data set has no parts; give {name}.")
    return digits() if name == "digits" else table_of_sklearn(name)


def _from_folder(folder: Path, progress: Progress, fitter: Fitter | None) -> Dataset:
    if not picture_files(folder):
        images = sorted(path for path in folder.iterdir() if "images" in path.name and path.is_file() and is_idx(path))
        if len(images) == 1:
            return idx_dataset(images[0])
        if images:
            raise InputError(
                f"{folder}: there are several IDX files of images here; give one of them, such as {images[0]}."
            )
    return read_folder(folder, progress, fitter)


def _from_file(path: Path, options: DataOptions, progress: Progress, fitter: Fitter | None) -> Dataset:
    with path.open("rb") as stream:
        start = stream.read(6)
    ending = path.suffix.lower()
    _refuse_unused(path, options, table=ending in _TABLES or start[:4] == b"PAR1")
    if ending == ".npy" or start == b"\x93NUMPY":
        return read_npy(path)
    if ending == ".npz":
        return read_npz(path)
    if ending in _TABLES[:2]:
        return dataset_of_table(csv_table(path), path.stem, options, progress, fitter)
    if ending == ".parquet" or start[:4] == b"PAR1":
        return dataset_of_table(parquet_table(path), path.stem, options, progress, fitter)
    if is_idx(path) or "ubyte" in path.name:
        return idx_dataset(path)
    if ending in FORMATS:
        raise InputError(f"{path}: this is a single picture; give the folder it lies in.")
    raise InputError(f"{path}: this file holds no data set that can be read; give {ACCEPTED}.")
