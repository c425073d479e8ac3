"""Columns added to a table."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from vae_core.data.added_columns import with_added

NAMES = st.lists(st.sampled_from(["rate", "rate_", "rate__", "label", "x"]), unique=True)


@given(NAMES, NAMES)
def test_no_column_is_lost_whatever_its_name(own: list[str], more: list[str]) -> None:
    table = pd.DataFrame({name: [f"own {name}"] for name in own}, index=["item"])
    wider = with_added(table, {name: [f"added {name}"] for name in more})
    assert wider.columns.is_unique and list(wider.columns[: len(own)]) == own == list(table.columns)
    wanted = [f"own {name}" for name in own] + [f"added {name}" for name in more]
    assert wider.loc["item"].tolist() == wanted
    assert all(name.rstrip("_") == was.rstrip("_") for name, was in zip(wider.columns[len(own) :], more, strict=True))
