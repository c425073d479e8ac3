"""Columns of a table as numbers and categories."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vae_core.columns.item_columns import ItemColumn, columns_of_items

N = 400


def only(values: object) -> ItemColumn:
    found = columns_of_items(pd.DataFrame({"it": values}))
    assert found.left_out == ()
    return found.columns[0]


def test_floats_are_numbers_and_infinite_ones_are_missing() -> None:
    column = only([0.5, np.inf, -1.25, np.nan])
    assert column.kind == "number"
    assert column.observed_mask.tolist() == [True, False, True, False]
    assert column.values[[0, 2]].tolist() == [0.5, -1.25]


def test_few_whole_numbers_are_categories_and_keep_their_order() -> None:
    for values in ([7, 3, 3, 5], pd.array([7, 3, 3, 5], dtype="Int8")):
        column = only(values)
        assert (column.kind, column.categories) == ("category", ("3", "5", "7"))
        assert column.codes.tolist() == [2, 0, 0, 1]
        assert column.values.tolist() == [7, 3, 3, 5]


def test_whole_numbers_that_became_floats_for_missing_ones_are_categories() -> None:
    column = only([1.0, np.nan, 2.0, 1.0])
    assert column.kind == "category"
    assert column.codes.tolist() == [0, -1, 1, 0]


def test_many_whole_numbers_are_numbers() -> None:
    assert only(np.arange(51)).kind == "number"


def test_numbers_of_classes_have_no_order_however_many_there_are() -> None:
    few = columns_of_items(pd.DataFrame({"label": [0, 1, 2, 1]})).columns[0]
    many = columns_of_items(pd.DataFrame({"label": np.arange(N) % 100})).columns[0]
    floats = columns_of_items(pd.DataFrame({"label": np.arange(24.0) % 12})).columns[0]
    missing = np.where(np.arange(N) == 3, np.nan, np.arange(N) % 100)
    gaps = columns_of_items(pd.DataFrame({"label": missing})).columns[0]
    assert [(one.kind, one.has_numbers) for one in (few, many, floats, gaps)] == [("category", False)] * 4
    assert floats.categories == tuple(str(number) for number in range(12))
    assert gaps.codes[3] == -1 and set(gaps.categories[:-1]) <= {str(number) for number in range(100)}
    assert columns_of_items(pd.DataFrame({"label": np.arange(N) / 8})).columns[0].kind == "number"


def test_truth_values_and_ordered_categories_have_an_order_and_words_have_none() -> None:
    assert only([True, False, True]).values.tolist() == [1, 0, 1]
    maybe = only(pd.array([True, None, False], dtype="boolean"))
    assert maybe.codes.tolist() == [1, -1, 0]
    sizes = only(pd.Categorical(["L", "S", "M"], categories=["S", "M", "L"], ordered=True))
    assert sizes.values.tolist() == [2, 0, 1]
    words = only(["b", None, "a"])
    assert (words.categories, words.codes.tolist(), words.has_numbers) == (("a", "b"), [1, -1, 0], False)


def test_mixed_objects_are_words() -> None:
    assert only(pd.Series([1, "1", [2], None], dtype=object)).codes.tolist() == [0, 0, 1, -1]


def test_dates_are_numbers_of_days_and_keep_their_name() -> None:
    column = only(pd.to_datetime(["2020-01-01 00:00", "2020-01-02 12:00", None]))
    assert (column.name, column.kind, column.form.step) == ("it", "number", "minute")
    np.testing.assert_allclose(column.values, [18262, 18263.5, np.nan])


def test_of_ten_thousand_categories_the_most_frequent_are_kept() -> None:
    names = np.concatenate([np.repeat([f"often {at}" for at in range(49)], 500), np.arange(10_000).astype(str)])
    column = only(names)
    assert len(column.categories) == 50
    assert column.categories[-1] == "others (10000)"
    assert np.bincount(column.codes).tolist() == [500] * 49 + [10_000]
    assert "49 most frequent of 10,049" in column.note


def test_what_cannot_be_used_is_told_with_the_reason() -> None:
    table = pd.DataFrame(
        {
            "same": 3,
            "one word": "a",
            "none": pd.Series([None] * N, dtype=object),
            "name": [f"item {at}" for at in range(N)],
            "waves": 1j * np.arange(N),
            "fine": np.arange(N) % 2,
        }
    )
    found = columns_of_items(table)
    assert [column.name for column in found.columns] == ["fine"]
    told = dict(zip(found.left_out, found.reasons, strict=True))
    assert told["same"] == "all values are the same (3)"
    assert told["one word"] == "all values are the same (a)"
    assert told["none"] == "all values are missing"
    assert "nearly every item" in told["name"]
    assert "order" in told["waves"]


def test_rows_can_be_chosen_and_names_may_repeat() -> None:
    table = pd.DataFrame([[1.5, "a"], [2.5, "b"], [3.5, "a"]], columns=["x", "x"])
    found = columns_of_items(table, np.array([0, 2]))
    assert [(column.name, len(column.values)) for column in found.columns] == [("x", 2)]
    assert found.reasons == ("all values are the same (a)",)
