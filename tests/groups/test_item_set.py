"""Sets of items as sets: combined, written as bits, named by what they hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_core import InputError
from vae_core.groups.item_set import ItemSet

TOTAL = 19
SOME = st.sets(st.integers(0, TOTAL - 1))


def made(items: set[int], total: int = TOTAL) -> ItemSet:
    return ItemSet.of(np.array(sorted(items), dtype=int), total)


@given(SOME, SOME)
def test_they_combine_as_sets_do(one: set[int], other: set[int]) -> None:
    a, b = made(one), made(other)
    for found, wanted in (
        (a | b, one | other),
        (a & b, one & other),
        (a - b, one - other),
        (a ^ b, one ^ other),
        (~a, set(range(TOTAL)) - one),
    ):
        assert found.indices.tolist() == sorted(wanted) and len(found) == len(wanted) and found.total == TOTAL


@given(SOME, SOME)
def test_two_of_the_same_content_are_one(one: set[int], other: set[int]) -> None:
    a, b = made(one), made(other)
    assert (a == b) == (one == other) == (a.fingerprint == b.fingerprint)
    assert ItemSet.from_bits(a.bits, TOTAL) == a and hash(ItemSet.from_bits(a.bits, TOTAL)) == hash(a)
    assert made(one, TOTAL + 1) != a, "as many items of a larger set are another set"


def test_bits_stand_in_the_order_of_the_items() -> None:
    assert made({0, 3, 8}, 12).bits.tolist() == [0b1001, 0b1]
    with pytest.raises(InputError, match="2 bytes"):
        ItemSet.from_bits(np.zeros(3, dtype=np.uint8), 12)


def test_a_set_cannot_be_changed() -> None:
    mask = np.zeros(4, dtype=bool)
    found = ItemSet(mask)
    mask[0] = True
    assert len(found) == 0
    with pytest.raises(ValueError, match="read-only"):
        found.mask[1] = True
