"""A space opened by what a person typed: its data read, its model understood, its encodings found or made."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from vae_core.data import Dataset, from_arrays, load_data
from vae_core.data.loading import absolute_data
from vae_core.data.options import DataOptions
from vae_core.errors import InputError
from vae_core.model.decoder_alone import DecoderAlone
from vae_core.model.loading import absolute_spec, load_decoder, load_model, stated_shape, wrap_model
from vae_core.model.protocol import LatentModel
from vae_core.options import ModelOptions
from vae_core.progress import ConsoleProgress
from vae_core.space.cache import SpaceCache
from vae_core.space.encodings.checkpoint import DRAWS
from vae_core.space.encodings.prior_samples import prior_samples
from vae_core.space.latent_space import LatentSpace
from vae_core.workspace import Workspace


def open_space(
    model: Any,
    data: Any = None,
    *,
    labels: Any = None,
    samples: int | None = None,
    workspace: Workspace | Path | str | None = None,
    device: str = "auto",
    batch_size: int = 512,
    draws: int = DRAWS,
    options: ModelOptions | None = None,
    data_options: DataOptions | None = None,
    **stated: Any,
) -> LatentSpace:
    """Open a model and its data as a space, with progress on the console; its encodings are kept in the workspace.

    Parameters
    ----------
    model : LatentModel, object, path or str
        A model; any object with ``encode`` and ``decode``, such as a torch module; or what `load_model` opens.
    data : Dataset, array, DataFrame, map-style data set, path or str, optional
        Its data set; what is in memory as of `vae_core.data.from_arrays`, a name or path as of `load_data`. None opens
        the decoder alone, on samples from its prior.
    labels : array, optional
        A class number or name per item, where `data` is an array.
    samples : int, optional
        How many prior samples, as of `prior_samples`, where there are no data.
    workspace : Workspace or path, optional
        Where encodings, maps and answers are kept; by default in the user's data folder.
    device : str
        "auto", "cpu", "cuda", …
    batch_size : int
        Items encoded at once.
    draws : int
        Posterior samples of the distortion, as of `LatentSpace.build`.
    options, data_options : optional
        A `ModelOptions` and a `DataOptions`,
    **stated
        or their fields, such as ``range="symmetric"`` and ``fit="pad"``, for what cannot be found by trying.

    Returns
    -------
    LatentSpace
        It owns a copy of the model. What was opened by names alone can be opened again from its folder (`reopen`).

    Raises
    ------
    InputError
        If model or data cannot be opened, or do not fit each other.
    """
    kept_in = workspace if isinstance(workspace, Workspace) else Workspace(workspace)
    if options is None and data_options is None:
        data_options, rest = DataOptions.out_of(stated)
        options = ModelOptions.from_keywords(**rest)
    elif stated:
        raise InputError(f"{', '.join(stated)}: given beside options; put all into them.")
    options, data_options = options or ModelOptions(), data_options or DataOptions()
    named = all(isinstance(one, (str, Path)) for one in (model, data) if one is not None)
    if named:
        if labels is not None:
            raise InputError("labels= goes with an array; for a named data set give metadata=.")
        spec, given = str(model), None if data is None else str(data)
        opened, items = open_both(spec, given, device, options, data_options, samples)
    else:
        opened, items = open_objects(model, data, labels, samples, device, options, data_options)
    with ConsoleProgress("encoding", unit="item") as bar:
        space = LatentSpace.build(opened, items, kept_in, bar, batch_size, draws=draws)
    if named:
        files = SpaceCache(space.folder)
        files.keep_origin(
            absolute_spec(spec),
            None if given is None else absolute_data(given),
            options.to_json(),
            data_options.to_json(),
        )
    return space


def open_both(
    model: str,
    data: str | None,
    device: str,
    options: ModelOptions,
    data_options: DataOptions,
    samples: int | None = None,
) -> tuple[LatentModel, Dataset]:
    """Open a model and its data set, or a decoder alone and samples from its prior.

    Pictures are fitted to the model's shape if that is asked for.

    Raises
    ------
    InputError
        As of `open_space`.
    """
    if data is None:
        _refuse(data_options.to_json(), "is about data, but none are given; add --data.")
        decoder = load_decoder(model, device, options)
        with ConsoleProgress("reading", unit="item") as bar:
            return decoder, prior_samples(decoder, samples, progress=bar)
    _refuse_samples(samples)
    shape = None if data_options.fit is None else stated_shape(model, options)
    items = read_data(data, data_options, shape)
    opened = load_model(model, device, data=items, options=options)
    if items.sample_shape != tuple(opened.sample_shape):
        takes_pictures = len(opened.sample_shape) == 3 and opened.sample_shape[0] in (1, 3)
        other = {
            "image": ", or have the pictures fitted with --fit resize, pad or crop" if takes_pictures else "",
            "vector": ", or say with --columns which columns of a table hold the values",
        }.get(items.kind, "")
        raise InputError(
            f"{data}: its items have shape {items.sample_shape}, but the model {model} takes "
            f"{tuple(opened.sample_shape)}; give the data the model was made for{other}."
        )
    return opened, items


def reopen(space: str, trust: bool = False, device: str = "auto", workspace: str | Path | None = None) -> LatentSpace:
    """Open a shipped demo, or a space that was encoded before, from the folder it lies in.

    Parameters
    ----------
    space : str
        The demo's name, or the folder.
    trust : bool
        Whether code that opening the model or the data takes may run.
    device : str
        As of `load_model`.
    workspace : str or Path, optional
        Of a demo: where what is found out is kept; by default in the user's data folder.

    Raises
    ------
    InputError
        If there is no such space, or its model or data cannot be opened.
    """
    from vae_core.demos import DEMOS, demo

    if space in DEMOS:
        return demo(space, Workspace(workspace), device)
    folder = Path(space)
    cache = SpaceCache(folder)
    origin = cache.origin() if folder.is_dir() else None
    if origin is None:
        raise InputError(f"{folder} is not the folder of a space that knows its model; make one with 'encode'.")
    kept = cache.encodings()
    # A decoder alone has as many prior samples as it had.
    samples = len(kept.mean) if origin[1] is None and kept is not None else None
    options = ModelOptions(**{**origin[2], "trust": trust})
    data_options = DataOptions(**{**origin[3], "trust": trust}) if origin[1] is not None else DataOptions()
    model, data = open_both(origin[0], origin[1], device, options, data_options, samples)
    found = LatentSpace.open(model, data, folder)
    if found is None:
        raise InputError(f"{folder} holds no encodings of {origin[1]} by {origin[0]}; run 'encode' again.")
    return found


def open_objects(
    model: Any,
    data: Any,
    labels: Any,
    samples: int | None,
    device: str,
    options: ModelOptions,
    data_options: DataOptions,
) -> tuple[LatentModel, Dataset]:
    """Open what a script or a notebook holds in memory, or names in part; the parameters are those of `open_space`.

    Raises
    ------
    InputError
        If model or data cannot be opened.
    """
    if labels is not None and (data is None or isinstance(data, Dataset)):
        raise InputError("labels= goes with an array; " + ("there is none." if data is None else "this has a table."))
    if data is not None:
        _refuse_samples(samples)
    items = data
    if isinstance(data, (str, Path)):
        shape = getattr(model, "sample_shape", None)
        if data_options.fit is not None and isinstance(model, (str, Path)):
            shape = stated_shape(str(model), options)
        items = read_data(data, data_options, shape)
    else:
        _refuse(
            data_options.to_json(),
            "is for data that are opened by name or path; bring what is in memory into form first.",
        )
        if data is not None and not isinstance(data, Dataset):
            with ConsoleProgress("reading", unit="item") as bar:
                items = from_arrays(data, labels, progress=bar)
            _tell(items)
    if isinstance(model, (str, Path)):
        opened = load_model(model, device, data=items, options=options)
    else:
        ours = all(hasattr(model, name) for name in ("encode", "likelihood", "latent_dim", "fingerprint"))
        opened = model if ours else wrap_model(model, items, device, options)
    if items is not None:
        return opened, items
    decoder = DecoderAlone(opened) if opened.can.encode else opened
    return decoder, prior_samples(decoder, samples)


def read_data(data: str | Path, options: DataOptions, shape: tuple[int, ...] | None = None) -> Dataset:
    """Load a data set, as `load_data` does, with progress on the console, and say there what was done to it."""
    with ConsoleProgress("reading", unit="item") as bar:
        items = load_data(data, options=options, shape=shape, progress=bar)
    _tell(items)
    return items


def _tell(items: Dataset) -> None:
    for note in items.notes:
        print(f"Note: {note}", file=sys.stderr)


def _refuse(options: dict[str, Any], why: str) -> None:
    if options:
        raise InputError(f"{', '.join(options)}: {why}")


def _refuse_samples(samples: int | None) -> None:
    if samples is not None:
        raise InputError("--samples is the number of prior samples of a decoder alone; leave it out, or the data.")
