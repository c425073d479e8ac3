"""Columns that are angles: recognised, told in degrees, and cut into sectors."""

from __future__ import annotations

import dataclasses
import re

import numpy as np

from vae_core.data.features import split_unit
from vae_core.interpret.item_columns import ItemColumn, ItemColumns

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
    first = {min(at, other): (at, other, name) for name, (at, other) in pairs.items()}
    joined = {place for pair in pairs.values() for place in pair}
    made = []
    for at, column in enumerate(columns.columns):
        if at in first:
            sine, cosine, name = first[at]
            made.append(_of_pair(columns.columns[sine], columns.columns[cosine], name))
        elif at not in joined:
            made.append(_of_number(column))
    return ItemColumns(tuple(made), columns.left_out, columns.reasons)


def sectors(column: ItemColumn) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return in which sixth of its turn each item of an angle lies, ``[n]`` int32 (−1 unknown), and what these are."""
    wide = column.turn / SECTORS
    known = column.known
    codes = np.full(len(column.values), -1, dtype=np.int32)
    codes[known] = np.minimum((column.values[known] % column.turn) // wide, SECTORS - 1)
    return codes, tuple(f"{k * wide:.0f}–{(k + 1) * wide:.0f}°" for k in range(SECTORS))


def _pairs(columns: tuple[ItemColumn, ...]) -> dict[str, tuple[int, int]]:
    """Places of sine and cosine of the same angle, by its name."""
    halves: dict[tuple[str, str], dict[str, int]] = {}
    for at, column in enumerate(columns):
        if column.kind == "number" and (told := _PART.fullmatch(column.name)):
            name = " ".join(part for part in (told["before"].strip(), told["after"].strip()) if part)
            halves.setdefault((column.source, name), {})[told["of"].lower()[:3]] = at
    return {
        name or "angle": (half["sin"], half["cos"])
        for (_, name), half in halves.items()
        if len(half) == 2 and _on_the_circle(columns[half["sin"]].values, columns[half["cos"]].values)
    }


def _on_the_circle(sine: np.ndarray, cosine: np.ndarray) -> bool:
    length = np.hypot(sine, cosine)
    known = np.isfinite(length)
    return bool(known.any() and (np.abs(length[known] - 1) < 1e-3).all())


def _of_pair(sine: ItemColumn, cosine: ItemColumn, name: str) -> ItemColumn:
    turn = HALF_TURN if _TWICE.search(name) else TURN
    angle = np.degrees(np.arctan2(sine.values, cosine.values)) % TURN * (turn / TURN)
    plain = " ".join(_TWICE.sub("", name).split()) or "angle"
    return dataclasses.replace(sine, name=plain, values=angle, turn=turn, parts=(sine.name, cosine.name))


def _of_number(column: ItemColumn) -> ItemColumn:
    name, unit = split_unit(column.name)
    if column.kind != "number" or not (_SAID.search(name) or unit.lower() in _UNITS):
        return column
    known = column.values[np.isfinite(column.values)]
    low, high = float(known.min()), float(known.max())
    stated = _UNITS.get(unit.lower())
    reach = high - min(low, 0.0)
    turns = (stated,) if stated else (1.0, *_TURNS) if low >= 0 and _IN_TURNS.search(name) else _TURNS
    turn = next((one for one in turns if reach <= one * (1 + 1e-9)), None)
    if turn is None or high - low <= _COVERED * turn:
        return column
    return dataclasses.replace(column, values=column.values * (TURN / turn) % TURN, turn=TURN)
