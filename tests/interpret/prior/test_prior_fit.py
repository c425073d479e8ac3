from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import torch
from scipy.stats import ks_2samp
from torch.distributions import Laplace, StudentT

from tests.space.conftest import LinearModel, vectors
from vae_core.errors import InputError
from vae_core.interpret.prior.factorised_prior import FactorisedPrior
from vae_core.interpret.prior.prior_fit import compare, correlation_by_chance, correlations, prior_fit
from vae_core.model.protocol import Capabilities
from vae_core.progress import Stopped
from vae_core.space import LatentSpace


def filled(count: int, d: int = 3, width: float = 0.6) -> LatentSpace:
    """A space whose aggregate posterior is the standard normal."""
    model = LinearModel(latent_dim=d, size=d)
    model.encoder = torch.eye(d)
    model.logvar = torch.full((d,), 2 * math.log(width))
    x = math.sqrt(1 - width**2) * np.random.default_rng(7).normal(size=(count, d))
    return LatentSpace.build(model, dataclasses.replace(vectors(count, size=d), values=x.astype(np.float32)))


def test_a_space_that_fills_the_prior_differs_from_it_as_chance_does() -> None:
    told = prior_fit(filled(1500), permutations=200)
    assert told.items == told.population == 1500 and told.note == ""
    assert (told.wasserstein < 1.5 * told.wasserstein_by_chance_95).all()
    assert (told.kolmogorov_smirnov < 1.5 * told.kolmogorov_smirnov_by_chance_95).all()
    assert (np.abs(told.mean) < 4 * told.mean_error).all()
    assert (np.abs(told.deviation - 1) < 4 * told.deviation_error).all()
    np.testing.assert_allclose(told.deviation_error, 1 / math.sqrt(2 * 1500), rtol=0.2)
    assert told.discrepancy is not None and told.discrepancy.p_value > 0.01 and told.discrepancy.size == 1000
    # 95 % of the KS statistics of large samples lie below 1.358 / √m, and their mean is 0.8687 / √m (Kolmogorov).
    assert told.kolmogorov_smirnov_by_chance == pytest.approx(0.8687 / math.sqrt(1500), rel=0.1)
    assert told.kolmogorov_smirnov_by_chance_95 == pytest.approx(1.358 / math.sqrt(1500), rel=0.15)
    assert (told.wasserstein_by_chance < told.wasserstein_by_chance_95).all()
    off = told.correlation[np.triu_indices(3, 1)]
    assert (np.abs(off) < 2 * told.correlation_by_chance_largest).all()


def test_many_filled_dimensions_are_told_off_no_more_often_than_one() -> None:
    """Of 64 filled dimensions some three lie above the 95 % quantile of one."""
    random = np.random.default_rng(0)
    fits = [compare(z, z, FactorisedPrior(64)) for z in random.standard_normal((12, 200, 64))]
    single = np.array([fit["kolmogorov_smirnov"] > fit["kolmogorov_smirnov_by_chance_95"] for fit in fits])
    assert 1 < single.sum(axis=1).mean() < 6
    assert sum((np.asarray(fit["kolmogorov_smirnov_p_of_all"]) < 0.05).any() for fit in fits) <= 2


def test_draws_that_stand_for_a_prior_count_as_chance() -> None:
    """20,000 draws beside as many items: half of what they differ by is the draws' own."""
    prior = FactorisedPrior(2, StudentT(torch.full((2,), 6.0)))
    z = prior.draw(20_000, seed=5)
    told = compare(z, z, prior)
    # Of two samples of m each √(m / 2) D has Kolmogorov's law (Smirnov 1939).
    assert told["kolmogorov_smirnov_by_chance_95"] == pytest.approx(1.358 / 100, rel=0.01)
    assert told["kolmogorov_smirnov_by_chance"] == pytest.approx(0.8687 / 100, rel=0.1)
    assert told["stand_ins"] == 20_000
    mean = np.asarray(told["wasserstein_by_chance"])
    assert 0.6 < np.asarray(told["wasserstein"]).mean() / mean.mean() < 2
    expected = [ks_2samp(z[:, j], prior.draw(20_000)[:, j], method="asymp").pvalue for j in range(2)]
    np.testing.assert_allclose(told["kolmogorov_smirnov_p"], expected, atol=0.02)


