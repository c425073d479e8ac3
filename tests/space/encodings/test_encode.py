from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.distributions import Gamma, Independent, Laplace, MultivariateNormal, Normal

from tests.space.conftest import LinearModel, vectors
from vae_core.errors import InputError
from vae_core.progress import Stopped
from vae_core.space.encodings.encode import distortion, encode
from vae_core.space.encodings.rate import rate


def test_rate_is_the_closed_form_against_the_standard_normal() -> None:
    random = np.random.default_rng(0)
    mean, logvar = random.normal(size=(2, 50, 4)).astype(np.float32)
    prior = Normal(torch.zeros(4), torch.ones(4))
    wanted = 0.5 * (mean.astype(np.float64) ** 2 + np.exp(logvar.astype(np.float64)) - logvar - 1)
    for given in (prior, Independent(prior, 1)):
        np.testing.assert_allclose(rate(mean, logvar, given), wanted, rtol=1e-5, atol=1e-6)
    assert rate(mean, logvar, prior).dtype == np.float32


def test_rate_against_another_normal_is_the_closed_form() -> None:
    mean, logvar = np.random.default_rng(0).normal(size=(2, 20, 3)).astype(np.float32)
    m, s = 0.5, 2.0
    wanted = np.log(s) - logvar / 2 + (np.exp(logvar) + (mean - m) ** 2) / (2 * s**2) - 0.5
    np.testing.assert_allclose(rate(mean, logvar, Normal(torch.full((3,), m), s)), wanted, rtol=1e-4, atol=1e-5)


def test_rate_by_samples_agrees_with_quadrature_and_repeats() -> None:
    mean = np.full((400, 1), 0.3, dtype=np.float32)
    logvar = np.full((400, 1), -1.0, dtype=np.float32)
    prior = torch.distributions.StudentT(5.0, torch.zeros(1), torch.ones(1))
    sampled = rate(mean, logvar, prior)
    grid = torch.linspace(-6, 6, 20001, dtype=torch.float64)
    q = Normal(torch.tensor(0.3, dtype=torch.float64), float(np.exp(-0.5)))
    wanted = float(torch.trapezoid(q.log_prob(grid).exp() * (q.log_prob(grid) - prior.log_prob(grid)), grid))
    assert float(sampled.mean()) == pytest.approx(wanted, abs=0.02)
    np.testing.assert_array_equal(sampled, rate(mean, logvar, prior))


def test_a_prior_that_does_not_factorise_is_refused() -> None:
    zeros = np.zeros((2, 3), dtype=np.float32)
    with pytest.raises(InputError, match="factorises"):
        rate(zeros, zeros, MultivariateNormal(torch.zeros(3), torch.eye(3)))
    assert rate(zeros, zeros, Laplace(torch.zeros(3), torch.ones(3))).shape == (2, 3)
    assert Gamma(1.0, 1.0).event_shape == torch.Size([])


def test_encode_gives_what_the_model_gives(model: LinearModel) -> None:
    data = vectors(70)
    seen: list[tuple[int, int]] = []

    def watch(step: int, of: int, note: str = "", preview: object = None) -> bool:
        seen.append((step, of))
        return True

    mean, logvar = encode(model, data, 32, watch)
    np.testing.assert_allclose(mean, data.values @ model.encoder.numpy().T, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(logvar[11], model.logvar.numpy())
    assert seen == [(32, 70), (64, 70), (70, 70)]


def test_encode_and_distortion_can_be_stopped(model: LinearModel) -> None:
    data = vectors(70)
    with pytest.raises(Stopped):
        encode(model, data, 32, lambda *_, **__: False)
    assert model.encoded == 32
    mean, logvar = encode(model, data)
    with pytest.raises(Stopped):
        distortion(model, data, mean, logvar, progress=lambda *_, **__: False)


def test_distortion_is_the_expected_one_within_its_error(model: LinearModel) -> None:
    data = vectors(500)
    mean, logvar = encode(model, data)
    value, error = distortion(model, data, mean, logvar)
    weight, s = model.weight.numpy().astype(np.float64), model.scale
    residual = ((data.values - mean @ weight.T) ** 2).sum(axis=1)
    noise = np.einsum("ij,j->", weight**2, np.exp(model.logvar.numpy()))
    wanted = 0.5 * data.values.shape[1] * np.log(2 * np.pi * s**2) + (residual + noise) / (2 * s**2)
    deviations = (value - wanted) / error
    assert abs(float((value - wanted).mean())) < 4 * float(np.sqrt((error**2).sum())) / len(value)
    assert 0.8 < float(np.sqrt(np.median(deviations**2))) / 0.71 < 1.25  # Student's t with 7 degrees of freedom


def test_distortion_does_not_depend_on_the_batch(model: LinearModel) -> None:
    data = vectors(150)
    mean, logvar = encode(model, data)
    whole, _ = distortion(model, data, mean, logvar, batch_size=150)
    for size in (1, 37, 64):
        np.testing.assert_allclose(distortion(model, data, mean, logvar, batch_size=size)[0], whole, rtol=1e-5)


def test_a_model_that_gives_no_finite_latents_is_refused(model: LinearModel) -> None:
    model.encoder[0, 0] = float("nan")
    with pytest.raises(InputError, match="gives no item finite latent values; check its weights"):
        encode(model, vectors(70))


def test_items_of_another_shape_are_refused(model: LinearModel) -> None:
    with pytest.raises(InputError, match=r"shape \(5,\).*takes \(6,\)"):
        encode(model, vectors(3, size=5))


def test_a_training_module_is_encoded_in_evaluation_mode_and_given_back_training() -> None:
    class Dropping(torch.nn.Module, LinearModel):
        def __init__(self) -> None:
            torch.nn.Module.__init__(self)
            LinearModel.__init__(self)

        def encode(self, x: torch.Tensor):  # type: ignore[no-untyped-def]
            assert not self.training
            return LinearModel.encode(self, x)

    dropping = Dropping()
    encode(dropping, vectors(5))
    assert dropping.training
