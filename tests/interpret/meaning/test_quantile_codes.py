"""Ranks and quantile bins."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from vae_core.interpret.meaning.quantile_codes import average_ranks, bin_count, dense_codes, quantile_codes

values_with_ties = st.lists(st.floats(-1e300, 1e300) | st.integers(0, 5).map(float), min_size=1, max_size=60)


@given(values_with_ties)
def test_ranks_are_those_of_scipy(values: list[float]) -> None:
    dense = dense_codes(np.array(values))
    assert dense.tolist() == (rankdata(values, "dense") - 1).tolist()
    assert average_ranks(dense).tolist() == rankdata(values).tolist()


@given(values_with_ties, st.integers(2, 8))
def test_bins_rise_with_the_values_part_no_ties_and_leave_no_gap(values: list[float], bins: int) -> None:
    codes = quantile_codes(dense_codes(np.array(values)), bins)
    order = np.argsort(values, kind="stable")
    steps = np.diff(codes[order].astype(int))
    assert set(steps.tolist()) <= {0, 1}
    assert codes.max() < bins
    assert all(len(set(codes[np.array(values) == value])) == 1 for value in set(values))
    if len(set(values)) <= bins:
        assert codes.max() + 1 == len(set(values))


def test_without_ties_bins_are_filled_equally() -> None:
    values = np.random.default_rng(0).permutation(1003)
    counts = np.bincount(quantile_codes(dense_codes(values), 20))
    assert len(counts) == 20
    assert counts.max() - counts.min() <= 1


def test_the_number_of_bins_grows_with_the_cube_root() -> None:
    assert [bin_count(n) for n in (1, 3, 64, 1000, 10**6)] == [2, 2, 4, 10, 20]
