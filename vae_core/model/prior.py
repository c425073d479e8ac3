"""The prior of our VAE."""

from __future__ import annotations

import torch
from torch.distributions import Normal


class StandardNormal(Normal):
    """N(0, 1) in every dimension, known as such by its type.

    Parameters
    ----------
    dimensions : int
        Number of latent dimensions d.
    device : torch.device
        Where its parameters lie.
    """

    def __init__(self, dimensions: int, device: torch.device | str = "cpu") -> None:
        zeros = torch.zeros(dimensions, device=device)
        super().__init__(zeros, torch.ones_like(zeros), validate_args=False)
