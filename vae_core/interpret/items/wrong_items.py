"""Which items the model gets wrong: distortion, rarity and disagreement of every item, and their order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vae_core.columns.kinds import LABEL
from vae_core.columns.of_table import columns_of_table
from vae_core.data.sample_rows import sample_items
from vae_core.interpret.items.disagreement import Disagreement, disagreement
from vae_core.progress import Progress, Stopped, silent

if TYPE_CHECKING:
    from vae_core.data.dataset import Dataset
    from vae_core.space.latent_space import LatentSpace

#: Nearest items rarity and disagreement are taken over.
NEAREST = 10
#: Items up to which all are looked at.
ALL_UP_TO = 100_000
_SAMPLED = 5_000
_ROWS = 1024


@dataclass(frozen=True)
class WrongItems:
    """What may be wrong with every item; see `wrong_items`. Percentiles are in [0, 100], the worst highest.

    Attributes
    ----------
    distortion, distortion_error, distortion_percentile : ndarray or None
        ``[n]`` nats, −E_q log p(x|z) summed over the item, the standard error of that mean over its posterior samples,
        and its place among all items. None where the model cannot encode.
    mean_distortion, mean_distortion_error : float or None
        Over the items, and the standard error of that mean.
    rarity, rarity_percentile : ndarray
        ``[n]`` mean Euclidean distance of the item's posterior mean to those of its k nearest other items, in units of
        `usual_distance`, and its place; NaN of items that were not looked at.
    usual_distance : float
        Median of those distances over the items looked at, in latent units; their mean where the median is 0.
    disagreement : Disagreement or None
        Of the column with the nearest items.
    without : str or None
        Why there is no disagreement, one sentence.
    disagreement_percentile : ndarray or None
        ``[n]`` its place; NaN of items that have none.
    nearest : int
        Nearest items k.
    recall : float
        Share of the true nearest items among those found; 1 where all were compared with all.
    items, of : int
        Items whose nearest were looked for, of so many; they are looked for among all.
    """

    distortion: np.ndarray | None
    distortion_error: np.ndarray | None
    distortion_percentile: np.ndarray | None
    mean_distortion: float | None
    mean_distortion_error: float | None
    rarity: np.ndarray
    rarity_percentile: np.ndarray
    usual_distance: float
    disagreement: Disagreement | None
    without: str | None
    disagreement_percentile: np.ndarray | None
    nearest: int
    recall: float
    items: int
    of: int


def wrong_items(
    space: LatentSpace,
    *,
    column: str | None = None,
    items: int | None = None,
    seed: int = 0,
    progress: Progress = silent,
) -> WrongItems:
    """Return, for every item, what may be wrong with it.

    Parameters
    ----------
    space : LatentSpace
        The space.
    column : str, optional
        Of the table, to be compared with that of the nearest items; where it is left out ``"label"``,
        or else the first category.
    items : int, optional
        Items whose nearest are looked for; all where it is left out, of more than 100,000 items 5,000 drawn ones.
    seed : int
        Of that draw, and of what chance gives.
    progress : Progress
        Hears of items whose nearest are found.

    Raises
    ------
    InputError
        If there are fewer than two items, or the column that was asked for cannot be compared.
    Stopped
        If `progress` asks to stop.
    """
    n = len(space)
    rows = sample_items(n, items, seed, n if items is not None or n <= ALL_UP_TO else _SAMPLED)
    near, distance, recall = _nearest(space, rows, progress)
    compared, without = None, None
    if column is not None:
        compared = disagreement(space.data, column, rows, near, seed)
    else:
        usual_column = _usual_column(space.data)
        if usual_column is None:
            without = without_classes(space.data)
        else:
            compared = disagreement(space.data, usual_column, rows, near, seed)
    away = distance.mean(axis=1, dtype=np.float64)
    # Where most items coincide, the mean distance is what is usual.
    usual = float(np.median(away)) or float(away.mean())
    rarity = np.full(n, np.nan)
    rarity[rows] = away / (usual or 1.0)
    encoded = space.model.can.encode
    distortion = np.asarray(space.distortion, dtype=np.float64) if encoded else None
    return WrongItems(
        distortion=distortion,
        distortion_error=np.asarray(space.distortion_error, dtype=np.float64) if encoded else None,
        distortion_percentile=None if distortion is None else percentiles(distortion),
        mean_distortion=None if distortion is None else float(distortion.mean()),
        mean_distortion_error=None if distortion is None else float(distortion.std(ddof=1) / np.sqrt(n)),
        rarity=rarity,
        rarity_percentile=percentiles(rarity),
        usual_distance=usual,
        disagreement=compared,
        without=without,
        disagreement_percentile=None if compared is None else percentiles(compared.values),
        nearest=near.shape[1],
        recall=recall,
        items=len(rows),
        of=n,
    )


def without_classes(data: Dataset) -> str | None:
    """Return why items are compared by no column unless one is chosen, one sentence; None where they are."""
    if _usual_column(data) is not None:
        return None
    others = ", or choose a column to compare by" if len(data.table.columns) else ""
    return (
        f"{data.name}: no column of its table holds classes that neighbours could share; give some with "
        f"--label-column NAME or --metadata FILE{others}."
    )


def _usual_column(data: Dataset) -> str | None:
    """Return the label, or else the first category of a table, where neighbours can be compared by it."""
    for name, values in sorted(columns_of_table(data.table), key=lambda one: one[0] != LABEL):
        if values.kind == "category":
            return name
    return None


def rank(values: np.ndarray, *, worst: bool = True) -> np.ndarray:
    """Return the order of items by a figure ``[n]``: the highest first, or the lowest.

    Of equal ones the first comes first, and those without a figure (NaN) come last, in their own order.
    """
    figures = np.asarray(values, dtype=np.float64)
    return np.argsort(np.where(np.isnan(figures), np.inf, -figures if worst else figures), kind="stable")


def percentiles(values: np.ndarray) -> np.ndarray:
    """Return the percentage ``[n]`` of known values that are lower, equal ones counted half; NaN of unknown ones."""
    known = np.isfinite(values)
    ordered = np.sort(values[known])
    below, up_to = (np.searchsorted(ordered, values[known], side=side) for side in ("left", "right"))
    place = np.full(len(values), np.nan)
    place[known] = 50 * (below + up_to) / max(len(ordered), 1)
    return place


def _nearest(space: LatentSpace, rows: np.ndarray, progress: Progress) -> tuple[np.ndarray, np.ndarray, float]:
    """The nearest other items ``[m, k]`` of items, their distances, and the share of the true ones among them."""
    neighbours = space.neighbours
    if neighbours.ready:
        index, distance = neighbours.table(NEAREST)
        if not progress(len(rows), len(rows), "nearest items"):
            raise Stopped
        return index[rows], distance[rows], neighbours.recall
    k = min(NEAREST, len(neighbours) - 1)
    index = np.empty((len(rows), k), dtype=np.int32)
    distance = np.empty((len(rows), k), dtype=np.float32)
    for start in range(0, len(rows), _ROWS):
        part = slice(start, start + _ROWS)
        index[part], distance[part] = neighbours.query(space.mean[rows[part]], k, leave_out=rows[part])
        if not progress(min(start + _ROWS, len(rows)), len(rows), "nearest items"):
            raise Stopped
    return index, distance, 1.0
