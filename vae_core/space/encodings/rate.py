"""How many nats each latent dimension carries about each item."""

from __future__ import annotations

import numpy as np
import torch
from torch.distributions import Distribution, Independent, Normal, kl_divergence

from vae_core.errors import InputError

_SAMPLES = 64
_ROWS = 4096


def rate(mean: np.ndarray, logvar: np.ndarray, prior: Distribution, seed: int = 0) -> np.ndarray:
    """Return KL(q(z_j|x) || p(z_j)) of every item and dimension.

    Against the standard normal in closed form (Kingma & Welling 2014, appendix
    B), against other priors by ``torch.distributions.kl_divergence`` where it
    knows the pair, else as the mean of log q − log p over 64 seeded samples.

    Parameters
    ----------
    mean, logvar : ndarray
        ``[n, d]``, the diagonal Gaussian posteriors.
    prior : Distribution
        p(z) over ``[d]``, factorised by dimension.
    seed : int
        Of the samples, where there are any.

    Returns
    -------
    ndarray
        ``[n, d]`` float32 nats.

    Raises
    ------
    InputError
        If the prior does not factorise by dimension.
    """
    while isinstance(prior, Independent):
        prior = prior.base_dist
    if is_standard_normal(prior):
        variance_term = np.exp(logvar, dtype=np.float64) - logvar - 1
        return np.asarray(0.5 * (np.square(mean, dtype=np.float64) + variance_term), dtype=np.float32)
    if prior.event_shape or prior.batch_shape not in (torch.Size([mean.shape[1]]), torch.Size([1]), torch.Size()):
        raise InputError(
            f"The prior {type(prior).__name__} is not one of {mean.shape[1]} independent dimensions, so there is no "
            "rate by dimension; give the model a prior that factorises."
        )
    generator = torch.Generator().manual_seed(seed)
    parts = []
    for start in range(0, len(mean), _ROWS):
        mu = torch.from_numpy(np.array(mean[start : start + _ROWS], dtype=np.float64))
        std = torch.from_numpy(np.exp(0.5 * logvar[start : start + _ROWS].astype(np.float64)))
        posterior = Normal(mu, std)
        with torch.inference_mode():
            try:
                nats = kl_divergence(posterior, prior)
            except NotImplementedError:
                z = mu + std * torch.randn((_SAMPLES, *mu.shape), generator=generator, dtype=mu.dtype)
                nats = (posterior.log_prob(z) - prior.log_prob(z)).mean(dim=0)
        parts.append(nats.numpy().astype(np.float32))
    return np.concatenate(parts)


def is_standard_normal(prior: Distribution) -> bool:
    """Whether a prior is the standard normal in every dimension."""
    while isinstance(prior, Independent):
        prior = prior.base_dist
    return isinstance(prior, Normal) and bool((prior.loc == 0).all()) and bool((prior.scale == 1).all())
