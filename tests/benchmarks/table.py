"""One line of the benchmarks' table, and the table as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Row:
    """One comparison.

    Parameters
    ----------
    what : str
        What was done.
    ours, other : str
        The figures, with their unit; `other` is the other way of doing the same, "" where there is none.
    ratio : float or None
        How the two compare; `owed` says which way round.
    owed : str
        The bound, "" where nothing is owed.
    reached : bool or None
        Whether it was kept; None where nothing is owed.
    """

    what: str
    ours: str
    other: str = ""
    ratio: float | None = None
    owed: str = ""
    reached: bool | None = None

    def cells(self) -> tuple[str, ...]:
        """Return the line as text."""
        ratio = "" if self.ratio is None else f"{self.ratio:.{3 if self.ratio < 3 else 1}f}"
        verdict = {None: "", True: "ok", False: "MISSED"}[self.reached]
        return self.what, self.ours, self.other, ratio, self.owed, verdict


def table(rows: Sequence[Row]) -> str:
    """Return rows as aligned text under a headline."""
    lines = [("what", "ours", "the other way", "ratio", "owed", ""), *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(6)]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([text[0], "-" * max(map(len, text)), *text[1:]])


def median(values: Sequence[float]) -> float:
    """Return the median."""
    return float(np.median(values))


def p95(values: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return float(np.percentile(values, 95))


def both(values: Sequence[float]) -> str:
    """Return median and 95th percentile of milliseconds as text."""
    return f"{median(values):.1f} / {p95(values):.1f} ms"
