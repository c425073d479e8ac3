"""Kinds and values of the columns a map can be coloured by."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from vae_core import Dataset, LatentSpace
from vae_core.columns.of_space import by_rate, columns, default_column, values_of


class Seen:
    """As much of a space as columns need, over another table."""

    def __init__(self, space: LatentSpace, **cells: Any) -> None:
        self.data: Dataset = replace(space.data, table=pd.DataFrame(cells, index=space.data.table.index))
        self.mean, self.rate, self.distortion = space.mean, space.rate, space.distortion
        self.latent_dim, self.model = space.latent_dim, space.model

    def __len__(self) -> int:
        return len(self.mean)


def kind_of(space: LatentSpace, cells: Any) -> str:
    return columns(Seen(space, column=cells))[0].kind  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (np.arange(60) % 10, "category"),
        (np.arange(60), "number"),
        (pd.array([None, *range(4)] * 12, dtype="Int64"), "category"),
        ([np.nan, 0.0, 1.0, 2.0] * 15, "category"),  # integers that became floats for the gaps in them
        ([np.nan, 0.5, 1.0, 2.0] * 15, "number"),
        ([0.0, 1.0, 2.0, 3.0] * 15, "number"),
        ([np.nan] * 60, "nothing"),
        ([np.inf, np.nan, 1.0] * 20, "number"),
        ([np.inf, np.nan] * 30, "nothing"),
        ([True, False] * 30, "category"),
        (["a", "b", None] * 20, "category"),
        ([f"text {i}" for i in range(60)], "text"),
        (pd.Categorical(["x", "y", None] * 20), "category"),
        (pd.Categorical([f"text {i}" for i in range(60)]), "text"),
        (pd.Series([1, "a", None, (2,)] * 15, dtype=object).to_numpy(), "category"),
        (pd.Series([[1], {"b": 2}] * 30, dtype=object).to_numpy(), "category"),
    ],
)
def test_kinds(grey: LatentSpace, cells: Any, kind: str) -> None:
    if len(cells) != 60:
        cells = cells[:60] if len(cells) > 60 else cells
    assert kind_of(grey, cells) == kind


def test_a_label_of_many_class_numbers_is_coloured_by_class(grey: LatentSpace) -> None:
    classes = pd.Series([float(i) for i in range(30)] * 2)
    assert kind_of(grey, classes.to_numpy()) == "number"
    seen: Any = Seen(grey, label=classes.to_numpy())
    assert columns(seen)[0].kind == "category"
    told = values_of(seen, "label")
    assert told is not None and told.format_item(1) == "1"


def test_the_order_is_table_then_figures_then_dimensions_by_rate(grey: LatentSpace) -> None:
    names = [column.name for column in columns(grey) if not column.measured]
    order = by_rate(grey)
    assert names == [column.name for column in columns(grey)][: len(names)], "what is measured comes last"
    assert names == ["label", "digit", "size", "note", "rate", "distortion", "kept", *(f"z{j}" for j in order)]
    assert (np.diff(grey.rate.mean(axis=0)[order]) <= 0).all()
    assert {column.kind for column in columns(grey) if column.name.startswith("z")} == {"diverging"}
    assert {column.name: column.kind for column in columns(grey)}["note"] == "text"


def test_every_listed_column_has_a_value_for_each_item(grey: LatentSpace) -> None:
    for column in columns(grey):
        values = values_of(grey, column.name)
        if column.of_map:
            assert values is None, "it takes a map that has been measured"
            continue
        assert values is not None and len(values.observed_mask(60)) == 60
    brightness = values_of(grey, "measured:brightness")
    assert brightness is not None
    np.testing.assert_allclose(brightness.values, grey.data.batch(slice(None)).mean(axis=(1, 2, 3)), rtol=1e-5)
    figures = {"z2": grey.mean[:, 2], "rate": grey.rate.sum(axis=1), "distortion": grey.distortion}
    for name, wanted in figures.items():
        found = values_of(grey, name)
        assert found is not None
        np.testing.assert_array_equal(found.values, wanted)


@pytest.mark.parametrize("name", ["", "z", "z4", "z-1", "z²", "z01", "z 1", "Z1", "nothing"])
def test_columns_that_are_not_there(grey: LatentSpace, name: str) -> None:
    assert values_of(grey, name) is None


def test_the_tables_own_columns_come_before_ours(grey: LatentSpace) -> None:
    seen: Any = Seen(grey, rate=np.arange(60), z1=["a"] * 60)
    names = [column.name for column in columns(seen)]
    assert names.count("rate") == names.count("z1") == 1
    assert values_of(seen, "rate").values.tolist() == list(range(60))  # type: ignore[union-attr]


def test_columns_are_found_by_names_that_are_no_text(grey: LatentSpace) -> None:
    seen: Any = Seen(grey)
    seen.data.table[3] = np.arange(60)
    assert columns(seen)[0].name == "3"
    assert values_of(seen, "3").values.tolist() == list(range(60))  # type: ignore[union-attr]


def test_integers_with_gaps_stay_integers(grey: LatentSpace) -> None:
    values = values_of(Seen(grey, digit=[np.nan, 7.0] * 30), "digit")  # type: ignore[arg-type]
    assert values is not None
    assert values.categories == ("7",) and (~values.observed_mask(60)).sum() == 30


def test_a_fresh_map_is_coloured_by_the_label(grey: LatentSpace, vectors: LatentSpace, colour: LatentSpace) -> None:
    assert default_column(grey) == default_column(vectors) == "label"
    assert default_column(colour) == "rate"
    assert default_column(Seen(grey, size=np.linspace(0, 1, 60), kind=["a", "b"] * 30)) == "kind"  # type: ignore[arg-type]
    assert default_column(Seen(grey, label=[f"{i}" for i in range(60)])) == "rate"  # type: ignore[arg-type]
