"""Checkpoints: a folder with ``model.safetensors`` and ``config.json``, no code in either."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save

from vae_core.errors import InputError
from vae_core.model.config import VAEConfig
from vae_core.model.vae import VAE
from vae_core.storage import DiskFull, write_atomically

FORMAT = "latent-explorer-vae-1"
WEIGHTS = "model.safetensors"
CONFIG = "config.json"


def save_checkpoint(model: VAE, folder: Path | str, training: dict[str, Any] | None = None) -> None:
    """Write a checkpoint; each of its two files is replaced as a whole, the weights first.

    A process killed while writing leaves the old checkpoint. Killed between the two renames it leaves
    the new weights beside the old record: the same architecture still opens.

    Parameters
    ----------
    model : VAE
        What to keep.
    folder : path
        Made if it is not there.
    training : dict, optional
        The training record, JSON types only: data, seed, epochs, versions, test ELBO, rate, distortion.

    Raises
    ------
    InputError
        If the folder cannot be written to.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        weights = save({name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()})
        _write(folder / WEIGHTS, weights)
        record = {"format": FORMAT, "architecture": model.config.to_dict(), "training": training or {}}
        text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
        _write(folder / CONFIG, text.encode())
    except (DiskFull, OSError) as error:
        raise InputError(
            f"{folder}: the checkpoint cannot be written ({error.strerror}); choose another folder."
        ) from error


def _write(path: Path, content: bytes) -> None:
    def write(temporary: Path) -> None:
        temporary.write_bytes(content)

    write_atomically(path, write)


def read_config(folder: Path | str) -> tuple[VAEConfig, dict[str, Any]]:
    """Read architecture and training record of a checkpoint without its weights."""
    path = Path(folder) / CONFIG
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: not found; a checkpoint is a folder with {CONFIG} and {WEIGHTS}.") from None
    except (OSError, ValueError, RecursionError) as error:  # not text, not JSON, or nested without end
        raise InputError(f"{path}: cannot be read as JSON ({error}); restore it or save the model again.") from error
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise InputError(f"{path}: not a checkpoint of ours (its format is not {FORMAT!r}); save the model again.")
    architecture = record.get("architecture")
    if not isinstance(architecture, dict):
        raise InputError(f"{path}: the architecture is missing; restore the file or save the model again.")
    try:
        config = VAEConfig.from_dict(architecture)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    training = record.get("training")
    return config, training if isinstance(training, dict) else {}


def load_checkpoint(folder: Path | str, device: torch.device | str = "cpu") -> VAE:
    """Rebuild a VAE from its checkpoint, in evaluation mode.

    Raises
    ------
    InputError
        If a file is missing or unreadable, a weight is missing, superfluous, of another
        shape than the architecture says, or not finite.
    """
    config, record = read_config(folder)
    path = Path(folder) / WEIGHTS
    try:
        weights = load_file(path)
    except FileNotFoundError:
        raise InputError(f"{path}: not found; a checkpoint is a folder with {CONFIG} and {WEIGHTS}.") from None
    except (SafetensorError, OSError, ValueError) as error:
        raise InputError(f"{path}: damaged or truncated ({error}); copy or save the model again.") from error
    try:
        with torch.device("meta"):
            model = VAE(config)
    except InputError as error:
        raise InputError(f"{Path(folder) / CONFIG}: {error}") from error
    expected = model.state_dict()
    for name, tensor in expected.items():
        if name not in weights:
            raise InputError(f"{path}: the weight {name!r} is missing, though {CONFIG} asks for it.")
        if weights[name].shape != tensor.shape:
            raise InputError(
                f"{path}: the weight {name!r} has shape {list(weights[name].shape)}, "
                f"but {CONFIG} asks for {list(tensor.shape)}."
            )
        if not torch.isfinite(weights[name]).all():
            raise InputError(f"{path}: the weight {name!r} holds NaN or infinite values; use an earlier checkpoint.")
    surplus = sorted(set(weights) - set(expected))
    if surplus:
        raise InputError(f"{path}: the weight {surplus[0]!r} has no place in the architecture of {CONFIG}.")
    model.load_state_dict({name: tensor.float() for name, tensor in weights.items()}, assign=True)
    model.record = record
    return model.to(device).eval().requires_grad_(False)
