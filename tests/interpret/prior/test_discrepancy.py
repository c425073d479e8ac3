from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial.distance import cdist

from vae_core.interpret.prior.discrepancy import (
    holm,
    kolmogorov_smirnov,
    kolmogorov_smirnov_law,
    mean_discrepancy,
    quantile_shares,
    wasserstein,
)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 2**16), m=st.integers(1, 300), shift=st.floats(-3, 3), scale=st.floats(0.1, 3))
def test_distances_from_a_law_are_those_of_scipy(seed: int, m: int, shift: float, scale: float) -> None:
    sample = shift + scale * np.random.default_rng(seed).normal(size=(m, 2))
    quantiles = stats.norm.ppf(quantile_shares(m))
    expected = [stats.kstest(column, stats.norm.cdf).statistic for column in sample.T]
    np.testing.assert_allclose(kolmogorov_smirnov(stats.norm.cdf(sample)), expected, atol=1e-12)
    fine = stats.norm.ppf((np.arange(200_000) + 0.5) / 200_000)
    expected = [stats.wasserstein_distance(column, fine) for column in sample.T]
    np.testing.assert_allclose(wasserstein(sample, quantiles[:, None]), expected, atol=1e-3)


def expected_kernel(d: int, spread: float, apart: float, h: float) -> float:
    """E exp(−|x − y|² / 2h²) where x − y is N(apart, spread I) in d dimensions, apart in each."""
    total = h**2 + spread
    return float((h**2 / total) ** (d / 2) * np.exp(-d * apart**2 / (2 * total)))


@pytest.mark.parametrize(("scale", "shift"), [(1.0, 0.5), (1.6, 0.0)])
def test_the_discrepancy_of_gaussians_is_that_in_closed_form(scale: float, shift: float) -> None:
    random, d, h = np.random.default_rng(0), 4, 2.0
    told = mean_discrepancy(random.normal(size=(500, d)), shift + scale * random.normal(size=(500, d)), bandwidth=h)
    exact = (
        expected_kernel(d, 2, 0, h)
        + expected_kernel(d, 2 * scale**2, 0, h)
        - 2 * expected_kernel(d, 1 + scale**2, shift, h)
    )
    assert abs(told.squared - exact) < 4 * told.error < exact
    assert told.p_value == 1 / 501 and told.by_chance < told.squared


def test_the_error_is_the_spread_over_samples() -> None:
    random = np.random.default_rng(1)
    told = [
        mean_discrepancy(random.normal(size=(80, 3)), random.normal(size=(80, 3)) + 0.8, bandwidth=2.0, permutations=1)
        for _ in range(80)
    ]
    assert np.mean([one.error for one in told]) == pytest.approx(np.std([one.squared for one in told]), rel=0.35)


def test_permutations_are_those_of_the_two_sums_written_out() -> None:
    random = np.random.default_rng(2)
    x, y = random.normal(size=(12, 2)), random.normal(size=(12, 2)) + 0.7
    told = mean_discrepancy(x, y, permutations=300, seed=5)
    pooled = np.concatenate([x, y])
    distances = cdist(pooled, pooled)
    h = np.median(distances[np.triu_indices(24, 1)])
    assert told.bandwidth == pytest.approx(h)
    kernel = np.exp(-np.square(distances) / (2 * h**2))

    def value(order: np.ndarray) -> float:
        a, b = order[:12], order[12:]
        within = [(kernel[np.ix_(one, one)].sum() - 12) / (12 * 11) for one in (a, b)]
        return float(sum(within) - 2 * kernel[np.ix_(a, b)].mean())

    assert told.squared == pytest.approx(value(np.arange(24)))
    values = np.array([value(random.permutation(24)) for _ in range(4000)])
    assert told.by_chance == pytest.approx(np.quantile(values, 0.95), rel=0.4)
    assert abs(told.p_value - (values >= told.squared).mean()) < 0.1


def test_p_values_are_flat_where_both_samples_are_of_one_law() -> None:
    random = np.random.default_rng(3)
    values = [
        mean_discrepancy(random.normal(size=(25, 2)), random.normal(size=(25, 2)), permutations=200, seed=i).p_value
        for i in range(80)
    ]
    assert stats.kstest(values, "uniform").pvalue > 0.01
    assert min(values) >= 1 / 201 and max(values) <= 1


def test_points_that_coincide_differ_in_nothing() -> None:
    told = mean_discrepancy(np.ones((5, 2)), np.ones((5, 2)), permutations=200)
    assert told.squared == 0 and told.error == 0 and told.p_value == 1 and told.bandwidth > 0


def test_p_values_are_those_of_one_sample_and_of_two() -> None:
    random = np.random.default_rng(0)
    z, stand_ins = random.normal(size=(60, 3)), random.normal(size=(400, 3))
    told = kolmogorov_smirnov_law(kolmogorov_smirnov(stats.norm.cdf(z)), 60)
    np.testing.assert_allclose(told[1], [stats.kstest(column, stats.norm.cdf).pvalue for column in z.T])
    assert told[0] == pytest.approx(1.358 / np.sqrt(60), rel=0.02)
    pairs = [stats.ks_2samp(z[:, j], stand_ins[:, j], method="exact") for j in range(3)]
    two = kolmogorov_smirnov_law(np.array([pair.statistic for pair in pairs]), 60, 400)
    np.testing.assert_allclose(two[1], [pair.pvalue for pair in pairs], atol=0.04)
    assert two[0] > told[0]


def test_holm_by_hand() -> None:
    np.testing.assert_allclose(holm(np.array([0.04, 0.01, 0.03, 0.9])), [0.09, 0.04, 0.09, 0.9])
    np.testing.assert_allclose(holm(np.array([0.7, 0.6])), [1, 1])
