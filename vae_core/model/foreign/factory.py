"""Any Python that makes a model, and objects in memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from vae_core.errors import InputError
from vae_core.factory import call_factory
from vae_core.model.foreign.pythae_folder import read_state
from vae_core.model.foreign.wrapped import Foreign


def open_factory(
    spec: str, trust: bool, weights: str | Path | None = None, arguments: dict[str, Any] | None = None
) -> Foreign:
    """Call a function that returns a model.

    Parameters
    ----------
    spec : str
        ``package.module:function`` or ``file.py:function``; a class is a function too.
    trust : bool
        Without it nothing is imported.
    weights : path, optional
        A ``.safetensors`` or ``.pt`` file of a state_dict that is loaded into what the function returns.
    arguments : dict, optional
        Keyword arguments of the function.

    Raises
    ------
    InputError
        If it is not trusted, not found, fails, or what it returns cannot encode and decode.
    """
    made = call_factory(spec, trust, arguments, "the model is made")
    if weights is not None:
        _load_into(made, Path(weights), spec)
    where, _, name = spec.rpartition(":")
    return wrap_object(made, f"{Path(where).name}:{name}")


def wrap_object(made: Any, name: str | None = None) -> Foreign:
    """Take an object with ``encode`` and ``decode``, a pair of functions, or modules ``encoder`` and ``decoder``.

    Raises
    ------
    InputError
        If it has neither.
    """
    name = name or type(made).__name__
    encode, decode = _functions(made)
    if decode is None:
        has = "only forward" if isinstance(made, nn.Module) else "neither"
        raise InputError(
            f"{name}: {type(made).__name__} has no encode and decode ({has}); give an object with these two methods, "
            "or a pair (encode, decode)."
        )
    # Objects may hold weights where nobody looks for them.
    return Foreign(name, decode, encode, _modules(made, encode, decode), all_found=False)


def _functions(made: Any) -> tuple[Callable[..., Any] | None, Callable[..., Any] | None]:
    if isinstance(made, (tuple, list)) and len(made) == 2 and all(map(callable, made)):
        return made[0], made[1]
    if isinstance(made, dict):
        return made.get("encode", made.get("encoder")), made.get("decode", made.get("decoder"))
    encode = next((f for name in ("encode", "encoder") if callable(f := getattr(made, name, None))), None)
    decode = next((f for name in ("decode", "decoder") if callable(f := getattr(made, name, None))), None)
    return encode, decode


def _modules(*parts: Any) -> tuple[nn.Module, ...]:
    """Return the modules that hold the weights: the object itself, its attributes, what its methods belong to."""
    found: list[nn.Module] = []
    for part in parts:
        owner = getattr(part, "__self__", part)
        inside = list(vars(owner).values()) if hasattr(owner, "__dict__") and not isinstance(owner, nn.Module) else []
        closed = [cell.cell_contents for cell in getattr(owner, "__closure__", None) or ()]
        items = (
            list(owner) if isinstance(owner, (tuple, list)) else list(owner.values()) if isinstance(owner, dict) else []
        )
        for one in (owner, *inside, *closed, *items):
            one = getattr(one, "__self__", one)
            if isinstance(one, nn.Module) and not any(one is known for known in found):
                found.append(one)
    # A part of another is counted with it.
    return tuple(
        m for m in found if not any(m is not other and any(m is p for p in other.modules()) for other in found)
    )


def _load_into(made: Any, path: Path, spec: str) -> None:
    if not isinstance(made, nn.Module):
        raise InputError(f"{spec}: --weights are loaded into a torch module, and it returns {type(made).__name__}.")
    path = path.expanduser()
    if path.suffix == ".safetensors":
        try:
            state: dict[str, Any] = load_file(path)
        except (SafetensorError, OSError, ValueError) as error:
            raise InputError(f"{path}: damaged or missing ({error}).") from error
    else:
        state = read_state(path)
        # Trainers wrap the weights in a dictionary of their own.
        for key in ("state_dict", "model_state_dict", "model"):
            if isinstance(state.get(key), dict):
                state = state[key]
    try:
        made.load_state_dict({name: value for name, value in state.items() if isinstance(value, torch.Tensor)})
    except RuntimeError as error:
        told = " ".join(line.strip() for line in str(error).splitlines()[:3])
        raise InputError(f"{path}: does not fit what {spec} returns ({told}).") from error
