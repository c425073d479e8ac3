"""Opening a model by what a person typed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from vae_core.errors import InputError
from vae_core.model.checkpoint import CONFIG, load_checkpoint, read_config
from vae_core.model.decoder_alone import DecoderAlone
from vae_core.model.foreign.decoder import understand_decoder
from vae_core.model.foreign.diffusers_folder import is_diffusers, open_diffusers
from vae_core.model.foreign.exported import is_torchscript, open_files, pair_of
from vae_core.model.foreign.factory import open_factory, wrap_object
from vae_core.model.foreign.preflight import preflight
from vae_core.model.foreign.pythae_folder import is_pythae, open_pythae
from vae_core.model.memory_layout import lay_last
from vae_core.model.ownership import own_copy
from vae_core.model.protocol import LatentModel
from vae_core.options import ModelOptions
from vae_core.user_code import is_factory

if TYPE_CHECKING:
    from vae_core.data.dataset import Dataset
    from vae_core.model.foreign.wrapped import Foreign, WrappedVAE

ACCEPTED = (
    "a checkpoint folder of ours, a pythae final_model folder, a diffusers AutoencoderKL folder, two ONNX or "
    "TorchScript files (encoder.onnx,decoder.onnx) or the decoder's alone, or a Python function (file.py:function)"
)
_SHARED = "If they are trained further, what is on show no longer fits its encodings: open the model again then."
_WEIGHTS_ALONE = (".pt", ".pth", ".ckpt", ".pkl", ".safetensors", ".bin")


def choose_device(name: str = "auto") -> torch.device:
    """Return the device a person named; "auto" takes a GPU where there is one."""
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.zeros(1, device=device).item()  # "meta" is a device, but holds no numbers
    except (RuntimeError, AssertionError, ImportError) as error:
        raise InputError(f"The device {name!r} cannot be used here; take 'cpu' or 'auto'.") from error
    return device


def load_model(
    path: Path | str,
    device: str = "auto",
    *,
    data: Dataset | None = None,
    options: ModelOptions | None = None,
    **stated: Any,
) -> LatentModel:
    """Open a trained VAE: ours, or one of another library.

    Parameters
    ----------
    path : path or str
        - a checkpoint folder of ours, or the ``config.json`` in it;
        - a *pythae* ``final_model`` folder;
        - a *diffusers* ``AutoencoderKL`` folder;
        - ``encoder.onnx,decoder.onnx``, or a folder with both; likewise TorchScript (``.pt``), under `trust`; or a
          decoder's file alone, without `data`;
        - ``package.module:function`` or ``file.py:function``, which returns an object with ``encode`` and
          ``decode``, under `trust`.
    device : str
        "auto", "cpu", "cuda", …
    data : Dataset, optional
        What the model was trained on; models of other libraries are understood by trying some of it. Without it
        their decoders are opened alone; a checkpoint of ours is opened whole.
    options, **stated
        A `ModelOptions`, or its fields: ``trust=True``, ``range="symmetric"``, …

    Returns
    -------
    LatentModel
        A model of another library is a `WrappedVAE`, whose ``report`` tells what was found.

    Raises
    ------
    InputError
        If there is no model that can be read, it would run code without `trust`, or it is ambiguous.
    """
    chosen = options or ModelOptions.from_keywords(**stated)
    foreign = _foreign(str(path), chosen, alone=data is None)
    if foreign is not None:
        return understood(foreign, data, device, chosen)
    path = Path(path).expanduser()
    if path.name == CONFIG:
        path = path.parent
    if not path.exists():
        raise InputError(f"{path}: not found; give {ACCEPTED}.")
    if not path.is_dir():
        raise InputError(f"{path}: {_about_file(path)}")
    return lay_last(load_checkpoint(path, choose_device(device)))


def stated_shape(spec: str, options: ModelOptions) -> tuple[int, ...] | None:
    """Return the shape of the items a model says it takes, None if it does not say; nothing that is code is run."""
    path = Path(spec).expanduser()
    if pair_of(spec) is not None or (is_factory(spec) and not path.exists()) or is_diffusers(path):
        return None
    if is_pythae(path):
        return open_pythae(path, options.trust).sample_shape
    if not path.exists():
        raise InputError(f"{path}: not found; give {ACCEPTED}.")
    folder = path.parent if path.name == CONFIG else path
    return read_config(folder)[0].sample_shape if folder.is_dir() else None


def load_decoder(path: Path | str, device: str = "auto", options: ModelOptions | None = None) -> LatentModel:
    """Open the decoder of a model alone, as of `load_model` without data; it cannot encode."""
    model = load_model(path, device, options=options)
    return DecoderAlone(model) if model.can.encode else model


def wrap_model(
    made: Any, data: Dataset | None, device: str = "auto", options: ModelOptions | None = None, **stated: Any
) -> LatentModel:
    """Make an object in memory a `LatentModel`: one with ``encode`` and ``decode``, or a pair of functions.

    Without data ``decode`` is enough, or the object is itself the decoder and can be called.

    Raises
    ------
    InputError
        If it has no such methods, or is ambiguous.
    """
    # Theirs goes on being trained, and what is on show stays what it was.
    theirs, foreign = (wrap_object(one, alone=data is None) for one in (made, own_copy(made)))
    model = understood(foreign, data, device, options or ModelOptions.from_keywords(**stated))
    if any(one is other for one in theirs.modules for other in foreign.modules):
        model.report.add("weights", "shared with the program that made them", "measured", _SHARED)
    return model


def understood(foreign: Foreign, data: Dataset | None, device: str, options: ModelOptions) -> WrappedVAE:
    """Return a foreign model once it is understood; see `preflight`, and without data `understand_decoder`."""
    placed = foreign.to(choose_device(device))
    return understand_decoder(placed, options.stated()) if data is None else preflight(placed, data, options.stated())


def absolute_spec(spec: str) -> str:
    """Return what names a model with its paths made absolute, so that it can be found from anywhere."""
    if (pair := pair_of(spec)) is not None:
        return ",".join(str(file.absolute()) for file in pair)
    path = Path(spec).expanduser()
    if is_factory(spec) and not path.exists():
        where, _, name = spec.rpartition(":")
        return f"{Path(where).expanduser().absolute()}:{name}" if where.endswith(".py") else spec
    return str(path.absolute())


def _foreign(spec: str, options: ModelOptions, alone: bool) -> Foreign | None:
    folder = Path(spec).expanduser()
    if folder.is_file() and (folder.suffix == ".onnx" or is_torchscript(folder)):
        return open_files(None, folder, options.trust)
    if (pair := pair_of(spec)) is not None:
        return open_files(*pair, options.trust)
    if is_factory(spec) and not folder.exists():
        return open_factory(spec, options.trust, options.weights, options.arguments, alone)
    if is_pythae(folder):
        return open_pythae(folder, options.trust)
    if is_diffusers(folder):
        return open_diffusers(folder)
    return None


def _about_file(path: Path) -> str:
    if path.suffix in _WEIGHTS_ALONE:
        return (
            "holds weights without the network they belong to; give the function that builds it: "
            f"--model file.py:function --weights {path.name} --trust."
        )
    return f"not a model; give {ACCEPTED}."
