"""Many pictures gathered into one array, each read once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from vae_core.data.reserve import reserve
from vae_core.errors import InputError
from vae_core.progress import Progress, Stopped

_REPORT_EVERY = 64


def gather(
    pictures: Iterable[tuple[str, np.ndarray]],
    count: int,
    source: object,
    progress: Progress,
    fitter: Callable[[np.ndarray], np.ndarray] | None = None,
) -> np.ndarray:
    """Write pictures into one array; if every one is grey it has one channel, otherwise three.

    Parameters
    ----------
    pictures : iterable of (str, ndarray)
        Name, for the messages, and uint8 ``[1 or 3, h, w]`` of each.
    count : int
        How many there are.
    source : object
        Where they come from, for the messages.
    progress : Progress
        Called every few pictures.
    fitter : callable, optional
        Brings each to one size.

    Returns
    -------
    ndarray
        uint8 ``[count, 1 or 3, h, w]``.

    Raises
    ------
    InputError
        If they differ in size, or there is no room for them.
    Stopped
        If `progress` asked to stop.
    """
    values: np.ndarray = np.empty((0, 0, 0, 0), np.uint8)
    first = ""
    for done, (name, picture) in enumerate(pictures):
        if done % _REPORT_EVERY == 0 and not progress(done, count, "reading pictures"):
            raise Stopped(f"Reading {source} was stopped.")
        pixels = picture if fitter is None else fitter(picture)
        if done == 0:
            first, values = name, reserve((count, *pixels.shape), np.uint8, source)
        elif pixels.shape[1:] != values.shape[2:]:
            raise InputError(
                f"{name}: this picture is {size_in_words(pixels.shape)} but {first} is {size_in_words(values.shape)}; "
                "scale all pictures to one size, or have it done with --fit."
            )
        elif len(pixels) > values.shape[1]:  # the first colour among greys: from here on all are colour
            grey = values
            values = reserve((count, 3, *pixels.shape[1:]), np.uint8, source)
            values[:done] = grey[:done]
        values[done] = pixels
    progress(count, count, "reading pictures")
    return values


def size_in_words(shape: Sequence[int]) -> str:
    """Return the size of a picture ``[…, h, w]`` as people write it, width first."""
    return f"{shape[-1]} × {shape[-2]}"
