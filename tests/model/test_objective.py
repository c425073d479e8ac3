"""Rate, distortion and likelihoods against closed forms, and against samples."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.distributions import Laplace, MultivariateNormal, Normal, kl_divergence

from vae_core.model import VAE, Posterior, VAEConfig, negative_elbo, rate, warmed_up_beta
from vae_core.model.likelihoods import BernoulliLikelihood, GaussianLikelihood
from vae_core.model.objective import distortion
from vae_core.model.prior import StandardNormal

MEANS = st.floats(-5, 5)
LOGVARS = st.floats(-10, 5)


def posterior(mean: object, logvar: object) -> Posterior:
    return Posterior(torch.tensor(mean, dtype=torch.float64), torch.tensor(logvar, dtype=torch.float64))


def standard_normal(dimensions: int) -> Normal:
    return Normal(torch.zeros(dimensions, dtype=torch.float64), torch.ones(dimensions, dtype=torch.float64))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(MEANS, LOGVARS), min_size=1, max_size=5))
def test_rate_is_the_closed_form_of_two_gaussians(pairs: list[tuple[float, float]]) -> None:
    mean, logvar = (list(column) for column in zip(*pairs, strict=True))
    found = rate(posterior([mean], [logvar]), standard_normal(len(pairs)))
    torch.testing.assert_close(rate(posterior([mean], [logvar]), StandardNormal(len(pairs))), found)
    by_hand = [0.5 * (m**2 + math.exp(v) - v - 1) for m, v in pairs]
    assert found.shape == (1, len(pairs))
    assert found[0].tolist() == pytest.approx(by_hand, rel=1e-9, abs=1e-12)


def test_rate_sums_to_the_divergence_of_the_joint_gaussians() -> None:
    q = posterior([[0.3, -1.2, 2.0]], [[-1.0, 0.5, -4.0]])
    joint = MultivariateNormal(q.mean[0], torch.diag(q.logvar[0].exp()))
    prior = MultivariateNormal(torch.zeros(3, dtype=torch.float64), torch.eye(3, dtype=torch.float64))
    assert rate(q, standard_normal(3)).sum().item() == pytest.approx(kl_divergence(joint, prior).item(), rel=1e-10)


def test_rate_is_against_the_prior_it_is_given() -> None:
    q = posterior([[0.3, -1.2]], [[-1.0, 0.5]])
    prior = Normal(torch.tensor([1.0, -2.0], dtype=torch.float64), torch.tensor([0.5, 3.0], dtype=torch.float64))
    for j in range(2):
        m, s, pm, ps = q.mean[0, j].item(), q.std[0, j].item(), prior.loc[j].item(), prior.scale[j].item()
        by_hand = math.log(ps / s) + (s**2 + (m - pm) ** 2) / (2 * ps**2) - 0.5
        assert rate(q, prior)[0, j].item() == pytest.approx(by_hand, rel=1e-10)


def test_rate_agrees_with_samples() -> None:
    q = posterior([[0.7]], [[-0.8]]).__class__(
        torch.full((200_000, 1), 0.7, dtype=torch.float64), torch.full((200_000, 1), -0.8, dtype=torch.float64)
    )
    z = q.sample(torch.Generator().manual_seed(0))
    ratio = Normal(q.mean, q.std).log_prob(z) - standard_normal(1).log_prob(z)
    error = (ratio.std() / math.sqrt(len(ratio))).item()
    assert abs(ratio.mean().item() - rate(q, standard_normal(1))[0, 0].item()) < 4 * error


def test_posterior_samples_have_its_mean_and_deviation_and_pass_gradients_on() -> None:
    mean, logvar = torch.full((100_000, 1), 1.5), torch.full((100_000, 1), math.log(0.25))
    mean.requires_grad_(), logvar.requires_grad_()
    z = Posterior(mean, logvar).sample(torch.Generator().manual_seed(1))
    assert z.mean().item() == pytest.approx(1.5, abs=0.01)
    assert z.std().item() == pytest.approx(0.5, abs=0.01)
    z.sum().backward()
    assert mean.grad is not None and torch.equal(mean.grad, torch.ones_like(mean))
    assert logvar.grad is not None
    assert torch.allclose(logvar.grad, 0.5 * (z - mean).detach(), atol=1e-6)  # d(σε)/d log σ² = σε/2


@settings(max_examples=50, deadline=None)
@given(st.floats(-12, 12), st.floats(0, 1))
def test_bernoulli_is_the_cross_entropy_also_on_grey_values(logit: float, x: float) -> None:
    likelihood = BernoulliLikelihood()(torch.tensor([[logit]], dtype=torch.float64))
    p = 1 / (1 + math.exp(-logit))
    by_hand = x * math.log(p) + (1 - x) * math.log1p(-p)
    assert likelihood.mean.item() == pytest.approx(p, rel=1e-9)
    assert likelihood.log_prob(torch.tensor([[x]], dtype=torch.float64)).item() == pytest.approx(
        by_hand, rel=1e-6, abs=1e-9
    )


def test_bernoulli_stays_finite_where_the_probability_rounds_to_one() -> None:
    likelihood = BernoulliLikelihood()(torch.tensor([[200.0, -200.0]]))
    assert likelihood.log_prob(torch.tensor([[0.0, 1.0]])).tolist() == [[-200.0, -200.0]]


@settings(max_examples=50, deadline=None)
@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(0.05, 20))
def test_gaussian_density_by_hand(mean: float, x: float, scale: float) -> None:
    fixed = GaussianLikelihood(scale).double()
    learned = GaussianLikelihood().double()
    with torch.no_grad():
        learned.log_scale.fill_(math.log(scale))
    by_hand = -0.5 * ((x - mean) / scale) ** 2 - math.log(scale) - 0.5 * math.log(2 * math.pi)
    for likelihood in (fixed, learned):
        p = likelihood(torch.tensor([[mean]], dtype=torch.float64))
        assert p.log_prob(torch.tensor([[x]], dtype=torch.float64)).item() == pytest.approx(by_hand, rel=1e-5, abs=1e-5)
        assert p.mean.item() == mean


def test_only_a_learned_scale_is_learned() -> None:
    assert [name for name, _ in GaussianLikelihood().named_parameters()] == ["log_scale"]
    assert not list(GaussianLikelihood(0.3).parameters())
    assert "log_scale" in GaussianLikelihood(0.3).state_dict()


@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian"])
def test_pictures_are_summed_over_every_value(likelihood: str) -> None:
    torch.manual_seed(0)
    model = VAE(VAEConfig((3, 6, 5), latent_dim=2, channels=(4,), likelihood=likelihood))  # type: ignore[arg-type]
    z, x = torch.randn(4, 2), torch.rand(4, 3, 6, 5)
    p = model.likelihood(z)
    log_prob = p.log_prob(x)
    assert log_prob.shape == x.shape == p.sample().shape == p.mean.shape
    by_hand = -log_prob.double().numpy(force=True).reshape(4, -1).sum(1)
    assert distortion(p, x).item() == pytest.approx(by_hand.sum(), rel=1e-5)


@pytest.mark.parametrize("beta", [0.0, 1.0, 4.0])
def test_objective_adds_up(beta: float) -> None:
    torch.manual_seed(0)
    model = VAE(VAEConfig((7,), latent_dim=3, architecture="mlp", hidden=(8,), likelihood="gaussian", scale=0.5))
    x = torch.randn(11, 7)
    objective = negative_elbo(model, x, beta=beta, generator=torch.Generator().manual_seed(3))
    q = model.encode(x)
    z = q.sample(torch.Generator().manual_seed(3))
    assert objective.rate.item() == pytest.approx(rate(q, model.prior).sum(1).mean().item(), rel=1e-5)
    by_item = -model.likelihood(z).log_prob(x).sum(1)
    assert objective.distortion.item() == pytest.approx(by_item.mean().item(), rel=1e-5)
    by_hand = np.mean(
        [d + beta * r for d, r in zip(by_item.tolist(), rate(q, model.prior).sum(1).tolist(), strict=True)]
    )
    assert objective.loss.item() == pytest.approx(by_hand, rel=1e-5)


def test_a_model_that_was_looked_at_can_be_trained_on() -> None:
    model = VAE(VAEConfig((3,), 2, "mlp", hidden=(4,)))
    with torch.inference_mode():
        assert model.prior.stddev.tolist() == [1.0, 1.0]
    negative_elbo(model, torch.rand(5, 3)).loss.backward()
    assert all(weight.grad is not None for weight in model.parameters())


def test_distortion_is_minus_the_log_probability_of_any_likelihood() -> None:
    logits, x = torch.randn(4, 2, 3), torch.rand(4, 2, 3)
    for likelihood in (BernoulliLikelihood()(logits), GaussianLikelihood(0.5)(logits)):
        wanted = -likelihood.log_prob(x).sum()
        torch.testing.assert_close(distortion(likelihood, x), wanted)


def test_objective_takes_any_model_of_the_interface() -> None:
    class Laplacian:
        """A model that is none of ours: no network, another likelihood and another prior."""

        prior = Normal(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 0.5]))

        def encode(self, x: torch.Tensor) -> Posterior:
            return Posterior(x[:, :2], torch.zeros(len(x), 2))

        def likelihood(self, z: torch.Tensor) -> Laplace:
            return Laplace(z @ torch.ones(2, 3), torch.ones(()))

    objective = negative_elbo(Laplacian(), torch.randn(5, 3))  # type: ignore[arg-type]
    assert objective.rate.shape == objective.distortion.shape == ()
    assert torch.isfinite(objective.loss)


def test_warm_up_is_linear_from_zero() -> None:
    assert [warmed_up_beta(4.0, step, 4) for step in range(7)] == [0.0, 1.0, 2.0, 3.0, 4.0, 4.0, 4.0]
    assert warmed_up_beta(4.0, 0, 0) == 4.0
