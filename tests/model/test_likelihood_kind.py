"""Whether the numbers of a likelihood are probabilities, densities, or neither."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.distributions import Bernoulli, Binomial, ContinuousBernoulli, Distribution, Independent, Normal

from vae_core.model.likelihoods import likelihood_kind

HALF = torch.full((2, 3), 0.5)
BINARY = torch.tensor([[0.0, 1.0, 1.0], [1.0, 0.0, 0.0]])


class Unsupported(Normal):
    @property
    def support(self) -> None:  # type: ignore[override]
        raise NotImplementedError


@pytest.mark.parametrize(
    ("likelihood", "x", "kind"),
    [
        (Bernoulli(HALF), BINARY, "discrete"),
        (Independent(Bernoulli(HALF), 1), BINARY, "discrete"),
        (Binomial(255, HALF), torch.tensor([[0.0, 255.0, 7.0]] * 2), "discrete"),
        (Bernoulli(HALF), torch.where(BINARY == 1, 0.2, 0.0), "pseudo"),
        (Independent(Bernoulli(HALF), 1), HALF, "pseudo"),
        (Binomial(255, HALF), HALF, "pseudo"),
        (Normal(HALF, 1.0), BINARY, "density"),
        (ContinuousBernoulli(HALF), BINARY, "density"),
        (Unsupported(HALF, 1.0), BINARY, "density"),
    ],
)
def test_kind(likelihood: Distribution, x: Tensor, kind: str) -> None:
    assert likelihood_kind(likelihood, x) == kind
