"""Draws of items."""

from __future__ import annotations

import numpy as np
import pytest

from vae_core.data.sample_rows import sample_items
from vae_core.errors import InputError


def test_items_are_distinct_seeded_and_no_more_than_there_are() -> None:
    assert sample_items(5, None, 0, 10).tolist() == sample_items(5, 9, 3, 10).tolist() == [0, 1, 2, 3, 4]
    some = sample_items(1000, 50, 1, 100)
    assert len(np.unique(some)) == 50 and (np.diff(some) > 0).all()
    assert (some == sample_items(1000, 50, 1, 100)).all()
    assert (some != sample_items(1000, 50, 2, 100)).any()
    assert len(sample_items(1000, 500, 0, 100)) == len(sample_items(1000, None, 0, 100)) == 100
    for n, items in ((1, None), (9, 1), (9, 0)):
        with pytest.raises(InputError, match="two are the fewest"):
            sample_items(n, items, 0, 10)
