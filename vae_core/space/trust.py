"""How far a latent point can be trusted: whether it lies where the data are, and comes back when encoded again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vae_core.space.neighbours import Neighbours

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

#: Nearest items a distance is taken over, and those whose posteriors make the density.
NEAREST = 10
AROUND = 60
#: Of larger sets so many drawn items stand for all.
_AMONG = 100_000
_SAMPLED = 10_000
_SAMPLED_DENSITY = 2_000
_LEAST_SHARE = 0.02
_ROWS = 2048
_TERMS = 2**21  # points × items × dimensions whose densities are summed up at once
_FARTHEST = 1e4  # in units of a yardstick; cubes of more overflow


class TrustScale:
    """The yardstick of one space: dimension weights, and the distances and densities that are usual in it.

    A dimension the model does not use has means that hardly vary against wide
    posteriors; the decoder has seen, and learnt to ignore, any value there.
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
        return self._neighbours.query(stretched, NEAREST)[1].mean(axis=1)

    def length(self, steps: np.ndarray) -> np.ndarray:
        """Return the weighted length ``[m]`` of differences of latent points ``[m, d]``."""
        return np.asarray(np.linalg.norm(np.asarray(steps, dtype=np.float64) * self._stretch, axis=1))

    def nearest(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the items ``[m]`` nearest to latent points ``[m, d]`` (of up to 100,000), and their distances."""
        index, distance = self._neighbours.query(np.asarray(z, dtype=np.float32) * self._stretch, 1)
        return self._among[index[:, 0]], distance[:, 0]

    def score(self, z: np.ndarray, leave_out: np.ndarray | None = None) -> np.ndarray:
        """Return trust ``[m]`` in [0, 1] of latent points ``[m, d]``; see `trust`.

        `leave_out` ``[m]`` names an item for each point that does not count: the one it is a draw of.
        """
        scores = np.empty(len(z), dtype=np.float32)
        if leave_out is not None:
            place = np.minimum(np.searchsorted(self._among, leave_out), len(self._among) - 1)
            # An item that is none of those drawn from a large set does not count anyway.
            leave_out = np.where(self._among[place] == leave_out, place, -1)
        for start in range(0, len(z), _ROWS):
            part = slice(start, start + _ROWS)
            own = None if leave_out is None else leave_out[part]
            scores[part] = self._score(np.asarray(z[part], dtype=np.float32), own)
        return scores

    def _score(self, z: np.ndarray, leave_out: np.ndarray | None = None) -> np.ndarray:
        index, distance = self._neighbours.query(z * self._stretch, max(AROUND, NEAREST), leave_out)
        low, remote = float(self.quantiles[5]), float(self.quantiles[99])
        # Where all items coincide any step away from them is a step into the unknown.
        far = beyond(distance[:, :NEAREST].mean(axis=1), low, remote, max(1e-3 * remote, 1e-6))
        rare, rarest = float(self.density[5]), float(self.density[1])
        thin = beyond(-self._log_density(z, index), -rare, -rarest, 0.1) if np.isfinite(rare) else 0
        return (1 / (1 + far**3 + thin**3)).astype(np.float32)

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
        rows = _some(len(self._mean), _SAMPLED_DENSITY)
        if len(self._mean) < 2:
            return np.full(101, np.nan, dtype=np.float32)
        drawn = self._drawn(rows)
        index, _ = self._neighbours.query(drawn * self._stretch, AROUND, leave_out=rows)
        return np.percentile(self._log_density(drawn, index), np.arange(101)).astype(np.float32)


def trust(space: LatentSpace, z: np.ndarray) -> np.ndarray:
    """Return how far latent points can be trusted: whether the decoder has met their like.

    1 / (1 + t³ + u³), with

    - t = max(r − r_5, 0) / (r_99 − r_5), r the mean distance to the 10 nearest encoded items (dimensions weighted as
      in `TrustScale`), r_p the p-th percentile of it over draws from the items' posteriors, which are what the decoder
      has learnt from, each item left out of its own neighbours;
    - u = max(q_5 − q, 0) / (q_5 − q_1), q the log density of the aggregate posterior Σ_i q(z|x_i) / n (over the 60
      nearest items, no posterior narrower than items lie apart), q_p its percentiles over the draws likewise.

    Towards 1 in the densest parts, about 0.95 where a typical item is, 0.5 where only the remotest
    1 % of the draws are, towards 0 beyond.

    Parameters
    ----------
    space : LatentSpace
        The space.
    z : ndarray
        ``[m, d]`` latent points.

    Returns
    -------
    ndarray
        ``[m]`` float32 in [0, 1].
    """
    return space.trust_scale.score(z)


def together(*scores: np.ndarray) -> np.ndarray:
    """Return what independent scores ``[m]`` of the form 1 / (1 + t³) make together: 1 / (1 + Σ t³)."""
    doubt = np.sum([1 / np.maximum(np.asarray(score, dtype=np.float64), 1e-12) - 1 for score in scores], axis=0)
    return np.asarray(1 / (1 + doubt), dtype=np.float32)


def beyond(values: np.ndarray, usual: float, remote: float, least: float) -> np.ndarray:
    """Return how far values ``[m]`` lie beyond `usual`, in steps from there to `remote` of at least `least`."""
    step = max(remote - usual, least)
    return np.asarray(np.minimum(np.maximum(values.astype(np.float64) - usual, 0) / step, _FARTHEST))


def _some(n: int, most: int) -> np.ndarray:
    return np.unique(np.linspace(0, n - 1, min(n, most)).astype(np.int64))
