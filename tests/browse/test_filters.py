"""Parts of the items: ranges and single values of columns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from vae_core import InputError, LatentSpace
from vae_core.browse.filters import ItemFilter
from vae_core.columns.of_space import values_of


def test_a_range_of_a_number(grey: LatentSpace) -> None:
    found = ItemFilter.of({"column": "size", "low": 0.25, "high": 0.5}).items(grey)
    assert (
        found.tolist() == np.flatnonzero((grey.data.table["size"] >= 0.25) & (grey.data.table["size"] <= 0.5)).tolist()
    )
    z = ItemFilter.of({"column": "z1", "low": -9e9, "high": 0}).items(grey)
    assert z.tolist() == np.flatnonzero(grey.mean[:, 1] <= 0).tolist()


def test_a_whole_number_larger_than_64_bits_is_an_end(grey: LatentSpace) -> None:
    assert ItemFilter.of({"column": "z0", "low": -(10**30), "high": 10**30}).items(grey).tolist() == list(range(60))


def test_one_value(grey: LatentSpace) -> None:
    assert ItemFilter.of({"column": "label", "value": "bag"}).items(grey).tolist() == list(range(1, 60, 3))
    assert ItemFilter.of({"column": "digit", "value": "4"}).items(grey).tolist() == list(range(4, 60, 10))
    assert ItemFilter.of({"column": "note", "value": "nan"}).items(grey).tolist() == [], "what is missing has no value"


@pytest.mark.parametrize(
    "asked",
    [None, [], {}, {"column": "size"}, {"column": "size", "low": 0}, {"column": 3, "value": "a"},
     {"column": "size", "low": 0, "high": float("nan")}, {"column": "size", "low": 0, "high": True},
     {"column": "size", "low": -(10**400), "high": 1}, {"column": "size", "low": 0, "high": 1, "value": "a"}],
)  # fmt: skip
def test_what_is_no_part_is_refused(asked: Any) -> None:
    with pytest.raises(InputError, match="A part of the items is"):
        ItemFilter.of(asked)


def test_columns_without_such_a_part_are_refused(grey: LatentSpace) -> None:
    with pytest.raises(InputError, match="There is no column 'size2'"):
        ItemFilter("size2", 0, 1).items(grey)
    with pytest.raises(InputError, match="holds no numbers"):
        ItemFilter("label", 0, 1).items(grey)


def test_a_range_of_an_angle_may_go_through_zero(grey: LatentSpace) -> None:
    direction = values_of(grey, "measured:direction")
    assert direction is not None
    degrees = direction.values
    through = ItemFilter.of({"column": "measured:direction", "low": 150, "high": 30}).items(grey)
    assert through.tolist() == np.flatnonzero((degrees >= 150) | (degrees <= 30)).tolist() and len(through)
    between = ItemFilter.of({"column": "measured:direction", "low": 30, "high": 150}).items(grey)
    assert len(np.intersect1d(through, between)) == 0 and len(through) + len(between) == np.isfinite(degrees).sum()
    assert len(ItemFilter.of({"column": "size", "low": 0.9, "high": 0.1}).items(grey)) == 0, "a size does not go round"
