"""Words for dimensions that tell of the same column, no two alike."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vae_core.data.features import split_unit
from vae_core.interpret.meaning.relations import Relations

#: Least strength of a second link that sets a dimension apart: |r| of 0.22, or 5 % of the column's entropy.
BESIDE = 0.05
#: Least share of what a dimension tells of a number or an angle that a part of it has to make up to be named.
_MOSTLY = 0.5
_LONGEST = 32


def distinct_words(found: Relations, best: np.ndarray, strength: np.ndarray) -> list[str]:
    """Return what each dimension is called without its statistic, "" where no column names it; see `names_of`.

    Parameters
    ----------
    found : Relations
        Of d dimensions and c columns.
    best : ndarray
        ``[d]`` int, the column that names each dimension, -1 for none.
    strength : ndarray
        ``[d, c]`` of the links, 0 where they are not significant.
    """
    words = [""] * len(best)
    taken: set[str] = set()
    before: dict[str, int] = {}
    named = [j for j in range(len(best)) if best[j] >= 0]
    # Stable: of equally strong ones the first dimension has the plain name.
    for j in sorted(named, key=lambda j: -strength[j, best[j]]):
        plain = short(found.columns[best[j]])
        offered = _offered(found, j, int(best[j]), strength[j], plain, before.get(plain))
        words[j] = next(word for word in offered if word not in taken)
        taken.add(words[j])
        before[plain] = j
    return words


def short(column: str) -> str:
    """Return a column's name without its unit, and no longer than 32 characters."""
    name = split_unit(column)[0]
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1].rstrip() + "…"


def alike(found: Relations, column: int) -> np.ndarray:
    """Return which columns ``[c]`` are as good as the same: their correlations with all dimensions are alike.

    A column is like itself; without correlations there is nothing to compare.
    """
    own = np.nan_to_num(found.pearson)
    lengths = np.linalg.norm(own, axis=0)
    same = np.abs(own[:, column] @ own) >= 0.95 * lengths[column] * lengths
    same &= (lengths > 0) & (lengths[column] > 0)
    same[column] = True
    return np.asarray(same)


def _offered(
    found: Relations, j: int, column: int, strength: np.ndarray, plain: str, before: int | None
) -> Iterator[str]:
    if before is None:
        yield plain
    part = short(found.parts[column][found.told_most[j, column]]) if found.parts[column] else ""
    angle = bool(np.isfinite(found.angular[j, column]))
    if angle:
        yield f"{plain} at {part}"
    elif found.kinds[column] == "category" and part:
        yield f"{plain} ({part})"
    others = np.where(alike(found, column), 0.0, strength)
    for other in np.argsort(-others, kind="stable"):
        if others[other] < BESIDE:
            break
        if short(found.columns[other]) != plain:
            yield f"{plain} with {short(found.columns[other])}"
    if not angle and found.kinds[column] != "category" and found.told_share[j, column] >= _MOSTLY:
        yield f"{plain} ({part})"
    # A column of the very name of one that is taken.
    yield f"{plain}, after z{before}" if before is not None else f"{plain} of z{j}"
    yield f"{plain} of z{j}"
