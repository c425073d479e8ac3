"""What the axes and numbers of an array mean: pictures, vectors or series."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from vae_core.data.dataset import Kind
from vae_core.data.pieces import converted, pieces
from vae_core.errors import InputError

CHANNELS = (1, 3, 4)
_PICTURE_RANGES = ((0.0, 1.0), (-1.0, 1.0), (0.0, 255.0))
_SHORTEST_SIDE = 8  # a float array with a shorter side is no stack of pictures
_LONGEST_RATIO = 4  # longer than this, a stack of pictures and a series look alike
_REMEDY = "give images [n, h, w], [n, h, w, c] or [n, c, h, w], vectors [n, k] or series [n, c, k]"


def arrange(
    array: np.ndarray, source: str | Path, declared: Kind | None = None
) -> tuple[np.ndarray, Kind, tuple[float, float]]:
    """Bring an array into the layout of a `Dataset`, as a view wherever possible.

    - Four axes are images. The channels are the axis of length 1, 3 or 4, last or
      second; if both could be, the layout whose pictures are closer to squares, and
      on a tie ``[n, c, h, w]``.
    - Three axes of ``uint8`` or ``bool``, or of whole numbers in 0 … 255, are grey images ``[n, h, w]``.
    - Three axes of other numbers are images if the numbers fit a picture's range and
      both sides are at least 8 long and within 4 : 1; series ``[n, c, k]`` if the
      numbers fit no picture or one side is shorter than 8; otherwise the array must
      be declared by its name, ``images`` or ``series``.
    - Two axes are vectors ``[n, k]``.

    Pixels given as floats lie in [0, 1], [-1, 1] or [0, 255], the first of these they
    fit. Pixels given as whole numbers become ``uint8``; those that are only 0 and 1 have the range (0, 1); those
    between 256 and 65,535 are 16-bit pictures and become float32.

    Parameters
    ----------
    array : ndarray
        Any numbers; may be a memory map.
    source : str or Path
        Where the array comes from, for the messages.
    declared : {"image", "vector", "series"}, optional
        What the array is said to be.

    Returns
    -------
    values : ndarray
        Images ``[n, c, h, w]``, vectors ``[n, k]`` or series ``[n, c, k]``.
    kind : {"image", "vector", "series"}
        What one item is.
    value_range : tuple of float
        Smallest and largest value an item can have (images) or has (the others).

    Raises
    ------
    InputError
        If the array is none of these, is empty, or holds NaN or infinite numbers.
    """
    if array.dtype.kind not in "biuf":
        raise InputError(f"{source}: values of type {array.dtype} are not numbers; {_REMEDY}.")
    if array.ndim not in (2, 3, 4):
        raise InputError(f"{source}: an array of shape {array.shape} cannot be a data set; {_REMEDY}.")
    if array.size == 0:
        raise InputError(f"{source}: the array of shape {array.shape} is empty; give at least one item.")
    low, high = _extremes(array, source)
    kind = _kind(array, low, high, source, declared)
    if array.dtype.kind == "f" and not array.dtype.isnative:
        array = converted(array, array.dtype.newbyteorder("="), source)
    if kind != "image":
        if array.dtype.kind != "f":
            array = converted(array, np.float32, source)
        return array, kind, (low, high if high > low else low + max(1.0, 1e-6 * abs(low)))
    array = array[:, None] if array.ndim == 3 else _channels_second(array, source)
    return (
        (array, kind, _float_range(low, high, source)) if array.dtype.kind == "f" else _whole(array, low, high, source)
    )


def _extremes(array: np.ndarray, source: str | Path) -> tuple[float, float]:
    """Smallest and largest value, read in pieces so that a memory map stays on disk."""
    low, high = np.inf, -np.inf
    largest = float(np.finfo(np.float32).max)
    for start, part in pieces(array):
        least, most = float(part.min()), float(part.max())
        if not (-largest <= least and most <= largest):  # NaN compares false
            with np.errstate(invalid="ignore"):
                bad = ~(np.abs(part.reshape(len(part), -1)) <= largest).all(axis=1)
            raise InputError(
                f"{source}: item {start + int(bad.argmax())} holds NaN or infinite values; remove or repair it."
            )
        low, high = min(low, least), max(high, most)
    return low, high


def _kind(array: np.ndarray, low: float, high: float, source: str | Path, declared: Kind | None) -> Kind:
    fitting = {2: ("vector",), 3: ("image", "series"), 4: ("image",)}[array.ndim]
    if declared is not None:
        if declared not in fitting:
            raise InputError(f"{source}: an array of shape {array.shape} cannot hold {declared} data; {_REMEDY}.")
        return declared
    if array.ndim == 2:
        return "vector"
    if array.ndim == 4 or array.dtype in (np.uint8, np.bool_):
        return "image"
    if array.dtype.kind in "iu":
        return "image" if low >= 0 and high <= 255 else "series"
    short, long = sorted(array.shape[1:])
    if _picture_range(low, high) is None or short < _SHORTEST_SIDE:
        return "series"
    if long <= _LONGEST_RATIO * short:
        return "image"
    raise InputError(
        f"{source}: an array of shape {array.shape} may hold grey images or series; "
        "save it in an .npz file under the name images or series."
    )


def _channels_second(array: np.ndarray, source: str | Path) -> np.ndarray:
    _, second, third, last = array.shape
    ratios = {}
    if second in CHANNELS:
        ratios["nchw"] = max(third, last) / min(third, last)
    if last in CHANNELS:
        ratios["nhwc"] = max(second, third) / min(second, third)
    if not ratios:
        raise InputError(
            f"{source}: images of shape {array.shape} have no axis of 1, 3 or 4 channels; "
            "give [n, h, w], [n, h, w, c] or [n, c, h, w]."
        )
    layout = min(ratios, key=lambda name: ratios[name])  # the first of equals, nchw
    return array if layout == "nchw" else np.moveaxis(array, 3, 1)


def _picture_range(low: float, high: float) -> tuple[float, float] | None:
    for bottom, top in _PICTURE_RANGES:
        slack = 1e-3 * (top - bottom)  # resampling overshoots a little
        if low >= bottom - slack and high <= top + slack and not (top == 255 and high < 2):
            return bottom, top
    return None


def _float_range(low: float, high: float, source: str | Path) -> tuple[float, float]:
    found = _picture_range(low, high)
    if found is None:
        raise InputError(
            f"{source}: pixels between {low:g} and {high:g} fit no known range; "
            "scale them to [0, 1], [-1, 1] or [0, 255]."
        )
    return min(found[0], low), max(found[1], high)


def _whole(
    array: np.ndarray, low: float, high: float, source: str | Path
) -> tuple[np.ndarray, Kind, tuple[float, float]]:
    if low < 0 or high > 65535:
        raise InputError(
            f"{source}: pixels between {low:g} and {high:g} fit no known range; "
            "scale them to 0 … 255 and save them as uint8."
        )
    if high > 255:
        return converted(array, np.float32, source), "image", (0.0, 65535.0)
    if array.dtype == np.bool_:
        array = array.view(np.uint8)
    elif array.dtype != np.uint8:
        array = converted(array, np.uint8, source)
    return array, "image", (0.0, 1.0 if 0 < high <= 1 else 255.0)  # a mask of zeros and ones is black and white
