"""A visitor's own Python, run only under trust: ``package.module:function`` or ``file.py:function``."""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import sys
from pathlib import Path
from typing import Any

from vae_core.errors import InputError


def is_factory(spec: str) -> bool:
    """Whether a text names a Python function: something, a colon, and a name."""
    where, colon, name = spec.rpartition(":")
    return bool(colon and where) and all(part.isidentifier() for part in name.split("."))


def call_factory(spec: str, trust: bool, arguments: dict[str, Any] | None, when: str) -> Any:
    """Call a function and return what it returns.

    Parameters
    ----------
    spec : str
        ``package.module:function`` or ``file.py:function``; a class is a function too.
    trust : bool
        Without it nothing is imported.
    arguments : dict, optional
        Keyword arguments of the function.
    when : str
        When its code runs, in words.

    Raises
    ------
    InputError
        If it is not trusted, not found, or fails.
    """
    where, _, name = spec.rpartition(":")
    if not trust:
        raise InputError(f"{spec}: is Python code, which runs when {when}; if you trust it, pass --trust.")
    module = _from_file(Path(where)) if where.endswith(".py") else _from_package(where, spec)
    function: Any = module
    for part in name.split("."):
        function = getattr(function, part, None)
    if not callable(function):
        near = difflib.get_close_matches(name, [one for one in vars(module) if callable(getattr(module, one))], 1)
        hint = f"; did you mean {near[0]}?" if near else "."
        raise InputError(f"{spec}: there is no function or class {name!r} in {where}{hint}")
    try:
        return function(**(arguments or {}))
    except (Exception, SystemExit) as error:  # whatever the visitor's own code raises
        raise InputError(f"{spec}: failed with {type(error).__name__}: {error}") from error


def _from_file(path: Path) -> Any:
    path = path.expanduser()
    if not path.is_file():
        raise InputError(f"{path}: not found; give file.py:function.")
    # Its neighbours may be imported by it, as when it is run.
    sys.path.insert(0, str(path.resolve().parent))
    specification = importlib.util.spec_from_file_location(f"_given_{path.stem}", path)
    if specification is None or specification.loader is None:
        raise InputError(f"{path}: is not a Python file.")
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module
    try:
        specification.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # whatever the visitor's own code raises
        raise InputError(f"{path}: failed with {type(error).__name__}: {error}") from error
    return module


def _from_package(where: str, spec: str) -> Any:
    if "" not in sys.path:
        sys.path.insert(0, "")  # as 'python -m' has it
    try:
        return importlib.import_module(where)
    except (Exception, SystemExit) as error:
        raise InputError(f"{spec}: cannot be imported ({type(error).__name__}: {error}).") from error
