"""The item a visitor sees first: one like most others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

_SAMPLED = 500


def typical_item(space: LatentSpace) -> int:
    """Return the number of an item at the usual distance from others, of a usual rate and a usual distortion.

    Of up to 500 spread items the one whose ranks of distance to its nearest items, rate and distortion are closest
    to the median, the farthest of the three counting. The prior mean, which would be the point to begin with in
    theory, often decodes to a blur: aggregate posteriors seldom have their items there.
    """
    n = len(space)
    rows = np.unique(np.linspace(0, n - 1, min(n, _SAMPLED)).astype(np.int64))
    figures = [space.trust_scale.distance(space.mean[rows]), space.rate[rows].sum(axis=1), space.distortion[rows]]
    known = [_ranks(values) for values in figures if np.isfinite(values).all()]
    return int(rows[np.abs(np.stack(known) - 0.5).max(axis=0).argmin()])


def _ranks(values: np.ndarray) -> np.ndarray:
    """Return the place of each value in their order, from 0 to 1."""
    ranks = np.empty(len(values))
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values))
    return ranks / max(1, len(values) - 1)
