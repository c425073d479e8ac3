"""One trained model, wrapped as people wrap theirs: a name, a function of the model, and what is to be found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn
from torch.distributions import Bernoulli, Independent, Normal

from vae_core.model import VAE

Pair = tuple[Callable[[Tensor], Any], Callable[[Tensor], Any]]


@dataclass(frozen=True)
class Wrapping:
    """What is given, and what the preflight must make of it.

    Parameters
    ----------
    name : str
        Of the test.
    wrap : callable
        The shipped model to what a person would hand over.
    found : dict
        Fields of the convention that must come out; `posterior` as it is told, "" for what does not matter.
    """

    name: str
    wrap: Callable[[VAE], Any]
    found: dict[str, str] = field(default_factory=dict)


def encode(model: VAE) -> Callable[[Tensor], tuple[Tensor, Tensor]]:
    def run(x: Tensor) -> tuple[Tensor, Tensor]:
        assert x.ndim == 4, f"expected pictures [n, 1, 28, 28], got {tuple(x.shape)}"
        posterior = model.encode(x)
        return posterior.mean, posterior.logvar

    return run


def decode(model: VAE) -> Callable[[Tensor], Tensor]:
    return lambda z: model.likelihood(z).mean


def answering(change: Callable[[Tensor, Tensor], Any]) -> Callable[[VAE], Pair]:
    return lambda model: (lambda x: change(*encode(model)(x)), decode(model))


def taking(give: Callable[[Tensor], Tensor], back: Callable[[Tensor], Tensor] = lambda y: y) -> Callable[[VAE], Pair]:
    return lambda model: (lambda x: encode(model)(give(x)), lambda z: back(decode(model)(z)))


def interleaved(mean: Tensor, logvar: Tensor) -> Tensor:
    return torch.stack([mean, logvar], dim=2).flatten(1)


def nhwc(x: Tensor) -> Tensor:
    assert x.ndim == 4 and x.shape[-1] == 1, f"expected [n, 28, 28, 1], got {tuple(x.shape)}"
    return x.permute(0, 3, 1, 2)


def unflat(x: Tensor) -> Tensor:
    assert x.ndim == 2, f"expected [n, 784], got {tuple(x.shape)}"
    return x.reshape(-1, 1, 28, 28)


class Module(nn.Module):
    """As most write it: modules inside, methods encode and decode."""

    def __init__(self, model: VAE) -> None:
        super().__init__()
        self.inner = model

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return encode(self.inner)(x)

    def decode(self, z: Tensor) -> Tensor:
        return decode(self.inner)(z)


def spatial(model: VAE) -> Pair:
    return (
        lambda x: torch.cat([part.reshape(-1, 4, 2, 2) for part in encode(model)(x)], dim=1),
        lambda z: decode(model)(z.reshape(-1, 16)),
    )


def logits(model: VAE) -> Pair:
    return encode(model), lambda z: torch.logit(decode(model)(z).clamp(1e-4, 1 - 1e-4))


MEAN, STD = 0.286, 0.353  # of Fashion-MNIST, as tutorials have them

WRAPPINGS = [
    Wrapping("mean and log-variance", answering(lambda m, v: (m, v)), {"posterior": "mean,logvar"}),
    Wrapping("log-variance first", answering(lambda m, v: (v, m)), {"posterior": "logvar,mean"}),
    Wrapping("variance", answering(lambda m, v: (m, v.exp())), {"posterior": "mean,var"}),
    Wrapping("standard deviation", answering(lambda m, v: (m, (0.5 * v).exp())), {"posterior": "mean,std"}),
    Wrapping("standard deviation first", answering(lambda m, v: ((0.5 * v).exp(), m)), {"posterior": "std,mean"}),
    Wrapping("log of the deviation", answering(lambda m, v: (m, 0.5 * v)), {"posterior": "mean,logstd"}),
    Wrapping(
        "one tensor of twice the width", answering(lambda m, v: torch.cat([m, v], 1)), {"posterior": "mean,logvar"}
    ),
    Wrapping("the same, spread first", answering(lambda m, v: torch.cat([v, m], 1)), {"posterior": "logvar,mean"}),
    Wrapping("mean and log-variance in turn", answering(interleaved), {"posterior": "mean,logvar,interleaved"}),
    Wrapping("a normal distribution", answering(lambda m, v: Normal(m, (0.5 * v).exp())), {"posterior": "mean,std"}),
    Wrapping(
        "an independent normal, after a feature map",
        answering(lambda m, v: (torch.zeros(len(m), 5), Independent(Normal(m, (0.5 * v).exp()), 1))),
        {"posterior": "mean,std"},
    ),
    Wrapping(
        "an object with fields", answering(lambda m, v: SimpleNamespace(mu=m, log_var=v)), {"posterior": "mean,logvar"}
    ),
    Wrapping(
        "a dictionary", answering(lambda m, v: {"z_mean": m, "sigma": (0.5 * v).exp()}), {"posterior": "mean,std"}
    ),
    Wrapping(
        "sample, mean, log-variance",
        answering(lambda m, v: (m + (0.5 * v).exp() * torch.randn_like(m), m, v)),
        {"posterior": "mean,logvar"},
    ),
    Wrapping("a plain autoencoder", answering(lambda m, v: m), {"posterior": "mean"}),
    Wrapping(
        "pictures as NHWC", taking(nhwc, lambda y: y.permute(0, 2, 3, 1)), {"layout": "nhwc", "output_layout": "nhwc"}
    ),
    Wrapping("flat pictures", taking(unflat, lambda y: y.flatten(1)), {"layout": "flat", "output_layout": "flat"}),
    Wrapping(
        "from −1 to 1", taking(lambda x: 0.5 * (x + 1), lambda y: 2 * y - 1), {"range": "symmetric", "output": "same"}
    ),
    Wrapping(
        "from −1 to 1, answering 0 to 1", taking(lambda x: 0.5 * (x + 1)), {"range": "symmetric", "output": "unit"}
    ),
    Wrapping("bytes", taking(lambda x: x / 255, lambda y: 255 * y), {"range": "bytes", "output": "same"}),
    Wrapping("standardised", taking(lambda x: x * STD + MEAN), {"range": "standardised", "output": "unit"}),
    Wrapping(
        "standardised both ways",
        taking(lambda x: x * STD + MEAN, lambda y: (y - MEAN) / STD),
        {"range": "standardised", "output": "same"},
    ),
    Wrapping("logits", logits, {"output": "logits", "likelihood": "bernoulli"}),
    Wrapping(
        "a Bernoulli distribution",
        lambda model: (encode(model), lambda z: Bernoulli(decode(model)(z).clamp(0, 1))),
        {"output": "unit", "likelihood": "bernoulli"},
    ),
    Wrapping("spatial latents", spatial, {"posterior": "mean,logvar"}),
    Wrapping("a module", Module, {"posterior": "mean,logvar", "layout": "nchw", "range": "unit"}),
]
