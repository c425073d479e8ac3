"""Bars, curves, histograms and heat maps: what is drawn where, and what can be touched."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections import Counter
from typing import Any

import numpy as np
import pytest
from markupsafe import Markup

from vae_core.drawing.bars import SHOWN, Bar, bars
from vae_core.drawing.curves import Curve, curves
from vae_core.drawing.heat_map import heat_map
from vae_core.drawing.histogram import histogram
from vae_core.drawing.markup import still


def read(text: str) -> ET.Element:
    return ET.fromstring(f"<root>{text}</root>")


def styles(root: ET.Element, kind: str) -> list[dict[str, float]]:
    found = [part.get("style", "") for part in root.iter() if kind in (part.get("class") or "").split()]
    return [
        {key: float(value.rstrip("%")) for key, value in (one.split(":") for one in text.split(";"))} for text in found
    ]


def test_bars_are_as_long_as_their_values() -> None:
    root = read(
        bars([Bar("z1", 4.0, 1.0, touch={"dimension": 1}), Bar("z0", 1.0, chance=2.0), Bar("z2", None)], mark=2.0)
    )
    assert [one["width"] for one in styles(root, "bar")] == [100.0, 25.0]
    assert styles(root, "whisker") == [{"left": 75.0, "width": 25.0}]
    assert [one["left"] for one in styles(root, "mark")] == [50.0] * 3
    assert [one["left"] for one in styles(root, "chance")] == [50.0]
    touchable = [part for part in root.iter() if part.get("tabindex") == "0"]
    assert [(part.get("data-dimension"), part.get("role")) for part in touchable] == [("1", "button")]
    assert "–" in "".join(root.itertext())


def test_bars_go_both_ways_from_the_middle_and_many_fold_away() -> None:
    root = read(bars([Bar("a", -2.0), Bar("b", 1.0)]))
    assert styles(root, "bar") == [{"left": 0.0, "width": 50.0}, {"left": 50.0, "width": 25.0}]
    many = read(bars([Bar(f"z{j}", 1.0) for j in range(SHOWN + 480)]))
    assert "".join(many.find(".//summary").itertext()) == "480 more"  # type: ignore[union-attr]
    assert len(many.findall(".//details//*[@class='bar-row']")) == 480


def test_a_curve_goes_through_its_points() -> None:
    root = read(
        curves([Curve("bound", [1, 10, 100], [0.0, 5.0, 10.0], [1, 1, math.nan])], "samples", "nats", logarithmic=True)
    )
    (line,) = root.findall(".//polyline")
    places = np.array([[float(part) for part in pair.split(",")] for pair in (line.get("points") or "").split()])
    assert np.allclose(np.diff(places[:, 0]), np.diff(places[:, 0])[0], atol=0.2), "decades are equally wide"
    assert places[1, 1] == pytest.approx((places[0, 1] + places[2, 1]) / 2, abs=0.2)
    assert len([one for one in root.iter("line") if one.get("class") == "error"]) == 2
    ticks = [one.text for one in root.iter("text") if one.get("class") == "tick middle"]
    assert ticks == ["1", "2", "5", "10", "20", "50", "100"], "powers of ten and their parts have no places"
    assert "nothing to draw" in curves([Curve("a", [1.0], [math.nan])], "x", "y")


def test_a_flat_curve_and_a_single_point_are_drawn() -> None:
    for x, y in (([0.0, 1.0], [3.0, 3.0]), ([2.0], [0.0])):
        assert "nan" not in curves([Curve("a", x, y)], "x", "y", from_zero=False)


def test_a_histogram_has_the_area_of_its_counts() -> None:
    edges = np.array([0.0, 1.0, 3.0])
    root = read(histogram(edges, np.array([2, 4]), density=[0.3, 0.3], column="z3"))
    tall = [float(one.get("height") or 0) for one in root.iter("rect") if one.get("class") == "fill"]
    assert tall[0] == pytest.approx(tall[1]), "twice the items in twice the width"
    bins = [part for part in root.iter() if part.get("data-within")]
    assert [(one.get("data-low"), one.get("data-high")) for one in bins] == [("0", "1"), ("1", "3")]


def test_a_histogram_of_nothing_is_empty() -> None:
    assert "nan" not in histogram(np.array([0.0, 0.0]), np.array([0]))


def test_a_heat_map_names_and_shades_every_cell() -> None:
    values = np.array([[0.5, -1.0], [np.nan, 0.25]])
    text = heat_map(
        values, ["z0", "z1"], ["a<b", "c"], diverging=True, touch=lambda i, j: {"dimension": i, "column": "ab"[j]},
        faint=np.array([[False, False], [False, True]]),
    )  # fmt: skip
    root = read(text)
    cells = [one for one in root.iter("td") if "cell" in (one.get("class") or "")]
    assert [one.text for one in cells] == [".50", "−1.0", "·", ".25"]
    assert [one.get("class") for one in cells] == ["cell plus", "cell minus", "cell none", "cell plus faint"]
    assert [one.get("style") for one in cells] == ["--share:0.500", "--share:1.000", None, "--share:0.250"]
    assert cells[1].get("aria-label") == "z0, c: −1.00"
    assert [one.get("tabindex") for one in cells] == ["0", "-1", None, "-1"], "one stop of the keyboard"
    assert [th.get("title") for th in root.iter("th")][:2] == ["a<b", "c"]


def test_a_heat_map_is_one_stop_of_the_keyboard_and_a_table_where_nothing_can_be_touched() -> None:
    def draw(rows: int, **touches: Any) -> Markup:
        values = np.ones((rows, 2))
        values[0] = np.nan
        return heat_map(values, [f"z{j}" for j in range(rows)], ["a", "b"], **touches)

    names = {"row_touch": [{"dimension": j} for j in range(60)], "column_touch": [{"column": "a"}]}
    root = read(draw(60, touch=lambda i, j: {"axes": f"{i},{j}"}, **names))
    grids = root.findall(".//table[@role='grid']")
    stops = [grid.findall(".//*[@tabindex='0']") for grid in grids]
    assert [[(one.get("role"), one.get("data-axes")) for one in found] for found in stops] == [
        [("gridcell", "1,0")],
        [("gridcell", "48,0")],
    ], "what folds away is a grid of its own"
    roles = Counter(one.get("role") for one in grids[0].findall(".//*[@tabindex='-1']"))
    assert roles == {"gridcell": 2 * 47 - 1, "rowheader": 48, "columnheader": 1}
    assert not root.findall(".//*[@role='button']")
    (alone,) = read(draw(1, touch=lambda i, j: {"axes": "0,0"}, column_touch=[{}, {"column": "b"}])).findall(
        ".//*[@tabindex]"
    )
    assert (alone.get("role"), alone.get("tabindex")) == ("columnheader", "0"), "no cell can be touched"
    with still():
        reported = draw(3, touch=lambda i, j: {"axes": "0,0"}, **names)
    for text in (draw(3), reported):
        assert not [mark for mark in ("role=", "tabindex", "data-") if mark in text]


def test_a_heat_map_of_many_rows_folds() -> None:
    root = read(heat_map(np.ones((512, 2)), [f"z{j}" for j in range(512)], ["a", "b"]))
    assert "464 more rows" in "".join(root.itertext())
