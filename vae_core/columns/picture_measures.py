"""What is measured on pictures: how bright, where, how large, how turned, how thick, how symmetric, in which colour."""

from __future__ import annotations

import numpy as np

#: Below this share of the range, or of itself, a quantity is taken to be rounding and no measure.
_LEAST = 1e-4
#: Below this anisotropy a shape is as long as it is wide, and has no direction.
_LEAST_ANISOTROPY = 0.02


def picture_measures(x: np.ndarray) -> dict[str, np.ndarray]:
    """Measure pictures.

    The grey picture g is the mean over the channels. Its *background* is the median b of the pixels at its border, and
    the *figure* is f = |g − b|, at every pixel: bright figures on dark and dark figures on bright are read alike,
    and a photograph by how much each of its parts stands out.

    Parameters
    ----------
    x : ndarray
        ``[m, c, h, w]`` float32 in [0, 1].

    Returns
    -------
    dict
        ``[m]`` float64 each, NaN where a picture has no such measure, as an even picture has no centre:

        - brightness and contrast: mean and population standard deviation of g, in shares of the range;
        - centre x, centre y (pixels, from the left and from the top, the middle of the first pixel at 0): the mean
          place, weighted with f;
        - extent (pixels): the root mean squared distance from there, weighted with f: radius of gyration;
        - elongation: 1 − √(λ₂ / λ₁), λ₁ ≥ λ₂ the eigenvalues of the second central moments: 0 as long as wide, 1 a line
          (Hu 1962, "Visual pattern recognition by moment invariants");
        - direction sin 2θ, direction cos 2θ: θ the angle of the long axis, counter-clockwise from the horizontal.
          Twice the angle, as an axis is the same after half a turn; none of a shape that is as long as it is wide;
        - stroke thickness (pixels): 2 Σ f / Σ |∇f|, twice area over perimeter: the width of a long stroke, the radius
          of a disc. The perimeter is the total variation, which is that of the level sets (Fleming & Rishel 1960);
        - symmetry left–right, symmetry up–down: correlation of g with its mirror image, in [−1, 1];
        - sharpness: variance of the Laplacian of g (4 neighbours, border pixels left out; Pech-Pacheco et al. 2000);
        - saturation: mean of (max − min) / max over the channels, of pictures in colour alone;
        - hue sin, hue cos: of the angle of the mean colour, 0 red, 120° green, 240° blue; none of grey pictures.
    """
    x = np.ascontiguousarray(x, dtype=np.float32)
    grey = x[:, 0] if x.shape[1] == 1 else x.mean(axis=1)
    flat = grey.reshape(len(grey), -1)
    mean = flat.mean(axis=1)
    centred = flat - mean[:, None]
    squares = np.square(centred).sum(axis=1)
    deviation = np.sqrt(squares.astype(np.float64) / flat.shape[1])
    varies = deviation > _LEAST
    found = {"brightness": mean.astype(np.float64), "contrast": np.where(varies, deviation, 0.0)}
    figure = np.abs(grey - _background(grey)[:, None, None])
    found |= _moments(figure)
    found["stroke thickness (pixels)"] = _thickness(figure)
    centred = centred.reshape(grey.shape)
    for name, mirrored in (("left–right", centred[:, :, ::-1]), ("up–down", centred[:, ::-1])):
        product = (centred * mirrored).reshape(flat.shape).sum(axis=1)
        found[f"symmetry {name}"] = np.clip(_over(product, squares, varies), -1, 1)
    if min(grey.shape[1:]) > 2:
        inner = grey[:, 1:-1, :-2] + grey[:, 1:-1, 2:]
        inner += grey[:, :-2, 1:-1]
        inner += grey[:, 2:, 1:-1]
        inner -= 4 * grey[:, 1:-1, 1:-1]
        found["sharpness"] = inner.reshape(len(grey), -1).var(axis=1).astype(np.float64)
    return found | _colour(x) if x.shape[1] == 3 else found


