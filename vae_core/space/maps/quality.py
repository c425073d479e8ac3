"""How faithfully a map shows its space: neighbourhoods and distances, beside those of a shuffled map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vae_core.errors import InputError
from vae_core.progress import Progress, Stopped, silent
from vae_core.space.neighbours.index import Neighbours

#: Neighbourhood sizes measured, where the set allows them.
COUNTS = (5, 15, 50, 150)
#: Neighbourhood size of what is told of every single item.
KEPT_OF = 15
#: Items whose neighbourhoods are looked at, and items they are looked for among.
MEASURED = 1000
AMONG = 100_000
_ROWS = 50
_TOGETHER = 4096
_PLAIN = ("counts", "kept", "rows", "near", "near_on_map", "among")


@dataclass(frozen=True)
class Figures:
    """What is measured of one map.

    Attributes
    ----------
    trustworthiness, continuity, preservation : ndarray
        ``[c]`` float64, one for each neighbourhood size; see `measure`.
    shepard : float
        Rank correlation of distances; NaN where all are equal.
    """

    trustworthiness: np.ndarray
    continuity: np.ndarray
    preservation: np.ndarray
    shepard: float


@dataclass(frozen=True)
class Quality:
    """How faithfully a map shows its space; see `measure`.

    Attributes
    ----------
    counts : ndarray
        ``[c]`` neighbourhood sizes k.
    figures, shuffled : Figures
        Of the map, and of the same points dealt out to the items at random.
    kept : ndarray
        ``[n]`` float32: of every item, the share of its 15 nearest items in latent space that are among its
        15 nearest on the map (fewer where there are fewer items); of more than 100,000 items NaN but for those
        drawn, among which the nearest are looked for.
    rows, near, near_on_map : ndarray
        ``[m]`` the measured items and ``[m, 15]`` their nearest items in latent space and on the map.
    among : int
        So many items they were looked for among.
    """

    counts: np.ndarray
    figures: Figures
    shuffled: Figures
    kept: np.ndarray
    rows: np.ndarray
    near: np.ndarray
    near_on_map: np.ndarray
    among: int

    def arrays(self) -> dict[str, np.ndarray]:
        """Return everything as named arrays, for a file; `from_arrays` reads them."""
        told = {name: np.asarray(getattr(self, name)) for name in _PLAIN}
        for name, of in (("figures", self.figures), ("shuffled", self.shuffled)):
            told[name] = np.stack([of.trustworthiness, of.continuity, of.preservation])
            told[f"{name}_shepard"] = np.array(of.shepard)
        return told

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Quality:
        """Return what `arrays` wrote; KeyError or ValueError if it is something else."""
        figures, shuffled = (
            Figures(three[0], three[1], three[2], float(arrays[f"{name}_shepard"]))
            for name in ("figures", "shuffled")
            for three in [arrays[name]]
        )
        counts, kept, rows, near, near_on_map, among = (arrays[name] for name in _PLAIN)
        return cls(counts, figures, shuffled, kept, rows, near, near_on_map, int(among))

    def label_agreement(self, codes: np.ndarray) -> tuple[float, float, float]:
        """Return how often neighbours share a label: on the map, in latent space, and on a shuffled map.

        Parameters
        ----------
        codes : ndarray
            ``[n]`` integers, one a label; below zero where an item has none, which is left out.

        Returns
        -------
        on_map, in_space, shuffled : float
            Mean share of the 15 nearest items with the item's own label; the last is its expected value where
            the points are dealt out at random. NaN where no two items have a label.
        """
        labelled = codes >= 0
        counts = np.bincount(codes[labelled]) if labelled.any() else np.zeros(1, dtype=int)
        rows = self.rows[labelled[self.rows]]
        if len(rows) == 0 or counts.sum() < 2:
            return (float("nan"),) * 3
        own = codes[rows]
        shares = []
        for near in (self.near_on_map, self.near):
            others = codes[near[labelled[self.rows]]]
            known = others >= 0
            same = ((others == own[:, None]) & known).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
            shares.append(float(same[known.any(axis=1)].mean()) if known.any() else float("nan"))
        return shares[0], shares[1], float((counts[own] - 1).mean() / (counts.sum() - 1))


def measure(
    mean: np.ndarray, points: np.ndarray, neighbours: Neighbours, seed: int = 0, progress: Progress = silent
) -> Quality:
    """Measure a map.

    For k in 5, 15, 50, 150 with 2k < n, over a sample of m = 1,000 items of n (of 100,000 drawn ones where
    there are more), with r(i, j) the rank of j among the items by latent distance from i, r'(i, j) the same on the
    map, N_k and N'_k the k nearest of each:

    - trustworthiness 1 − 2 / (m k (2n − 3k − 1)) · Σ_i Σ_{j ∈ N'_k(i)} max(0, r(i, j) − k): whether neighbours
      on the map are neighbours (Venna & Kaski 2001);
    - continuity, the same with the two spaces exchanged: whether neighbours are kept together;
    - preservation, the mean of |N_k ∩ N'_k| / k (Lee & Verleysen 2009, Q_NX);
    - the Shepard correlation: Spearman's, of latent and map distances of the sampled items to 1,000 others.

    Parameters
    ----------
    mean : ndarray
        ``[n, d]`` encodings.
    points : ndarray
        ``[n, 2]`` or ``[n, 3]`` the map.
    neighbours : Neighbours
        Of the encodings.
    seed : int
        Of sample and shuffling.
    progress : Progress
        Hears of finished rows.

    Raises
    ------
    InputError
        If there are fewer than three items.
    Stopped
        If `progress` asks to stop.
    """
    n = len(mean)
    if n < 3:
        raise InputError(f"A map of {n} items has no neighbourhoods to measure; three are the fewest.")
    random = np.random.default_rng(seed)
    among = np.arange(n) if n <= AMONG else np.sort(random.choice(n, AMONG, replace=False))
    rows = np.sort(random.permutation(len(among))[:MEASURED])
    shuffled = random.permutation(len(among))
    counts = np.array([k for k in COUNTS if 2 * k < len(among)] or [(len(among) - 1) // 2])
    latent, there = mean[among], points[among]
    figures, nearest = _figures(latent, [there, there[shuffled]], rows, counts, random, progress)
    if len(among) == n:
        kept = kept_neighbours(points, neighbours, progress)
    else:
        kept = np.full(n, np.nan, dtype=np.float32)
        kept[among] = kept_neighbours(there, Neighbours(latent), progress)
    near, near_on_map = (among[index[:, :KEPT_OF]].astype(np.int32) for index in nearest[:2])
    items = among[rows].astype(np.int32)
    return Quality(counts, figures[0], figures[1], kept, items, near, near_on_map, len(among))


def _figures(
    latent: np.ndarray,
    maps: list[np.ndarray],
    rows: np.ndarray,
    counts: np.ndarray,
    random: np.random.Generator,
    progress: Progress,
) -> tuple[list[Figures], list[np.ndarray]]:
    n, most = len(latent), int(counts[-1])
    others = random.permutation(n)[:MEASURED]
    spaces = [_Space(values) for values in (latent, *maps)]
    penalty = np.zeros((len(maps), 2, len(counts)))
    shared = np.zeros((len(maps), len(counts)))
    pairs: list[list[np.ndarray]] = [[] for _ in spaces]
    found: list[list[np.ndarray]] = [[] for _ in spaces]
    for start in range(0, len(rows), _ROWS):
        part = rows[start : start + _ROWS]
        distances = [space.distances(part) for space in spaces]
        apart = others != part[:, None]
        for told, distance in zip(pairs, distances, strict=True):
            told.append(distance[:, others][apart])
        ordered = [np.sort(distance, axis=1) for distance in distances]
        nearest = [_nearest(distance, most) for distance in distances]
        for told, index in zip(found, nearest, strict=True):
            told.append(index)
        for at in range(len(maps)):
            here = at + 1
            # Ranks of the neighbours on the map in latent space, and the other way round.
            false = _ranks(ordered[0], distances[0], nearest[here])
            missed = _ranks(ordered[here], distances[here], nearest[0])
            for c, k in enumerate(counts):
                penalty[at, 0, c] += np.maximum(false[:, :k] - k, 0).sum()
                penalty[at, 1, c] += np.maximum(missed[:, :k] - k, 0).sum()
                shared[at, c] += (false[:, :k] <= k).sum()
        if not progress(start + len(part), len(rows), "neighbourhoods"):
            raise Stopped
    scale = 2 / (len(rows) * counts * (2 * n - 3 * counts - 1))
    ranked = [_rank(np.concatenate(told)) for told in pairs]
    figures = [
        Figures(
            1 - scale * penalty[at, 0],
            1 - scale * penalty[at, 1],
            shared[at] / (len(rows) * counts),
            _correlation(ranked[0], ranked[at + 1]),
        )
        for at in range(len(maps))
    ]
    return figures, [np.concatenate(told) for told in found]


def kept_neighbours(points: np.ndarray, neighbours: Neighbours, progress: Progress = silent) -> np.ndarray:
    """Return, for every item, the share of its nearest items in latent space that are its nearest on the map.

    Parameters
    ----------
    points : ndarray
        ``[n, 2]`` or ``[n, 3]`` the map.
    neighbours : Neighbours
        Of the encodings; their table is computed where it is not there yet.
    progress : Progress
        Hears of the rows of that table.

    Returns
    -------
    ndarray
        ``[n]`` float32 in [0, 1], over the 15 nearest, or fewer where there are fewer items.
    """
    from scipy.spatial import cKDTree  # 0.3 s that a page showing PCA does not need

    n = len(points)
    k = min(KEPT_OF, n - 1)
    near, _ = neighbours.table(k, progress)
    kept = np.empty(n, dtype=np.float32)
    tree = cKDTree(points)
    for start in range(0, n, _TOGETHER):
        rows = np.arange(start, min(start + _TOGETHER, n))
        _, there = tree.query(points[rows], k=np.arange(1, k + 2))
        # Among many duplicates the item itself may be missing; then the last one found goes.
        itself = there == rows[:, None]
        itself[~itself.any(axis=1), -1] = True
        there = there[~itself].reshape(len(rows), k)
        kept[rows] = (near[rows][:, :, None] == there[:, None, :]).any(axis=2).mean(axis=1)
    return kept


class _Space:
    """Squared distances between the points ``[n, d]`` of a space, by one product of matrices."""

    def __init__(self, points: np.ndarray) -> None:
        # About their mean the expanded square cancels less.
        exact = points.astype(np.float64)
        exact -= exact.mean(axis=0)
        squares = np.einsum("nd,nd->n", exact, exact)[:, None]
        ones = np.ones_like(squares)
        self._left = np.hstack([-2 * exact, squares, ones])
        self._right = np.hstack([exact, ones, squares]).T.copy()

    def distances(self, rows: np.ndarray) -> np.ndarray:
        """Return ``[m, n]`` float32 from rows to all; below zero to themselves, so that they come first."""
        # float32 sorts twice as fast; what it makes equal shares a rank.
        distance: np.ndarray = np.maximum(self._left[rows] @ self._right, 0, dtype=np.float32, casting="same_kind")
        distance[np.arange(len(rows)), rows] = -1
        return distance


def _nearest(distance: np.ndarray, k: int) -> np.ndarray:
    found = np.argpartition(distance, k, axis=1)[:, : k + 1]
    near = np.take_along_axis(distance, found, axis=1)
    return np.take_along_axis(found, np.argsort(near, axis=1, kind="stable"), axis=1)[:, 1:]


def _ranks(ordered: np.ndarray, distance: np.ndarray, index: np.ndarray) -> np.ndarray:
    """Rank of items, the nearest other one being the first; of equally distant ones the best rank all share."""
    wanted = np.take_along_axis(distance, index, axis=1)
    return np.stack([np.searchsorted(row, values) for row, values in zip(ordered, wanted, strict=True)])


def _rank(values: np.ndarray) -> np.ndarray:
    from scipy.stats import rankdata  # a second that a page showing PCA does not need

    return np.asarray(rankdata(values))


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    if not (np.ptp(one) and np.ptp(other)):
        return float("nan")
    return float(np.corrcoef(one, other)[0, 1])


def warm_up() -> None:
    """Import what measuring takes, so that a first map does not wait for it."""
    mean = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
    measure(mean, mean[:, :2], Neighbours(mean))