def test_a_shifted_and_a_narrow_dimension_stand_out() -> None:
    space = filled(2000)
    space.mean = space.mean + np.array([0.8, 0, 0], dtype=np.float32)
    space.logvar = np.full_like(space.logvar, -60)
    space.mean[:, 1] *= 0.5
    told = prior_fit(space, items=1000)
    assert told.items == 1000 and told.population == 2000
    assert told.wasserstein[0] == pytest.approx(0.8, abs=0.1)
    assert (told.wasserstein[:2] > told.wasserstein_by_chance_95[:2]).all()
    assert (told.kolmogorov_smirnov[:2] > 3 * told.kolmogorov_smirnov_by_chance_95).all()
    assert told.discrepancy is not None and told.discrepancy.p_value == 1 / 501
    assert (told.kolmogorov_smirnov_p_of_all[:2] < 1e-6).all()


def test_histograms_count_every_draw_and_carry_the_priors_density() -> None:
    space = filled(800)
    space.mean = space.mean.copy()
    space.mean[5] = 1000
    told = prior_fit(space)
    np.testing.assert_array_equal(told.counts.sum(axis=1) + told.outside, np.full(3, 800))
    np.testing.assert_array_equal(told.outside, [1, 1, 1])
    assert told.edges[-1] < 30
    np.testing.assert_allclose((told.prior_density * np.diff(told.edges)).sum(axis=1), 1, atol=1e-3)
    middle = (told.edges[1:] + told.edges[:-1]) / 2
    density = np.exp(-0.5 * middle**2) / math.sqrt(2 * math.pi)
    np.testing.assert_allclose(told.prior_density[1], density, atol=0.02)
    assert told.mean_counts.shape == told.counts.shape == (3, 64)


def test_another_prior_is_the_one_compared_with() -> None:
    space = filled(1000)
    space.model.prior = Laplace(torch.zeros(3), torch.tensor([0.2, 1.0, 4.0]))  # type: ignore[misc]
    told = prior_fit(space)
    np.testing.assert_allclose(told.prior_deviation, np.sqrt(2) * np.array([0.2, 1, 4]), rtol=0.02)
    assert told.kolmogorov_smirnov[2] > told.kolmogorov_smirnov[1]
    np.testing.assert_allclose(told.wasserstein_by_chance[2] / told.wasserstein_by_chance[0], 20, rtol=0.05)


@pytest.mark.parametrize(("count", "d"), [(1, 4), (2, 1), (3, 6), (40, 1), (30, 100)])
def test_few_items_and_points_give_figures(count: int, d: int) -> None:
    model = LinearModel(latent_dim=d, variance=False)
    model.can = Capabilities(variance=False)
    told = prior_fit(LatentSpace.build(model, vectors(count)), permutations=200)
    assert "no variance" in told.note
    for value in vars(told).values():
        assert not isinstance(value, float | np.ndarray) or np.isfinite(value).all()
    assert (told.discrepancy is None) == (count == 1)
    assert told.correlation.shape == (d, d)


def test_correlations_are_those_of_numpy_and_constant_columns_have_none() -> None:
    random = np.random.default_rng(0)
    z = random.normal(size=(50, 4))
    np.testing.assert_allclose(correlations(z), np.corrcoef(z.T), atol=1e-12)
    z[:, 2] = 0.1
    told = correlations(z)
    np.testing.assert_array_equal(told[2], [0, 0, 1, 0])
    sample = np.array([abs(np.asarray(np.corrcoef(random.normal(size=(2, 20))))[0, 1]) for _ in range(2000)])
    assert np.mean(sample > correlation_by_chance(20, 0.05)) == pytest.approx(0.05, abs=0.02)


def test_it_stops_and_refuses_what_cannot_be_measured() -> None:
    space = filled(30)
    with pytest.raises(Stopped):
        prior_fit(space, progress=lambda step, of, note="", preview=None: False)
    with pytest.raises(InputError, match="At least one item"):
        prior_fit(space, items=0)
    with pytest.raises(InputError, match="200 permutations"):
        prior_fit(space, permutations=10)