def _background(grey: np.ndarray) -> np.ndarray:
    """Median ``[m]`` of the pixels at the border."""
    sides = [grey[:, 0], grey[:, -1], grey[:, 1:-1, 0], grey[:, 1:-1, -1]]
    return np.asarray(np.median(np.concatenate(sides, axis=1), axis=1))


def _moments(figure: np.ndarray) -> dict[str, np.ndarray]:
    _, h, w = figure.shape
    across, down = np.arange(w) - (w - 1) / 2, np.arange(h) - (h - 1) / 2
    columns = figure.sum(axis=1).astype(np.float64)
    rows = figure.sum(axis=2).astype(np.float64)
    area = columns.sum(axis=1)
    there = area > _LEAST
    safe = np.where(there, area, 1.0)
    x, y = columns @ across / safe, rows @ down / safe
    away_x, away_y = across - x[:, None], down - y[:, None]
    xx = (columns * np.square(away_x)).sum(axis=1) / safe
    yy = (rows * np.square(away_y)).sum(axis=1) / safe
    # Of every row its part of the first moment across, about the figure's own centre.
    lever = (figure @ across.astype(np.float32)).astype(np.float64) - x[:, None] * rows
    xy = (lever * away_y).sum(axis=1) / safe
    size, difference = xx + yy, np.hypot(xx - yy, 2 * xy)
    wide = there & (size > _LEAST)
    turned = wide & (difference > _LEAST_ANISOTROPY * size)
    ratio = np.clip(_over(size - difference, size + difference, wide), 0, 1)
    return {
        "centre x (pixels)": np.where(there, x + (w - 1) / 2, np.nan),
        "centre y (pixels)": np.where(there, y + (h - 1) / 2, np.nan),
        "extent (pixels)": np.where(there, np.sqrt(size), np.nan),
        "elongation": 1 - np.sqrt(ratio),
        # Rows are counted downwards, angles upwards.
        "direction sin 2θ": _over(-2 * xy, difference, turned),
        "direction cos 2θ": _over(xx - yy, difference, turned),
    }


def _thickness(figure: np.ndarray) -> np.ndarray:
    """Twice area over perimeter, slopes being means over 2 × 2 pixels; what lies beyond the border is background."""
    m, h, w = figure.shape
    padded = np.zeros((m, h + 2, w + 2), dtype=np.float32)
    padded[:, 1:-1, 1:-1] = figure
    across = padded[:, :, 1:] - padded[:, :, :-1]
    down = padded[:, 1:] - padded[:, :-1]
    across = across[:, 1:] + across[:, :-1]
    down = down[:, :, 1:] + down[:, :, :-1]
    np.square(across, out=across)
    across += np.square(down, out=down)
    perimeter = 0.5 * np.sqrt(across, out=across).sum(axis=(1, 2))
    area = figure.sum(axis=(1, 2))
    return _over(2 * area, perimeter, area > _LEAST)


def _colour(x: np.ndarray) -> dict[str, np.ndarray]:
    low = np.minimum(np.minimum(x[:, 0], x[:, 1]), x[:, 2])
    high = np.maximum(np.maximum(x[:, 0], x[:, 1]), x[:, 2])
    saturation = (high - low) / np.maximum(high, _LEAST)
    red, green, blue = x.mean(axis=(2, 3), dtype=np.float64).T
    along, across = red - (green + blue) / 2, np.sqrt(0.75) * (green - blue)
    chroma = np.hypot(along, across)
    coloured = chroma > 1e-3
    return {
        "saturation": saturation.mean(axis=(1, 2)).astype(np.float64),
        "hue sin": _over(across, chroma, coloured),
        "hue cos": _over(along, chroma, coloured),
    }


def _over(above: np.ndarray, below: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Quotients as float64, NaN where there are none."""
    found = np.full(len(above), np.nan)
    np.divide(above, below, out=found, where=where)
    return found
