"""A *pythae* ``final_model`` folder: its default networks rebuilt from the weights, without the library."""

from __future__ import annotations

import json
import pickle
import zipfile
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from vae_core.errors import InputError
from vae_core.model.foreign.wrapped import Foreign

CONFIG = "model_config.json"
WEIGHTS = "model.pt"
_WIDTH = 512  # of pythae's default networks
_MOST_VALUES = 2**26
#: How files begin that torch wrote before 1.6, or without its zip format: a magic number, pickled.
_OLD_FORMAT = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
#: Those with a Gaussian posterior and a standard normal prior, and whether they have a variance.
_KINDS = {
    "VAE": True, "BetaVAE": True, "BetaTCVAE": True, "DisentangledBetaVAE": True, "FactorVAE": True,
    "INFOVAE_MMD": True, "IWAE": True, "CIWAE": True, "MIWAE": True, "PIWAE": True, "MSSSIM_VAE": True,
    "VAEGAN": True, "Adversarial_AE": True, "AE": False, "WAE_MMD": False, "RAE_L2": False, "RAE_GP": False,
}  # fmt: skip


class _Encoder(nn.Module):
    """Its ``Encoder_AE_MLP`` and ``Encoder_VAE_MLP``, under the same names of weights."""

    def __init__(self, values: int, latent_dim: int, variance: bool) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Sequential(nn.Linear(values, _WIDTH), nn.ReLU())])
        self.embedding = nn.Linear(_WIDTH, latent_dim)
        self.log_var = nn.Linear(_WIDTH, latent_dim) if variance else None

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """Items to mean and log-variance."""
        hidden = self.layers[0](x.flatten(1))
        mean = self.embedding(hidden)
        return (mean,) if self.log_var is None else (mean, self.log_var(hidden))


class _Decoder(nn.Module):
    """Its ``Decoder_AE_MLP``; with `logits`, without the last sigmoid."""

    def __init__(self, values: int, latent_dim: int, logits: bool) -> None:
        super().__init__()
        last = nn.Identity() if logits else nn.Sigmoid()
        self.layers = nn.ModuleList(
            [nn.Sequential(nn.Linear(latent_dim, _WIDTH), nn.ReLU()), nn.Sequential(nn.Linear(_WIDTH, values), last)]
        )

    def forward(self, z: Tensor) -> Tensor:
        """Latent points to flat pictures."""
        decoded: Tensor = self.layers[1](self.layers[0](z))
        return decoded


def is_pythae(folder: Path) -> bool:
    """Whether a folder holds a model saved by pythae."""
    return (folder / CONFIG).is_file()


def open_pythae(folder: Path, trust: bool) -> Foreign:
    """Open a folder.

    Parameters
    ----------
    folder : Path
        With ``model_config.json`` and ``model.pt``.
    trust : bool
        Whether networks of its own, which are pickled code, may be loaded; that needs pythae.

    Raises
    ------
    InputError
        If files are missing or damaged, the kind of model is none that is understood here, or code would have to run.
    """
    config = _config(folder)
    kind = str(config.get("name", "")).removesuffix("Config").removesuffix("_config")
    if kind not in _KINDS:
        raise InputError(
            f"{folder}: is a {kind or 'model'} of pythae, whose prior or posterior is not the plain Gaussian one; open "
            "it through a Python factory that returns encode and decode."
        )
    bce = config.get("reconstruction_loss") == "bce"
    shape = _numbers(folder, config.get("input_dim"))
    (latent_dim,) = _numbers(folder, [config.get("latent_dim")])
    if any((folder / name).is_file() for name in ("encoder.pkl", "decoder.pkl")):
        encoder, decoder = _own_networks(folder, trust)
        bce_known = {"output": "unit"}
        content = ""
    else:
        encoder, decoder = _rebuilt(folder, torch.Size(shape).numel(), latent_dim, _KINDS[kind], bce)
        bce_known = {"output": "logits" if bce else "unit"}
        content = "pythae"
    known: dict[str, Any] = {
        "layout": "nchw",
        "range": "unit",
        **bce_known,
        "likelihood": "bernoulli" if bce else "gaussian",
    }
    if not bce:
        known["sigma"] = 1.0  # pythae's get_nll takes the decoder's Gaussian to have unit variance
    if content:
        known["posterior"] = (["mean", "logvar"], False) if _KINDS[kind] else (["mean"], False)
    return Foreign(
        f"pythae {kind}, {folder.absolute().parent.name}/{folder.name}",
        decoder,
        encoder,
        (encoder, decoder),
        content,
        known,
        sample_shape=shape,
        latent_shape=(latent_dim,),
    )


