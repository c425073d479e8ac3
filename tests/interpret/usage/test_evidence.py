"""Bounds against likelihoods that are known exactly."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import logsumexp
from torch import Tensor
from torch.distributions import Bernoulli, Distribution, Independent, Normal

from tests.interpret.linear_vae import SCALE, LinearVAE, opened
from vae_core.data.dataset import Dataset
from vae_core.errors import InputError
from vae_core.interpret.result_files import load_result, save_result
from vae_core.interpret.usage.evidence import Evidence, evidence
from vae_core.interpret.usage.importance import bound_of
from vae_core.model.decoder_alone import DecoderAlone
from vae_core.model.protocol import Capabilities, Posterior
from vae_core.progress import Stopped
from vae_core.report.cards.evidence import card
from vae_core.space import LatentSpace
from vae_core.space.encodings.prior_samples import prior_samples


@pytest.mark.parametrize("prior", [(0.0, 1.0), (0.5, 1.3)])
def test_with_the_exact_posterior_one_sample_is_the_likelihood(prior: tuple[float, float]) -> None:
    model = LinearVAE(prior=prior)
    space = opened(model)
    got = evidence(space, samples=12)
    assert got.bound is not None and got.elbo is not None
    exact = model.log_marginal(space.data.values)
    assert got.bound.by_item == pytest.approx(exact, abs=1e-3)
    assert got.bound.nats == pytest.approx(np.full(4, exact.mean()), abs=1e-4)
    assert got.bound.error[-1] == pytest.approx(exact.std(ddof=1) / math.sqrt(300), rel=1e-3)
    told = card(space, got)
    assert told.said.endswith("nats per item, by the ELBO.") and ">0 nats<" in str(told)
    assert got.bound.effective == pytest.approx(12, rel=1e-3) and got.bound.warning is None
    # Of 8 draws an item the ELBO has noise, which is in its standard error.
    assert abs(got.elbo.nats - exact.mean()) < 4 * got.elbo.error and got.elbo.items == 300


def test_the_bound_of_all_items_is_their_elbo_and_what_some_gain_on_it() -> None:
    model = LinearVAE(1.6)
    space = opened(model)
    exact = model.log_marginal(space.data.values).mean()
    every, some = evidence(space, samples=200), evidence(space, items=60, samples=200)
    assert every.bound is not None and every.bound_of_all is not None and every.elbo is not None
    assert every.bound_of_all.nats == pytest.approx(every.bound.nats[-1])
    assert every.bound_of_all.error == pytest.approx(every.bound.error[-1])
    assert some.bound is not None and some.bound_of_all is not None and some.elbo is not None
    assert some.bound_of_all.nats > some.elbo.nats and some.bound_of_all.items == 300
    # The items are the same 300 for both, so that only the gain is sampled: nearer than the bound of 60 items can be.
    assert abs(some.bound_of_all.nats - exact) < 1 and some.bound_of_all.error < 0.7 * some.bound.error[-1]
    told = card(space, some)
    assert f"the ELBO is {some.bound_of_all.nats - some.elbo.nats:.2g} nats lower" in told.said


@pytest.mark.parametrize("stretch", [0.5, 0.8, 1.6])
def test_with_a_wrong_width_the_bound_rises_to_the_likelihood_and_never_beyond(stretch: float) -> None:
    model = LinearVAE(stretch)
    space = opened(model)
    bound = evidence(space, samples=500, seed=2).bound
    assert bound is not None
    exact = model.log_marginal(space.data.values)
    gap = exact.mean() - bound.nats
    # The gap of the ELBO is KL(q || p(z|x)), of two centred Gaussians in each of three dimensions.
    assert abs(gap[0] - 3 * (0.5 * (stretch**2 - 1) - math.log(stretch))) < 4 * bound.monte_carlo[0]
    assert (gap > -4 * bound.monte_carlo).all()
    assert (np.diff(bound.nats[:-1]) > 0).all() and bound.nats[-1] > bound.nats[0]
    if stretch > 0.5**0.5:  # else the weights have no variance, and it rises slowly
        assert abs(gap[-1]) < 4 * bound.monte_carlo[-1] + 0.01
    assert bound.gain == pytest.approx(bound.nats[-1] - bound.nats[0])
    assert bound.gain > 5 * bound.gain_error > 0


def test_rate_distortion_and_the_distortion_at_the_mean() -> None:
    model = LinearVAE(1.3)
    space = opened(model)
    got = evidence(space, items=50, samples=2)
    assert got.rate is not None and got.distortion is not None and got.at_mean is not None and got.elbo is not None
    assert got.rate.nats == pytest.approx(space.rate.astype(np.float64).sum(1).mean(), rel=1e-9)
    assert got.elbo.nats == pytest.approx(-got.rate.nats - got.distortion.nats, rel=1e-9)
    rows = np.sort(np.random.default_rng(0).choice(300, 50, replace=False))
    away = space.data.values[rows] - space.mean[rows] @ model.weight.T
    plain = (0.5 * np.square(away / SCALE) + math.log(SCALE * math.sqrt(2 * math.pi))).sum(axis=1)
    assert got.at_mean.nats == pytest.approx(plain.mean(), rel=1e-5) and got.at_mean.items == 50
    assert got.at_mean.error == pytest.approx(plain.std(ddof=1) / math.sqrt(50), rel=1e-5)
    assert got.likelihood == "density" and got.elbo_bits is None and "density" in got.notes[0]


def test_the_samples_of_an_item_are_its_own() -> None:
    space = opened(LinearVAE(1.6))
    one, other = evidence(space, items=300, samples=20).bound, evidence(space, items=40, samples=20).bound
    assert one is not None and other is not None
    rows = np.sort(np.random.default_rng(0).choice(300, 40, replace=False))
    assert other.by_item == pytest.approx(one.by_item[rows], abs=1e-4)
    again = evidence(space, items=40, samples=20, seed=1).bound
    assert again is not None and not np.allclose(again.by_item, other.by_item)


@settings(max_examples=50, deadline=None)
@given(st.integers(2, 4), st.integers(1, 30), st.data())
def test_bound_by_plain_sums(m: int, samples: int, data: st.DataObject) -> None:
    log_w = data.draw(arrays(np.float64, (m, samples), elements=st.floats(-2000, 2000)))
    got = bound_of(log_w)
    assert got.counts == (*(k for k in (1, 5, 10) if k < samples), samples)
    for k, nats in zip(got.counts, got.nats, strict=True):
        groups = [logsumexp(log_w[:, s : s + k], axis=1) - math.log(k) for s in range(0, samples - k + 1, k)]
        assert nats == pytest.approx(np.mean(groups), abs=1e-8)
    assert ((got.effective > 1 - 1e-9) & (got.effective < samples + 1e-9)).all()
    assert np.isfinite(got.monte_carlo).all() and np.isfinite(got.error).all()


@pytest.mark.parametrize("spread", [0.5, 3.0])
def test_the_monte_carlo_error_is_what_other_samples_change(spread: float) -> None:
    random = np.random.default_rng(4)
    found = [bound_of(spread * random.normal(size=(20, 64))) for _ in range(150)]
    told = np.sqrt(np.mean([np.square(one.monte_carlo) for one in found], axis=0))
    seen = np.std([one.nats for one in found], axis=0, ddof=1)
    assert told == pytest.approx(seen, rel=0.25)


def test_few_effective_samples_are_told() -> None:
    random = np.random.default_rng(0)
    warning = bound_of(10 * random.normal(size=(20, 64))).warning
    assert warning is not None and "of 64 samples count" in warning
    assert bound_of(0.1 * random.normal(size=(20, 64))).warning is None


class Coins:
    """p(x|z) = Bernoulli(logits = w z), one latent dimension; the posterior is the prior."""

    fingerprint = "coins"
    latent_dim, sample_shape = 1, (3,)
    can = Capabilities()
    prior: Distribution = Normal(torch.zeros(1), torch.ones(1))
    weight = torch.tensor([0.8, -0.5, 0.3])

    def encode(self, x: Tensor) -> Posterior:
        return Posterior(torch.zeros(len(x), 1), torch.zeros(len(x), 1))

    def likelihood(self, z: Tensor) -> Distribution:
        return Bernoulli(logits=z * self.weight, validate_args=False)


def coins(values: np.ndarray) -> LatentSpace:
    table = pd.DataFrame(index=pd.RangeIndex(len(values), name="item"))
    return LatentSpace.build(Coins(), Dataset(values.astype(np.float32), "vector", (0.0, 1.0), table, "coins"))


def test_bits_a_dimension_of_binary_data_only() -> None:
    values = np.random.default_rng(0).integers(0, 2, size=(100, 3))
    space = coins(values)
    got = evidence(space, samples=400)
    assert got.bound is not None and got.elbo is not None and got.bound_bits is not None and got.elbo_bits is not None
    z, weight = np.polynomial.hermite_e.hermegauss(60)
    logits = z[:, None, None] * Coins.weight.numpy()
    p = np.exp(-np.logaddexp(0, np.where(values == 1, -logits, logits)).sum(axis=2))
    exact = np.log((weight[:, None] * p).sum(axis=0) / math.sqrt(2 * math.pi)).mean()
    assert abs(got.bound.nats[-1] - exact) < 4 * got.bound.monte_carlo[-1] + 1e-3
    assert got.likelihood == "discrete" and not got.notes
    assert got.bound_bits == pytest.approx(-got.bound.nats[-1] / (3 * math.log(2)))
    assert got.elbo_bits == pytest.approx(-got.elbo.nats / (3 * math.log(2)))
    assert 0 < got.bound_bits < got.elbo_bits + 4 * got.elbo.error
    grey = values.astype(float)
    grey[-1, 0] = 0.5
    pseudo = evidence(coins(grey), samples=4)
    assert (pseudo.likelihood, pseudo.elbo_bits, pseudo.bound_bits) == ("pseudo", None, None)
    assert "pseudo-likelihood" in pseudo.notes[0]


def test_what_a_prior_held_as_one_event_gives() -> None:
    model = LinearVAE()
    model.prior = Independent(model.prior, 1)
    got = evidence(opened(model, 20), samples=2)
    assert got.bound is not None and got.bound.effective == pytest.approx(2, rel=1e-3)


def test_a_model_without_a_variance_has_its_distortion_only() -> None:
    got = evidence(opened(LinearVAE(variance=False), 40))
    assert got.rate is None and got.elbo is None and got.bound is None and "no variance" in got.notes[-1]
    assert got.distortion is not None and got.at_mean is not None
    assert got.distortion.nats == pytest.approx(got.at_mean.nats, rel=1e-5)


def test_a_decoder_alone_has_nothing_and_says_so(tmp_path: Path) -> None:
    alone = DecoderAlone(LinearVAE())
    got = evidence(LatentSpace.build(alone, prior_samples(alone, 20)))
    assert got.distortion is None and got.bound is None and "Nothing is encoded" in got.notes[0]
    assert save_result(tmp_path / "evidence.npz", got) and load_result(tmp_path / "evidence.npz", Evidence) == got


def test_what_is_refused_and_stopped() -> None:
    space = opened(LinearVAE(), 5)
    with pytest.raises(InputError, match="two"):
        evidence(space, items=1)
    with pytest.raises(InputError, match="sample"):
        evidence(space, samples=0)
    with pytest.raises(Stopped):
        evidence(space, progress=lambda *_: False)
