from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from vae_core import Dataset, load_data
from vae_core.data.dataset import Kind
from vae_core.data.features import Features
from vae_core.drawing.palette import category_style, plain_ink
from vae_core.drawing.picture_form import picture_form
from vae_core.drawing.small_plot import small_plot


def data_of(values: np.ndarray, features: Features | None = None) -> Dataset:
    kind: Kind = "vector" if values.ndim == 2 else "series"
    table = pd.DataFrame(index=pd.RangeIndex(len(values), name="item"))
    return Dataset(values, kind, (float(values.min()), float(values.max()) + 1), table, "some", features)


def test_an_image_is_told_by_its_shape() -> None:
    assert picture_form(load_data("digits")) == {"kind": "image", "shape": [8, 8, 1]}


def test_a_table_row_is_bars_each_on_its_own_scale() -> None:
    iris = load_data("iris")
    form = picture_form(iris)
    assert form["kind"] == "bars" and form["shape"] == [1, 4] and form["along"] is None
    assert form["names"] == ["sepal length", "sepal width", "petal length", "petal width"] and set(form["units"]) == {
        "cm"
    }
    classes = {category_style(at, of)[0].upper() for of in (3, 8, 20) for at in range(of)}
    assert classes.isdisjoint(plain_ink(at) for at in range(20)), "a bar has the colour of no class"
    assert set(form["inks"]) == {plain_ink(at) for at in range(4)}
    np.testing.assert_allclose([form["low"], form["high"]], [iris.values.min(axis=0), iris.values.max(axis=0)])


def test_a_long_vector_without_names_is_a_line() -> None:
    values = np.arange(120.0).reshape(2, 60)
    form = picture_form(data_of(values))
    assert form["kind"] == "line" and form["shape"] == [1, 60] and len(form["along"]) == 60
    assert (form["low"], form["high"]) == ([0.0], [119.0])


@pytest.mark.parametrize(
    ("units", "scales", "panels"),
    [
        (("V", "V"), (1, 1), [[0, 1]]),
        (("V", "A"), (1, 1), [[0], [1]]),
        (("V", "A", "V"), (1, 1, 1), [[0, 2], [1]]),
        # On one scale the second would be a flat line.
        (("V", "V"), (100, 1), [[0], [1]]),
    ],
)
def test_channels_share_a_scale_where_that_can_be_read(
    units: tuple[str, ...], scales: tuple[float, ...], panels: list[list[int]]
) -> None:
    waves = np.sin(np.linspace(0, 6, 50)) * np.array(scales, dtype=float)[:, None]
    values = np.stack([waves, waves / 2])
    names = tuple(f"channel {at}" for at in range(len(units)))
    assert picture_form(data_of(values, Features(names, units, tuple(range(50)), "time")))["panels"] == panels


def test_a_small_plot_rises_where_its_values_do() -> None:
    rising = np.stack([np.linspace(0, 1, 64), np.linspace(1, 0, 64)])
    ink = np.asarray(small_plot(data_of(rising), rising[0]))[..., 3].astype(float)
    heights = (ink * np.arange(len(ink))[:, None]).sum(axis=0)[8:-8] / ink.sum(axis=0)[8:-8]
    assert (np.diff(heights) <= 0.6).all() and heights[0] - heights[-1] > 40


def test_bars_of_a_small_plot_are_as_high_as_their_values() -> None:
    values = np.array([[0.0, 5.0, 10.0], [10.0, 0.0, 0.0], [3.0, 10.0, 5.0]])
    ink = np.asarray(small_plot(data_of(values), values[0]))[..., 3] > 128
    heights = ink.sum(axis=0)
    assert heights[40] == pytest.approx(33, abs=2) and heights[70] == pytest.approx(66, abs=2)
    assert heights[8] <= 2, "the smallest value still leaves a line to be seen"


def test_constants_and_outliers_do_no_harm() -> None:
    values = np.full((3, 50), 7.0)
    assert small_plot(data_of(values), values[0]).size == (96, 72)
    assert small_plot(data_of(values), values[0] * 1e30).size == (96, 72)
