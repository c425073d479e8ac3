"""Values of different units seen by one network: each with mean 0 and standard deviation 1."""

from __future__ import annotations

from typing import cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.distributions import Distribution, Normal

from vae_core.data.dataset import Dataset
from vae_core.model.config import VAEConfig

_ROWS = 65_536


class Standardisation(nn.Module):
    """Items as the networks see them, and back: (x − shift) / spread.

    Parameters
    ----------
    config : VAEConfig
        Of vectors ``(k,)``, each value of which has a shift and a spread, or series ``(c, k)``, each channel.
    """

    shift: Tensor
    spread: Tensor

    def __init__(self, config: VAEConfig) -> None:
        super().__init__()
        shape = (*config.sample_shape[:1], *(1 for _ in config.sample_shape[1:]))
        self.register_buffer("shift", torch.zeros(shape))
        self.register_buffer("spread", torch.ones(shape))

    def measure(self, data: Dataset) -> None:
        """Take shift and spread from training items; a value that is always the same keeps the spread 1."""
        axes = (0, *range(2, data.values.ndim))
        count = float(np.prod([data.values.shape[axis] for axis in axes]))
        starts = range(0, len(data), _ROWS)
        parts = (data.values[start : start + _ROWS].astype(np.float64) for start in starts)
        mean = sum(part.sum(axis=axes, keepdims=True) for part in parts) / count
        parts = (data.values[start : start + _ROWS].astype(np.float64) for start in starts)
        std = np.sqrt(sum(((part - mean) ** 2).sum(axis=axes, keepdims=True) for part in parts) / count)
        # What rounding leaves of a constant is no spread.
        std = np.where(std > 1e-6 * np.maximum(np.abs(mean), 1e-30), std, 1.0)
        self.shift.copy_(torch.from_numpy(mean[0].astype(np.float32)))
        self.spread.copy_(torch.from_numpy(std[0].astype(np.float32)))

    def give(self, x: Tensor) -> Tensor:
        """Items ``[n, *sample_shape]`` as the networks see them."""
        return (x - self.shift) / self.spread

    def back(self, distribution: Distribution) -> Distribution:
        """Return the Gaussian over standardised values as one over the data's own."""
        normal = cast(Normal, distribution)
        return Normal(normal.loc * self.spread + self.shift, normal.scale * self.spread, validate_args=False)
