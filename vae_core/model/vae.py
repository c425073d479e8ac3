"""The variational autoencoder (Kingma & Welling 2014; Rezende et al. 2014)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import torch
from torch import Tensor, nn
from torch.distributions import Distribution

from vae_core.errors import InputError
from vae_core.model.config import VAEConfig
from vae_core.model.likelihoods import build_likelihood
from vae_core.model.networks import build_decoder, build_encoder, split
from vae_core.model.prior import StandardNormal
from vae_core.model.protocol import Capabilities, Posterior
from vae_core.model.standardisation import Standardisation


class VAE(nn.Module):
    """A VAE with a standard normal prior, a diagonal Gaussian posterior and a Bernoulli or Gaussian likelihood.

    Parameters
    ----------
    config : VAEConfig
        Size and shape; weights are drawn from torch's global generator.

    Raises
    ------
    InputError
        If networks of that size cannot be held in memory.
    """

    def __init__(self, config: VAEConfig) -> None:
        super().__init__()
        self.config = config
        try:
            self.encoder = build_encoder(config)
            self.decoder = build_decoder(config)
        except (RuntimeError, TypeError, OverflowError, MemoryError) as error:  # what torch raises for absurd sizes
            raise InputError(f"Networks of this size cannot be built here ({config}); choose smaller ones.") from error
        self.observation = build_likelihood(config)
        self.standard = Standardisation(config) if config.standardised else None
        self._prior: StandardNormal | None = None
        #: How it was trained, as its checkpoint tells it; empty where nothing is known.
        self.record: dict[str, Any] = {}

    @property
    def latent_dim(self) -> int:
        """Number of latent dimensions d."""
        return self.config.latent_dim

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one item."""
        return self.config.sample_shape

    @property
    def prior(self) -> Distribution:
        """The standard normal over ``[d]``."""
        # Kept, since every step of a training asks for it; in or out of inference mode, it must serve both.
        if self._prior is None or self._prior.loc.device != self.device:
            with torch.inference_mode(False):
                self._prior = StandardNormal(self.latent_dim, self.device)
        return self._prior

    @property
    def can(self) -> Capabilities:
        """Our own VAE can do everything that is asked of models."""
        return Capabilities()

    @property
    def device(self) -> torch.device:
        """Where the weights lie."""
        return next(self.parameters()).device

    @property
    def fingerprint(self) -> str:
        """Name of the content: a hash of architecture and weights."""
        digest = hashlib.blake2b(json.dumps(self.config.to_dict(), sort_keys=True).encode(), digest_size=16)
        for name, tensor in sorted(self.state_dict().items()):
            digest.update(name.encode())
            digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
        return digest.hexdigest()

    def encode(self, x: Tensor) -> Posterior:
        """Items ``[n, *sample_shape]`` to q(z|x), mean and log variance each ``[n, d]``."""
        return Posterior(*split(self.encoder(x if self.standard is None else self.standard.give(x))))

    def likelihood(self, z: Tensor) -> Distribution:
        """Latent points ``[n, d]`` to p(x|z) over ``[n, *sample_shape]``."""
        distribution: Distribution = self.observation(self.decoder(z))
        return distribution if self.standard is None else self.standard.back(distribution)
