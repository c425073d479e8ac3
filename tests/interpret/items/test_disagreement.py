"""Against loops over items."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.space.conftest import vectors
from vae_core.columns.item_columns import columns_of_items
from vae_core.columns.reading import read_column
from vae_core.data.dataset import Dataset
from vae_core.errors import InputError
from vae_core.interpret.items.disagreement import (
    comparable,
    disagreement,
    label_chance,
    label_disagreement,
    number_chance,
    number_disagreement,
)


def data_of(**columns: Any) -> Dataset:
    count = len(next(iter(columns.values())))
    table = pd.DataFrame(columns, index=pd.RangeIndex(count))
    return Dataset(np.zeros((count, 1)), "vector", (0.0, 1.0), table, "items")


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6))
def test_figures_agree_with_a_loop(seed: int, k: int) -> None:
    random = np.random.default_rng(seed)
    codes = random.integers(-1, 3, 12)
    numbers = np.where(random.random(12) < 0.3, np.nan, random.normal(size=12))
    rows = random.permutation(12)[:7]
    near = np.stack([random.permutation(np.delete(np.arange(12), row))[:k] for row in rows])
    shares, differences = label_disagreement(codes, rows, near), number_disagreement(numbers, rows, near)
    for at, row in enumerate(rows):
        labels = [codes[i] for i in near[at] if codes[i] >= 0]
        expected = np.mean([code != codes[row] for code in labels]) if labels and codes[row] >= 0 else np.nan
        assert shares[at] == pytest.approx(expected, nan_ok=True)
        others = [numbers[i] for i in near[at] if np.isfinite(numbers[i])]
        expected = abs(numbers[row] - np.median(others)) if others else np.nan
        assert differences[at] == pytest.approx(expected, nan_ok=True)


def test_chance_is_what_shuffled_values_give() -> None:
    random = np.random.default_rng(0)
    rows = np.arange(400)
    near = np.stack([random.permutation(np.delete(rows, row))[:10] for row in rows])
    labels, numbers = random.choice(["a", "b", "c"], 400, p=[0.7, 0.2, 0.1]), random.exponential(5.0, 400)
    for values in (labels, numbers):
        found = disagreement(data_of(it=values), "it", rows, near)
        assert abs(found.mean - found.chance) < 5 * found.standard_error
    codes = pd.factorize(labels)[0]
    counts = np.bincount(codes)
    expected = np.mean([(400 - counts[code]) / 399 for code in codes])
    assert label_chance(codes, rows) == pytest.approx(expected, rel=1e-12)


def test_the_others_that_chance_draws_are_different_ones() -> None:
    values = np.random.default_rng(0).exponential(size=12)
    exact = [abs(values[row] - np.median(np.delete(values, row))) for row in range(12)]
    assert number_chance(values, np.arange(12), 11) == pytest.approx(np.mean(exact))
    assert number_chance(values, np.arange(12), 30) == pytest.approx(np.mean(exact))
    three = [
        np.mean([abs(values[row] - np.median(some)) for some in combinations(np.delete(values, row), 3)])
        for row in range(12)
    ]
    assert number_chance(values, np.repeat(np.arange(12), 1500), 3) == pytest.approx(np.mean(three), rel=0.02)


@pytest.mark.parametrize("values", [np.arange(400) % 100, (np.arange(400) % 10).astype(float)])
def test_whole_numbers_of_the_label_are_classes(values: np.ndarray) -> None:
    data, rows = data_of(label=values), np.arange(400)
    near = (rows[:, None] + [100, 101]) % 400
    found = disagreement(data, "label", rows, near)
    assert (found.kind, found.mean, found.classes) == ("category", 0.5, len(np.unique(values)))
    # Kinds are the same wherever columns are told apart.
    assert columns_of_items(data.table).columns[0].kind == read_column(data.table["label"], "label").kind == "category"
    for numbers in (pd.Series(np.arange(400)), data.table["label"] + 0.5):
        assert read_column(numbers, "label").kind == "number"


def test_a_column_in_its_own_units() -> None:
    random = np.random.default_rng(1)
    values = random.normal(size=200) * 1000
    rows = np.arange(200)
    near = np.stack([np.argsort(np.abs(values - values[row]), kind="stable")[1:11] for row in rows])
    found = disagreement(data_of(it=values), "it", rows, near)
    assert found.kind == "number" and found.classes == 0
    assert found.spread == pytest.approx(values.std())
    assert found.mean < 0.2 < found.chance
    assert disagreement(data_of(it=values / 7), "it", rows, near).mean == pytest.approx(found.mean)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, 2, 3] * 20, "category"),
        ([1.0, 2.0, None] * 20, "category"),
        ([1.0, 2.0, 3.0] * 20, "number"),
        (list(range(60)), "number"),
        ([True, False, None] * 20, "category"),
        (["a", "b", None] * 20, "category"),
        (pd.Categorical(["a", "b", "c"] * 20), "category"),
        ([(1,), "x", 2] * 20, "category"),
        ([np.inf, 1.5, 2.0] * 20, "number"),
    ],
)
def test_what_a_column_is(values: list[object], kind: str) -> None:
    found, compared = comparable(read_column(pd.Series(values)), "it", "items")
    assert found == kind
    assert len(compared) == 60
    missing = compared < 0 if kind == "category" else np.isnan(compared)
    expected = pd.isna(pd.Series(values)).sum() if kind == "category" else np.isinf(np.array(values, float)).sum()
    assert missing.sum() == expected


def test_what_cannot_be_compared_is_told() -> None:
    rows, near = np.arange(60), (np.arange(60)[:, None] + [1, 2]) % 60
    names = [f"file {i}" for i in range(60)]
    data = data_of(name=names, none=[None] * 60, one=[1.5, *[None] * 59], same=[1.0] * 60, alone=["a"] * 60)
    for column, sentence in (("name", "every item"), ("none", "no values"), ("one", "two items"), ("x", "no column")):
        with pytest.raises(InputError, match=sentence):
            disagreement(data, column, rows, near)
    for column in ("same", "alone"):
        found = disagreement(data, column, rows, near)
        assert (found.mean, found.chance, found.spread) == (0, 0, 1)
    with pytest.raises(InputError, match="there are: label"):
        disagreement(vectors(60), "x", rows, near)
