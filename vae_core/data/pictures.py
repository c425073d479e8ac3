"""One picture file as an array of pixels."""

from __future__ import annotations

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


def read_picture(path: Path) -> np.ndarray:
    """Read one picture file, the first frame where it has several, upright as its EXIF data say.

    A picture is grey if its file says so or if its palette holds greys only. Pictures
    of 16 bits are brought to 8, transparent ones are laid on white.

    Returns
    -------
    ndarray
        uint8, ``[1, h, w]`` grey or ``[3, h, w]`` colour.

    Raises
    ------
    InputError
        If the file is no readable picture of the named formats or has more than 4096 × 4096 pixels.
    """
    try:
        with Image.open(path, formats=sorted(set(FORMATS.values()))) as image:
            if image.width * image.height > MAX_PIXELS:
                raise InputError(
                    f"{path}: the picture has {image.width} × {image.height} pixels, more than the {MAX_PIXELS:,} "
                    "that are read; make it smaller."
                )
            return _pixels(ImageOps.exif_transpose(image), path)
    except InputError:
        raise
    except Exception as error:  # whatever Pillow makes of bytes that are no picture
        raise InputError(f"{path}: this is no readable picture; replace or remove it.") from error


def _pixels(image: Image.Image, path: Path) -> np.ndarray:
    if image.mode == "F":
        raise InputError(f"{path}: pictures of floating-point numbers are not read; save it as PNG, or all as .npz.")
    if image.mode == "I" or image.mode.startswith("I;"):
        deep = np.asarray(image).astype(np.float64)
        if deep.min() < 0 or deep.max() > 65535:
            raise InputError(f"{path}: the picture has more than 16 bits a pixel; save it with 8 or 16.")
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
