"""Near the data: whether a latent point lies where the decoder has learnt what to make of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vae_core.space.neighbours.index import Neighbours
from vae_core.space.trust.coordinates import CoordinateRange
from vae_core.space.trust.scores import normalized_excess

#: Nearest items a distance is taken over, and those whose posteriors make the density.
NEAREST = 10
AROUND = 60
#: Of larger sets so many drawn items stand for all.
_AMONG = 100_000
_SAMPLED = 10_000
_SAMPLED_DRAWS = 2_000
#: Draws whose isolation is measured where every one of them asks for the neighbours of ten among very many items.
_FEW_DRAWS, _MANY_ITEMS = 500, 20_000
_LEAST_SHARE = 0.02
_ROWS = 2048
_TERMS = 2**21  # points × items × dimensions whose densities are summed up at once
#: Share of the draws that score 0.5 or more once all doubts are put together.
_NEAR_DRAWS = 98
#: Least step of isolation: of evenly spaced items hardly any differs from another.
_LEAST_ISOLATION = 0.05


@dataclass(frozen=True)
class Calibration:
    """What is usual at draws from the posteriors, apart from the distance; kept beside the encodings.

    Attributes
    ----------
    isolation : ndarray
        ``[101]`` float32 percentiles of the isolation, see `TrustScale`.
    ends : ndarray
        ``[4, d]`` float32, those of `CoordinateRange`.
    doubt : float
        What the doubts of a draw amount to together at the 98th percentile, and at least 1.
    """

    isolation: np.ndarray
    ends: np.ndarray
    doubt: float


@dataclass(frozen=True)
class Doubts:
    """What speaks against latent points being near the data: t of each part, 0 for nothing and 1 at its limit.

    Attributes
    ----------
    distance, density, isolation, coordinate : ndarray
        ``[m]``, see `TrustScale.doubts`.
    dimension : ndarray
        ``[m]`` the dimension whose coordinate is farthest out.
    """

    distance: np.ndarray
    density: np.ndarray
    isolation: np.ndarray
    coordinate: np.ndarray
    dimension: np.ndarray

    @property
    def total(self) -> np.ndarray:
        """``[m]`` Σ t³."""
        return np.asarray(self.distance**3 + self.density**3 + self.isolation**3 + self.coordinate**3)


class TrustScale:
    """The yardstick of one space: dimension weights, and the distances and densities that are usual in it.

    A dimension the model does not use has means that hardly vary against wide
    posteriors; the decoder has seen, and learnt to ignore, whatever these cover.
    Distances therefore weigh dimension j with the share
    Var(mean_j) / (Var(mean_j) + E[σ_j²]) of its aggregate posterior variance
    that tells items apart, and with no less than 0.02.

    Parameters
    ----------
    mean, logvar : ndarray
        ``[n, d]`` posteriors of the items.
    share : ndarray
        ``[d]`` dimension weights, see `measure`.
    quantiles : ndarray
        ``[101]`` percentiles 0 … 100 of the mean distance from a draw from an item's posterior to the 10 nearest
        other items.
    density : ndarray, optional
        ``[101]`` percentiles of the density at such a draw that the other items' posteriors make, in nats; measured
        where it is not given.
    calibration : Calibration, optional
        What else is usual; measured on first use where it is not given.
    measured_now : callable, optional
        Is given the calibration once it has been measured, to keep it.

    Notes
    -----
    Draws from the posteriors are what the decoder has learnt from. Taken at the items' means, the yardstick of a
    set that lies denser than its posteriors are wide calls most of them far from all data.
    """

    def __init__(
        self,
        mean: np.ndarray,
        logvar: np.ndarray,
        share: np.ndarray,
        quantiles: np.ndarray,
        density: np.ndarray | None = None,
        calibration: Calibration | None = None,
        measured_now: Callable[[Calibration], None] | None = None,
    ) -> None:
        self.share = np.asarray(share, dtype=np.float32)
        self.quantiles = np.asarray(quantiles, dtype=np.float32)
        self._stretch = np.sqrt(self.share)
        # A scaled copy of millions of items would cost more than it tells.
        among = _some(len(mean), _AMONG)
        whole = len(among) == len(mean)
        self._among = among
        self._mean: np.ndarray = mean if whole else mean[among]
        self._logvar: np.ndarray = logvar if whole else logvar[among]
        self._neighbours = Neighbours(self._mean * self._stretch)
        self._density = density
        self._calibration = calibration
        self._measured_now = measured_now
        self._spacing = np.full(len(among), np.nan, dtype=np.float32)

    @classmethod
    def measure(cls, mean: np.ndarray, logvar: np.ndarray) -> TrustScale:
        """Take the yardstick from a set's posteriors ``[n, d]``; from 10,000 spread items where there are more."""
        spread = mean.var(axis=0, dtype=np.float64)
        noise = np.exp(logvar, dtype=np.float64).mean(axis=0)
        tiny = np.finfo(np.float32).tiny
        share = np.maximum((spread + tiny) / (spread + noise + tiny), _LEAST_SHARE)
        scale = cls(mean, logvar, share, np.zeros(101))
        known = len(scale._mean)
        if known > 1:
            rows = _some(known, _SAMPLED)
            _, distance = scale._neighbours.query(scale._drawn(rows) * scale._stretch, NEAREST, leave_out=rows)
            scale.quantiles = np.percentile(distance.mean(axis=1), np.arange(101)).astype(np.float32)
        return scale

    def _drawn(self, rows: np.ndarray) -> np.ndarray:
        """One draw ``[m, d]`` from the posterior of each of these items, under a fixed seed."""
        noise = np.random.default_rng(0).standard_normal((len(rows), self._mean.shape[1]), dtype=np.float32)
        return np.asarray(self._mean[rows] + np.exp(0.5 * self._logvar[rows]) * noise, dtype=np.float32)

    @property
    def density(self) -> np.ndarray:
        """``[101]`` float32 percentiles of the density at draws; NaN for a single item. Measured on first use."""
        if self._density is None:
            self._density = self._usual_densities()
        return self._density

    @property
    def tells_apart(self) -> np.ndarray:
        """``[d]`` bool: whether a dimension tells items apart, which one with the least weight hardly does."""
        return np.asarray(self.share > np.float32(_LEAST_SHARE))

    def distance(self, z: np.ndarray) -> np.ndarray:
        """Return the mean weighted distance ``[m]`` from latent points ``[m, d]`` to their 10 nearest items."""
        stretched = np.asarray(z, dtype=np.float32) * self._stretch
        return np.asarray(self._neighbours.query(stretched, NEAREST)[1].mean(axis=1))

    def length(self, steps: np.ndarray) -> np.ndarray:
        """Return the weighted length ``[m]`` of differences of latent points ``[m, d]``."""
        return np.asarray(np.linalg.norm(np.asarray(steps, dtype=np.float64) * self._stretch, axis=1))

    def nearest(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the items ``[m]`` nearest to latent points ``[m, d]`` (of up to 100,000), and their distances."""
        index, distance = self._neighbours.query(np.asarray(z, dtype=np.float32) * self._stretch, 1)
        return self._among[index[:, 0]], distance[:, 0]

    @property
    def calibration(self) -> Calibration:
        """What else is usual at draws; measured on first use."""
        if self._calibration is None:
            self._calibration = self._calibrate()
            if self._measured_now is not None:
                self._measured_now(self._calibration)
        return self._calibration

    def score(self, z: np.ndarray, leave_out: np.ndarray | None = None) -> np.ndarray:
        """Return how near latent points are to the data.

        1 / (1 + Σ t³ / c) over the four `doubts` t. c is the 98th percentile of Σ t³ over draws from the items'
        posteriors, or 1 if that is more: of what the decoder has learnt from 98 % score 0.5 or more, however the
        doubts of a set go together.

        Parameters
        ----------
        z : ndarray
            ``[m, d]``.
        leave_out : ndarray, optional
            ``[m]`` an item for each point that does not count: the one it is a draw of.

        Returns
        -------
        ndarray
            ``[m]`` float32 in [0, 1].
        """
        scores = np.empty(len(z), dtype=np.float32)
        for start in range(0, len(z), _ROWS):
            part = slice(start, start + _ROWS)
            doubts = self.doubts(z[part], None if leave_out is None else leave_out[part])
            scores[part] = 1 / (1 + doubts.total / self.calibration.doubt)
        return scores

    def doubts(self, z: np.ndarray, leave_out: np.ndarray | None = None) -> Doubts:
        """Return what speaks against latent points ``[m, d]`` being near the data.

        - distance: t = max(r − r_5, 0) / (r_99 − r_5), r the mean distance to the 10 nearest items, r_p the p-th
          percentile of it over draws, each without its own item;
        - density: t = max(q_5 − q, 0) / (q_5 − q_1), q the log density of the aggregate posterior Σ_i q(z|x_i) / n
          (over the 60 nearest items, no posterior narrower than items lie apart);
        - isolation: t = max(s − s_90, 0) / (s_99 − s_90), s the logarithm of r over the mean of the same distance at
          those 10 items: a local outlier factor (Breunig, Kriegel, Ng & Sander 2000). In a gap beside a dense cluster
          the distance may be one that is usual in a sparse cluster elsewhere, but not for the items around the gap;
        - coordinate: the farthest of z's coordinates beyond its dimension's range, see `CoordinateRange`. Dimensions
          the model does not use count as well: beyond their range nothing says that the decoder ignores them.
        """
        if leave_out is not None:
            place = np.minimum(np.searchsorted(self._among, leave_out), len(self._among) - 1)
            # An item that is none of those drawn from a large set does not count anyway.
            leave_out = np.where(self._among[place] == leave_out, place, -1)
        calibration = self.calibration
        return self._doubts(np.asarray(z, dtype=np.float32), leave_out, calibration.isolation, calibration.ends)

    def _doubts(self, z: np.ndarray, leave_out: np.ndarray | None, isolation: np.ndarray, ends: np.ndarray) -> Doubts:
        index, distance = self._neighbours.query(z * self._stretch, max(AROUND, NEAREST), leave_out)
        beyond_ends = CoordinateRange(ends).excess(z)
        low, remote = float(self.quantiles[5]), float(self.quantiles[99])
        rare, rarest = float(self.density[5]), float(self.density[1])
        thin = isolated = np.zeros(len(z))
        if np.isfinite(rare):
            thin = normalized_excess(-self._log_density(z, index), -rare, -rarest, 0.1)
        if len(self._mean) > 1:
            usual, most = float(isolation[90]), float(isolation[99])
            isolated = normalized_excess(self._isolation(index, distance), usual, most, _LEAST_ISOLATION)
        return Doubts(
            # Where all items coincide any step away from them is a step into the unknown.
            distance=normalized_excess(distance[:, :NEAREST].mean(axis=1), low, remote, max(1e-3 * remote, 1e-6)),
            density=thin,
            isolation=isolated,
            coordinate=beyond_ends.max(axis=1),
            dimension=beyond_ends.argmax(axis=1),
        )

    def _isolation(self, index: np.ndarray, distance: np.ndarray) -> np.ndarray:
        """Return the log of a point's distance to its nearest items over theirs to each other ``[m]``."""
        near = index[:, :NEAREST]
        # Among duplicates, which lie in no distance of each other, a step of the usual length counts.
        least = max(1e-3 * float(self.quantiles[50]), 1e-12)
        return np.asarray(np.log((distance[:, :NEAREST].mean(axis=1) + least) / (self._spaced(near) + least)))

    def _spaced(self, index: np.ndarray) -> np.ndarray:
        """Return the mean distance ``[m]`` that items ``[m, k]`` have to their own nearest ones; found once an item."""
        wanted = np.unique(index)
        wanted = wanted[np.isnan(self._spacing[wanted])]
        for start in range(0, len(wanted), _ROWS):
            rows = wanted[start : start + _ROWS]
            _, apart = self._neighbours.query(self._mean[rows] * self._stretch, NEAREST, leave_out=rows)
            self._spacing[rows] = apart.mean(axis=1)
        return np.asarray(self._spacing[index].mean(axis=1))

    def _log_density(self, z: np.ndarray, index: np.ndarray) -> np.ndarray:
        """Log of Σ q(z|x_i) over items ``[m, k]``, in nats, up to a constant that is the same for all points."""
        # Of a width no less than the usual step between items, below which a density tells of single items only.
        least = np.square(self.quantiles[50]) / len(self.share) / np.maximum(self.share, _LEAST_SHARE)
        total = np.empty(index.shape)
        rows = max(1, _TERMS // (index.shape[1] * z.shape[1]))
        for start in range(0, len(z), rows):
            part = slice(start, start + rows)
            variance = np.exp(self._logvar[index[part]]) + least
            difference = z[part, None].astype(np.float64) - self._mean[index[part]]
            nats = -0.5 * (np.square(difference) / np.maximum(variance, 1e-30) + np.log(np.maximum(variance, 1e-30)))
            total[part] = nats.sum(axis=2)
        highest = total.max(axis=1)
        return np.asarray(highest + np.log(np.exp(total - highest[:, None]).sum(axis=1)))

    def _usual_densities(self) -> np.ndarray:
        if len(self._mean) < 2:
            return np.full(101, np.nan, dtype=np.float32)
        rows = _some(len(self._mean), _SAMPLED_DRAWS)
        drawn = self._drawn(rows)
        index, _ = self._neighbours.query(drawn * self._stretch, AROUND, leave_out=rows)
        return np.asarray(np.percentile(self._log_density(drawn, index), np.arange(101)).astype(np.float32))

    def _calibrate(self) -> Calibration:
        ends = CoordinateRange.measure(self._mean, self._logvar).ends
        if len(self._mean) < 2:
            return Calibration(np.zeros(101, dtype=np.float32), ends, 1.0)
        rows = _some(len(self._mean), _SAMPLED_DRAWS if len(self._mean) <= _MANY_ITEMS else _FEW_DRAWS)
        drawn = self._drawn(rows)
        index, distance = self._neighbours.query(drawn * self._stretch, NEAREST, leave_out=rows)
        isolation = np.percentile(self._isolation(index, distance), np.arange(101)).astype(np.float32)
        total = self._doubts(drawn, rows, isolation, ends).total
        return Calibration(isolation, ends, max(1.0, float(np.percentile(total, _NEAR_DRAWS))))


def _some(n: int, most: int) -> np.ndarray:
    return np.unique(np.linspace(0, n - 1, min(n, most)).astype(np.int64))
