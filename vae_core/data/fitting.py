"""Fitting pictures to the shape a model takes: their size and their channels."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

import numpy as np
from PIL import Image

from vae_core.data.dataset import Dataset
from vae_core.data.gathering import size_in_words
from vae_core.data.reserve import reserve
from vae_core.errors import InputError
from vae_core.progress import Progress, Stopped, silent

Mode = Literal["resize", "pad", "crop"]
MODES: tuple[Mode, ...] = ("resize", "pad", "crop")
_SPELT = re.compile(r"(resize|pad|crop)(?::([1-9]\d{0,4})x([1-9]\d{0,4})(?:x([13]))?)?")
_DONE = {"resize": "resizing", "pad": "padding", "crop": "cropping"}
_REPORT_EVERY = 256
Shape = tuple[int, int, int]


def parse_fit(text: str) -> tuple[Mode, tuple[int | None, int, int] | None]:
    """Read ``pad``, ``pad:28x32`` (height, width) or ``pad:28x32x1`` (and channels) as a mode and ``(c, h, w)``.

    Raises
    ------
    InputError
        If it is none of those.
    """
    found = _SPELT.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise InputError(
            f"--fit takes {', '.join(MODES)}, or one of them with a size such as pad:28x28 (height, width) or "
            f"pad:28x28x1 (and channels, 1 or 3), not {text!r}."
        )
    mode: Mode = next(mode for mode in MODES if mode == found[1])
    if found[2] is None:
        return mode, None
    return mode, (None if found[4] is None else int(found[4]), int(found[2]), int(found[3]))


def fit_pixels(
    pixels: np.ndarray,
    shape: tuple[int, ...],
    mode: Mode,
    value_range: tuple[float, float] = (0.0, 255.0),
    enlarge: bool = False,
    fill: np.ndarray | None = None,
) -> tuple[np.ndarray, list[str]]:
    """Fit one picture.

    - *resize* scales it to the very size, whatever becomes of its sides' ratio;
    - *pad* scales it down, if need be, until all of it fits, and fills the rest with the median colour of its rim;
    - *crop* scales it until it covers all, and cuts what stands over.

    Colour becomes grey by the luma of ITU-R BT.601, grey becomes colour by repetition, and what is transparent is laid
    on white. Scaling is Lanczos' where it makes smaller, bicubic where it makes larger.

    Parameters
    ----------
    pixels : ndarray
        uint8 or float ``[c, h, w]``, c = 1, 3 or 4.
    shape : tuple of int
        ``(c, h, w)`` with c = 1 or 3.
    mode : {"resize", "pad", "crop"}
        How.
    value_range : tuple of float
        Black and white.
    enlarge : bool
        Whether *pad* scales small pictures up too.
    fill : ndarray, optional
        ``[c]`` what *pad* fills the rest with, for a picture whose rim is no background.

    Returns
    -------
    pixels : ndarray
        Of the same type, ``[c, h, w]`` as asked.
    steps : list of str
        What was done, in words.
    """
    steps: list[str] = []
    pixels = _in_channels(pixels, shape[0], value_range, steps)
    height, width = shape[1:]
    if pixels.shape[1:] == (height, width):
        return pixels, steps
    before = size_in_words(pixels.shape)
    inner = _inner(pixels.shape[1], pixels.shape[2], height, width, mode, enlarge)
    rim = _rim_colour(pixels) if fill is None else fill
    if inner != pixels.shape[1:]:
        pixels = _scaled(pixels, inner, value_range)
        steps.append(f"scaled from {before} to {size_in_words(inner)}")
    if inner != (height, width):
        fitted = np.empty((len(pixels), height, width), pixels.dtype)
        fitted[:] = rim[:, None, None]
        down, right = (height - inner[0]) // 2, (width - inner[1]) // 2  # below zero where it is cut
        there = fitted[:, max(down, 0) : max(down, 0) + inner[0], max(right, 0) : max(right, 0) + inner[1]]
        there[:] = pixels[:, max(-down, 0) :, max(-right, 0) :][:, : there.shape[1], : there.shape[2]]
        pixels = fitted
        steps.append(f"{'cut to' if mode == 'crop' else 'centred on'} {size_in_words(shape)}")
    return pixels, steps


class Fitter:
    """Fits pictures to one shape, and notes what it did.

    Parameters
    ----------
    mode : {"resize", "pad", "crop"}
        As of `fit_pixels`.
    shape : tuple
        ``(c, h, w)``; c is None to keep the channels there are.
    """

    def __init__(self, mode: Mode, shape: tuple[int | None, int, int]) -> None:
        self._mode, self._shape = mode, shape
        self._before: set[Shape] = set()
        self._after: Shape | None = None

    @classmethod
    def of(cls, text: str, model_shape: tuple[int, ...] | None) -> Fitter:
        """Return what ``--fit`` asks for, where the model takes items of `model_shape`, as far as that is known.

        Raises
        ------
        InputError
            If the size is known neither from the option nor from the model.
        """
        mode, stated = parse_fit(text)
        if model_shape is not None and (len(model_shape) != 3 or model_shape[0] not in (1, 3)):
            raise InputError(
                f"--fit is for pictures in grey or colour, but the model takes items of shape {model_shape}; "
                "leave it out."
            )
        channels = None if model_shape is None else model_shape[0]
        if stated is not None:
            return cls(mode, (stated[0] or channels, *stated[1:]))
        if model_shape is None:
            raise InputError(
                f"--fit {mode} needs a size, since no model says one; give it as in --fit {mode}:28x28 (height, width) "
                f"or {mode}:28x28x1 (and channels)."
            )
        return cls(mode, (model_shape[0], model_shape[1], model_shape[2]))

    def __call__(self, pixels: np.ndarray, value_range: tuple[float, float] = (0.0, 255.0)) -> np.ndarray:
        """Return a picture ``[c, h, w]`` of the shape."""
        target = (self._shape[0] or (1 if len(pixels) == 1 else 3), *self._shape[1:])
        self._before.add((len(pixels), pixels.shape[1], pixels.shape[2]))
        self._after = target if self._after is None else (max(self._after[0], target[0]), *target[1:])
        return fit_pixels(pixels, target, self._mode, value_range)[0]

    def fit(self, data: Dataset, progress: Progress = silent) -> Dataset:
        """Return a data set of pictures of the shape, which may be the very same, with a note of what was done.

        Raises
        ------
        InputError
            If its items are no pictures.
        Stopped
            If `progress` asked to stop.
        """
        if data.kind != "image":
            raise InputError(f"{data.name}: --fit fits pictures, and these are {data.kind} data; leave it out.")
        channels = self._shape[0] or (1 if data.sample_shape[0] == 1 else 3)
        values = data.values
        if data.sample_shape != (channels, *self._shape[1:]):
            values = reserve((len(data), channels, *self._shape[1:]), data.values.dtype, data.name)
            for at in range(len(data)):
                if at % _REPORT_EVERY == 0 and not progress(at, len(data), "fitting pictures"):
                    raise Stopped(f"Fitting {data.name} was stopped.")
                values[at] = self(data.values[at], data.value_range)
            progress(len(data), len(data), "fitting pictures")
        return replace(data, values=values, notes=(*data.notes, *self._notes()))

    def _notes(self) -> list[str]:
        if self._after is None or self._before <= {self._after}:
            return []
        before = f"{len(self._before)} shapes" if len(self._before) > 1 else _in_words(next(iter(self._before)))
        return [f"Fitted {before} to {_in_words(self._after)} by {_DONE[self._mode]}."]


def _in_words(shape: tuple[int, ...]) -> str:
    return f"{size_in_words(shape)} {'grey' if shape[0] == 1 else 'colour'}"


def _in_channels(pixels: np.ndarray, channels: int, value_range: tuple[float, float], steps: list[str]) -> np.ndarray:
    if len(pixels) == 4:
        low, high = value_range
        share = (pixels[3:].astype(np.float64) - low) / (high - low)
        laid = share * pixels[:3] + (1 - share) * high
        pixels = _like(laid, pixels.dtype)
        steps.append("laid on white")
    if len(pixels) == 3 and channels == 1:
        steps.append("turned grey")
        if pixels.dtype == np.uint8:  # as Pillow rounds
            red, green, blue = pixels.astype(np.uint32)
            grey = (19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16
            return np.asarray(grey, dtype=np.uint8)[None]
        return _like(np.tensordot([0.299, 0.587, 0.114], pixels.astype(np.float64), 1)[None], pixels.dtype)
    if len(pixels) == 1 and channels == 3:
        steps.append("repeated in colour")
        return np.repeat(pixels, 3, axis=0)
    return pixels


def _inner(h: int, w: int, height: int, width: int, mode: Mode, enlarge: bool) -> tuple[int, int]:
    """Return the size, height first, to which a picture is scaled."""
    if mode == "resize":
        return height, width
    across, down = width / w, height / h
    scale = max(across, down) if mode == "crop" else min(across, down, float("inf") if enlarge else 1.0)
    return max(1, round(h * scale)), max(1, round(w * scale))


def _scaled(pixels: np.ndarray, size: tuple[int, int], value_range: tuple[float, float]) -> np.ndarray:
    smaller = size[0] < pixels.shape[1] or size[1] < pixels.shape[2]
    way = Image.Resampling.LANCZOS if smaller else Image.Resampling.BICUBIC
    whole = pixels.dtype == np.uint8
    bands = [
        np.asarray(Image.fromarray(band if whole else band.astype(np.float32)).resize(size[::-1], way))
        for band in np.ascontiguousarray(pixels)
    ]
    return np.stack(bands) if whole else _like(np.clip(np.stack(bands), *value_range), pixels.dtype)


def _rim_colour(pixels: np.ndarray) -> np.ndarray:
    rim = np.concatenate([pixels[:, 0], pixels[:, -1], pixels[:, :, 0], pixels[:, :, -1]], axis=1)
    return np.asarray(np.median(rim, axis=1).astype(pixels.dtype))


def _like(values: np.ndarray, dtype: np.dtype) -> np.ndarray:
    return np.rint(values).astype(dtype) if dtype.kind in "iu" else values.astype(dtype)
