"""Short names of latent dimensions: the column each is clearly linked to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vae_core.data.features import split_unit
from vae_core.interpret.collapse import NAT_FROM
from vae_core.interpret.collapse import off_dimensions as off
from vae_core.interpret.components import dimension_deviations
from vae_core.interpret.relations import LEAST_DRAWS, Relations, relations
from vae_core.progress import Progress, silent

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

#: Least strength of a link that makes a name: |r| of 0.39, or 15 % of the column's entropy.
CLEAR = 0.15
#: A column of the table is taken before a measure it comes so close to.
NEARLY = 0.8
_LONGEST = 32
_OFF = "off"


@dataclass(frozen=True)
class DimensionNames:
    """Names of d latent dimensions; see `names_of`.

    Attributes
    ----------
    names : tuple of str
        ``"extent, r = 0.71"``, ``"label, nmi = 0.31"``, ``"off"``, or "" where no link is clear.
    columns, sources : tuple of str
        The column each is named after, and whether it is of the "table" or "measured"; "" for none.
    statistics : tuple of str
        "r", Pearson's correlation, or "nmi", the column's `Relations.share`; "" for none.
    values, errors : ndarray
        ``[d]`` float64 the statistic and its standard error; 0 for none. Chance gives 0 for both statistics.
    known : ndarray
        ``[d]`` int64 items it was measured on; 0 for none.
    also : tuple of str
        The next column that is clearly linked, and is not as good as the same as the first; "" for none.
    off : ndarray
        ``[d]`` bool.
    """

    names: tuple[str, ...]
    columns: tuple[str, ...]
    sources: tuple[str, ...]
    statistics: tuple[str, ...]
    values: np.ndarray
    errors: np.ndarray
    known: np.ndarray
    also: tuple[str, ...]
    off: np.ndarray


def names_of(found: Relations, off: np.ndarray) -> DimensionNames:
    """Name dimensions after the columns they are linked to.

    The strength of a link is the larger of r², the share of the variance of a number that a straight line accounts for,
    and nmi, the share of a column's entropy that the dimension tells (`Relations.share`). The strongest significant
    column of 0.15 or more names the dimension, with the statistic that made it so strong. A column of the table goes
    before a measure of the items if it has 0.8 of its strength.

    Parameters
    ----------
    found : Relations
        Of d dimensions.
    off : ndarray
        ``[d]`` bool, dimensions that carry nothing.
    """
    r = np.nan_to_num(found.pearson)
    linear = np.square(r) >= found.share
    strength = np.where(found.significant, np.where(linear, np.square(r), found.share), 0.0)
    clear = (strength >= CLEAR) & ~off[:, None]
    in_table = np.array([source == "table" for source in found.sources], dtype=bool)
    d = len(strength)
    names, columns, sources, statistics, also = ([""] * d for _ in range(5))
    values, errors, known = np.zeros(d), np.zeros(d), np.zeros(d, dtype=np.int64)
    for j in range(d):
        if off[j]:
            names[j] = _OFF
        if not clear[j].any():
            continue
        best = _best(strength[j], in_table)
        columns[j], sources[j] = found.columns[best], found.sources[best]
        known[j] = found.known[best]
        if linear[j, best]:
            statistics[j], values[j] = "r", r[j, best]
            # Fisher 1915; of a bivariate normal.
            errors[j] = (1 - np.square(r[j, best])) / np.sqrt(max(found.known[best] - 1, 1))
        else:
            statistics[j], values[j] = "nmi", found.share[j, best]
            errors[j] = found.error[j, best] / (found.entropy[best] - found.null_mean[j, best])
        names[j] = f"{short(columns[j])}, {statistics[j]} = {_signed(values[j])}"
        also[j] = _next(found, strength[j] * clear[j], best, in_table)
    return DimensionNames(
        tuple(names), tuple(columns), tuple(sources), tuple(statistics), values, errors, known, tuple(also), off
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
    """Return which dimensions ``[d]`` of a space are off; see `vae_core.interpret.collapse.off_dimensions`."""
    if not (space.model.can.variance and space.model.can.encode):
        return off(np.square(dimension_deviations(space.mean)), None)
    rate = space.rate.mean(axis=0, dtype=np.float64)
    variance = np.full(len(rate), np.inf)
    low = np.flatnonzero(rate <= NAT_FROM)
    if len(low):
        variance[low] = np.square(dimension_deviations(space.mean[:, low]))
    return off(variance, rate)


def short(column: str) -> str:
    """Return a column's name without its unit, and no longer than 32 characters."""
    name = split_unit(column)[0]
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1].rstrip() + "…"


def _best(strength: np.ndarray, in_table: np.ndarray) -> int:
    best = int(strength.argmax())
    if not in_table[best] and in_table.any():
        rival = int(np.where(in_table, strength, -1.0).argmax())
        if strength[rival] >= max(NEARLY * strength[best], CLEAR):
            return rival
    return best


def _next(found: Relations, strength: np.ndarray, best: int, in_table: np.ndarray) -> str:
    """The next clear column, leaving out those whose correlations with all dimensions are those of the first."""
    own = np.nan_to_num(found.pearson)
    lengths = np.linalg.norm(own, axis=0)
    alike = np.abs(own[:, best] @ own) >= 0.95 * lengths[best] * lengths
    # Without correlations there is nothing to compare.
    alike &= (lengths > 0) & (lengths[best] > 0)
    others = np.where(alike, 0.0, strength)
    others[best] = 0.0
    return found.columns[_best(others, in_table)] if others.any() else ""


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
