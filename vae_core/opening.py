"""A space opened by what a person typed: its data read, its model understood, its encodings found or made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vae_core.data import load_data
from vae_core.data.dataset import Dataset
from vae_core.data.memory import from_arrays
from vae_core.errors import InputError
from vae_core.model.decoder_alone import DecoderAlone
from vae_core.model.loading import absolute_spec, load_decoder, load_model, wrap_model
from vae_core.model.protocol import LatentModel
from vae_core.options import ModelOptions
from vae_core.progress import ConsoleProgress, Progress, silent
from vae_core.space.cache import SpaceCache
from vae_core.space.latent_space import LatentSpace
from vae_core.space.prior_samples import prior_samples
from vae_core.workspace import Workspace


def open_space(
    model: str,
    data: str | None,
    workspace: Workspace,
    device: str = "auto",
    options: ModelOptions | None = None,
    batch_size: int = 512,
    samples: int | None = None,
) -> LatentSpace:
    """Open a space, with progress on the console, and note beside it what it was made of.

    Parameters
    ----------
    model, data, device, options, samples
        As of `open_parts`.
    workspace : Workspace
        Where its encodings are kept.
    batch_size : int
        Items encoded at once.

    Raises
    ------
    InputError
        If model or data cannot be opened, or do not fit each other.
    """
    options = options or ModelOptions()
    with ConsoleProgress("reading", unit="item") as bar:
        opened, items = open_parts(model, data, device, options, samples, bar)
    with ConsoleProgress("encoding", unit="item") as bar:
        space = LatentSpace.build(opened, items, workspace, bar, batch_size)
    SpaceCache(space.folder).keep_origin(absolute_spec(model), data, options.kept())
    return space


def open_parts(
    model: str,
    data: str | None,
    device: str = "auto",
    options: ModelOptions | None = None,
    samples: int | None = None,
    progress: Progress = silent,
) -> tuple[LatentModel, Dataset]:
    """Open a model and its data set, or a decoder alone and samples from its prior.

    Parameters
    ----------
    model, data : str
        As of `load_model` and `load_data`; without data the decoder is opened alone.
    device : str
        As of `load_model`.
    options : ModelOptions, optional
        Of a model of another library.
    samples : int, optional
        How many prior samples, as of `prior_samples`.
    progress : Progress
        Hears of items read or decoded.

    Raises
    ------
    InputError
        If model or data cannot be opened, or do not fit each other.
    """
    if data is None:
        decoder = load_decoder(model, device, options)
        return decoder, prior_samples(decoder, samples, progress=progress)
    _refuse_samples(samples)
    items = load_data(data, progress=progress)
    opened = load_model(model, device, data=items, options=options)
    if items.sample_shape != tuple(opened.sample_shape):
        raise InputError(
            f"{data}: its items have shape {items.sample_shape}, but the model {model} takes "
            f"{tuple(opened.sample_shape)}; give the data the model was made for."
        )
    return opened, items


def open_objects(
    model: Any, data: Any, labels: Any, samples: int | None, stated: dict[str, Any]
) -> tuple[LatentModel, Dataset]:
    """Open what a script or a notebook holds in memory, or names; the parameters are those of `app.explore`.

    Raises
    ------
    InputError
        If model or data cannot be opened.
    """
    if isinstance(data, (str, Path)):
        data = load_data(data)
    if labels is not None and (data is None or isinstance(data, Dataset)):
        raise InputError("labels= goes with an array; " + ("there is none." if data is None else "this has a table."))
    if data is not None:
        _refuse_samples(samples)
    items = data if data is None or isinstance(data, Dataset) else from_arrays(data, labels)
    if isinstance(model, (str, Path)):
        opened = load_model(model, data=items, **stated)
    else:
        ours = all(hasattr(model, name) for name in ("encode", "likelihood", "latent_dim", "fingerprint"))
        opened = model if ours else wrap_model(model, items, **stated)
    if items is not None:
        return opened, items
    decoder = DecoderAlone(opened) if opened.can.encode else opened
    return decoder, prior_samples(decoder, samples)


def _refuse_samples(samples: int | None) -> None:
    if samples is not None:
        raise InputError("--samples is the number of prior samples of a decoder alone; leave it out, or the data.")
