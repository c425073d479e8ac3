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
from vae_core.model.foreign.holding import modules_of
from vae_core.model.foreign.pythae_folder import read_state
from vae_core.model.foreign.wrapped import Foreign
from vae_core.user_code import call_factory


def open_factory(
    spec: str,
    trust: bool,
    weights: str | Path | None = None,
    arguments: dict[str, Any] | None = None,
    alone: bool = False,
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
    alone : bool
        Whether a decoder is all that is needed; see `wrap_object`.

    Raises
    ------
    InputError
        If it is not trusted, not found, fails, or what it returns cannot encode and decode.
    """
    made = call_factory(spec, trust, arguments, "the model is made")
    if weights is not None:
        _load_into(made, Path(weights), spec)
    where, _, name = spec.rpartition(":")
    return wrap_object(made, f"{Path(where).name}:{name}", alone)


def wrap_object(made: Any, name: str | None = None, alone: bool = False) -> Foreign:
    """Take an object with ``encode`` and ``decode``, a pair of functions, or modules ``encoder`` and ``decoder``.

    Parameters
    ----------
    made : object
        The model.
    name : str, optional
        What people call it.
    alone : bool
        Whether a decoder is all that is needed: then an object that has no ``decode`` and can be called is one.

    Raises
    ------
    InputError
        If it has neither.
    """
    name = name or type(made).__name__
    encode, decode = _functions(made)
    if decode is None and alone and callable(made):
        decode = made
    if decode is None:
        has = "only forward" if isinstance(made, nn.Module) else "neither"
        raise InputError(
            f"{name}: {type(made).__name__} has no encode and decode ({has}); give an object with these two methods, "
            "or a pair (encode, decode)."
        )
    # Objects may hold weights where nobody looks for them.
    return Foreign(name, decode, encode, modules_of(made, encode, decode), all_found=False)


def _functions(made: Any) -> tuple[Callable[..., Any] | None, Callable[..., Any] | None]:
    if isinstance(made, (tuple, list)) and len(made) == 2 and all(map(callable, made)):
        return made[0], made[1]
    if isinstance(made, dict):
        return made.get("encode", made.get("encoder")), made.get("decode", made.get("decoder"))
    encode = next((f for name in ("encode", "encoder") if callable(f := getattr(made, name, None))), None)
    decode = next((f for name in ("decode", "decoder") if callable(f := getattr(made, name, None))), None)
    return encode, decode


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
    weights = {name: value for name, value in state.items() if isinstance(value, torch.Tensor)}
    try:
        made.load_state_dict(_as_named(weights, set(made.state_dict())))
    except RuntimeError as error:
        told = " ".join(line.strip() for line in str(error).splitlines()[:3])
        raise InputError(f"{path}: does not fit what {spec} returns ({told}).") from error


#: What Lightning, DataParallel and both together put before the names of weights.
_PREFIXES = ("", "model.", "module.", "model.module.", "module.model.")
_COMPILED = "_orig_mod."  # of torch.compile, at any depth


def _as_named(weights: dict[str, torch.Tensor], wanted: set[str]) -> dict[str, torch.Tensor]:
    """Return weights without what trainers put before their names, where all names that are wanted then fit."""
    if wanted <= weights.keys():
        return weights
    plain = {name.replace(_COMPILED, ""): weight for name, weight in weights.items()}
    for prefix in _PREFIXES:
        if all(prefix + name in plain for name in wanted):
            return {name: plain[prefix + name] for name in wanted}
    return weights
