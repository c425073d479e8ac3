"""Results of studies as files: any frozen dataclass of arrays and plain values as one ``.npz``, without pickle."""

from __future__ import annotations

import json
import logging
import types
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from numbers import Integral, Real
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

from vae_core.storage import CacheDamaged, DiskFull, load_arrays, save_arrays

log = logging.getLogger(__name__)

#: Raised whenever the form of these files changes.
FORMAT = 1
_ABOUT = "about"
_ARRAY = "array"  # what stands where an array belongs; the array is a member of its own
T = TypeVar("T")


def save_result(path: Path | str, result: Any, *, stamp: str = "") -> bool:
    """Write a result to one file, atomically; `load_result` reads it.

    Parameters
    ----------
    path : Path
        The file; its folder is made when it is missing.
    result : dataclass
        Whose fields are arrays of numbers or truth values, float, int, bool, str, None, tuples of these, or such
        dataclasses.
    stamp : str
        What the result belongs to, such as a fingerprint and the settings it was made with; `load_result` wants the
        same.

    Returns
    -------
    bool
        Whether it could be written; a failure is logged, and the work goes on in memory.

    Raises
    ------
    TypeError
        If a field holds something else than its type hint says, or something that cannot be written.
    """
    arrays: dict[str, np.ndarray] = {}
    cls = type(result)
    told = _plain(result, cls, f"{_ARRAY}.{cls.__name__}", arrays)
    about = {"format": FORMAT, "layout": schema_of(cls), "stamp": stamp, "fields": told}
    try:
        save_arrays(Path(path), {_ABOUT: np.array(json.dumps(about)), **arrays})
    except (DiskFull, OSError) as error:
        log.warning("%s could not be kept (%s); it will be computed again next time.", path, error)
        return False
    return True


def load_result(path: Path | str, cls: type[T], *, stamp: str = "") -> T | None:
    """Read what `save_result` wrote.

    Parameters
    ----------
    path : Path
        The file.
    cls : type
        Class of the result.
    stamp : str
        What the result has to belong to, see `save_result`.

    Returns
    -------
    cls or None
        None if there is no such file, or if it is damaged, of a class with other fields, or of another stamp, which
        the log tells.
    """
    try:
        arrays = load_arrays(Path(path))
        about = json.loads(str(arrays.pop(_ABOUT)))
        if about["format"] != FORMAT or about["layout"] != schema_of(cls) or about["stamp"] != stamp:
            raise ValueError("it belongs to something else or to another version")
        found: T = _rebuilt(about["fields"], cls, f"{_ARRAY}.{cls.__name__}", arrays)
        if arrays:
            raise ValueError(f"it holds {', '.join(sorted(arrays))} besides")
    except FileNotFoundError:
        return None
    except CacheDamaged as damage:
        log.warning("%s", damage)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        log.warning("%s is not used (%s); it will be computed again.", path, error)
    else:
        return found
    return None


def schema_of(hint: Any) -> Any:  # noqa: PLR0911 - one a kind of type
    """Return, as JSON has it, the fields of a dataclass and what each holds; TypeError if it cannot be kept."""
    if is_dataclass(hint):
        return {"class": getattr(hint, "__name__", ""), "fields": [[name, schema_of(of)] for name, of in _fields(hint)]}
    if _is_array(hint):
        return _ARRAY
    if (choices := _choices(hint)) is not None:
        return {"one of": [schema_of(of) for of in choices]}
    if get_origin(hint) is tuple:
        return {"tuple": ["..." if of is ... else schema_of(of) for of in get_args(hint)]}
    if get_origin(hint) is Literal:
        return {"literal": list(get_args(hint))}
    if hint in (float, int, bool, str):
        return str(hint.__name__)
    if hint is type(None):
        return None
    raise TypeError(f"a field of type {hint} cannot be kept")


def _plain(value: Any, hint: Any, name: str, arrays: dict[str, np.ndarray]) -> Any:
    """Return a value as JSON has it; its arrays are put into `arrays` under names that begin with `name`."""
    if is_dataclass(hint):
        if type(value) is not hint:
            raise TypeError(f"{name} is a {type(value).__name__}, not {hint}")
        return {one: _plain(getattr(value, one), of, f"{name}.{one}", arrays) for one, of in _fields(hint)}
    if _is_array(hint):
        if not isinstance(value, np.ndarray) or value.dtype.kind not in "biufc":
            raise TypeError(f"{name} is no array of numbers or truth values")
        arrays[name] = value
        return _ARRAY
    if (choices := _choices(hint)) is not None:
        for which, of in enumerate(choices):
            own: dict[str, np.ndarray] = {}
            try:
                told = _plain(value, of, name, own)
            except TypeError:
                continue
            arrays.update(own)
            return [which, told]
        raise TypeError(f"{name} is a {type(value).__name__}, not {hint}")
    if get_origin(hint) is tuple:
        if not isinstance(value, tuple):
            raise TypeError(f"{name} is a {type(value).__name__}, not a tuple")
        parts = enumerate(zip(value, _each(hint, len(value)), strict=True))
        return [_plain(one, of, f"{name}.{place}", arrays) for place, (one, of) in parts]
    return _scalar(value.item() if isinstance(value, np.generic) else value, hint, name)


def _rebuilt(told: Any, hint: Any, name: str, arrays: dict[str, np.ndarray]) -> Any:
    """Return the value of `_plain`; what is used of `arrays` is taken out of them."""
    if is_dataclass(hint):
        assert isinstance(hint, type)
        wanted = dict(_fields(hint))
        if told.keys() != wanted.keys():
            raise ValueError(f"the fields of {name} are others")
        return hint(**{one: _rebuilt(told[one], of, f"{name}.{one}", arrays) for one, of in wanted.items()})
    if _is_array(hint):
        return arrays.pop(name)
    if (choices := _choices(hint)) is not None:
        which, value = told
        return _rebuilt(value, choices[which], name, arrays)
    if get_origin(hint) is tuple:
        parts = enumerate(zip(told, _each(hint, len(told)), strict=True))
        return tuple(_rebuilt(one, of, f"{name}.{place}", arrays) for place, (one, of) in parts)
    return _scalar(told, hint, name)


def _scalar(value: Any, hint: Any, name: str) -> Any:
    truth = isinstance(value, bool)
    if hint is float and isinstance(value, Real) and not truth:
        return float(value)
    if hint is int and isinstance(value, Integral) and not truth:
        return int(value)
    if (hint is bool and truth) or (hint is str and isinstance(value, str)) or (hint is type(None) and value is None):
        return value
    if get_origin(hint) is Literal and any(type(value) is type(one) and value == one for one in get_args(hint)):
        return value
    raise TypeError(f"{name} is {value!r}, not {hint}")


def _fields(cls: Any) -> Iterator[tuple[str, Any]]:
    hints = get_type_hints(cls)
    return ((one.name, hints[one.name]) for one in fields(cls) if one.init)


def _is_array(hint: Any) -> bool:
    return hint is np.ndarray or get_origin(hint) is np.ndarray


def _choices(hint: Any) -> tuple[Any, ...] | None:
    return get_args(hint) if get_origin(hint) in (Union, types.UnionType) else None


def _each(hint: Any, count: int) -> tuple[Any, ...]:
    """Return the hint of each of so many members of a tuple."""
    told = get_args(hint)
    return (told[0],) * count if len(told) == 2 and told[1] is ... else told
