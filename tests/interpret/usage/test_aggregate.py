from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logsumexp
from scipy.stats import multivariate_normal, norm

from vae_core.interpret.usage import aggregate
from vae_core.interpret.usage.aggregate import aggregate_log_density, marginal_log_densities


def brute(z: np.ndarray, mean: np.ndarray, logvar: np.ndarray) -> np.ndarray:
    """Log q(z_j|x_i) ``[m, n, d]``."""
    return np.asarray(norm.logpdf(z[:, None].astype(float), mean.astype(float), np.exp(0.5 * logvar.astype(float))))


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 2**16),
    n=st.integers(1, 40),
    d=st.integers(1, 6),
    width=st.floats(-30, 6),
    offset=st.sampled_from([0.0, 1e4]),
)
def test_densities_are_those_of_the_mixture(seed: int, n: int, d: int, width: float, offset: float) -> None:
    random = np.random.default_rng(seed)
    mean = (random.normal(size=(n, d)) + offset).astype(np.float32)
    logvar = (width + random.normal(size=(n, d))).astype(np.float32)
    own = random.integers(0, n, 9)
    z = mean[own] + np.exp(0.5 * logvar[own].astype(float)) * random.normal(size=(9, d))
    nats = brute(z, mean, logvar)
    np.testing.assert_allclose(
        aggregate_log_density(z, mean, logvar), logsumexp(nats.sum(axis=2), axis=1) - np.log(n), rtol=1e-9, atol=1e-5
    )
    np.testing.assert_allclose(
        marginal_log_densities(z, mean, logvar), logsumexp(nats, axis=1) - np.log(n), rtol=1e-9, atol=1e-6
    )


def test_the_own_component_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aggregate, "_COMPONENTS", 7)
    monkeypatch.setattr(aggregate, "_POINTS", 4)
    random = np.random.default_rng(0)
    mean, logvar = random.normal(size=(30, 3)), random.normal(size=(30, 3))
    own = np.array([0, 6, 7, 29, -1])
    z = random.normal(size=(5, 3))
    nats = brute(z, mean, logvar)
    nats[np.arange(4), own[:4]] = -np.inf
    counted = np.array([29, 29, 29, 29, 30])
    np.testing.assert_allclose(
        aggregate_log_density(z, mean, logvar, leave_out=own), logsumexp(nats.sum(axis=2), axis=1) - np.log(counted)
    )
    np.testing.assert_allclose(
        marginal_log_densities(z, mean, logvar, leave_out=own), logsumexp(nats, axis=1) - np.log(counted)[:, None]
    )


def test_far_points_do_not_underflow_and_nothing_is_left_of_one_component() -> None:
    mean, logvar = np.zeros((1, 2)), np.zeros((1, 2))
    far = np.full((1, 2), 1e3)
    expected = multivariate_normal(np.zeros(2)).logpdf(far[0])
    np.testing.assert_allclose(aggregate_log_density(far, mean, logvar), [expected])
    assert np.isneginf(aggregate_log_density(far, mean, logvar, leave_out=np.zeros(1, int))).all()
    assert np.isneginf(marginal_log_densities(far, mean, logvar, leave_out=np.zeros(1, int))).all()
