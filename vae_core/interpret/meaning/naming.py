"""Short names of latent dimensions: the column each is clearly linked to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vae_core.interpret.components.latent_components import dimension_deviations
from vae_core.interpret.meaning.distinct_words import alike, distinct_words
from vae_core.interpret.meaning.relations import LEAST_DRAWS, Relations, relations
from vae_core.interpret.usage.collapse import NAT_FROM
from vae_core.interpret.usage.collapse import off_dimensions as off
from vae_core.progress import Progress, silent

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

#: Least strength of a link that makes a name: |r| of 0.39, an R² of 0.15, or 15 % of the column's entropy.
CLEAR = 0.15
#: A column of the table is taken before a measure it comes so close to.
NEARLY = 0.8
_OFF = "off"


@dataclass(frozen=True)
class DimensionNames:
    """Names of d latent dimensions; see `names_of`.

    Attributes
    ----------
    names : tuple of str
        ``"extent, r = 0.71"``, ``"label (Bag), nmi = 0.31"``, ``"off"``, or "" where no link is clear.
    words : tuple of str
        The same without the statistic, no two of them alike; "" for none and for what is off.
    columns, sources : tuple of str
        The column each is named after, and whether it is of the "table" or "measured"; "" for none.
    statistics : tuple of str
        "r", Pearson's correlation, "R²" of an angle, `Relations.angular`, or "nmi", the column's `Relations.share`; ""
        for none.
    values, errors : ndarray
        ``[d]`` float64 the statistic and its standard error; 0 for none. Chance gives about 0 for each statistic.
    known : ndarray
        ``[d]`` int64 items it was measured on; 0 for none.
    also : tuple of str
        The next column that is clearly linked, and is not as good as the same as the first; "" for none.
    off : ndarray
        ``[d]`` bool.
    """

    names: tuple[str, ...]
    words: tuple[str, ...]
    columns: tuple[str, ...]
    sources: tuple[str, ...]
    statistics: tuple[str, ...]
    values: np.ndarray
    errors: np.ndarray
    known: np.ndarray
    also: tuple[str, ...]
    off: np.ndarray


def names_of(found: Relations, off: np.ndarray) -> DimensionNames:
    """Name dimensions after the columns they are linked to, no two alike.

    The strength of a link is the larger of the share of a dimension's variance that goes with the column, r² of a
    number and the R² of an angle, and nmi, the share of a column's entropy that the dimension tells
    (`Relations.share`). The strongest significant column of 0.15 or more names the dimension, with the statistic that
    made it so strong. A column of the table goes before a measure of the items if it has 0.8 of its strength.

    Where several dimensions tell of one column, the strongest has its plain name, and each of the others, in the order
    of their strength, the first of these that no dimension has yet: of a category the class it tells most of, "label
    (Bag)", and of an angle the sector in which it is highest, "direction at 30–60°"; the next column it is
    significantly linked to with 0.05 or more, "y with scale", which says what sets it apart; the third of a number
    that makes up half of what it tells, "x (low)"; or else the dimension it comes after in strength, "y, after z0".

    Parameters
    ----------
    found : Relations
        Of d dimensions.
    off : ndarray
        ``[d]`` bool, dimensions that carry nothing.
    """
    r, angular = np.nan_to_num(found.pearson), np.nan_to_num(found.angular)
    varying = np.maximum(np.square(r), angular)
    strength = np.where(found.significant & ~off[:, None], np.maximum(varying, found.share), 0.0)
    in_table = np.array([source == "table" for source in found.sources], dtype=bool)
    d = len(strength)
    columns, sources, statistics, also = ([""] * d for _ in range(4))
    values, errors, known = np.zeros(d), np.zeros(d), np.zeros(d, dtype=np.int64)
    best = np.full(d, -1)
    for j in range(d):
        clear = np.where(strength[j] >= CLEAR, strength[j], 0.0)
        if not clear.any():
            continue
        c = best[j] = _best(clear, in_table)
        columns[j], sources[j], known[j] = found.columns[c], found.sources[c], found.known[c]
        n = max(int(known[j]) - 1, 1)
        if found.share[j, c] > varying[j, c]:
            statistics[j], values[j] = "nmi", found.share[j, c]
            errors[j] = found.error[j, c] / (found.entropy[c] - found.null_mean[j, c])
        elif angular[j, c] > 0:
            # Olkin & Finn 1995, of a normal law: Var R² = 4 R² (1 − R²)² / n.
            statistics[j], values[j] = "R²", angular[j, c]
            errors[j] = 2 * np.sqrt(angular[j, c]) * (1 - angular[j, c]) / np.sqrt(n)
        else:
            # Fisher 1915; of a bivariate normal.
            statistics[j], values[j] = "r", r[j, c]
            errors[j] = (1 - np.square(r[j, c])) / np.sqrt(n)
        also[j] = _next(found, clear, c, in_table)
    words = distinct_words(found, best, strength)
    names = [
        _OFF if off[j] else f"{words[j]}, {statistics[j]} = {_signed(values[j])}" if words[j] else "" for j in range(d)
    ]
    return DimensionNames(
        names=tuple(names),
        words=tuple(words),
        columns=tuple(columns),
        sources=tuple(sources),
        statistics=tuple(statistics),
        values=values,
        errors=errors,
        known=known,
        also=tuple(also),
        off=off,
    )


def dimension_names(
    space: LatentSpace,
    *,
    items: int | None = None,
    seed: int = 0,
    draws: int = LEAST_DRAWS,
    progress: Progress = silent,
    found: Relations | None = None,
) -> DimensionNames:
    """Name a space's dimensions.

    Parameters
    ----------
    space : LatentSpace
        The space.
    items, seed, draws, progress
        As of `relations`.
    found : Relations, optional
        The space's relations, if they have been measured already.

    Raises
    ------
    InputError, Stopped
        As of `relations`.
    """
    if found is None:
        found = relations(space, items=items, seed=seed, draws=draws, progress=progress)
    return names_of(found, off_dimensions(space))


def off_dimensions(space: LatentSpace) -> np.ndarray:
    """Return which dimensions ``[d]`` of a space are off; see `vae_core.interpret.usage.collapse.off_dimensions`."""
    if not (space.model.can.variance and space.model.can.encode):
        return off(np.square(dimension_deviations(space.mean)), None)
    rate = space.rate.mean(axis=0, dtype=np.float64)
    variance = np.full(len(rate), np.inf)
    low = np.flatnonzero(rate <= NAT_FROM)
    if len(low):
        variance[low] = np.square(dimension_deviations(space.mean[:, low]))
    return off(variance, rate)


def _best(strength: np.ndarray, in_table: np.ndarray) -> int:
    best = int(strength.argmax())
    if not in_table[best] and in_table.any():
        rival = int(np.where(in_table, strength, -1.0).argmax())
        if strength[rival] >= max(NEARLY * strength[best], CLEAR):
            return rival
    return best


def _next(found: Relations, clear: np.ndarray, best: int, in_table: np.ndarray) -> str:
    others = np.where(alike(found, best), 0.0, clear)
    return found.columns[_best(others, in_table)] if others.any() else ""


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
