"""Numbers as codes that can be counted: ranks and quantile bins, ties together."""

from __future__ import annotations

import numpy as np

#: No more bins than this: 20 × 20 cells leave 250 items a cell of a set of 100,000.
MOST_BINS = 20


def bin_count(n: int) -> int:
    """Return the number of quantile bins for n items: n^(1/3), at least 2 and at most 20.

    The number of a histogram's bins has to grow with n^(1/3) for its bias and its variance to balance (Scott 1979, "On
    optimal and data-based histograms"); from 8,000 items on it stays at 20.
    """
    return max(2, min(MOST_BINS, int(np.cbrt(n) + 1e-9)))


def dense_codes(values: np.ndarray) -> np.ndarray:
    """Return for each of ``[n]`` values how many different values are smaller, int32."""
    order = np.argsort(values, kind="stable")
    rises = values[order]
    steps = np.empty(len(values), dtype=np.int32)
    steps[:1] = 0
    np.cumsum(rises[1:] != rises[:-1], out=steps[1:])
    codes = np.empty(len(values), dtype=np.int32)
    codes[order] = steps
    return codes


def average_ranks(dense: np.ndarray) -> np.ndarray:
    """Return the ranks ``[n]`` float64, from 1 on, of values given as `dense_codes` or some of them; ties share."""
    counts = np.bincount(dense)
    return np.asarray((np.cumsum(counts) - 0.5 * (counts - 1))[dense])


def quantile_codes(dense: np.ndarray, bins: int) -> np.ndarray:
    """Return in which quantile bin each of ``[n]`` values lies, uint8, codes 0, 1, … without gaps.

    Parameters
    ----------
    dense : ndarray
        ``[n]`` from `dense_codes`.
    bins : int
        Of at most so many different values each is a bin by itself. Of more, a value lies in the bin of the middle
        of its ties: equal values are never parted, and heavy ties make fewer bins.
    """
    counts = np.bincount(dense)
    if np.count_nonzero(counts) <= bins:
        bin_of = np.cumsum(counts > 0) - 1
    else:
        middle = np.cumsum(counts) - 0.5 * counts
        bin_of = np.minimum((middle * bins / len(dense)).astype(np.int64), bins - 1)
        used = np.zeros(bins, dtype=np.int64)
        used[bin_of[counts > 0]] = 1
        bin_of = (np.cumsum(used) - 1)[bin_of]
    return np.asarray(bin_of.astype(np.uint8)[dense])
