"""How far a latent point can be trusted: whether it lies where the data are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vae_core.space.neighbours import Neighbours

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

#: Nearest items a distance is taken over.
NEAREST = 10
_SAMPLED = 10_000
_LEAST_SHARE = 0.02


class TrustScale:
    """The yardstick of one space: dimension weights and the distances that are usual in it.

    A dimension the model does not use has means that hardly vary against wide
    posteriors; the decoder has seen, and learnt to ignore, any value there.
    Distances therefore weigh dimension j with the share
    Var(mean_j) / (Var(mean_j) + E[σ_j²]) of its aggregate posterior variance
    that tells items apart, and with no less than 0.02.

    Parameters
    ----------
    mean : ndarray
        ``[n, d]`` encoded items.
    share : ndarray
        ``[d]`` dimension weights, see `measure`.
    quantiles : ndarray
        ``[101]`` percentiles 0 … 100 of the mean distance from an item to its 10 nearest others.
    """

    def __init__(self, mean: np.ndarray, share: np.ndarray, quantiles: np.ndarray) -> None:
        self.share = np.asarray(share, dtype=np.float32)
        self.quantiles = np.asarray(quantiles, dtype=np.float32)
        self._stretch = np.sqrt(self.share)
        self._neighbours = Neighbours(mean * self._stretch)

    @classmethod
    def measure(cls, mean: np.ndarray, logvar: np.ndarray) -> TrustScale:
        """Take the yardstick from a set's posteriors ``[n, d]``; from 10,000 spread items where there are more."""
        spread = mean.var(axis=0, dtype=np.float64)
        noise = np.exp(logvar, dtype=np.float64).mean(axis=0)
        tiny = np.finfo(np.float32).tiny
        share = np.maximum((spread + tiny) / (spread + noise + tiny), _LEAST_SHARE)
        scale = cls(mean, share, np.zeros(101))
        if len(mean) > 1:
            rows = np.unique(np.linspace(0, len(mean) - 1, min(len(mean), _SAMPLED)).astype(np.int64))
            _, distance = scale._neighbours.query(scale._neighbours.points[rows], NEAREST, leave_out=rows)
            scale.quantiles = np.percentile(distance.mean(axis=1), np.arange(101)).astype(np.float32)
        return scale

    def distance(self, z: np.ndarray) -> np.ndarray:
        """Return the mean weighted distance ``[m]`` from latent points ``[m, d]`` to their 10 nearest items."""
        stretched = np.asarray(z, dtype=np.float32) * self._stretch
        return self._neighbours.query(stretched, NEAREST)[1].mean(axis=1)

    def score(self, z: np.ndarray) -> np.ndarray:
        """Return trust ``[m]`` in [0, 1] of latent points ``[m, d]``; see `trust`."""
        usual, remote = float(self.quantiles[50]), float(self.quantiles[99])
        # Where all items coincide any step away from them is a step into the unknown.
        span = max(remote - usual, 1e-3 * remote, 1e-6)
        beyond = np.maximum(self.distance(z).astype(np.float64) - usual, 0) / span
        return (1 / (1 + beyond**3)).astype(np.float32)


def trust(space: LatentSpace, z: np.ndarray) -> np.ndarray:
    """Return how far latent points can be trusted: whether the decoder has met their like.

    With r the mean distance to the 10 nearest encoded items (dimensions
    weighted as in `TrustScale`) and r_p the p-th percentile of that distance
    over the set's own items, each left out of its own neighbours,
    trust = 1 / (1 + t³), t = max(r − r_50, 0) / (r_99 − r_50): 1 in a typical
    item's surroundings, 0.5 where only the remotest 1 % of the items are,
    towards 0 beyond.

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
