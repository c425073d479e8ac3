"""A column along a dimension."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata

from tests.space.conftest import LinearModel, vectors
from vae_core.columns.item_columns import columns_of_items
from vae_core.errors import InputError
from vae_core.interpret.meaning.along import along, along_dimension
from vae_core.space import LatentSpace


def test_numbers_have_quantiles_and_categories_shares_in_every_bin() -> None:
    random = np.random.default_rng(0)
    z = random.normal(size=1000)
    number = z**2 + random.normal(size=1000)
    number[::7] = np.nan
    table = pd.DataFrame({"number": number, "side": np.where(z > 0.5, "right", "left")})
    of_number, of_side = columns_of_items(table).columns
    told = along(z, of_number, bins=5)
    known = np.isfinite(number)
    bins = np.floor((rankdata(z[known]) - 0.5) * 5 / known.sum())
    for b in range(5):
        inside = number[known][bins == b]
        np.testing.assert_allclose(told.quantiles[b], np.percentile(inside, [10, 50, 90]))
        assert told.counts[b] == len(inside)
        assert (told.low[b], told.high[b]) == (z[known][bins == b].min(), z[known][bins == b].max())
        assert told.middle[b] == np.median(z[known][bins == b])
    np.testing.assert_allclose(told.quantiles_of_all, np.percentile(number[known], [10, 50, 90]))
    assert (told.items, told.shares.shape) == (known.sum(), (0, 0))
    sides = along(z, of_side, bins=4)
    expected = pd.crosstab(pd.qcut(z, 4, labels=False), table["side"], normalize="index").to_numpy()
    np.testing.assert_allclose(sides.shares, expected)
    np.testing.assert_allclose(sides.shares_of_all, (z > 0.5).mean() * np.array([-1, 1]) + [1, 0])


def test_ties_make_fewer_bins_and_none_is_empty() -> None:
    (column,) = columns_of_items(pd.DataFrame({"a": np.arange(60) * 1.5})).columns
    assert along(np.zeros(60), column).counts.tolist() == [60]
    told = along(np.repeat([0.0, 1.0, 2.0], [50, 5, 5]), column, bins=10)
    assert told.counts.tolist() == [50, 5, 5]


def test_impossible_wishes_are_refused() -> None:
    (column,) = columns_of_items(pd.DataFrame({"a": [1.5, 2.5]})).columns
    with pytest.raises(InputError, match="not 0"):
        along(np.zeros(2), column, bins=0)
    with pytest.raises(InputError, match="not one of 3 items"):
        along(np.zeros(3), column)


def test_of_a_space_a_column_is_found_by_its_name_and_source() -> None:
    space = LatentSpace.build(LinearModel(), vectors(300))
    told = along_dimension(space, dimension=2, column="x3", source="measured", bins=1)
    assert told.quantiles[0, 1] == np.median(space.data.values[:, 3])
    assert told.middle[0] == np.median(space.mean[:, 2].astype(np.float64))
    assert along_dimension(space, dimension=0, column="label", items=30).counts.sum() == 30
    with pytest.raises(InputError, match="x3 cannot be used: there is none"):
        along_dimension(space, dimension=0, column="x3")
    with pytest.raises(InputError, match="no dimension 4"):
        along_dimension(space, dimension=4, column="label")
