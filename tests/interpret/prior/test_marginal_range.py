from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from vae_core.interpret.prior.marginal_range import MarginalRange


def test_the_range_of_a_normal_is_its_quantiles() -> None:
    mean = norm.ppf((np.arange(4000) + 0.5) / 4000)[:, None] * np.array([0.8, 1.6]) + np.array([0, 3])
    told = MarginalRange.measure(mean, np.full((4000, 2), 2 * np.log(0.6)), np.ones(2, bool))
    assert told.tail == 0.0025
    width = np.hypot([0.8, 1.6], 0.6) * norm.ppf(1 - 0.0025)
    np.testing.assert_allclose(told.high, np.array([0, 3]) + width, atol=0.01)
    np.testing.assert_allclose(told.low, np.array([0, 3]) - width, atol=0.01)
    one = MarginalRange.measure(mean, np.full((4000, 2), 2 * np.log(0.6)), np.array([True, False]))
    assert one.tail == 0.005 and one.high[0] < told.high[0]
    assert one.outside(np.array([[9, 99], [0, 99]])).tolist() == [[True, False], [False, False]]
    np.testing.assert_allclose(one.excess(np.array([[one.high[0] + 1, 99]])), [[1 / (one.high - one.low)[0], 0]])


@pytest.mark.parametrize("width", [1e-6, 0.3])
def test_draws_without_their_own_item_are_outside_as_new_ones_are(width: float) -> None:
    random = np.random.default_rng(1)
    mean = random.normal(size=(1500, 32)) * np.sqrt(1 - width**2)
    told = MarginalRange.measure(mean, np.full((1500, 32), 2 * np.log(width)), np.ones(32, bool))
    new = told.outside(random.normal(size=(3000, 32))).any(axis=1).mean()
    own = np.tile(np.arange(1500), 2)
    z = mean[own] + width * random.normal(size=(3000, 32))
    chance = told.outside(z, own).any(axis=1).mean()
    assert 0.005 < new < 0.04 and abs(chance - new) < 4 * np.sqrt(2 * new / 3000)
    # Against the mixture without the item, written out.
    some = np.flatnonzero(told.outside(z, own).any(axis=1))[:5]
    for row in [*some, *range(5)]:
        others = np.delete(np.arange(1500), own[row])
        below = norm.cdf((z[row] - mean[others]) / told._width[others]).mean(axis=0)
        expected = (below < told.tail) | (1 - below < told.tail)
        np.testing.assert_array_equal(told.outside(z[row : row + 1], own[row : row + 1])[0], expected)
