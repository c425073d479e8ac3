"""Opening a model by what a person typed."""

from __future__ import annotations

from pathlib import Path

import torch

from vae_core.errors import InputError
from vae_core.model.checkpoint import CONFIG, load_checkpoint
from vae_core.model.protocol import LatentModel


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


def load_model(path: Path | str, device: str = "auto") -> LatentModel:
    """Open a trained VAE.

    Parameters
    ----------
    path : path
        A checkpoint folder, or the ``config.json`` in it.
    device : str
        "auto", "cpu", "cuda", …

    Raises
    ------
    InputError
        If there is no readable checkpoint; see `load_checkpoint`.
    """
    path = Path(path)
    if path.name == CONFIG:
        path = path.parent
    if not path.exists():
        raise InputError(f"{path}: not found; give the folder of a checkpoint (made by 'python -m vae_core train').")
    if not path.is_dir():
        raise InputError(f"{path}: not a checkpoint; give the folder that holds {CONFIG}.")
    return load_checkpoint(path, choose_device(device))
