"""What is measured on a series, or on a vector along an axis such as a spectrum."""

from __future__ import annotations

import numpy as np


def series_measures(x: np.ndarray, along: np.ndarray, axis: str = "step", unit: str = "") -> dict[str, np.ndarray]:
    """Measure series.

    Parameters
    ----------
    x : ndarray
        ``[m, c, k]``; of several channels the mean over them is measured, but for `spread`, which is over all.
    along : ndarray
        ``[k]`` where the values lie along the axis.
    axis, unit : str
        What the axis is, and its unit.

    Returns
    -------
    dict
        ``[m]`` float64 each, NaN where a series has no such measure:

        - mean; spread (population standard deviation); lowest and highest value;
        - peak position: where along the axis the highest value is, the first of equal ones; none of a constant series;
        - dominant frequency: of the largest share of the variance, by the periodogram of the series less its mean
          (Schuster 1898), in cycles per unit of the axis at its mean step, or per step;
        - roughness: the mean squared difference of successive values over the variance (von Neumann 1941), 2 for
          white noise and towards 0 for smooth series.
    """
    x = np.asarray(x, dtype=np.float64)
    line = x.mean(axis=1)
    m, k = line.shape
    mean = line.mean(axis=1)
    centred = line - mean[:, None]
    variance = np.square(centred).mean(axis=1)
    # Below this only rounding varies.
    varies = variance > np.square(1e-6 * np.abs(line).max(axis=1, initial=0.0))
    where = f"{axis}, {unit}" if unit else axis
    found = {
        "mean": mean,
        "spread": x.reshape(m, -1).std(axis=1),
        "lowest": line.min(axis=1),
        "highest": line.max(axis=1),
        f"peak position ({where})": np.where(varies, along[line.argmax(axis=1)], np.nan),
    }
    if k > 3:
        power = np.square(np.abs(np.fft.rfft(centred, axis=1)[:, 1:]))
        step = abs(float(along[-1] - along[0])) / (k - 1)
        frequency = (power.argmax(axis=1) + 1) / (k * step)
        found[f"dominant frequency (per {unit or axis})"] = np.where(varies, frequency, np.nan)
    if k > 1:
        rough = np.square(np.diff(line, axis=1)).mean(axis=1) / np.where(varies, variance, 1.0)
        found["roughness"] = np.where(varies, rough, np.nan)
    return found
