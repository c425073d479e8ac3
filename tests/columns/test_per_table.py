"""One object per table, as long as the table is there."""

from __future__ import annotations

import gc

import pandas as pd

from vae_core.columns.of_table import columns_of_table
from vae_core.columns.per_table import PerTable


def test_a_table_has_one_object_and_another_table_another() -> None:
    per_table: PerTable[list[int]] = PerTable(list)
    one, other = pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [1]})
    assert per_table.of(one) is per_table.of(one)
    assert per_table.of(one) is not per_table.of(other)


def test_what_belongs_to_a_table_that_has_gone_is_let_go() -> None:
    per_table: PerTable[list[int]] = PerTable(list)
    per_table.of(pd.DataFrame({"a": [1]})).append(1)
    gc.collect()
    assert per_table.of(pd.DataFrame({"a": [1]})) == []
    assert len(per_table._kept) == 1


def test_columns_are_read_once_and_anew_under_other_names() -> None:
    table = pd.DataFrame({"a": [1.0, 2.5], "b": ["x", "y"]})
    first = columns_of_table(table)
    assert columns_of_table(table) is first
    table.columns = pd.Index(["a", "c"])
    assert [name for name, _ in columns_of_table(table)] == ["a", "c"]
