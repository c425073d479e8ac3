"""Which latent dimensions tell of which columns: mutual information, correlations, and what chance gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vae_core.columns.angles import with_angles
from vae_core.columns.item_columns import ItemColumn, ItemColumns
from vae_core.columns.space_columns import columns_of_space
from vae_core.errors import InputError
from vae_core.interpret.meaning.correlations import Correlations, correlation_ratio
from vae_core.interpret.meaning.joint_counts import (
    PairedCodes,
    entropy,
    information_by_code,
    information_error,
    mutual_information,
)
from vae_core.interpret.meaning.most_told_parts import parts_of, told_most_of
from vae_core.interpret.meaning.quantile_codes import bin_count, dense_codes, quantile_codes
from vae_core.progress import Progress, Stopped, silent

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

#: Fewest permutations the null is made of.
LEAST_DRAWS = 10
#: Chance aimed at that any cell at all is called significant where nothing is related.
LEVEL = 0.01


@dataclass(frozen=True)
class Relations:
    """What d latent dimensions, by their posterior means, tell of c columns; see `relations_of`.

    Attributes
    ----------
    columns, sources, kinds, notes : tuple of str
        One a column: its name, "table" or "measured", "number" or "category", and what was done to it.
    items : int
        Items looked at.
    known : ndarray
        ``[c]`` int64, of how many of them the column is known; every figure of the column is over these.
    bins : int
        Quantile bins of the means, and of numbers; ties can make them fewer.
    draws, seed : int
        Permutations of the null, and their seed.
    information : ndarray
        ``[d, c]`` nats, plug-in mutual information less the mean of the null, and no less than 0.
    error : ndarray
        ``[d, c]`` nats, standard error of `information`.
    plug_in, null_mean, null_highest : ndarray
        ``[d, c]`` nats: mutual information as counted, and the mean and the highest of it over the permutations.
    entropy : ndarray
        ``[c]`` nats, of the column's bins or categories: the most that any dimension can tell.
    share : ndarray
        ``[d, c]`` in [0, 1]: how much of the column a dimension tells; chance gives 0, see `relations_of`.
    score : ndarray
        ``[d, c]`` how many standard deviations `plug_in` lies above the null's mean, chance giving about 0 ± 1.
    critical : float
        The score above which a cell is significant.
    significant : ndarray
        ``[d, c]`` bool; where nothing is related, the chance that any cell is true is about 1 %,
        and up to 3 % where there are few cells with few degrees of freedom, see `relations_of`.
    pearson, spearman : ndarray
        ``[d, c]`` correlation in [−1, 1], of values and of ranks; NaN where the column has no numbers. Chance gives 0
        with a standard deviation of 1 / √(known − 1); 0 for a dimension that does not vary.
    ratio : ndarray
        ``[d, c]`` correlation ratio η² in [0, 1] of the dimension given a category; NaN for numbers.
    ratio_chance : ndarray
        ``[c]`` what η² is where nothing is related, (k − 1) / (known − 1) for k categories; NaN for numbers.
    angular : ndarray
        ``[d, c]`` R² in [0, 1] of the dimension given an angle, see `Correlations.with_angle`; by chance about
        2 / (known − 1), NaN for what is no angle.
    parts : tuple of tuple of str
        One a column, what a dimension may tell most of: its categories, the lower, middle and upper third of a number,
        the sectors of an angle.
    told_most : ndarray
        ``[d, c]`` int64, the place in `parts` that contributes most to `plug_in`, or of an angle that in which the
        dimension is highest; see `told_most_of`.
    told_share : ndarray
        ``[d, c]`` in [0, 1], how much of `plug_in` that part contributes; 1 of an angle.
    made_of : tuple of tuple of str
        One a column, the columns it was made from where there are several: sine and cosine of an angle.
    left_out, reasons : tuple of str
        Columns that could not be used, and why.
    """

    columns: tuple[str, ...]
    sources: tuple[str, ...]
    kinds: tuple[str, ...]
    notes: tuple[str, ...]
    items: int
    known: np.ndarray
    bins: int
    draws: int
    seed: int
    information: np.ndarray
    error: np.ndarray
    plug_in: np.ndarray
    null_mean: np.ndarray
    null_highest: np.ndarray
    entropy: np.ndarray
    share: np.ndarray
    score: np.ndarray
    critical: float
    significant: np.ndarray
    pearson: np.ndarray
    spearman: np.ndarray
    ratio: np.ndarray
    ratio_chance: np.ndarray
    angular: np.ndarray
    parts: tuple[tuple[str, ...], ...]
    told_most: np.ndarray
    told_share: np.ndarray
    made_of: tuple[tuple[str, ...], ...]
    left_out: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


def relations_of(
    mean: np.ndarray,
    columns: Sequence[ItemColumn] | ItemColumns,
    draws: int = LEAST_DRAWS,
    seed: int = 0,
    progress: Progress = silent,
) -> Relations:
    """Measure what latent dimensions tell of columns.

    Means, and columns of numbers, are put into quantile bins (`bin_count`; ties stay together) and counted; angles are
    columns as `with_angles` makes them.
    *Mutual information* is the plug-in estimate less its mean over permutations of the items, which on unrelated data
    leaves nothing however sparse the counts are (the correction of Miller and Madow does not); where two numbers hang
    together closely it takes away somewhat too much. `share` is (I − N) / (H − N), N the null's mean and H the column's
    entropy: the normalisation by the factor's entropy of the mutual information gap (Chen et al. 2018, "Isolating
    sources of disentanglement in variational autoencoders"), adjusted for chance as by Vinh, Epps & Bailey (2010,
    "Information theoretic measures for clusterings comparison"), so that 0 is chance and 1 is a column that is known
    with the dimension.

    *Significance* holds for all cells together by the largest score of each permutation (Westfall & Young 1993): all
    dimensions are permuted alike. A score is the distance to the null's mean (for a permutation that of the others)
    over √(2f) / 2n, f the degrees of freedom, as 2nI is χ² with f where nothing is related (Wilks 1938). A cell is
    significant above every permutation and above the 99 % point of the Gumbel distribution with their mean and
    deviation (as Winkler et al. 2016, "Faster permutation inference in brain imaging", fit tails to few permutations),
    which is widened by Student's t as the bound of a prediction from so few draws is. Tails of χ² with few degrees of
    freedom are heavier than Gumbel's: in simulations with 10 permutations the chance that any cell is significant where
    nothing is related was 3 % for one cell of two classes by two, 1.6 % for 20 of them, and no more than 1 % from 9
    degrees of freedom on.

    Parameters
    ----------
    mean : ndarray
        ``[n, d]``.
    columns : sequence of ItemColumn or ItemColumns
        c columns of n items.
    draws : int
        Permutations, 10 or more.
    seed : int
        Of the permutations.
    progress : Progress
        Hears of finished columns.

    Raises
    ------
    InputError
        If `draws` is below 10 or sizes do not fit.
    Stopped
        If `progress` asks to stop.
    """
    if not isinstance(columns, ItemColumns):
        columns = ItemColumns(tuple(columns))
    if draws < LEAST_DRAWS:
        raise InputError(f"{draws} permutations tell too little of chance; take {LEAST_DRAWS} or more.")
    n, d = mean.shape
    given = columns.columns
    if wrong := [column.name for column in given if len(column.observed_mask) != n]:
        raise InputError(f"The column {wrong[0]} is not one of {n} items.")
    bins = bin_count(n)
    by_dimension = np.ascontiguousarray(mean.T)
    dense = np.stack([dense_codes(one) for one in by_dimension])
    codes = PairedCodes(np.stack([quantile_codes(one, bins) for one in dense]))
    correlations = Correlations(by_dimension, dense)
    cells = {name: np.zeros((d, len(given))) for name in ("plug_in", "error", "null_mean", "null_highest", "score")}
    signed = {name: np.full((d, len(given)), np.nan) for name in ("pearson", "spearman", "ratio", "angular")}
    told_most, told_share = np.zeros((d, len(given)), dtype=np.int64), np.zeros((d, len(given)))
    highest = np.full(draws, -np.inf)
    by_column = [np.zeros(len(given), dtype=np.int64), *np.zeros((2, len(given)))]
    known_count, entropies, chance = by_column
    for at, column in enumerate(given):
        rows = np.flatnonzero(column.observed_mask)
        known_count[at] = len(rows)
        chance[at] = np.nan
        if len(rows):
            own = _codes(column, rows, bins)
            entropies[at] = entropy(np.bincount(own))
            found = _counted(codes if len(rows) == n else codes.at(rows), own, draws, [seed, at])
            for name, values in zip(cells, found, strict=False):
                cells[name][:, at] = values
            highest = np.maximum(highest, found[-2])
            told_most[:, at], told_share[:, at] = told_most_of(column, own, found[-1], by_dimension)
            if column.has_numbers:
                signed["pearson"][:, at], signed["spearman"][:, at] = correlations.with_column(column.values, rows)
            if column.turn:
                signed["angular"][:, at] = correlations.with_angle(column.values, column.turn, rows)
            if column.kind == "category":
                signed["ratio"][:, at] = correlation_ratio(by_dimension, column.codes, rows)
                chance[at] = (np.count_nonzero(np.bincount(own)) - 1) / max(len(rows) - 1, 1)
        if not progress(at + 1, len(given), "relations"):
            raise Stopped("Measuring relations was stopped.", at + 1)
    critical = _critical(highest) if given else 0.0
    above = cells["plug_in"] - cells["null_mean"]
    room = entropies - cells["null_mean"]
    return Relations(
        columns=tuple(column.name for column in given),
        sources=tuple(str(column.source) for column in given),
        kinds=tuple(str(column.kind) for column in given),
        notes=tuple(column.note for column in given),
        items=n,
        known=known_count,
        bins=bins,
        draws=draws,
        seed=seed,
        information=np.maximum(above, 0.0),
        entropy=entropies,
        share=np.clip(np.where(room > 1e-9, above / np.where(room > 1e-9, room, 1.0), 0.0), 0.0, 1.0),
        critical=critical,
        significant=cells["score"] > critical,
        ratio_chance=chance,
        parts=tuple(parts_of(column) for column in given),
        told_most=told_most,
        told_share=told_share,
        made_of=tuple(column.parts for column in given),
        left_out=columns.left_out,
        reasons=columns.reasons,
        **cells,
        **signed,
    )


def relations(
    space: LatentSpace,
    *,
    items: int | None = None,
    seed: int = 0,
    draws: int = LEAST_DRAWS,
    progress: Progress = silent,
    measured: bool = True,
) -> Relations:
    """Measure what a space's dimensions tell of the table's columns and of what is measured on its items.

    Parameters
    ----------
    space : LatentSpace
        The space.
    items : int, optional
        So many items are drawn; all where it is left out. Never more than 100,000, and fewer where these have more than
        2²³ latent values, or, with `measured`, 2²⁸ pixels.
    seed : int
        Of the items drawn and of the permutations.
    draws : int
        Permutations, see `relations_of`.
    progress : Progress
        Hears of measured items, then of columns.
    measured : bool
        Whether pictures, series and vectors are measured as well, see `measures`.

    Raises
    ------
    InputError
        If fewer than two items are wanted or there, or `draws` is below 10.
    Stopped
        If `progress` asks to stop.
    """
    index, columns = columns_of_space(space, items, seed, measured, progress)
    return relations_of(space.mean[index], with_angles(columns), draws, seed, progress)


def _codes(column: ItemColumn, rows: np.ndarray, bins: int) -> np.ndarray:
    """Codes ``[m]`` of the known items of a column, counting from 0."""
    if column.kind == "category":
        return np.asarray(column.codes[rows])
    return quantile_codes(dense_codes(column.values[rows]), bins).astype(np.int32)


def _counted(codes: PairedCodes, own: np.ndarray, draws: int, seed: list[int]) -> tuple[np.ndarray, ...]:
    """Plug-in, its error, null mean and highest, score, ``[d]`` each; highest score ``[draws]``; share by code."""
    random = np.random.default_rng(seed)
    categories = int(own.max()) + 1
    tables = codes.tables(own, categories)
    plug_in = mutual_information(tables)
    null = np.stack([mutual_information(codes.tables(random.permutation(own), categories)) for _ in range(draws)])
    center = null.mean(axis=0)
    used = [np.count_nonzero(tables.sum(axis=axis), axis=1) - 1 for axis in (1, 2)]
    deviation = np.sqrt(2.0 * used[0] * used[1]) / (2 * len(own))
    # A dimension or a column that does not vary is never above chance.
    scale = np.where(deviation > 0, deviation, np.inf)
    # Each permutation is held against the others, as the data are against all.
    scores = (null - center) * (draws / (draws - 1)) / scale
    return (
        plug_in,
        information_error(tables),
        center,
        null.max(axis=0),
        (plug_in - center) / scale,
        scores.max(axis=1),
        information_by_code(tables),
    )


def _critical(highest: np.ndarray) -> float:
    """Score that the highest of all cells exceeds by chance in 1 % of the cases, from some draws of that highest."""
    from scipy.special import ndtri, stdtrit

    draws = len(highest)
    # What few draws leave open widens the step as it does the bound for one more draw of a normal variable.
    wider = stdtrit(draws - 1, 1 - LEVEL) / ndtri(1 - LEVEL) * np.sqrt(1 + 1 / draws)
    step = wider * (-np.log(-np.log(1 - LEVEL)) - np.euler_gamma) * np.sqrt(6) / np.pi
    return float(max(highest.max(), highest.mean() + step * highest.std(ddof=1)))
