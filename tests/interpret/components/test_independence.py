"""Whether dimensions are correlated at all."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kstest, pearsonr

from vae_core.interpret.components.independence import independence


def test_two_dimensions_are_tested_as_their_correlation_is() -> None:
    random = np.random.default_rng(0)
    points = random.normal(size=(2000, 2)) @ np.array([[1.0, 0.04], [0.0, 3.0]])
    told = independence(np.cov(points.T, ddof=0), len(points))
    assert told == pytest.approx(pearsonr(*points.T).pvalue, rel=0.01)


def test_p_values_are_uniform_where_dimensions_are_independent() -> None:
    random = np.random.default_rng(1)
    # Independent, but neither normal nor alike.
    sets = random.exponential(size=(400, 300, 6)) * np.arange(1, 7)
    told = [independence(np.cov(points.T, ddof=0), 300) for points in sets]
    assert kstest(told, "uniform").pvalue > 0.01


def test_dimensions_that_tell_nothing_are_left_out() -> None:
    assert independence(np.diag([1.0, 0.0]), 100) is None
    assert independence(np.eye(5), 6) is None
    assert independence(np.ones((2, 2)), 100) == 0.0
    assert independence(np.zeros((3, 3)), 100) is None
