"""Maps drawn as a picture: what stands where, in which colour, and what is left out."""

from __future__ import annotations

import io
from collections.abc import Collection
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from components.figures.map_figure import map_figure
from components.figures.raster_map import IN_DEPTH, BigMap, BigMaps, plotted_items
from vae_core import LatentSpace
from vae_core.browse.colouring import Classes, Scale, colouring
from vae_core.drawing.point_density import View
from vae_core.groups.item_set import ItemSet

VIEW = View(0.0, 8.0, 0.0, 4.0, 80, 40)
GREY = [0x9A] * 3
RED, BLUE = "#ff0000", "#0000ff"


def points_at(*places: tuple[float, float]) -> Any:
    return SimpleNamespace(points=np.array(places, dtype=np.float32))


def classes(*codes: int) -> Classes:
    return Classes("kind", ["red", "blue"], [RED, BLUE], ["circle"] * 2, np.array(codes, dtype=np.int16))


def pixels_drawn(
    big: BigMap,
    hidden: Collection[str] = (),
    selected: ItemSet | None = None,
    only: bool = False,
    grown: int | None = 0,
) -> np.ndarray:
    """Pixels ``[h, w, 4]``, the top row first; a pixel each as of very many, unless `grown` says otherwise."""
    index = big.items_in(VIEW, hidden, selected if only else None)
    file = big.picture(VIEW, index, None if only else selected, grown)
    return np.asarray(Image.open(io.BytesIO(file)).convert("RGBA"))


def test_each_item_is_a_pixel_of_its_class_where_it_lies() -> None:
    big = BigMap(points_at((1.05, 0.55), (7.05, 3.55), (9.0, 1.0)), classes(0, 1, 1))
    picture = pixels_drawn(big)
    assert picture.shape == (40, 80, 4)
    assert {tuple(place) for place in np.argwhere(picture[..., 3] > 0)} == {(34, 10), (4, 70)}
    assert picture[34, 10, :3].tolist() == [255, 0, 0]
    assert picture[4, 70, :3].tolist() == [0, 0, 255]
    grown = pixels_drawn(big, grown=None)
    assert grown[33:36, 9:12, 3].min() > 0


def test_hidden_classes_are_left_out_and_where_two_meet_the_more_frequent_colours() -> None:
    big = BigMap(points_at(*[(1.05, 0.55)] * 4, (7.05, 3.55)), classes(0, 1, 1, 1, 0))
    mixed = pixels_drawn(big)[34, 10, :3].astype(int)
    assert mixed[2] > mixed[0] > 0
    hidden = pixels_drawn(big, {"red"})
    assert hidden[4, 70, 3] == 0
    assert hidden[34, 10, :3].tolist() == [0, 0, 255]
    assert pixels_drawn(big, {"red", "blue"})[..., 3].max() == 0
    assert big.items_in(VIEW, {"red"}).tolist() == [1, 2, 3]


def test_what_is_not_selected_steps_back_or_is_left_out() -> None:
    big = BigMap(points_at((1.05, 0.55), (1.05, 0.55), (7.05, 3.55), (4.05, 2.05)), classes(0, 1, 1, 0))
    selected = ItemSet.of(np.array([0, 2]), 4)
    plain, dimmed = pixels_drawn(big), pixels_drawn(big, selected=selected)
    assert dimmed[34, 10].tolist()[:3] == [255, 0, 0], "of two items on a pixel the one selected is seen"
    assert dimmed[4, 70, 3] >= plain[4, 70, 3] > 0 and dimmed[19, 40, 3] == round(0.28 * plain[19, 40, 3])
    alone = pixels_drawn(big, selected=selected, only=True)
    assert {tuple(place) for place in np.argwhere(alone[..., 3] > 0)} == {(34, 10), (4, 70)}
    assert pixels_drawn(big, {"red"}, selected, True)[34, 10, 3] == 0
    assert pixels_drawn(big, selected=ItemSet.empty(4), only=True)[..., 3].max() == 0
    assert big.items_in(VIEW, only=selected).tolist() == [0, 2]


