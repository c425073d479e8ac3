"""What the spread of a posterior is: right or asked for, never wrong."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn

from vae_core.model.foreign.posterior_scale import read_spread

KINDS: dict[str, Callable[[Tensor], Tensor]] = {
    "logvar": lambda logvar: logvar,
    "var": lambda logvar: logvar.exp(),
    "std": lambda logvar: (0.5 * logvar).exp(),
    "logstd": lambda logvar: 0.5 * logvar,
    "softplus": lambda logvar: (0.5 * logvar).exp().expm1().log(),
}


def trained(weight: float, steps: int = 500) -> tuple[Tensor, Tensor, nn.Module]:
    """Means and log-variances of the digits under a small VAE, whose squared error weighs so much, and its decoder."""
    images = torch.tensor(load_digits().data / 16, dtype=torch.float32)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        encoder = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 8))
        decoder = nn.Sequential(nn.Linear(4, 128), nn.ReLU(), nn.Linear(128, 64), nn.Sigmoid())
        optimiser = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], 2e-3)
        for _ in range(steps):
            x = images[torch.randint(len(images), (128,))]
            mean, logvar = encoder(x).chunk(2, dim=1)
            recon = decoder(mean + (0.5 * logvar).exp() * torch.randn_like(mean))
            rate = 0.5 * (mean.square() + logvar.exp() - logvar - 1).sum(1)
            loss = (weight * (recon - x).square().sum(1) + rate).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    with torch.inference_mode():
        mean, logvar = encoder(images).chunk(2, dim=1)
    return mean.clone(), logvar.clone(), decoder


@pytest.mark.parametrize("weight", [1.0, 2.0, 4.0, 10.0, 50.0])
def test_a_certain_reading_is_right(weight: float) -> None:
    mean, logvar, decoder = trained(weight)
    told = []
    with torch.inference_mode():
        for kind, spread in KINDS.items():
            best, *others = read_spread(mean, spread(logvar), decoder)
            assert not any(other.certain for other in others)
            assert not best.certain or best.scale == kind, (kind, best, others)
            told.append(best.certain)
    # Wide posteriors are told by the variance of the whole; narrow ones that hardly differ tell nothing.
    assert any(told) == (weight < 10)


def test_where_the_optimum_holds_the_slope_is_one() -> None:
    # Of a linear decoder the optimum is known exactly: 1/σ_j² = 1 + |w_j|²/s² (Lucas et al. 2019).
    generator = torch.Generator().manual_seed(1)
    size = torch.logspace(-1, 1, 12)
    basis = torch.linalg.qr(torch.randn(40, 12, generator=generator))[0] * size

    variance = 1 / (1 + size.square() / 0.01)
    mean = torch.randn(200, 12, generator=generator) * (1 - variance).sqrt()
    for kind in ("logvar", "var", "std", "logstd"):
        spread = KINDS[kind]
        best, *others = read_spread(mean, spread(variance.log()).expand_as(mean), lambda z: z @ basis.T)
        # A softplus is nearly an exponential where σ is small: which of them it is has to be asked.
        assert (best.scale, best.certain) == (kind, kind != "logstd")
        assert best.slope == pytest.approx(1, abs=1e-3) and best.correlation == pytest.approx(1, abs=1e-3)
        (other,) = (reading for reading in others if reading.scale != "softplus")
        assert other.slope == pytest.approx(2 if kind in ("logvar", "var") else 0.5, rel=0.1)
