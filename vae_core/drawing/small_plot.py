"""A vector or a series as a picture the size of a thumbnail."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from vae_core.data.dataset import Dataset
from vae_core.drawing.picture_form import picture_form

_WIDTH, _HEIGHT = 96, 72
_FINER = 3  # drawn so many times as large and scaled down: Pillow's lines have hard edges
_RIM = 3


def small_plot(data: Dataset, values: np.ndarray) -> Image.Image:
    """Draw one item ``[*sample_shape]`` as lines or bars on a transparent ground, on the scales of the data."""
    form = picture_form(data)
    image = Image.new("RGBA", (_WIDTH * _FINER, _HEIGHT * _FINER), (255, 255, 255, 0))
    pen = ImageDraw.Draw(image)
    rows = np.asarray(values, dtype=np.float64).reshape(form["shape"])
    low, high = np.array(form["low"]), np.array(form["high"])
    if form["kind"] == "bars":
        _bars(pen, rows[0], low, high, form["inks"][0])
    else:
        tall = (_HEIGHT - 2 * _RIM) / len(form["panels"])
        for at, group in enumerate(form["panels"]):
            box = (_RIM, _RIM + at * tall, _WIDTH - _RIM, _RIM + (at + 1) * tall - 1)
            drawn = [(rows[channel], form["inks"][channel]) for channel in group]
            _lines(pen, drawn, np.array(form["along"]), (low[group].min(), high[group].max()), box)
    return image.resize((_WIDTH, _HEIGHT), Image.Resampling.BOX)


def _bars(pen: ImageDraw.ImageDraw, row: np.ndarray, low: np.ndarray, high: np.ndarray, ink: str) -> None:
    share = np.clip((row - low) / np.where(high > low, high - low, 1.0), 0, 1)
    slot = (_WIDTH - 2 * _RIM) / len(row)
    for at, part in enumerate(share):
        left = _RIM + at * slot
        top = _HEIGHT - _RIM - max(1.0, part * (_HEIGHT - 2 * _RIM))
        edges = (left, top, left + max(0.8, 0.8 * slot), _HEIGHT - _RIM)
        pen.rectangle([edge * _FINER for edge in edges], fill=ink)


def _lines(
    pen: ImageDraw.ImageDraw,
    rows: list[tuple[np.ndarray, str]],
    along: np.ndarray,
    scale: tuple[float, float],
    box: tuple[float, float, float, float],
) -> None:
    left, top, right, bottom = box
    start, end = min(along), max(along)
    x = left + (along - start) / ((end - start) or 1.0) * (right - left)
    for row, ink in rows:
        share = np.clip((row - scale[0]) / ((scale[1] - scale[0]) or 1.0), -0.1, 1.1)
        y = bottom - share * (bottom - top)
        places = np.stack([x, y], axis=1).reshape(-1) * _FINER
        pen.line(places.tolist(), fill=ink, width=round(1.3 * _FINER))
