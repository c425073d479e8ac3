"""Fitting a visitor's picture to the shape a model takes."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps

from vae_core import InputError
from vae_core.data.fitting import fit_pixels
from vae_core.data.pictures import LONGEST_SIDE

_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")
_MOST_PIXELS = 50_000_000
#: Levels of 255 within which a colour is called black, white or grey.
_NEARLY = 8
_TOO_LARGE = (
    f"The picture has more than {_MOST_PIXELS // 10**6} million pixels, or more than {LONGEST_SIDE:,} a side; "
    "drop a smaller one."
)


@dataclass(frozen=True)
class FittedPicture:
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


def fit_picture(
    file: bytes, shape: tuple[int, ...], invert: bool = False, background: np.ndarray | None = None
) -> FittedPicture:
    """Read a picture file and fit it to ``(c, h, w)``.

    Transparent parts are laid on the background, colours are matched to the channels, the picture is scaled to fit
    and the rest is filled with the colour of its rim, or with the background where its rim is transparent.

    Parameters
    ----------
    file : bytes
        The file.
    shape : tuple of int
        Of what the model takes.
    invert : bool
        Whether dark and bright change places; the background stays.
    background : ndarray, optional
        ``[c]`` in [0, 1], the background of the model's data; white where it is not known.

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
        image, alpha = _opaque_and_alpha(_opened(file), steps)
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
    fill = None
    if alpha is not None:
        ground = np.full(channels, 255, np.uint8) if background is None else np.rint(255 * background).astype(np.uint8)
        image = _laid(image, alpha, ground)
        steps.append(f"laid on {_in_words(ground)}" + ("" if background is None else ", the background of the data"))
        rim = np.concatenate([alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]])
        fill = ground if rim.min() < 1 else None
    if channels == 1 and image.mode != "L":
        steps.append("turned grey")
    image = image.convert("L" if channels == 1 else "RGB")
    pixels = np.asarray(image).reshape(image.height, image.width, channels).transpose(2, 0, 1)
    pixels, done = fit_pixels(pixels, shape, "pad", enlarge=True, fill=fill)
    steps += done
    values = pixels.astype(np.float32) / 255
    how = ", ".join(steps)
    return FittedPicture(np.ascontiguousarray(values), f"{how[0].upper()}{how[1:]}." if how else "Taken as it is.")


def _opened(file: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(file), formats=_FORMATS)
    if image.width * image.height > _MOST_PIXELS or max(image.size) > LONGEST_SIDE:
        raise InputError(_TOO_LARGE)
    key = image.info.get("transparency")
    if image.format == "PNG" and image.mode in ("L", "RGB") and isinstance(key, (int, tuple)):
        # Pillow brings pixels of any depth to 8 bits, but not the colour that stands for transparent.
        depth = file[24]
        levels = [level >> 8 if depth == 16 else 255 * level // (2**depth - 1) for level in np.atleast_1d(key).tolist()]
        image.info["transparency"] = tuple(levels) if isinstance(key, tuple) else levels[0]
    upright = ImageOps.exif_transpose(image)
    upright.load()
    return upright


def _opaque_and_alpha(image: Image.Image, steps: list[str]) -> tuple[Image.Image, np.ndarray | None]:
    """Return a picture in 8-bit grey or colour, and how opaque each pixel is, ``[h, w]`` in [0, 1]; None if all are."""
    alpha = None
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        raw = np.nan_to_num(np.asarray(image).astype(np.float64))
        key = image.info.get("transparency")
        if isinstance(key, int) and (raw != key).any():
            alpha = (raw != key).astype(np.float64)
        seen = raw if alpha is None else raw[alpha > 0]
        low, span = float(seen.min()), float(np.ptp(seen)) or 1.0
        image = Image.fromarray(np.rint(255 * np.clip((raw - low) / span, 0, 1)).astype(np.uint8))
        steps.append("stretched to 8 bits")
    elif image.has_transparency_data:
        grey = image.mode in ("1", "L", "LA", "La")
        whole = (image.convert("LA") if image.mode == "La" else image).convert("RGBA")
        alpha = np.asarray(whole.getchannel("A")) / 255
        # A colour of its own, where it is grey in the file, survives the way through RGBA.
        image = whole.getchannel("R") if grey else whole.convert("RGB")
    elif image.mode == "1":
        image = image.convert("L")
    elif image.mode != "L":
        image = image.convert("RGB")
    return image, None if alpha is None or alpha.min() == 1 else alpha


def _laid(image: Image.Image, alpha: np.ndarray, ground: np.ndarray) -> Image.Image:
    """Lay a picture on a colour, uint8 ``[1]`` or ``[3]``; it becomes coloured with a coloured one."""
    if image.mode == "L" and len(ground) == 3 and np.ptp(ground) > 0:
        image = image.convert("RGB")
    pixels = np.asarray(image).astype(np.float64).reshape(image.height, image.width, -1)
    share = alpha[..., None]
    below = ground if pixels.shape[2] == len(ground) else ground[:1]
    laid = np.rint(share * pixels + (1 - share) * below).astype(np.uint8)
    return Image.fromarray(laid[..., 0] if laid.shape[2] == 1 else laid)


def _in_words(ground: np.ndarray) -> str:
    """Name a colour, uint8 ``[1]`` or ``[3]``."""
    if ground.max() <= _NEARLY:
        return "black"
    if ground.min() >= 255 - _NEARLY:
        return "white"
    if int(ground.max()) - int(ground.min()) <= _NEARLY:
        return f"grey ({int(np.median(ground))} of 255)"
    return f"the colour #{bytes(ground).hex()}"
