"""A linear decoder's Jacobian is its weight."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch
from torch import Tensor
from torch.distributions import Distribution, Normal

from tests.space.conftest import LinearModel, vectors
from vae_core.data.dataset import Dataset
from vae_core.errors import InputError
from vae_core.interpret.usage import sensitivity as module
from vae_core.interpret.usage.sensitivity import aggregate_deviations, picture_spread, pullback_metric, sensitivity
from vae_core.model.protocol import Capabilities
from vae_core.progress import Stopped
from vae_core.space import LatentSpace


class Sines(LinearModel):
    """x̂ = sin(W z), whose Jacobian is cos(W z) W."""

    def likelihood(self, z: Tensor) -> Distribution:
        return Normal(torch.sin(z @ self.weight.T), self.scale, validate_args=False)


def test_a_linear_decoder_has_its_weight_as_jacobian() -> None:
    model, data = LinearModel(), vectors(300)
    space = LatentSpace.build(model, data)
    found = sensitivity(space, items=40)
    weight = model.weight.numpy().astype(np.float64) / data.values.std(axis=0, dtype=np.float64)[:, None]
    assert np.allclose(found.per_unit, np.sqrt(np.square(weight).mean(axis=0)), rtol=1e-4)
    deviation = np.sqrt(space.mean.var(axis=0) + np.exp(model.logvar.numpy()))
    assert np.allclose(found.deviation, deviation, rtol=1e-5)
    assert np.allclose(found.per_deviation, found.per_unit * deviation, rtol=1e-5)
    # The Jacobian is the same everywhere, and a step of any length gives it.
    assert (found.per_unit_error < 1e-5 * found.per_unit).all()
    assert found.step_error < 1e-4
    assert (found.items, found.of, found.elements) == (40, 300, 6)
    assert found.even == pytest.approx(np.sqrt(np.mean(found.per_deviation**2)))


def test_a_curved_decoder_agrees_with_its_derivative() -> None:
    model = Sines()
    space = LatentSpace.build(model, vectors(100))
    metric = pullback_metric(space, items=100)
    weight, spread = model.weight.numpy().astype(np.float64), picture_spread(space.data)
    slope = np.cos(space.mean.astype(np.float64) @ weight.T) / spread
    jacobian = slope[:, :, None] * weight
    expected = np.einsum("npi,npj->nij", jacobian, jacobian) / 6
    assert np.allclose(metric.each, expected, atol=2e-3 * expected.max())
    found = sensitivity(space, items=60, seed=1)
    square = np.einsum("nii->ni", expected).mean(axis=0)
    assert (np.abs(found.per_unit - np.sqrt(square)) < 4 * found.per_unit_error + 1e-3).all()
    assert (found.per_unit_error > 0).all()


@pytest.mark.parametrize("can", [Capabilities(encode=False), Capabilities(variance=False, differentiable=False)])
def test_a_decoder_that_ignores_a_dimension_far_from_zero(can: Capabilities) -> None:
    model = LinearModel()
    model.weight[:, 1] = 0
    space = LatentSpace.build(model, vectors(50))
    model.can = can
    space.mean = space.mean + np.float32(1000)
    space.mean[:, 2] = 0
    space.logvar = np.full_like(space.mean, -60)
    found = sensitivity(space)
    weight = model.weight.numpy() / picture_spread(space.data)[:, None]
    assert np.allclose(found.per_unit, np.sqrt(np.square(weight).mean(axis=0)), rtol=1e-2)
    assert found.per_unit[1] == found.per_unit_error[1] == 0
    assert found.deviation[2] == pytest.approx(0, abs=1e-12)


def test_values_of_a_picture_are_measured_in_their_own_spread() -> None:
    random = np.random.default_rng(0)
    table = pd.DataFrame(index=pd.RangeIndex(50))
    values = random.normal(size=(50, 3)) * [1, 100, 0]
    vector = Dataset(values, "vector", (-1e3, 1e3), table, "columns")
    assert np.allclose(picture_spread(vector), values.std(axis=0))
    series = Dataset(random.normal(size=(50, 2, 4)) * [[1], [9]], "series", (-99.0, 99.0), table, "channels")
    assert np.allclose(picture_spread(series), np.repeat(series.values.std(axis=(0, 2)), 4), rtol=1e-6)
    image = Dataset(random.integers(0, 255, (50, 1, 2, 2)).astype(np.uint8), "image", (0, 255), table, "pictures")
    assert (picture_spread(image) == 1).all()
    constant = Dataset(np.ones((50, 3)), "vector", (0.0, 2.0), table, "constant")
    assert (picture_spread(constant) == 1).all()


def test_constant_columns_are_no_part_of_the_mean() -> None:
    model, values = LinearModel(), vectors(300).values.copy()
    values[:, 2:] = 0.5
    space = LatentSpace.build(model, Dataset(values, "vector", (-9.0, 9.0), pd.DataFrame(index=range(300)), "two vary"))
    found = sensitivity(space, items=40)
    weight = model.weight.numpy()[:2] / values[:, :2].std(axis=0, dtype=np.float64)[:, None]
    assert np.allclose(found.per_unit, np.sqrt(np.square(weight).mean(axis=0)), rtol=1e-3)
    assert (found.elements, found.of_elements) == (2, 6)


def test_some_of_the_values_stand_for_large_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ELEMENTS", 400)
    model = LinearModel(size=2000)
    space = LatentSpace.build(model, vectors(60, size=2000))
    found = sensitivity(space, items=20)
    assert (found.elements, found.of_elements) == (400, 2000)
    weight = model.weight.numpy() / picture_spread(space.data)[:, None]
    assert np.allclose(found.per_unit, np.sqrt(np.square(weight).mean(axis=0)), rtol=0.15)


def test_the_same_seed_gives_the_same_figures_and_work_can_be_stopped() -> None:
    space = LatentSpace.build(Sines(), vectors(100))
    one, other, third = (sensitivity(space, items=10, seed=seed) for seed in (1, 1, 2))
    assert (one.per_unit == other.per_unit).all()
    assert (one.per_unit != third.per_unit).any()
    with pytest.raises(Stopped):
        sensitivity(space, progress=lambda *_: False)
    with pytest.raises(InputError, match="two are the fewest"):
        sensitivity(space, items=1)


def test_a_decoder_without_finite_pictures_is_told() -> None:
    model = Sines()
    space = LatentSpace.build(model, vectors(10))
    model.weight = model.weight * torch.inf
    with pytest.raises(InputError, match="no finite pictures"):
        sensitivity(space)


def test_the_aggregate_posterior_has_both_parts_of_its_variance() -> None:
    mean, logvar = np.random.default_rng(0).normal(size=(2, 70_000, 2)).astype(np.float32)
    expected = np.sqrt(mean.var(axis=0, dtype=np.float64) + np.exp(logvar.astype(np.float64)).mean(axis=0))
    assert np.allclose(aggregate_deviations(mean, logvar), expected, rtol=1e-6)
