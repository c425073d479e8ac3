"""Pictures of so many points that each pixel shows what lies on it: the mean colour, and how much there is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: Opacity, of 255, where one point lies.
_FAINTEST = 70


@dataclass(frozen=True)
class View:
    """What of a map is to be drawn: its ends in map coordinates, and how many pixels there are for it."""

    left: float
    right: float
    bottom: float
    top: float
    width: int
    height: int

    def contains(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return which points ``[n]`` are in view, their ends included."""
        return (x >= self.left) & (x <= self.right) & (y >= self.bottom) & (y <= self.top)

    def pixels_of(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the pixel each of ``[n]`` points in view lies on, counted row by row from the upper left."""
        across = ((x - np.float32(self.left)) * np.float32(self.width / (self.right - self.left))).astype(np.int32)
        down = ((np.float32(self.top) - y) * np.float32(self.height / (self.top - self.bottom))).astype(np.int32)
        # Those on the far ends, which rounding makes some more of.
        np.clip(across, 0, self.width - 1, out=across)
        np.clip(down, 0, self.height - 1, out=down)
        # As bincount counts, so that it need not make a copy of its own.
        return down.astype(np.intp) * self.width + across


def draw_classes(
    x: np.ndarray, y: np.ndarray, codes: np.ndarray, inks: np.ndarray, view: View, grown: int = 0
) -> np.ndarray:
    """Draw points of classes: the mean colour of what lies on a pixel, the more opaque the more that is.

    Opacity goes by rank among the pixels that are not empty, as equalising a histogram does: a map's densest spots
    would otherwise leave all others invisible.

    Parameters
    ----------
    x, y : ndarray
        ``[n]`` float32 map coordinates of points in view.
    codes : ndarray
        ``[n]`` the class of each.
    inks : ndarray
        ``[k, 3]`` red, green and blue of the classes, 0 to 255.
    view : View
        What is in view.
    grown : int
        By so many pixels each point is wider on every side.

    Returns
    -------
    ndarray
        ``[h, w, 4]`` uint8 red, green, blue and opacity, transparent where nothing lies.
    """
    pixel = view.pixels_of(x, y)
    count, *sums = _summed(pixel, (None, *(ink[codes] for ink in inks.astype(np.float64).T)), view, grown)
    there = np.flatnonzero(count)
    image = np.zeros((len(count), 4), dtype=np.uint8)
    many = count[there].astype(np.int64)
    image[there, :3] = np.rint(np.stack([total[there] for total in sums], axis=1) / many[:, None])
    up_to = np.cumsum(np.bincount(many)) if len(many) else np.ones(1)
    image[there, 3] = (_FAINTEST + (255 - _FAINTEST) * (up_to / up_to[-1])).astype(np.uint8)[many]
    return image.reshape(view.height, view.width, 4)


def draw_values(
    x: np.ndarray,
    y: np.ndarray,
    shares: np.ndarray,
    palette: np.ndarray,
    missing: np.ndarray,
    view: View,
    *,
    circular: bool = False,
    grown: int = 0,
) -> np.ndarray:
    """Draw points of numbers: the colour of the mean of what lies on a pixel.

    Parameters
    ----------
    x, y : ndarray
        ``[n]`` float32 map coordinates of points in view.
    shares : ndarray
        ``[n]`` where each number lies on the scale, 0 to 1, NaN where it is missing; such points are no part of a
        mean, and seen where nothing else lies.
    palette : ndarray
        ``[k, 3]`` uint8 colours of the scale, evenly spaced.
    missing : ndarray
        ``[3]`` uint8 colour of what has no number.
    view : View
        What is in view.
    circular : bool
        The ends of the scale are one: the mean is that of the points on the circle.
    grown : int
        By so many pixels each point is wider on every side.

    Returns
    -------
    ndarray
        ``[h, w, 4]`` uint8 red, green, blue and opacity, transparent where nothing lies.
    """
    pixel, known = view.pixels_of(x, y), np.isfinite(shares)
    image = np.zeros((view.height * view.width, 4), dtype=np.uint8)
    if not known.all():
        (absent,) = _summed(pixel[~known], (None,), view, grown)
        image[absent > 0] = (*missing, 255)
    pixel, shares = pixel[known], shares[known].astype(np.float64)
    if circular:
        turn = 2 * np.pi * shares
        count, along, across = _summed(pixel, (None, np.cos(turn), np.sin(turn)), view, grown)
        there = np.flatnonzero(count)
        mean = np.arctan2(across[there], along[there]) / (2 * np.pi) % 1.0
    else:
        count, total = _summed(pixel, (None, np.clip(shares, 0, 1)), view, grown)
        there = np.flatnonzero(count)
        mean = total[there] / count[there]
    image[there, :3] = palette[colour_steps(mean, palette)]
    image[there, 3] = 255
    return image.reshape(view.height, view.width, 4)


def colour_steps(shares: np.ndarray, palette: np.ndarray) -> np.ndarray:
    """Return which of the evenly spaced colours of a palette shares from 0 to 1 have, nearest first."""
    steps: np.ndarray = np.rint(np.clip(shares, 0, 1) * (len(palette) - 1)).astype(np.intp)
    return steps


def _summed(pixel: np.ndarray, weights: tuple[np.ndarray | None, ...], view: View, grown: int) -> list[np.ndarray]:
    """Return the sums of each of the weights (of ones for None) over the points on every pixel, ``[h · w]`` each."""
    size = view.height * view.width
    sums = [np.bincount(pixel, weights=of, minlength=size) for of in weights]
    return [_widened(one.reshape(view.height, view.width), grown).ravel() for one in sums] if grown else sums


def _widened(sums: np.ndarray, grown: int) -> np.ndarray:
    """Add to every pixel what lies on those around it, within a disc."""
    height, width = sums.shape
    padded = np.pad(sums, grown)
    whole = np.zeros_like(sums)
    for down in range(2 * grown + 1):
        for across in range(2 * grown + 1):
            if (down - grown) ** 2 + (across - grown) ** 2 <= (grown + 0.5) ** 2:
                whole += padded[down : down + height, across : across + width]
    return whole
