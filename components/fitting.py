"""Fitting a visitor's picture to the shape a model takes."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps

from vae_core import InputError

_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")
_MOST_PIXELS = 50_000_000
_TOO_LARGE = f"The picture has more than {_MOST_PIXELS // 10**6} million pixels; drop a smaller one."


@dataclass(frozen=True)
class Fitted:
    """A picture as the model takes it.

    Parameters
    ----------
    values : ndarray
        float32 ``[c, h, w]`` in [0, 1].
    how : str
        What was done to it, in one sentence.
    """

    values: np.ndarray
    how: str


def fit_picture(file: bytes, shape: tuple[int, ...], invert: bool = False) -> Fitted:
    """Read a picture file and fit it to ``(c, h, w)``.

    Transparent parts are laid on white, colours are matched to the channels, the
    picture is scaled to fit and the rest is filled with the colour of its rim.

    Raises
    ------
    InputError
        If it is no picture, of another format, or too large.
    """
    channels, height, width = shape
    if channels not in (1, 3):
        raise InputError(f"The model takes pictures of {channels} channels; only grey and colour can be fitted.")
    if not file:
        raise InputError("The file is empty; drop another picture.")
    steps: list[str] = []
    try:
        image = _in_channels(_opened(file), channels, steps)
    except InputError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InputError(_TOO_LARGE) from error
    except Exception as error:
        # Damaged files make Pillow's readers raise nearly anything.
        raise InputError(f"This file is not a readable picture; drop one of {', '.join(_FORMATS)}.") from error
    if invert:
        image = ImageOps.invert(image)
        steps.append("inverted")
    if image.size != (width, height):
        image = _scaled(image, width, height, steps)
    values = np.asarray(image, dtype=np.float32).reshape(height, width, channels).transpose(2, 0, 1) / 255
    how = ", ".join(steps)
    return Fitted(np.ascontiguousarray(values), f"{how[0].upper()}{how[1:]}." if how else "Taken as it is.")


def _opened(file: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(file), formats=_FORMATS)
    if image.width * image.height > _MOST_PIXELS:
        raise InputError(_TOO_LARGE)
    upright = ImageOps.exif_transpose(image)
    upright.load()
    return upright


def _in_channels(image: Image.Image, channels: int, steps: list[str]) -> Image.Image:
    """Turn any picture into 8-bit grey or colour, and say how."""
    grey = image.mode in ("1", "L", "LA", "La", "I", "F") or image.mode.startswith("I;16")
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        raw = np.nan_to_num(np.asarray(image).astype(np.float64))
        span = float(np.ptp(raw))
        image = Image.fromarray(np.rint(255 * (raw - raw.min()) / (span or 1.0)).astype(np.uint8))
        steps.append("stretched to 8 bits")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
        steps.append("laid on white")
    if channels == 1 and not grey:
        steps.append("turned grey")
    return image.convert("L" if channels == 1 else "RGB")


def _scaled(image: Image.Image, width: int, height: int, steps: list[str]) -> Image.Image:
    """Scale a picture to fit and centre it on the colour of its rim."""
    before = f"{image.width} × {image.height}"
    scale = min(width / image.width, height / image.height)
    inner = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    rim = _rim_colour(np.asarray(image))
    if inner != image.size:
        image = image.resize(inner, Image.Resampling.LANCZOS if scale < 1 else Image.Resampling.BICUBIC)
        steps.append(f"scaled from {before} to {inner[0]} × {inner[1]}")
    if inner != (width, height):
        canvas = Image.new(image.mode, (width, height), rim)
        canvas.paste(image, ((width - inner[0]) // 2, (height - inner[1]) // 2))
        image = canvas
        steps.append(f"centred on {width} × {height}")
    return image


def _rim_colour(pixels: np.ndarray) -> int | tuple[int, ...]:
    flat = pixels.reshape(pixels.shape[0], pixels.shape[1], -1)
    rim = np.concatenate([flat[0], flat[-1], flat[:, 0], flat[:, -1]])
    colour = tuple(int(value) for value in np.median(rim, axis=0))
    return colour[0] if len(colour) == 1 else colour
