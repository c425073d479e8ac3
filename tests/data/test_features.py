from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_core import Dataset, InputError, load_data
from vae_core.data.dataset import Kind
from vae_core.data.features import Features, split_unit

WORDS = st.text(alphabet=st.characters(whitelist_categories=("L", "N")), min_size=1, max_size=9)


@pytest.mark.parametrize(
    ("text", "name", "unit"),
    [
        ("sepal length (cm)", "sepal length", "cm"),
        ("alcohol [%]", "alcohol", "%"),
        ("plain", "plain", ""),
        ("f(x)", "f", "x"),
        ("(cm)", "(cm)", ""),
        ("speed (m/s) ", "speed", "m/s"),
        ("a (b) c", "a (b) c", ""),
    ],
)
def test_units_are_read_as_people_write_them(text: str, name: str, unit: str) -> None:
    assert split_unit(text) == (name, unit)


@given(name=WORDS, unit=WORDS)
def test_every_name_with_a_unit_is_split(name: str, unit: str) -> None:
    assert split_unit(f"{name} ({unit})") == (name, unit)


@pytest.mark.parametrize(
    ("features", "words"),
    [
        ({"names": ("a",), "units": ("m", "s")}, "1 names but 2 units"),
        ({"names": ("a",), "along": (0.0, 1.0, 1.0)}, "rise"),
        ({"names": ("a",), "along": (0.0, np.nan)}, "finite"),
    ],
)
def test_parts_that_do_not_fit_are_refused(features: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        Features(**features)


@pytest.mark.parametrize(
    ("kind", "shape", "features", "words"),
    [
        ("vector", (2, 3), Features(("a", "b")), "2 names for 3 values"),
        ("vector", (2, 3), Features(("a",), along=(0, 1)), "2 places"),
        ("series", (2, 2, 3), Features(("a", "b")), "lies along an axis"),
        ("image", (2, 1, 3, 3), Features(("a",)), "pixels"),
    ],
)
def test_features_of_another_shape_are_refused(
    kind: Kind, shape: tuple[int, ...], features: Features, words: str
) -> None:
    table = pd.DataFrame(index=range(shape[0]))
    with pytest.raises(InputError, match=words):
        Dataset(np.zeros(shape), kind, (0, 1), table, "some", features)


@pytest.mark.parametrize(
    ("kind", "shape", "names", "along"),
    [("vector", (4,), 4, None), ("vector", (41,), 1, 41), ("series", (2, 9), 2, 9), ("series", (1, 9), 1, 9)],
)
def test_values_without_names_get_some(kind: Kind, shape: tuple[int, ...], names: int, along: int | None) -> None:
    data = Dataset(np.zeros((2, *shape)), kind, (0, 1), pd.DataFrame(index=range(2)), "some")
    assert len(data.feature_names.names) == names
    assert (None if data.feature_names.along is None else len(data.feature_names.along)) == along
    data.feature_names.check(kind, shape, "some")


def test_extremes_are_those_of_every_named_value() -> None:
    values = np.random.default_rng(0).normal(size=(9000, 3, 20)).astype("f4") * np.array([1, 10, 100])[:, None]
    low, high = Dataset(values, "series", (-999, 999), pd.DataFrame(index=range(9000)), "some").extremes
    np.testing.assert_array_equal(low, values.min(axis=(0, 2)))
    np.testing.assert_array_equal(high, values.max(axis=(0, 2)))


@pytest.mark.parametrize(
    ("name", "count", "columns"), [("iris", 150, 4), ("wine", 178, 13), ("breast-cancer", 569, 30)]
)
def test_tables_of_scikit_learn_keep_their_names(name: str, count: int, columns: int) -> None:
    data = load_data(name)
    assert data.values.shape == (count, columns) and data.kind == "vector"
    assert data.features is not None and len(data.features.names) == columns
    assert len(data.table["label"].cat.categories) == (2 if name == "breast-cancer" else 3)
    assert data.take([3, 1]).features is data.features