def _config(folder: Path) -> dict[str, Any]:
    path = folder / CONFIG
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path}: cannot be read as JSON ({error}); save the model again.") from error
    if not isinstance(found, dict):
        raise InputError(f"{path}: is not a configuration of pythae; save the model again.")
    return found


def _numbers(folder: Path, found: Any) -> tuple[int, ...]:
    good = isinstance(found, list) and found and all(type(size) is int and size > 0 for size in found)
    if not good or torch.Size(found).numel() > _MOST_VALUES:
        raise InputError(f"{folder / CONFIG}: input_dim and latent_dim must be whole numbers of a usual size.")
    return tuple(found)


def _rebuilt(folder: Path, values: int, latent_dim: int, variance: bool, logits: bool) -> tuple[nn.Module, nn.Module]:
    weights = read_state(folder / WEIGHTS)
    state = weights.get("model_state_dict")
    if not isinstance(state, dict):
        raise InputError(f"{folder / WEIGHTS}: holds no model_state_dict; save the model again with pythae.")
    with torch.device("meta"):
        encoder, decoder = _Encoder(values, latent_dim, variance), _Decoder(values, latent_dim, logits)
    for prefix, module in (("encoder", encoder), ("decoder", decoder)):
        taken = {}
        for name, expected in module.state_dict().items():
            tensor = state.get(f"{prefix}.{name}")
            if not isinstance(tensor, Tensor) or tensor.shape != expected.shape:
                raise InputError(
                    f"{folder / WEIGHTS}: the weight {prefix}.{name} is missing or not {list(expected.shape)}; "
                    "are these the weights of this configuration?"
                )
            taken[name] = tensor.float().clone()
        module.load_state_dict(taken, assign=True)
    return encoder, decoder


def read_state(path: Path) -> dict[str, Any]:
    """Read a ``.pt`` file of tensors without running code in it.

    Raises
    ------
    InputError
        If it is missing, damaged, packed so that it would grow, or holds anything but tensors and plain values.
    """
    try:
        with path.open("rb") as file:
            old = file.read(len(_OLD_FORMAT)) == _OLD_FORMAT
        if old:
            return _dictionary(path, torch.load(path, map_location="cpu", weights_only=True))
        with zipfile.ZipFile(path) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
        if size > 2 * path.stat().st_size + 2**20:
            raise InputError(
                f"{path}: would unpack to {size / 2**20:,.0f} MB, far more than torch.save writes; refused."
            )
        found = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    except InputError:
        raise
    except FileNotFoundError:
        raise InputError(f"{path}: not found.") from None
    except pickle.UnpicklingError as error:
        raise InputError(
            f"{path}: holds more than weights, which would run code when opened; refused. Save the state_dict alone."
        ) from error
    except (OSError, RuntimeError, ValueError, EOFError, zipfile.BadZipFile, KeyError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(f"{path}: damaged or no file of torch.save ({reason}).") from error
    return _dictionary(path, found)


def _dictionary(path: Path, found: Any) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise InputError(f"{path}: holds {type(found).__name__}, not a dictionary of weights.")
    return found


def _own_networks(folder: Path, trust: bool) -> tuple[nn.Module, nn.Module]:
    if not trust:
        raise InputError(
            f"{folder}: has networks of its own (encoder.pkl, decoder.pkl), which are pickled code and would run when "
            "opened; if you made them, pass --trust."
        )
    try:
        from pythae.models import AutoModel
    except ImportError as error:
        raise InputError(
            f"{folder}: networks of its own need the library pythae; install it with 'pip install pythae'."
        ) from error
    model = AutoModel.load_from_folder(str(folder))
    return model.encoder, model.decoder
