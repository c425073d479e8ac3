"""One picture as an array of pixels."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from vae_core.errors import InputError

FORMATS = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".bmp": "BMP",
    ".gif": "GIF",
    ".webp": "WEBP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".pgm": "PPM",
    ".ppm": "PPM",
    ".pnm": "PPM",
}
MAX_PIXELS = 4096 * 4096
#: Longest side of a picture: fitted to a square, a single row of millions would become one of their square.
LONGEST_SIDE = 2**15


def read_picture(source: Path | bytes, name: object = None) -> np.ndarray:
    """Read one picture, the first frame where it has several, upright as its EXIF data say.

    A picture is grey if its file says so or if its palette holds greys only. Pictures
    of 16 bits are brought to 8, transparent ones are laid on white.

    Parameters
    ----------
    source : Path or bytes
        A picture file, or what is in one.
    name : object, optional
        What to call it in a message; by default its path.

    Returns
    -------
    ndarray
        uint8, ``[1, h, w]`` grey or ``[3, h, w]`` colour.

    Raises
    ------
    InputError
        If the file is no readable picture of the named formats or has more than 4096 × 4096 pixels.
    """
    name = source if name is None else name
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    try:
        with Image.open(file, formats=sorted(set(FORMATS.values()))) as image:
            if image.width * image.height > MAX_PIXELS or max(image.size) > LONGEST_SIDE:
                raise _too_large(name, f"{image.width} × {image.height}")
            return pixels_of(ImageOps.exif_transpose(image), name)
    except InputError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(name, "far too many") from error
    except Exception as error:  # whatever Pillow makes of bytes that are no picture
        raise InputError(f"{name}: this picture cannot be read; replace or remove it.") from error


def pixels_of(image: Image.Image, name: object) -> np.ndarray:
    """Return an image of Pillow's as `read_picture` returns it; `name` stands in the messages."""
    if image.mode == "F":
        raise InputError(f"{name}: pictures of floating-point numbers are not read; save it as PNG, or all as .npz.")
    if image.mode == "I" or image.mode.startswith("I;"):
        deep = np.asarray(image).astype(np.float64)
        if deep.min() < 0 or deep.max() > 65535:
            raise InputError(f"{name}: the picture has more than 16 bits per pixel; save it with 8 or 16.")
        return np.rint(deep / 257).astype(np.uint8)[None]
    grey = image.mode in ("1", "L", "LA", "La")
    if image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
        palette = False
    else:
        palette = image.mode == "P"
    if grey:
        return np.asarray(image.convert("L"))[None]
    colours = np.asarray(image.convert("RGB"))
    if palette and (colours == colours[..., :1]).all():
        colours = colours[..., :1]
    return np.ascontiguousarray(np.moveaxis(colours, 2, 0))


def _too_large(name: object, pixels: str) -> InputError:
    return InputError(
        f"{name}: the picture has {pixels} pixels, more than the {MAX_PIXELS:,} (or {LONGEST_SIDE:,} a side) that are "
        "read; make it smaller."
    )