def test_numbers_have_the_colour_of_their_mean() -> None:
    scale = Scale("size", np.array([0, 2, 10, np.nan], dtype=np.float32), 0.0, 10.0, "Greys")
    big = BigMap(points_at((1.05, 0.55), (1.05, 0.55), (7.05, 3.55), (4.05, 2.05)), scale)
    picture = pixels_drawn(big).astype(int)
    light, dark = picture[4, 70, :3].mean(), picture[34, 10, :3].mean()
    assert abs(light - dark) > 100
    assert picture[19, 40].tolist() == [*GREY, 255], "what has no value is seen where nothing else lies"
    one_by_one = big.points(np.arange(4))
    assert one_by_one[3, 3] == int("9A9A9A", 16)


def test_angles_have_the_colour_of_their_circular_mean() -> None:
    colours = ["#000000", "#ff0000", "#ffffff", "#00ff00", "#000000"]  # 0°, 90°, 180°, 270°
    angles = np.array([350, 20, 180, np.nan], dtype=np.float32)
    big = BigMap(
        points_at((1.05, 0.55), (1.05, 0.55), (7.05, 3.55), (4.05, 2.05)),
        Scale("d", angles, 0.0, 360.0, colours, 360.0),
    )
    picture = pixels_drawn(big).astype(int)
    assert picture[34, 10, :3].max() < 30, "the mean of 350° and 20° is 5°, and not 185°"
    assert picture[4, 70, :3].min() > 220 and picture[19, 40, :3].tolist() == GREY
    assert big.points(np.arange(4))[3, 3] == int("9A9A9A", 16)


def test_few_items_come_one_by_one(grey: LatentSpace) -> None:
    projection = grey.projection("pca")
    chosen = colouring(grey, projection, "label")
    assert isinstance(chosen, Classes)
    big = BigMap(projection, chosen)
    view = View(-0.5, 1.5, -2.0, 1.0, 100, 100)
    x, y = projection.points.T
    naive = np.flatnonzero((x >= -0.5) & (x <= 1.5) & (y >= -2) & (y <= 1))
    index = big.items_in(view)
    np.testing.assert_array_equal(index, naive)
    rows = big.points(index)
    np.testing.assert_array_equal(rows[:, 0], naive)
    np.testing.assert_array_equal(rows[:, 1:3], projection.points[naive])
    wanted = [int(chosen.colours[code][1:], 16) for code in chosen.codes[naive]]
    assert rows[:, 3].astype(int).tolist() == wanted


@pytest.mark.parametrize("colour", ["label", "digit", "size", "z1"])
def test_the_figure_of_a_big_map_holds_legend_and_frame_but_no_items(grey: LatentSpace, colour: str) -> None:
    projection = grey.projection("pca")
    whole, bare = map_figure(grey, projection, colour), map_figure(grey, projection, colour, drawn=np.empty(0, int))
    assert [trace.name for trace in bare.data] == [*(trace.name for trace in whole.data), "corners"]
    assert all(trace.customdata is None for trace in bare.data)
    corners = bare.data[-1]
    assert min(corners.x) < projection.points[:, 0].min() and max(corners.y) > projection.points[:, 1].max()
    for one, other in zip(whole.data, bare.data, strict=False):
        if colour in ("label", "digit"):
            assert one.marker.color == other.marker.color
        else:
            assert (one.marker.cmin, one.marker.colorscale) == (other.marker.cmin, other.marker.colorscale)


def test_what_becomes_a_point(grey: LatentSpace) -> None:
    flat, deep = grey.projection("pca"), grey.projection("pca-3d")
    assert plotted_items(60, flat, 60) is None
    drawn = plotted_items(60, flat, 59)
    assert drawn is not None and len(drawn) == 0
    some = plotted_items(10 * IN_DEPTH, deep, 59)
    assert some is not None and len(np.unique(some)) == IN_DEPTH
    figure = map_figure(grey, deep, "label", drawn=np.array([3, 4, 5]))
    assert sorted(np.concatenate([trace.customdata for trace in figure.data])) == [3, 4, 5]


def test_the_maps_drawn_last_are_kept(grey: LatentSpace) -> None:
    maps = BigMaps()
    first = maps.get(grey, grey.projection("pca"), "label")
    assert maps.get(grey, grey.projection("pca"), "label") is first
    for colour in ("digit", "size", "z0"):
        maps.get(grey, grey.projection("pca"), colour)
    assert maps.get(grey, grey.projection("pca"), "label") is not first
