"""Sprites: 64 × 64 pictures with known factors.

The factors and their grid are those of dSprites (Matthey, Higgins, Hassabis and
Lerchner, "dSprites: Disentanglement testing Sprites dataset", 2017), in the same
order. The pictures are our own drawing and not the original files: shapes are a
little smoother (grey at their outline), and the 40 orientations stop short of 2π,
where dSprites counts the upright shape twice.
"""

from __future__ import annotations

import colorsys
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from vae_core.data.dataset import Dataset
from vae_core.data.reserve import free_memory
from vae_core.data.sprite_shapes import PATCH, RADIUS, SHAPES, draw
from vae_core.errors import InputError
from vae_core.progress import Progress, Stopped, silent
from vae_core.storage import DiskFull, new_mapped

SIZE = 64
SHAPE_NAMES = tuple(SHAPES)
SCALES = np.linspace(0.5, 1, 6)
ORIENTATIONS = np.linspace(0, 2 * np.pi, 40, endpoint=False)
POSITIONS = np.linspace(0, 1, 32)
HUES = np.linspace(0, 1, 12, endpoint=False)
_GRID = {"shapes": 3, "scales": 6, "orientations": 40, "xs": 32, "ys": 32}
_FULL = math.prod(_GRID.values())
_MARGIN = 16  # pixels from the border to the centre at position 0; one step of the grid is one pixel
_ROOM = 0.8  # largest part of the free memory the pictures may take

Picks = int | Sequence[int]


def sprites(
    shapes: int | Sequence[str] = 3,
    scales: Picks = 3,
    orientations: Picks = 10,
    xs: Picks = 10,
    ys: Picks = 10,
    *,
    hues: Picks = 0,
    file: str | Path | None = None,
    progress: Progress = silent,
) -> Dataset:
    """Draw a subset of the sprites, every combination of the chosen factor values.

    Each of the five factors takes a number of values, spread evenly over its grid, or
    the positions in its grid that are wanted. The default are 9,000 pictures;
    ``sprites(3, 6, 40, 32, 32)`` are all 737,280 (3 GB: give `file`).

    Parameters
    ----------
    shapes : int or sequence of str
        Of square, ellipse, heart.
    scales : int or sequence of int
        Of 6 scales, 0.5 … 1.
    orientations : int or sequence of int
        Of 40 angles in [0, 2π), in radians, counter-clockwise.
    xs, ys : int or sequence of int
        Of 32 positions in [0, 1] each, x to the right and y down.
    hues : int or sequence of int
        Of 12 hues in [0, 1): draws in colour, with this factor before all others. 0 draws in grey.
    file : str or Path, optional
        An ``.npy`` file to draw into, which must not exist; the values are a memory
        map of it and need hardly any memory.
    progress : Progress
        Called after each position x.

    Returns
    -------
    Dataset
        uint8 images ``[n, 1, 64, 64]`` (in colour ``[n, 3, 64, 64]``), the last factor
        fastest. The table holds the true values in the columns ``shape``, ``scale``,
        ``orientation``, ``x``, ``y`` (and ``hue``); item ids are the places in the full
        grid, so that subsets match each other.

    Raises
    ------
    InputError
        If a factor has no such values, the pictures do not fit into memory, or `file` cannot be written.
    Stopped
        If `progress` asked to stop.
    """
    chosen = [_shapes(shapes)]
    for name, wanted in {"scales": scales, "orientations": orientations, "xs": xs, "ys": ys}.items():
        chosen.append(_picks(name, wanted, _GRID[name], round_trip=name == "orientations"))
    hue = _picks("hues", hues, len(HUES), round_trip=True) if not (isinstance(hues, int) and hues == 0) else None
    table = _table(chosen, hue)
    pictures = (len(table), 1 if hue is None else 3, SIZE, SIZE)
    if file is None:
        _check_memory(pictures)
        values = np.zeros(pictures, np.uint8)
        _paint(values, chosen, hue, progress)
    else:
        values = _paint_into(Path(file), pictures, chosen, hue, progress)
    return Dataset(values, "image", (0.0, 255.0), table, "sprites")


def parse_sprites(subset: str) -> dict[str, int | list[str]]:
    """Read ``scales=2,orientations=8,xs=16`` or ``full`` as the arguments of `sprites`.

    Shapes may also be given by name, as in ``shapes=square+heart``.

    Raises
    ------
    InputError
        If it is neither.
    """
    if subset == "full":
        return dict(_GRID)
    arguments: dict[str, int | list[str]] = {}
    for part in subset.split(","):
        name, _, value = (piece.strip() for piece in part.partition("="))
        if name in arguments or name not in (*_GRID, "hues") or not (value.isascii() and value):
            raise _bad_subset(subset)
        if value.isdigit() and len(value) < 10:
            arguments[name] = int(value)
        elif name == "shapes":
            arguments[name] = [shape.strip() for shape in value.split("+")]
        else:
            raise _bad_subset(subset)
    return arguments


def _bad_subset(subset: str) -> InputError:
    return InputError(
        f"sprites:{subset}: this is not a subset of the sprites; give sprites:full or numbers of values as in "
        "sprites:shapes=3,scales=2,orientations=8,xs=16,ys=16,hues=4."
    )


