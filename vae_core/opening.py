"""A space opened by what a person typed: its data read, its model understood, its encodings found or made."""

from __future__ import annotations

import sys

from vae_core.data import Dataset, load_data
from vae_core.data.loading import absolute_data
from vae_core.data.options import DataOptions
from vae_core.errors import InputError
from vae_core.model.loading import absolute_spec, load_model, stated_shape
from vae_core.model.protocol import LatentModel
from vae_core.options import ModelOptions
from vae_core.progress import ConsoleProgress
from vae_core.space.cache import SpaceCache
from vae_core.space.latent_space import LatentSpace
from vae_core.workspace import Workspace


def open_space(
    model: str,
    data: str,
    workspace: Workspace,
    device: str = "auto",
    options: ModelOptions | None = None,
    batch_size: int = 512,
    data_options: DataOptions | None = None,
) -> LatentSpace:
    """Open a space, with progress on the console, and note beside it what it was made of.

    Parameters
    ----------
    model, data : str
        As of `load_model` and `load_data`.
    workspace : Workspace
        Where its encodings are kept.
    device : str
        As of `load_model`.
    options : ModelOptions, optional
        Of a model of another library.
    batch_size : int
        Items encoded at once.
    data_options : DataOptions, optional
        Of the data set.

    Raises
    ------
    InputError
        If model or data cannot be opened, or do not fit each other.
    """
    options, data_options = options or ModelOptions(), data_options or DataOptions()
    opened, items = open_both(model, data, device, options, data_options)
    with ConsoleProgress("encoding", unit="item") as bar:
        space = LatentSpace.build(opened, items, workspace, bar, batch_size)
    SpaceCache(space.folder).keep_origin(absolute_spec(model), absolute_data(data), options.kept(), data_options.kept())
    return space


def open_both(
    model: str, data: str, device: str, options: ModelOptions, data_options: DataOptions
) -> tuple[LatentModel, Dataset]:
    """Open a model and its data set, pictures fitted to the model's shape if that is asked for.

    Raises
    ------
    InputError
        As of `open_space`.
    """
    shape = None if data_options.fit is None else stated_shape(model, options)
    items = read_data(data, data_options, shape)
    opened = load_model(model, device, data=items, options=options)
    if items.sample_shape != tuple(opened.sample_shape):
        other = {
            "image": ", or have the pictures fitted with --fit resize, pad or crop",
            "vector": ", or say with --columns which columns of a table hold the values",
        }.get(items.kind, "")
        raise InputError(
            f"{data}: its items have shape {items.sample_shape}, but the model {model} takes "
            f"{tuple(opened.sample_shape)}; give the data the model was made for{other}."
        )
    return opened, items


def read_data(data: str, options: DataOptions, shape: tuple[int, ...] | None = None) -> Dataset:
    """Load a data set, as `load_data` does, with progress on the console, and say there what was done to it."""
    with ConsoleProgress("reading", unit="item") as bar:
        items = load_data(data, options=options, shape=shape, progress=bar)
    for note in items.notes:
        print(f"Note: {note}", file=sys.stderr)
    return items
