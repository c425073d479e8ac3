"""The networks behind functions and objects: whose weights they are, and what has to be put into evaluation mode."""

from __future__ import annotations

import functools
import types
from collections.abc import Iterator
from typing import Any

from torch import nn

_DEEPEST = 6
_MOST_PARTS = 64


def modules_of(*parts: Any) -> tuple[nn.Module, ...]:
    """Return the modules that objects and functions hold or name.

    Looked for in attributes, in tuples, lists and dictionaries, in what methods belong to and partial functions are
    given, in closures, and among the globals that a function names. A module that is part of another is counted
    with it.
    """
    found: list[nn.Module] = []
    seen: set[int] = set()
    near: list[Any] = list(parts)
    for _ in range(_DEEPEST):
        holders, near = near, []
        for holder in holders:
            if isinstance(holder, nn.Module):
                if not any(holder is known for known in found):
                    found.append(holder)
            elif id(holder) not in seen and not isinstance(holder, (type, str, bytes)):
                seen.add(id(holder))
                near += _parts(holder)
    return tuple(
        m for m in found if not any(m is not other and any(m is p for p in other.modules()) for other in found)
    )


def _parts(holder: Any) -> Iterator[Any]:
    if isinstance(holder, types.MethodType):
        yield holder.__self__
        yield holder.__func__
    elif isinstance(holder, types.FunctionType):
        if (holder.__module__ or "").partition(".")[0] == "torch":
            return  # it works on what it is given
        yield from (cell.cell_contents for cell in holder.__closure__ or () if _filled(cell))
        yield from holder.__defaults__ or ()
        yield from _named_globals(holder)
    elif isinstance(holder, functools.partial):
        yield from (holder.func, *holder.args, *holder.keywords.values())
    elif isinstance(holder, dict):
        yield from list(holder.values())[:_MOST_PARTS]
    elif isinstance(holder, (tuple, list, set)):
        yield from list(holder)[:_MOST_PARTS]
    elif hasattr(holder, "__dict__") and not isinstance(holder, types.ModuleType):
        yield from list(vars(holder).values())[:_MOST_PARTS]
        # What its methods name, such as a network beside the class.
        yield from (part for part in vars(type(holder)).values() if isinstance(part, types.FunctionType))


def _named_globals(function: types.FunctionType) -> Iterator[Any]:
    names = function.__code__.co_names
    for name in names:
        value = function.__globals__.get(name)
        if isinstance(value, types.ModuleType):
            # Of "nets.decoder(z)" both are names of the code; libraries hold no networks of their own.
            held = (vars(value).get(other) for other in names)
            yield from (other for other in held if isinstance(other, nn.Module))
        elif value is not None:
            yield value


def _filled(cell: types.CellType) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:  # a name that has not been set yet
        return False
