"""What a set of items is made of, beside the whole, and what chance would give."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: Probability that any class of a set drawn at random lies outside its range.
BY_CHANCE = 0.05


@dataclass(frozen=True)
class Composition:
    """Classes of a set of m items, of n. Made by `compose`.

    Attributes
    ----------
    counts, counts_of_all : ndarray
        ``[k]`` items of every class, in the set and altogether.
    low, high : ndarray
        ``[k]`` ends of the range in which `counts` lie, for all classes together with a probability of at least 95 %,
        if the m items are drawn at random without replacement.
    """

    counts: np.ndarray
    counts_of_all: np.ndarray
    low: np.ndarray
    high: np.ndarray


def compose(codes: np.ndarray, classes: int, mask: np.ndarray) -> Composition:
    """Count the classes of a set, and say what chance would give.

    Parameters
    ----------
    codes : ndarray
        ``[n]`` the class of every item, 0 to `classes` − 1.
    classes : int
        Number of classes k.
    mask : ndarray
        ``[n]`` bool, which items are in the set.
    """
    counts, counts_of_all = (np.bincount(part, minlength=classes) for part in (codes[mask], codes))
    there = max(1, int(np.count_nonzero(counts_of_all)))
    ranges = [chance_range(len(codes), int(one), int(counts.sum()), BY_CHANCE / there) for one in counts_of_all]
    low, high = np.array(ranges, dtype=np.int64).reshape(-1, 2).T
    return Composition(counts, counts_of_all, low, high)


def chance_range(total: int, of_class: int, drawn: int, outside: float) -> tuple[int, int]:
    """Return the central range of how many of a class are among items drawn at random without replacement.

    The quantiles `outside` / 2 and 1 − `outside` / 2 of the hypergeometric distribution (Fisher's exact test asks
    the same).

    Parameters
    ----------
    total, of_class, drawn : int
        Items altogether, of the class, and drawn.
    outside : float
        Probability beyond both ends together, at most.
    """
    from scipy.special import gammaln  # only once there is something to be described

    least, most = max(0, drawn + of_class - total), min(drawn, of_class)
    if least == most:
        return least, most
    mean = drawn * of_class / total
    deviation = np.sqrt(mean * (1 - of_class / total) * (total - drawn) / (total - 1))
    reach = 12 * deviation + 12  # beyond it there is less than float64 can add to 1
    k = np.arange(max(least, int(mean - reach)), min(most, int(mean + reach) + 1) + 1, dtype=np.float64)

    def log_choose(n: float, part: np.ndarray) -> np.ndarray:
        return np.asarray(gammaln(n + 1) - gammaln(part + 1) - gammaln(n - part + 1))

    logs = log_choose(of_class, k) + log_choose(total - of_class, drawn - k)
    shares = np.exp(logs - logs.max())
    up_to = np.cumsum(shares / shares.sum())
    ends = np.searchsorted(up_to, [outside / 2, 1 - outside / 2])
    return int(k[ends[0]]), int(k[min(ends[1], len(k) - 1)])
