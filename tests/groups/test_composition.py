"""Classes of a set beside what chance gives, as SciPy's hypergeometric distribution and draws have it."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom

from vae_core.groups.composition import chance_range, compose


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(0, n))))
def test_the_range_ends_at_quantiles(sizes: tuple[int, int, int]) -> None:
    total, of_class, drawn = sizes
    law = hypergeom(total, of_class, drawn)
    low, high = chance_range(*sizes, 0.05)
    assert law.cdf(low - 1) < 0.025 + 1e-9 and law.sf(high) <= 0.025 + 1e-9
    assert law.cdf(low) >= 0.025 - 1e-9 and (high == low or law.sf(high - 1) > 0.025 - 1e-9)


def test_a_million_items_have_quantiles_too() -> None:
    law = hypergeom(10**6, 10**5, 3 * 10**5)
    assert chance_range(10**6, 10**5, 3 * 10**5, 0.01) == (law.ppf(0.005), law.ppf(0.995))


def test_draws_leave_the_ranges_as_rarely_as_is_said() -> None:
    random = np.random.default_rng(0)
    codes = np.repeat([0, 1, 2, 3, 5], [400, 300, 200, 90, 10])
    left = 0
    for _ in range(600):
        mask = np.zeros(len(codes), dtype=bool)
        mask[random.choice(len(codes), 120, replace=False)] = True
        made = compose(codes, 6, mask)
        assert made.counts.sum() == 120 and made.counts_of_all.tolist() == [400, 300, 200, 90, 0, 10]
        left += bool(((made.counts < made.low) | (made.counts > made.high)).any())
    assert left / 600 < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 600)
    assert left > 0, "a range that nothing ever leaves tells nothing"
    none = compose(codes, 6, np.zeros(len(codes), dtype=bool))
    assert none.counts.tolist() == none.low.tolist() == none.high.tolist() == [0] * 6
