"""Columns that are angles: recognised, told in degrees, and cut into sectors."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

import numpy as np

from vae_core.columns.item_columns import ItemColumn, ItemColumns
from vae_core.data.features import split_unit

#: A full turn, and that of an axis, which is the same after half of it, in degrees.
TURN, HALF_TURN = 360.0, 180.0
#: Parts that a turn is cut into where it is told in words.
SECTORS = 6
_PART = re.compile(
    r"(?P<before>.*?)[\s_-]*(?<![a-z])(?P<of>sine?|cos(?:ine)?)(?![a-z])[\s_-]*(?P<after>.*)", re.IGNORECASE
)
_TWICE = re.compile(r"2\s*(θ|theta|φ|phi|α|alpha)\b", re.IGNORECASE)
_SAID = re.compile(
    r"\b(orientation|angle|rotation|direction|heading|azimuth|bearing|phase|hue)s?\b|θ|φ|theta|phi\b", re.IGNORECASE
)
_UNITS = {**dict.fromkeys(("°", "deg", "degree", "degrees"), 360.0), **dict.fromkeys(("rad", "radians"), 2 * np.pi)}
#: What a column of angles may be measured in, if it does not say so: the smallest turn that holds it.
_TURNS = (2 * np.pi, 360.0)
#: What is given in turns as well, from 0 to 1.
_IN_TURNS = re.compile(r"\b(hue|phase)s?\b", re.IGNORECASE)
#: Of a turn: angles that cover less nowhere meet from both sides, and are numbers like any other.
_COVERED = 0.5


def with_angles(columns: ItemColumns) -> ItemColumns:
    """Return columns with every angle as one column, in degrees.

    Sine and cosine of one angle ("direction sin 2θ", "direction cos 2θ": the squares add up to 1) become one column;
    "2θ" marks an axis, whose turn is half a turn. A number whose name or unit says that it is an angle
    ("orientation", "azimuth (°)") is one if it covers more than half a turn without leaving it; in radians, in
    degrees, or in turns, as its unit or its range says. What covers less is a number like any other, as nothing of it
    meets from both sides.

    Parameters
    ----------
    columns : ItemColumns
        As `columns_of_space` finds them.
    """
    pairs = _pairs(columns.columns)
    first = {min(pair): pair for pair in pairs}
    joined = {place for pair in pairs for place in pair}
    made = []
    for at, column in enumerate(columns.columns):
        if at in first:
            sine, cosine = (columns.columns[place] for place in first[at])
            common = pairs[first[at]]
            others = [one.name for one in columns.columns if one.source == column.source]
            turn = turn_of_pair(common)
            values = degrees_of_pair(sine.values, cosine.values, turn)
            parts = (sine.name, cosine.name)
            made.append(
                dataclasses.replace(column, name=angle_name(common, others), values=values, turn=turn, parts=parts)
            )
        elif at not in joined:
            made.append(_of_number(column))
    return ItemColumns(tuple(made), columns.left_out, columns.reasons)


def sectors(column: ItemColumn) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return in which sixth of its turn each item of an angle lies, ``[n]`` int32 (−1 unknown), and what these are."""
    wide = column.turn / SECTORS
    known = column.observed_mask
    codes = np.full(len(column.values), -1, dtype=np.int32)
    codes[known] = np.minimum((column.values[known] % column.turn) // wide, SECTORS - 1)
    return codes, tuple(f"{k * wide:.0f}–{(k + 1) * wide:.0f}°" for k in range(SECTORS))


def pairs_by_name(names: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return the places of what is called sine and cosine of one angle, by what both have in common of their names."""
    halves: dict[str, dict[str, int]] = {}
    for at, name in enumerate(names):
        if told := _PART.fullmatch(name):
            common = " ".join(part for part in (told["before"].strip(), told["after"].strip()) if part)
            halves.setdefault(common, {})[told["of"].lower()[:3]] = at
    return {name or "angle": (half["sin"], half["cos"]) for name, half in halves.items() if len(half) == 2}


def angle_name(common: str, others: Sequence[str]) -> str:
    """Return what the angle of a pair is called, by what both parts have in common, unlike any of the others."""
    plain = " ".join(_TWICE.sub("", common).split()) or "angle"
    return f"{plain} (angle)" if plain in others else plain


def turn_of_pair(common: str) -> float:
    """Return the degrees after which the angle of a pair is the same again: half a turn of an axis."""
    return HALF_TURN if _TWICE.search(common) else TURN


def degrees_of_pair(sine: np.ndarray, cosine: np.ndarray, turn: float) -> np.ndarray:
    """Return the angle ``[n]`` in degrees from 0 to `turn`, of its sine and cosine, or those of twice the angle."""
    return np.asarray(np.degrees(np.arctan2(sine, cosine)) % TURN * (turn / TURN))


def says_angle(name: str) -> bool:
    """Return whether the name or the unit of a number says that it is an angle."""
    plain, unit = split_unit(name)
    return bool(_SAID.search(plain)) or unit.lower() in _UNITS


def turn_of_number(name: str, values: np.ndarray) -> float:
    """Return how much of its own unit is a turn of a number that says it is an angle, 0 where it goes round nowhere.

    Parameters
    ----------
    name : str
        With its unit, if there is one.
    values : ndarray
        ``[n]``, not finite where they are missing.
    """
    plain, unit = split_unit(name)
    known = values[np.isfinite(values)]
    if not len(known):
        return 0.0
    low, high = float(known.min()), float(known.max())
    stated = _UNITS.get(unit.lower())
    reach = high - min(low, 0.0)
    turns = (stated,) if stated else (1.0, *_TURNS) if low >= 0 and _IN_TURNS.search(plain) else _TURNS
    turn = next((one for one in turns if reach <= one * (1 + 1e-9)), None)
    return 0.0 if turn is None or high - low <= _COVERED * turn else turn


def _pairs(columns: tuple[ItemColumn, ...]) -> dict[tuple[int, int], str]:
    """What places of sine and cosine of the same angle have in common of their names."""
    found: dict[tuple[int, int], str] = {}
    for source in ("table", "measured"):
        places = [at for at, one in enumerate(columns) if one.is_plain_number and one.source == source]
        for common, (sine, cosine) in pairs_by_name([columns[at].name for at in places]).items():
            pair = places[sine], places[cosine]
            if on_the_circle(*(columns[at].values for at in pair)):
                found[pair] = common
    return found


def on_the_circle(sine: np.ndarray, cosine: np.ndarray) -> bool:
    """Return whether the squares of both add up to 1, wherever they are known."""
    length = np.hypot(sine, cosine)
    known = np.isfinite(length)
    return bool(known.any() and (np.abs(length[known] - 1) < 1e-3).all())


def _of_number(column: ItemColumn) -> ItemColumn:
    said = column.is_plain_number and says_angle(column.name)
    turn = turn_of_number(column.name, column.values) if said else 0.0
    return dataclasses.replace(column, values=column.values * (TURN / turn) % TURN, turn=TURN) if turn else column
