"""How a selection was made, step by step, as the short text that stands in an address.

Steps are joined by ``*``, the parts of a step by ``_``: how it changes what was selected before, what it takes, and
what the page did not show and so could not be taken::

    new_lasso_tsne_1.5,2,3,4,0.25,8*add_find_boot*sub_box_pca_0,1,-2,2*flip_hide:label:Bag
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any, Literal, cast, get_args
from urllib.parse import quote, unquote

from vae_core import InputError
from vae_core.browse.colouring import NOT_SELECTED, SELECTION
from vae_core.browse.filters import ItemFilter
from vae_core.browse.legend import Legend

#: How a step changes what was selected before: takes its place, adds to it, takes from it.
Mode = Literal["new", "add", "sub"]
MODES: tuple[str, ...] = get_args(Mode)
#: Corners of a lasso.
MOST_CORNERS = 2_000
#: Steps of a selection, and letters of its text.
MOST_STEPS, MOST_LETTERS = 200, 200_000
#: Largest coordinate.
FARTHEST = 1e15

_NUMBERS = {"lasso": None, "box": 4}
_PROJECTION = re.compile(r"[a-z0-9:,-]{1,60}")
_SET = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Step:
    """One step of a selection.

    Parameters
    ----------
    mode : {"new", "add", "sub"}
        How it changes what was selected before.
    kind : {"lasso", "box", "find", "all", "set", "flip"}
        What it takes: a part of a map, the hits of a search, everything shown, a set that was kept, or what was not
        selected before instead of what was.
    projection : str
        Id of the map, of a lasso or a box.
    numbers : tuple of float
        x and y of every corner of a lasso; left, right, bottom and top of a box.
    text : str
        What was searched for; the name of the set.
    limits : tuple of Legend or ItemFilter
        What was shown: nothing else is taken, or lost. The legend of `SELECTION` shows or hides what was selected
        before.
    """

    mode: Mode
    kind: str
    projection: str = ""
    numbers: tuple[float, ...] = ()
    text: str = ""
    limits: tuple[Legend | ItemFilter, ...] = ()

    def among(self, *limits: Legend | ItemFilter | None) -> Step:
        """Return the same step with what was shown."""
        return replace(self, limits=self.limits + tuple(limit for limit in limits if limit is not None))


def write_steps(steps: tuple[Step, ...]) -> str:
    """Return the text of steps."""
    return "*".join(_write(step) for step in steps)


def read_steps(text: Any) -> tuple[Step, ...]:
    """Read the text of steps; "" has none.

    Raises
    ------
    InputError
        If it is no such text, or too long.
    """
    if not isinstance(text, str) or len(text) > MOST_LETTERS:
        raise InputError(f"A selection is a text of at most {MOST_LETTERS:,} letters.")
    parts = text.split("*") if text else []
    if len(parts) > MOST_STEPS:
        raise InputError(f"A selection has at most {MOST_STEPS} steps.")
    return tuple(_read(part) for part in parts)


def shape_step(mode: Mode, kind: str, projection: str, numbers: Any) -> Step:
    """Return the step of a lasso or a box.

    Raises
    ------
    InputError
        If the numbers are not those of one.
    """
    fine = isinstance(numbers, (list, tuple)) and all(
        isinstance(one, (int, float)) and not isinstance(one, bool) and abs(one) <= FARTHEST for one in numbers
    )
    if not fine:
        raise InputError(f"The corners must be finite numbers up to {FARTHEST:g}.")
    if kind == "box" and not (len(numbers) == 4 and numbers[0] <= numbers[1] and numbers[2] <= numbers[3]):
        raise InputError("A box is its left, right, bottom and top end, in this order.")
    if kind == "lasso" and (len(numbers) % 2 or not 6 <= len(numbers) <= 2 * MOST_CORNERS):
        raise InputError(f"A polygon has 3 to {MOST_CORNERS:,} corners, x and y of each.")
    return Step(mode, kind, projection, tuple(float(one) for one in numbers))


def _write(step: Step) -> str:
    what = {
        "lasso": [step.projection, ",".join(_digits(number) for number in step.numbers)],
        "box": [step.projection, ",".join(_digits(number) for number in step.numbers)],
        "find": [_plain(step.text)],
        "set": [step.text],
    }.get(step.kind, [])
    begin = [step.kind] if step.kind == "flip" else [step.mode, step.kind]
    return "_".join([*begin, *what, *(_write_limit(limit) for limit in step.limits)])


def _write_limit(limit: Legend | ItemFilter) -> str:
    if isinstance(limit, Legend):
        parts = ["hide", limit.color, *sorted(limit.hidden)]
    elif limit.value is not None:
        parts = ["is", limit.column, limit.value]
    else:
        parts = ["in", limit.column, _digits(cast(float, limit.low)), _digits(cast(float, limit.high))]
    return ":".join(_plain(part) for part in parts)


def _read(text: str) -> Step:
    mode, _, rest = text.partition("_")
    kind, *parts = text.split("_") if mode == "flip" else rest.split("_")
    if mode != "flip" and mode not in MODES:
        raise InputError(f"A step of a selection begins with {', '.join(MODES)} or flip, not {mode[:20]!r}.")
    of = cast(Mode, "new" if mode == "flip" else mode)
    if kind in _NUMBERS and len(parts) >= 2 and _PROJECTION.fullmatch(parts[0]):
        step = shape_step(of, kind, parts.pop(0), [_number(one) for one in parts.pop(0).split(",")])
    elif kind == "find" and parts:
        step = Step(of, kind, text=unquote(parts.pop(0)))
    elif kind == "set" and parts and _SET.fullmatch(parts[0]):
        step = Step(of, kind, text=parts.pop(0))
    elif kind == "all" or (kind == "flip" and mode == "flip"):
        step = Step(of, kind)
    else:
        raise InputError(f"{text[:60]!r} is not a step of a selection.")
    return step.among(*(_read_limit(part) for part in parts))


def _read_limit(text: str) -> Legend | ItemFilter:
    kind, *parts = (unquote(part) for part in text.split(":"))
    if kind == "hide" and len(parts) >= 2:
        return Legend(parts[0], frozenset(parts[1:]))
    if kind == "is" and len(parts) == 2:
        return ItemFilter(parts[0], value=parts[1])
    if kind == "in" and len(parts) == 3:
        return ItemFilter(parts[0], _number(parts[1]), _number(parts[2]))
    raise InputError(f"{text[:60]!r} does not say what was shown.")


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not isfinite(number):
        raise InputError(f"{text[:20]!r} is not a finite number.")
    return number


def _digits(number: float) -> str:
    return repr(number).removesuffix(".0")


def _plain(text: str) -> str:
    """Return a text without the letters that part steps; what is left needs no further escape in most addresses."""
    return quote(text, safe="").replace("_", "%5F").replace("~", "%7E")


def only_selected() -> Legend:
    """Return the limit of a map that shows nothing but what was selected before."""
    return Legend(SELECTION, frozenset({NOT_SELECTED}))
