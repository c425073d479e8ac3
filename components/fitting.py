"""Fitting a visitor's picture to the shape a model takes."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps

from vae_core import InputError
from vae_core.data.fitting import fit_pixels

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
    channels = shape[0]
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
    pixels = np.asarray(image).reshape(image.height, image.width, channels).transpose(2, 0, 1)
    pixels, done = fit_pixels(pixels, shape, "pad", enlarge=True)
    steps += done
    values = pixels.astype(np.float32) / 255
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
