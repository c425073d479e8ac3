"""Which of other data are foreign to a model: unlike what its space was made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vae_core.space.trust.assessment import near_data

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

#: How near the data a latent point is that lies as far out as the remotest 2 % of what the decoder has learnt from.
LEAST_NEAR = 0.5
#: Percentile of the space's own distortions above which an item is reconstructed unusually badly.
WORST = 99.0


@dataclass(frozen=True)
class ForeignItems:
    """Items that are unlike the data of a space.

    Attributes
    ----------
    remote : ndarray
        ``[m]`` bool: the latent point lies farther from the data than 98 % of what the decoder has learnt from.
    distorted : ndarray
        ``[m]`` bool: reconstructed worse than 99 % of the space's own items; False where that is not known.
    """

    remote: np.ndarray
    distorted: np.ndarray

    @property
    def count(self) -> int:
        """How many are foreign in one way or the other."""
        return int((self.remote | self.distorted).sum())


def foreign_items(space: LatentSpace, mean: np.ndarray, distortion: np.ndarray) -> ForeignItems:
    """Tell which items a space has not met the like of; of its own items at most two in a hundred are told so each way.

    Parameters
    ----------
    space : LatentSpace
        The space.
    mean : ndarray
        ``[m, d]`` their posterior means.
    distortion : ndarray
        ``[m]`` nats, as a `LatentSpace` has it; NaN where it was not measured.
    """
    own = space.distortion[np.isfinite(space.distortion)]
    worst = float(np.percentile(own, WORST)) if len(own) else np.inf
    with np.errstate(invalid="ignore"):
        distorted = np.asarray(distortion) > worst
    return ForeignItems(remote=near_data(space, mean) < LEAST_NEAR, distorted=distorted)
