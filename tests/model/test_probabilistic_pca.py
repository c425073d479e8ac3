"""A linear VAE with a fixed Gaussian scale is probabilistic PCA, where everything is known exactly.

Tipping & Bishop 1999: x = W z + μ + ε gives p(x) = N(μ, W Wᵀ + σ² I) and
p(z|x) = N(M⁻¹ Wᵀ (x - μ), σ² M⁻¹) with M = Wᵀ W + σ² I. With orthogonal columns
in W the posterior is diagonal, so the VAE's encoder can be set to it.
"""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn
from torch.distributions import MultivariateNormal, Normal, kl_divergence

from vae_core.model import VAE, Posterior, VAEConfig, negative_elbo, rate

FEATURES, SCALE = 5, 0.6


def linear(layer: nn.Module) -> nn.Linear:
    assert isinstance(layer, nn.Linear)
    return layer


def exact_vae(latent_dim: int) -> tuple[VAE, Tensor, Tensor]:
    """Return a linear VAE whose encoder is its own exact posterior, with W and μ."""
    torch.manual_seed(latent_dim)
    config = VAEConfig((FEATURES,), latent_dim, "mlp", hidden=(), likelihood="gaussian", scale=SCALE)
    model = VAE(config).double().requires_grad_(False)
    basis, _ = torch.linalg.qr(torch.randn(FEATURES, latent_dim, dtype=torch.float64))
    w = basis * torch.tensor([1.7, 0.4], dtype=torch.float64)[:latent_dim]
    mu = torch.randn(FEATURES, dtype=torch.float64)
    m = w.T @ w + SCALE**2 * torch.eye(latent_dim, dtype=torch.float64)
    back = torch.linalg.solve(m, w.T)
    decoder, encoder = linear(model.decoder[0]), linear(model.encoder[-1])
    decoder.weight.copy_(w)
    decoder.bias.copy_(mu)
    encoder.weight.copy_(torch.cat([back, torch.zeros_like(back)]))
    encoder.bias.copy_(torch.cat([-back @ mu, (SCALE**2 / m.diag()).log()]))
    model.observation.log_scale.fill_(math.log(SCALE))  # type: ignore[operator]  # exactly, not as float32
    return model, w, mu


def log_marginal(x: Tensor, w: Tensor, mu: Tensor) -> Tensor:
    covariance = w @ w.T + SCALE**2 * torch.eye(FEATURES, dtype=torch.float64)
    result: Tensor = MultivariateNormal(mu, covariance).log_prob(x)
    return result


def items(count: int = 6) -> Tensor:
    return 2 * torch.randn(count, FEATURES, dtype=torch.float64, generator=torch.Generator().manual_seed(9))


def expected_distortion(posterior: Posterior, x: Tensor, w: Tensor, mu: Tensor) -> Tensor:
    """-E_q log p(x|z) in closed form: the squared error at the mean, plus tr(W V Wᵀ)."""
    error = ((x - mu - posterior.mean @ w.T) ** 2).sum(1) + posterior.logvar.exp() @ (w**2).sum(0)
    return error / (2 * SCALE**2) + FEATURES * math.log(SCALE * math.sqrt(2 * math.pi))


@pytest.mark.parametrize("latent_dim", [1, 2])
def test_bayes_rule_holds_at_every_latent_point(latent_dim: int) -> None:
    model, w, mu = exact_vae(latent_dim)
    x = items()
    q = model.encode(x)
    for seed in range(5):
        z = q.sample(torch.Generator().manual_seed(seed))
        joint = model.likelihood(z).log_prob(x).sum(1) + Normal(0.0, 1.0).log_prob(z).sum(1)
        marginal = joint - Normal(q.mean, q.std).log_prob(z).sum(1)
        assert torch.allclose(marginal, log_marginal(x, w, mu), rtol=1e-9)


@pytest.mark.parametrize("latent_dim", [1, 2])
def test_elbo_with_the_exact_posterior_is_the_marginal_likelihood(latent_dim: int) -> None:
    model, w, mu = exact_vae(latent_dim)
    x = items()
    q = model.encode(x)
    elbo = -(rate(q, model.prior).sum(1) + expected_distortion(q, x, w, mu))
    assert torch.allclose(elbo, log_marginal(x, w, mu), rtol=1e-6)  # the prior is held in float32


@pytest.mark.parametrize("latent_dim", [1, 2])
def test_sampled_objective_is_unbiased(latent_dim: int) -> None:
    model, w, mu = exact_vae(latent_dim)
    draws = 20_000
    for x in items(3):
        repeated = x.expand(draws, -1)
        objective = negative_elbo(model, repeated, generator=torch.Generator().manual_seed(4))
        q = model.encode(repeated)
        z = q.sample(torch.Generator().manual_seed(4))
        per_draw = rate(q, model.prior).sum(1) - model.likelihood(z).log_prob(repeated).flatten(1).sum(1)
        error = per_draw.std().item() / math.sqrt(draws)
        assert abs(per_draw.mean().item() + log_marginal(x, w, mu).item()) < 4 * error
        assert objective.loss.item() == pytest.approx(per_draw.mean().item(), rel=1e-9)


@pytest.mark.parametrize("latent_dim", [1, 2])
def test_gap_of_another_encoder_is_its_divergence_from_the_posterior(latent_dim: int) -> None:
    model, w, mu = exact_vae(latent_dim)
    x = items()
    exact = model.encode(x)
    encoder = linear(model.encoder[-1])
    encoder.weight.mul_(0.7)
    encoder.bias.add_(0.4)
    q = model.encode(x)
    elbo = -(rate(q, model.prior).sum(1) + expected_distortion(q, x, w, mu))
    gap = kl_divergence(Normal(q.mean, q.std), Normal(exact.mean, exact.std)).sum(1)
    assert (gap > 0.01).all()
    assert torch.allclose(log_marginal(x, w, mu) - elbo, gap, rtol=1e-5)
