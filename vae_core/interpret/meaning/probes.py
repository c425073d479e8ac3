"""Which columns can be read from the whole code: linear and nearest-neighbour probes, cross-validated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vae_core.columns.angles import with_angles
from vae_core.columns.item_columns import ItemColumn, ItemColumns
from vae_core.columns.space_columns import columns_of_space
from vae_core.interpret.meaning.probe_scores import FOLDS, read_category, read_numbers
from vae_core.progress import Progress, Stopped, silent

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

#: Items a probe looks at where nobody says how many, and the most it can.
USUAL_ITEMS = 5_000
MOST_ITEMS = 20_000
#: What scores are.
R_SQUARED = "R²"
JOINT = "R² of sine and cosine together"
ACCURACY = "balanced accuracy"


@dataclass(frozen=True)
class Probes:
    """How well c columns can be read from the code; see `probes_of`.

    Attributes
    ----------
    columns, sources, kinds, notes : tuple of str
        One a column: its name, "table" or "measured", "number" or "category", and what was done to it.
    measures : tuple of str
        What the scores of each column are: `R_SQUARED`, `JOINT` of an angle, or `ACCURACY`.
    items : int
        Items looked at.
    used : ndarray
        ``[c]`` int64, over how many of them a column's scores were taken.
    classes : ndarray
        ``[c]`` int64, classes told apart; 0 for numbers.
    folds, seed : int
        Of the cross-validation.
    neighbours : ndarray
        ``[c]`` int64, how many nearest items the second probe asks: 10, fewer where fewer can be trained on.
    linear, nearest : ndarray
        ``[c]`` score of held-out items: R² of all of them together, which can be below 0, or the mean over the folds.
    linear_error, nearest_error : ndarray
        ``[c]`` its standard error over the folds, of R² that of a ratio of sums, of the others that of the mean; folds
        share training items, so it is rather too small.
    linear_shuffled, nearest_shuffled : ndarray
        ``[c]`` the same score where the column is shuffled within each fold.
    chance : ndarray
        ``[c]`` the score of the best guess that does not look at the code: 0 for R², that of the mean of the items
        trained on, and 1 / classes for balanced accuracy, that of the most frequent class as of any other.
    made_of : tuple of tuple of str
        One a column, the columns it was made from where there are several: sine and cosine of an angle.
    left_out, reasons : tuple of str
        Columns that could not be used, and why.
    """

    columns: tuple[str, ...]
    sources: tuple[str, ...]
    kinds: tuple[str, ...]
    notes: tuple[str, ...]
    measures: tuple[str, ...]
    items: int
    used: np.ndarray
    classes: np.ndarray
    folds: int
    neighbours: np.ndarray
    seed: int
    linear: np.ndarray
    linear_error: np.ndarray
    linear_shuffled: np.ndarray
    nearest: np.ndarray
    nearest_error: np.ndarray
    nearest_shuffled: np.ndarray
    chance: np.ndarray
    made_of: tuple[tuple[str, ...], ...]
    left_out: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


def probes_of(
    mean: np.ndarray, columns: Sequence[ItemColumn] | ItemColumns, seed: int = 0, progress: Progress = silent
) -> Probes:
    """Read columns from codes with two probes each (Alain & Bengio 2016, "Understanding intermediate layers").

    The linear probe is ridge regression for numbers and logistic regression for categories, the other asks the 10
    nearest items; both on means standardised over the items trained on, in 5-fold cross-validation, with scikit-learn's
    estimators and defaults. Numbers are scored by *R²*, 1 − Σ(y − ŷ)² / Σ(y − ȳ)² over all held-out items, ȳ the mean
    of the items trained on: the predictive squared correlation of Schüürmann et al. (2008, "External validation and
    prediction employing the predictive squared correlation coefficient"). Its standard error over the folds is that of
    a ratio of sums (Cochran 1977, "Sampling techniques", ch. 6). An angle, as `with_angles` makes it, is read as its
    sine and cosine, and has one R², both sums taken over the two together: neither half says where it points, and what
    one has of the variance depends on where 0° is. Categories are scored by *balanced accuracy*, the mean
    share of each class that is found: with it chance is 1 / classes however uneven the classes are, which accuracy
    would hide. Their folds are stratified; classes with fewer than 5 items, and those that were put together as one,
    are not used; nor are numbers of which fewer than 5 items differ from the most frequent one.

    Parameters
    ----------
    mean : ndarray
        ``[n, d]``.
    columns : sequence of ItemColumn or ItemColumns
        Columns of n items.
    seed : int
        Of the folds and of the shuffling.
    progress : Progress
        Hears of finished columns.

    Raises
    ------
    Stopped
        If `progress` asks to stop.
    """
    if not isinstance(columns, ItemColumns):
        columns = ItemColumns(tuple(columns))
    left_out, reasons = list(columns.left_out), list(columns.reasons)
    usable: list[tuple[ItemColumn, np.ndarray, str]] = []
    for column in columns.columns:
        rows, note = _usable(column)
        if len(rows):
            usable.append((column, rows, note))
        else:
            left_out.append(column.name)
            reasons.append(note)
    scores, errors = np.zeros((2, 4, len(usable)))  # linear, nearest, and both on the shuffled column
    classes, asked = np.zeros((2, len(usable)), dtype=np.int64)
    done = 0
    for together in _groups(usable):
        rows = usable[together[0]][1]
        x = np.asarray(mean[rows], dtype=np.float64)
        if usable[together[0]][0].kind == "category":
            y = usable[together[0]][0].codes[rows]
            classes[together] = len(np.unique(y))
            found = read_category(x, y, seed)
        else:
            found = read_numbers(x, [_targets(usable[at][0], rows) for at in together], seed)
        scores[:, together], errors[:, together], asked[together] = found
        done += len(together)
        if not progress(done, len(usable), "probes"):
            raise Stopped("Probing was stopped.", done)
    return Probes(
        columns=tuple(column.name for column, _, _ in usable),
        sources=tuple(str(column.source) for column, _, _ in usable),
        kinds=tuple(str(column.kind) for column, _, _ in usable),
        notes=tuple(note for _, _, note in usable),
        measures=tuple(_measure(column) for column, _, _ in usable),
        items=len(mean),
        used=np.array([len(rows) for _, rows, _ in usable], dtype=np.int64),
        classes=classes,
        folds=FOLDS,
        neighbours=asked,
        seed=seed,
        linear=scores[0],
        linear_error=errors[0],
        linear_shuffled=scores[2],
        nearest=scores[1],
        nearest_error=errors[1],
        nearest_shuffled=scores[3],
        chance=np.where(classes > 0, 1 / np.maximum(classes, 1), 0.0),
        made_of=tuple(column.parts for column, _, _ in usable),
        left_out=tuple(left_out),
        reasons=tuple(reasons),
    )


def probes(
    space: LatentSpace,
    *,
    items: int | None = None,
    seed: int = 0,
    progress: Progress = silent,
    measured: bool = True,
) -> Probes:
    """Say which of the table's columns, and of the measures of the items, can be read from a space's codes.

    Parameters
    ----------
    space : LatentSpace
        The space.
    items : int, optional
        So many items are drawn: 5,000 where it is left out, 20,000 at most; fewer of very large pictures, see
        `relations`.
    seed : int
        Of the items drawn, of the folds and of the shuffling.
    progress : Progress
        Hears of measured items, then of columns.
    measured : bool
        Whether what is measured on the items is probed as well.

    Raises
    ------
    InputError
        If fewer than two items are wanted or there.
    Stopped
        If `progress` asks to stop.
    """
    wanted = USUAL_ITEMS if items is None else min(items, MOST_ITEMS)
    index, columns = columns_of_space(space, min(wanted, len(space)), seed, measured, progress)
    return probes_of(space.mean[index], with_angles(columns), seed, progress)


def _usable(column: ItemColumn) -> tuple[np.ndarray, str]:
    """Rows that can be used and the note; no rows, and the reason."""
    none = np.empty(0, dtype=np.int64)
    known = column.observed_mask
    if known.sum() < 2 * FOLDS:
        return none, f"only {known.sum()} items have a value; {2 * FOLDS} are needed"
    if column.kind == "number":
        values = column.values[known]
        if values.min() == values.max():
            return none, f"all values are the same ({values[0]:g})"
        other = len(values) - int(np.unique(values, return_counts=True)[1].max())
        if other < FOLDS:
            return (
                none,
                f"only {other} of {len(values):,} items differ from the most frequent value; {FOLDS} are needed",
            )
        return np.flatnonzero(known), column.note
    counts = np.bincount(column.codes[known], minlength=len(column.categories))
    rest = len(column.categories) - 1 if column.note else -1  # the categories put together as one
    often = (counts >= FOLDS) & (np.arange(len(counts)) != rest)
    if often.sum() < 2:
        return none, f"fewer than two classes have {FOLDS} items or more"
    rows = np.flatnonzero(known & often[column.codes])
    unused = int(known.sum()) - len(rows)
    notes = [column.note] if column.note else []
    if unused:
        notes.append(f"{unused:,} items of rare classes are not used")
    return rows, "; ".join(notes)


def _groups(usable: list[tuple[ItemColumn, np.ndarray, str]]) -> list[list[int]]:
    """Numbers known for the same items are read in one go; every category has folds of its own."""
    groups: dict[object, list[int]] = {}
    for at, (column, rows, _) in enumerate(usable):
        groups.setdefault(at if column.kind == "category" else rows.tobytes(), []).append(at)
    return list(groups.values())


def _measure(column: ItemColumn) -> str:
    if column.kind == "category":
        return ACCURACY
    return JOINT if column.turn else R_SQUARED


def _targets(column: ItemColumn, rows: np.ndarray) -> np.ndarray:
    """Return what is told of a column of numbers, ``[n, 1]``, or of an angle, its sine and cosine, ``[n, 2]``."""
    values = column.values[rows]
    if not column.turn:
        return _scaled(values)[:, None]
    angle = 2 * np.pi / column.turn * values
    return np.stack([np.sin(angle), np.cos(angle)], axis=1)


def _scaled(values: np.ndarray) -> np.ndarray:
    """Return values with mean 0 and deviation 1, which leaves R² as it is and large numbers finite."""
    small = values / np.abs(values).max()
    small = small - small.mean()
    return np.asarray(small / small.std())
