from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats
from torch.distributions import (
    AffineTransform,
    Categorical,
    Distribution,
    ExpTransform,
    Independent,
    Laplace,
    MixtureSameFamily,
    Normal,
    SigmoidTransform,
    TransformedDistribution,
    Uniform,
)

from vae_core.errors import InputError
from vae_core.interpret.prior.factorised_prior import FactorisedPrior

Z = np.random.default_rng(0).normal(size=(50, 3)) * 2
SHARES = np.array([1e-3, 0.1, 0.5, 0.8, 0.999])
SCALES = torch.tensor([0.5, 1.0, 2.0])


class Unknown(Normal):
    """A normal of which nobody has written the distribution function."""

    def cdf(self, value: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError


@pytest.mark.parametrize(
    ("law", "references", "columns", "exact"),
    [
        (Normal(torch.zeros(3), torch.ones(3)), [stats.norm()] * 3, 1, True),
        (Independent(Laplace(torch.zeros(3), SCALES), 1), [stats.laplace(0, s) for s in (0.5, 1, 2)], 3, True),
        (Uniform(torch.tensor(-1.0), torch.tensor(2.0)), [stats.uniform(-1, 3)] * 3, 1, True),
        (Unknown(torch.ones(3), SCALES), [stats.norm(1, s) for s in (0.5, 1, 2)], 3, False),
    ],
)
def test_laws_are_those_of_scipy(
    law: Distribution, references: list[stats.rv_continuous], columns: int, exact: bool
) -> None:
    prior = FactorisedPrior(3, law)
    assert prior.exact == exact
    off = 1e-5 if exact else 0.02
    pairs = list(enumerate(references))
    np.testing.assert_allclose(prior.log_density(Z), np.stack([r.logpdf(Z[:, j]) for j, r in pairs], axis=1), rtol=1e-6)
    np.testing.assert_allclose(prior.cdf(Z), np.stack([r.cdf(Z[:, j]) for j, r in pairs], axis=1), atol=off)
    told = prior.quantile(SHARES)
    assert told.shape == (5, columns)
    middle = slice(0, 5) if exact else slice(1, 4)
    expected = np.stack([r.ppf(SHARES) for r in references], axis=1)
    np.testing.assert_allclose(np.broadcast_to(told, (5, 3))[middle], expected[middle], atol=2e-3 if exact else 0.1)
    drawn = prior.draw(2000, seed=4)
    assert drawn.shape == (2000, 3) and drawn.dtype == np.float64
    np.testing.assert_array_equal(drawn, prior.draw(2000, seed=4))
    for j, reference in pairs:
        assert stats.kstest(drawn[:, j], reference.cdf).pvalue > 1e-3


def test_a_logistic_of_which_the_mean_is_not_known_is_a_prior() -> None:
    uniform = Uniform(torch.zeros(3), torch.ones(3))
    logistic = TransformedDistribution(uniform, [SigmoidTransform().inv, AffineTransform(0.0, 0.5)])
    prior = FactorisedPrior(3, logistic)
    state = torch.random.get_rng_state()
    np.testing.assert_allclose(prior.log_density(Z), stats.logistic(0, 0.5).logpdf(Z), rtol=1e-6)
    np.testing.assert_allclose(prior.cdf(Z), stats.logistic(0, 0.5).cdf(Z), rtol=1e-6)
    assert torch.equal(state, torch.random.get_rng_state())
    lognormal = FactorisedPrior(3, TransformedDistribution(uniform, [ExpTransform()]))
    assert (lognormal.log_density(-np.ones((1, 3))) == -np.inf).all()


def test_a_mixture_by_dimension_is_a_prior_and_one_over_all_is_not() -> None:
    weights = Categorical(torch.full((3, 2), 0.5))
    mixture = MixtureSameFamily(weights, Normal(torch.tensor([-1.0, 1.0]).expand(3, 2), torch.ones(3, 2)))
    prior = FactorisedPrior(3, mixture)
    expected = 0.5 * stats.norm(-1).cdf(Z) + 0.5 * stats.norm(1).cdf(Z)
    np.testing.assert_allclose(prior.cdf(Z), expected, atol=1e-6)
    with pytest.raises(InputError, match="not one of 3 independent dimensions"):
        FactorisedPrior(3, torch.distributions.MultivariateNormal(torch.zeros(3), torch.eye(3)))
