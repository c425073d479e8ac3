"""A *diffusers* ``AutoencoderKL`` folder: spatial latents, flattened for the map and restored for the decoder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from safetensors import SafetensorError

from vae_core.errors import InputError
from vae_core.model.foreign.wrapped import Foreign

CONFIG = "config.json"
_WEIGHTS = "diffusion_pytorch_model.safetensors"


def is_diffusers(folder: Path) -> bool:
    """Whether a folder's configuration is that of a diffusers model."""
    try:
        found = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(found, dict) and "_class_name" in found


def open_diffusers(folder: Path) -> Foreign:
    """Open an ``AutoencoderKL``.

    Raises
    ------
    InputError
        If it is another kind of model, diffusers is missing, or files are missing or damaged.
    """
    config: dict[str, Any] = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    kind = config["_class_name"]
    if kind != "AutoencoderKL":
        raise InputError(f"{folder}: is a {kind} of diffusers; AutoencoderKL is the one that is understood here.")
    if not (folder / _WEIGHTS).is_file():
        raise InputError(f"{folder}: {_WEIGHTS} is not there; save the model with save_pretrained(…) as safetensors.")
    try:
        from diffusers import AutoencoderKL
    except ImportError as error:
        raise InputError(f"{folder}: needs the library diffusers; install it with 'pip install diffusers'.") from error
    try:
        model = AutoencoderKL.from_pretrained(
            str(folder), local_files_only=True, use_safetensors=True, low_cpu_mem_usage=False
        )
    except (OSError, ValueError, RuntimeError, TypeError, KeyError, SafetensorError) as error:
        raise InputError(f"{folder}: cannot be opened by diffusers ({str(error).splitlines()[0]}).") from error
    return Foreign(
        f"diffusers AutoencoderKL, {folder.name}",
        lambda z: model.decode(z).sample,
        lambda x: model.encode(x).latent_dist,
        (model,),
        known={
            "layout": "nchw",
            "range": "symmetric",
            "output": "same",
            "posterior": (["mean", "logvar"], False),
            "likelihood": "gaussian",
        },
        latent_shape=_latent_shape(model.config),
    )


def _latent_shape(config: Any) -> tuple[int, ...] | None:
    """Return the shape of the latents of a picture of the size it was trained on; None where that is not told."""
    size, blocks = config.get("sample_size"), len(config["block_out_channels"])
    if not isinstance(size, int):
        return None
    side = size // 2 ** (blocks - 1)  # every block but the last halves it
    return config["latent_channels"], side, side
