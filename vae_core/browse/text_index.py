"""Texts laid one after the other, so that a part of any of them is found in a few passes over bytes."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence

import numpy as np

_BETWEEN = b"\xff"  # no byte of UTF-8
_AT_ONCE = 20_000  # texts folded before other threads may go on
_BYTES = 2**22  # looked at together, which is what a processor keeps at hand


class TextIndex:
    """Texts in lower case.

    Parameters
    ----------
    texts : sequence of str
        k texts; folded in pieces, so that no other thread waits long.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        parts = []
        for start in range(0, len(texts), _AT_ONCE):
            some = texts[start : start + _AT_ONCE]
            parts.append(_BETWEEN.join(text.lower().encode("utf-8", "surrogatepass") for text in some))
            time.sleep(0)
        self._bytes = np.frombuffer(_BETWEEN.join(parts) + _BETWEEN, dtype=np.uint8)
        ends = np.flatnonzero(self._bytes == _BETWEEN[0])[: len(texts)]
        self._starts = np.concatenate([[0], ends + 1]) if len(texts) else np.zeros(1, dtype=np.int64)
        self._counts = np.bincount(self._bytes, minlength=256).astype(np.float64)
        cuts = np.searchsorted(self._starts, np.arange(0, len(self._bytes), _BYTES))
        self._blocks = np.unique(np.append(cuts, len(texts)))

    def having(self, wanted: str) -> np.ndarray:
        """Return which texts contain another one, given in lower case, ``[k]`` bool."""
        found = np.zeros(len(self._starts) - 1, dtype=bool)
        needle = np.frombuffer(wanted.encode("utf-8", "surrogatepass"), dtype=np.uint8)
        if not len(needle):
            return found
        rarest = self._rarest_pair(needle)
        for first, last in itertools.pairwise(self._blocks.tolist()):
            starts = self._starts[first : last + 1] - self._starts[first]
            block = self._bytes[self._starts[first] : self._starts[last]]
            # No text goes on beyond its end, where a byte lies that is in none.
            here = block == needle[rarest]
            if len(needle) > 1:
                here[:-1] &= block[1:] == needle[rarest + 1]
                here[-1] = False
            if len(needle) <= 2 and np.count_nonzero(here) > last - first:
                found[first:last] = np.logical_or.reduceat(here, starts[:-1])
                continue
            places = np.flatnonzero(here) - rarest
            places = places[(places >= 0) & (places + len(needle) <= len(block))]
            for at in range(len(needle)):
                if at not in (rarest, rarest + 1):
                    places = places[block[places + at] == needle[at]]
            found[first + np.searchsorted(starts, places, side="right") - 1] = True
        return found

    def _rarest_pair(self, needle: np.ndarray) -> int:
        """Return where of a text two bytes begin that are rarest here, so that few places have to be looked at."""
        counts = self._counts[needle]
        return int((counts[:-1] * counts[1:]).argmin()) if len(needle) > 1 else 0