def _shapes(wanted: int | Sequence[str]) -> np.ndarray:
    if isinstance(wanted, int):
        return _picks("shapes", wanted, len(SHAPE_NAMES), round_trip=False)
    names = [wanted] if isinstance(wanted, str) else list(wanted)
    unknown = [name for name in names if name not in SHAPE_NAMES]
    if unknown:
        raise InputError(f"sprites: there is no shape {unknown[0]}; choose among {', '.join(SHAPE_NAMES)}.")
    return _picks("shapes", [SHAPE_NAMES.index(name) for name in names], len(SHAPE_NAMES), round_trip=False)


def _picks(name: str, wanted: Picks, of: int, round_trip: bool) -> np.ndarray:
    """Positions in the grid of one factor; a number of them is spread over the circle or from end to end."""
    if isinstance(wanted, int):
        if not 1 <= wanted <= of:
            raise InputError(f"sprites: {name} cannot be {wanted}; choose between 1 and {of}.")
        if wanted == 1:
            return np.array([0 if round_trip or name == "shapes" else of // 2])
        if round_trip:
            return np.arange(wanted) * of // wanted
        return np.rint(np.linspace(0, of - 1, wanted)).astype(int)
    picks = np.asarray(list(wanted))
    if picks.ndim != 1 or not len(picks) or picks.dtype.kind not in "iu":
        raise InputError(f"sprites: {name} must be a number or a list of positions in the grid, not {wanted!r}.")
    if picks.min() < 0 or picks.max() >= of or len(np.unique(picks)) < len(picks):
        raise InputError(f"sprites: the positions of {name} must be different numbers between 0 and {of - 1}.")
    return np.sort(picks).astype(int)


def _table(chosen: list[np.ndarray], hue: np.ndarray | None) -> pd.DataFrame:
    factors = [np.array([0]) if hue is None else hue, *chosen]
    hues, shape, scale, orientation, x, y = (axis.ravel() for axis in np.meshgrid(*factors, indexing="ij"))
    places = np.ravel_multi_index((shape, scale, orientation, x, y), tuple(_GRID.values()))
    if hue is not None:  # grey pictures keep the places 0 … 737,279
        places = places + (hues + 1) * _FULL
    columns = {
        "shape": pd.Categorical.from_codes(shape, categories=list(SHAPE_NAMES)),
        "scale": SCALES[scale],
        "orientation": ORIENTATIONS[orientation],
        "x": POSITIONS[x],
        "y": POSITIONS[y],
    }
    if hue is not None:
        columns = {"hue": HUES[hues], **columns}
    return pd.DataFrame(columns, index=pd.Index(places, name="item"))


def _paint(values: np.ndarray, chosen: list[np.ndarray], hue: np.ndarray | None, progress: Progress) -> None:
    """Draw each shape, scale and orientation once and copy it to every position: positions are whole pixels apart."""
    shape, scale, orientation, x, y = chosen
    patches = np.stack([[draw(SHAPE_NAMES[i], SCALES[j], ORIENTATIONS[orientation]) for j in scale] for i in shape])
    colours = [(1.0,)] if hue is None else [colorsys.hsv_to_rgb(value, 1, 1) for value in HUES[hue]]
    lengths = [len(picks) for picks in chosen]
    canvas = values.reshape(len(colours), *lengths, len(colours[0]), SIZE, SIZE)
    for number, colour in enumerate(colours):
        tinted = np.rint(patches[:, :, :, None] * np.reshape(colour, (-1, 1, 1))).astype(np.uint8)
        for i, column in enumerate(x + _MARGIN - RADIUS):
            for j, row in enumerate(y + _MARGIN - RADIUS):
                canvas[number, :, :, :, i, j, :, row : row + PATCH, column : column + PATCH] = tinted
            if not progress(number * len(x) + i + 1, len(colours) * len(x), "drawing sprites"):
                raise Stopped("Drawing the sprites was stopped.")


def _paint_into(
    file: Path, shape: tuple[int, ...], chosen: list[np.ndarray], hue: np.ndarray | None, progress: Progress
) -> np.ndarray:
    if file.exists():
        raise InputError(f"{file}: this file exists already; give another name or remove it.")
    unfinished = file.with_name(f".{file.name}.unfinished")
    try:
        values = new_mapped(unfinished, np.uint8, shape)
        _paint(values, chosen, hue, progress)
        values.flush()
        del values
        unfinished.replace(file)
        mapped: np.ndarray = np.load(file, mmap_mode="r", allow_pickle=False)
        return mapped
    except (DiskFull, OSError) as error:
        raise InputError(
            f"{file}: the sprites cannot be written here ({error.strerror}); choose another place."
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _check_memory(shape: tuple[int, ...]) -> None:
    need, free = math.prod(shape), free_memory()
    if free is not None and need > _ROOM * free:
        raise InputError(
            f"sprites: {shape[0]:,} pictures take {need / 1e6:,.0f} MB but only {free / 1e6:,.0f} MB of memory "
            "are free; give fewer factor values, or draw them into a file with sprites(…, file=…)."
        )
