"""What any VAE offers to the rest of the house."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor
from torch.distributions import Distribution

#: What is said where items are given to a model that is open without its encoder.
NO_ENCODER = (
    "This model is open by its decoder alone, so no data can be seen through it. If it has an encoder, open both "
    "in one call: vae_core.open_space(model, data). Without data its prior samples are seen."
)


@dataclass(frozen=True)
class Capabilities:
    """What a model can do; the page hides what is absent.

    Parameters
    ----------
    encode : bool
        Items can be encoded.
    variance : bool
        The encoder gives a variance and not only a mean.
    differentiable : bool
        Gradients flow from the likelihood back to the latent point.
    first_layer : bool
        The decoder's first linear layer can be read.
    """

    encode: bool = True
    variance: bool = True
    differentiable: bool = True
    first_layer: bool = True


@dataclass(frozen=True)
class Posterior:
    """A diagonal Gaussian q(z|x) for each of n items.

    Parameters
    ----------
    mean, logvar : Tensor
        Each ``[n, d]``.
    """

    mean: Tensor
    logvar: Tensor

    @property
    def std(self) -> Tensor:
        """Standard deviation, ``[n, d]``."""
        return torch.exp(0.5 * self.logvar)

    def sample(self, generator: torch.Generator | None = None) -> Tensor:
        """Draw one latent point an item, ``[n, d]``, differentiable in both (Kingma & Welling 2014, sec. 2.4)."""
        noise = torch.randn(self.mean.shape, generator=generator, device=self.mean.device, dtype=self.mean.dtype)
        return self.mean + self.std * noise


class LatentModel(Protocol):
    """The small interface everything after loading is built on."""

    @property
    def latent_dim(self) -> int:
        """Number of latent dimensions d."""
        ...

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """``(c, h, w)`` of an image, ``(k,)`` of a vector, ``(c, k)`` of a series."""
        ...

    @property
    def prior(self) -> Distribution:
        """p(z) over ``[d]``, factorised by dimension; the standard normal unless the model says otherwise."""
        ...

    @property
    def can(self) -> Capabilities:
        """What this model is able to do."""
        ...

    @property
    def fingerprint(self) -> str:
        """Name of the content: a hash of architecture and weights."""
        ...

    def encode(self, x: Tensor) -> Posterior:
        """Items ``[n, *sample_shape]`` to their posteriors."""
        ...

    def likelihood(self, z: Tensor) -> Distribution:
        """p(x|z) over ``[n, *sample_shape]``: mean, sample and elementwise log_prob; differentiable, never clamped."""
        ...
