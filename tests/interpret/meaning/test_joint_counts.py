"""Counts of all dimensions at once, and mutual information."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import mutual_info_score

from vae_core.interpret.meaning.joint_counts import PairedCodes, entropy, information_error, mutual_information


@pytest.mark.parametrize("dimensions", [1, 2, 5])
def test_counts_and_information_are_those_of_loops(dimensions: int) -> None:
    random = np.random.default_rng(dimensions)
    codes = random.integers(0, 6, (dimensions, 300)).astype(np.uint8)
    own = random.integers(0, 4, 300).astype(np.int32)
    rows = np.flatnonzero(random.random(300) < 0.7)
    paired = PairedCodes(codes)
    for chosen, table_of in ((np.arange(300), paired), (rows, paired.at(rows))):
        tables = table_of.tables(own[chosen], 4)
        slow = np.zeros((dimensions, 4, paired.size))
        for j in range(dimensions):
            for item in chosen:
                slow[j, own[item], codes[j, item]] += 1
        np.testing.assert_array_equal(tables, slow)
        by_sklearn = [mutual_info_score(own[chosen], codes[j, chosen]) for j in range(dimensions)]
        np.testing.assert_allclose(mutual_information(tables), by_sklearn, atol=1e-12)


def test_information_of_known_shares_is_exact() -> None:
    # A binary symmetric channel that errs in 1 of 8: log 2 less the entropy of the error.
    table = np.array([[[7, 1], [1, 7]]])
    error = -(np.log(1 / 8) / 8 + 7 * np.log(7 / 8) / 8)
    assert mutual_information(table)[0] == pytest.approx(np.log(2) - error, abs=1e-14)
    assert entropy(np.array([8, 0, 8])) == pytest.approx(np.log(2), abs=1e-15)


def test_the_standard_error_is_the_spread_of_many_draws() -> None:
    random = np.random.default_rng(0)
    shares = np.array([0.4, 0.1, 0.15, 0.35])
    draws = random.multinomial(2000, shares, size=3000).reshape(-1, 2, 2)
    expected = information_error((2000 * shares).reshape(1, 2, 2))[0]
    assert mutual_information_of_each(draws).std() == pytest.approx(expected, rel=0.05)


def mutual_information_of_each(tables: np.ndarray) -> np.ndarray:
    return np.array([mutual_information(table[None])[0] for table in tables])
