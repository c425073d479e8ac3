"""p(x|z): what the decoder says about every value of an item."""

from __future__ import annotations

import math
from typing import Literal

import torch
from torch import Tensor, nn
from torch.distributions import Bernoulli, Distribution, Normal

from vae_core.model.config import VAEConfig


class BernoulliLikelihood(nn.Module):
    """Independent Bernoulli values (Kingma & Welling 2014, appendix C.1).

    On grey pixels this is a pseudo-likelihood: it is not normalised over [0, 1]
    (Loaiza-Ganem & Cunningham 2019), and must be marked so where it is shown.
    """

    def forward(self, parameters: Tensor) -> Distribution:
        """Return p(x|z) with the decoder's output ``[n, *sample_shape]`` as logits."""
        return Bernoulli(logits=parameters, validate_args=False)


class GaussianLikelihood(nn.Module):
    """Independent Gaussian values of one standard deviation, fixed or learned (Rybkin et al. 2021, "σ-VAE").

    Parameters
    ----------
    scale : float, optional
        Standard deviation in units of the data; learned when left out.
    """

    log_scale: Tensor

    def __init__(self, scale: float | None = None) -> None:
        super().__init__()
        if scale is None:
            self.log_scale = nn.Parameter(torch.zeros(()))
        else:
            self.register_buffer("log_scale", torch.tensor(math.log(scale)))

    def forward(self, parameters: Tensor) -> Distribution:
        """Return p(x|z) with the decoder's output ``[n, *sample_shape]`` as means."""
        return Normal(parameters, self.log_scale.exp().expand_as(parameters), validate_args=False)


def build_likelihood(config: VAEConfig) -> nn.Module:
    """Build the likelihood a configuration names."""
    if config.likelihood == "bernoulli":
        return BernoulliLikelihood()
    return GaussianLikelihood(None if config.scale == "learned" else float(config.scale))


def likelihood_kind(likelihood: Distribution, x: Tensor) -> Literal["discrete", "pseudo", "density"]:
    """Return what the numbers of p(x|z) are for these items.

    Parameters
    ----------
    likelihood : Distribution
        p(x|z).
    x : Tensor
        ``[n, *sample_shape]`` items it is asked about.

    Returns
    -------
    {"discrete", "pseudo", "density"}
        "discrete": probabilities, of which alone bits per dimension can be told: the distribution is one of discrete
        values, and all of `x` are such. "pseudo": it is, but some of `x` are not, as of a Bernoulli on grey pixels
        (Loaiza-Ganem & Cunningham 2019). "density": probabilities a unit of `x`, which depend on how `x` is scaled.
    """
    try:
        support = likelihood.support
    except NotImplementedError:
        return "density"
    if support is None or not support.is_discrete:
        return "density"
    return "discrete" if bool(support.check(x).all()) else "pseudo"
