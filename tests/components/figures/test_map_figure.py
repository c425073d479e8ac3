"""The map as a figure: what stands where."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from components.figures.map_figure import map_figure
from vae_core import InputError, LatentSpace
from vae_core.browse.colouring import SELECTION, SHOWN_CATEGORIES, Classes, colouring
from vae_core.browse.legend import Legend
from vae_core.browse.selection_steps import Step, read_steps, write_steps
from vae_core.columns.of_space import columns
from vae_core.groups.item_set import ItemSet


@pytest.mark.parametrize("colour", ["label", "size", "z0", "rate"])
def test_every_item_is_one_point_whatever_the_colour(grey: LatentSpace, colour: str) -> None:
    projection = grey.projection("pca")
    figure = map_figure(grey, projection, colour)
    index = np.concatenate([trace.customdata for trace in figure.data])
    x = np.concatenate([trace.x for trace in figure.data])
    y = np.concatenate([trace.y for trace in figure.data])
    assert sorted(index) == list(range(len(grey)))
    np.testing.assert_array_equal(np.stack([x, y], axis=1), projection.points[index])


def test_what_is_selected_colours_the_points_and_is_drawn_alone(grey: LatentSpace) -> None:
    selected = ItemSet.of(np.arange(7), 60)
    for name in ("pca", "pca-3d"):
        projection = grey.projection(name)
        figure = map_figure(grey, projection, SELECTION, selected=selected)
        assert [(trace.name, len(trace.customdata)) for trace in figure.data] == [("selected", 7), ("others", 53)]
        alone = map_figure(grey, projection, "label", drawn=selected.indices)
        assert sorted(np.concatenate([trace.customdata for trace in alone.data])) == list(range(7))
        assert alone.layout.xaxis == map_figure(grey, projection, "label").layout.xaxis, "the map stays where it is"
    assert all(trace.customdata is None for trace in map_figure(grey, projection, "label", drawn=np.empty(0, int)).data)
    with pytest.raises(InputError, match="Nothing is selected"):
        map_figure(grey, projection, SELECTION)


def test_a_part_of_the_map_is_framed_and_the_frame_of_another_kind_passed_over(grey: LatentSpace) -> None:
    flat, deep = grey.projection("pca"), grey.projection("pca-3d")
    figure = map_figure(grey, flat, "label", frame=[-1, 2, -3, 4])
    assert figure.layout.xaxis.range == (-1, 2) and figure.layout.yaxis.range == (-3, 4)
    figure = map_figure(grey, deep, "label", frame=list(range(9)))
    assert figure.layout.scene.camera.eye.to_plotly_json() == {"x": 0, "y": 1, "z": 2}
    assert figure.layout.scene.camera.up.to_plotly_json() == {"x": 6, "y": 7, "z": 8}
    assert map_figure(grey, flat, "label", frame=list(range(9))) == map_figure(grey, flat, "label")
    assert map_figure(grey, deep, "label", frame=[-1, 2, -3, 4]) == map_figure(grey, deep, "label")


def test_a_column_that_cannot_colour_is_refused(grey: LatentSpace) -> None:
    for name in ("note", "nothing"):
        with pytest.raises(InputError, match=name):
            map_figure(grey, grey.projection("pca"), name)


def test_names_of_classes_are_text(grey: LatentSpace) -> None:
    names = ["<b>x</b>", "a & b", "a &amp; b", '"quoted"', "測試", "", "x" * 1000, "missing", "%{meta}"]
    table = grey.data.table.assign(hostile=pd.Categorical([*names, None] * 6, categories=names))
    space = LatentSpace.build(grey.model, replace(grey.data, table=table))
    figure = map_figure(space, space.projection("pca"), "hostile")
    assert [trace.meta["class"] for trace in figure.data] == [*names, "(missing)"], "each is known by its own name"
    assert [trace.meta["missing"] for trace in figure.data] == [False] * 9 + [True]
    assert list(figure.layout.meta["labels"]) == names
    written = [trace.name for trace in figure.data]
    assert written[:6] == ["&lt;b&gt;x&lt;/b&gt;", "a &amp; b", "a &amp;amp; b", '"quoted"', "測試", "(empty)"]
    assert len(written[6]) == 24 and "%{" not in written[8] and len(set(written)) == 10
    for at, name in enumerate(names):
        legend = Legend("hostile", frozenset({name}))
        assert np.flatnonzero(~legend.shows(space)).tolist() == list(range(at, 60, 10)), name
        step = Step("new", "all").among(legend)
        assert read_steps(write_steps((step,))) == (step,)
    # Addresses from before have what the figure wrote, which counts where no class is called so.
    older = Legend("hostile", frozenset({"&lt;b&gt;x&lt;/b&gt;"}))
    assert np.flatnonzero(~older.shows(space)).tolist() == list(range(0, 60, 10))


def test_the_rest_of_very_many_classes_is_one(grey: LatentSpace) -> None:
    names = [*[f"c{i}" for i in range(70)], *["often"] * 5, None] * 2
    table = pd.DataFrame({"many": names, "few": [*"ab" * 76]})
    data = replace(grey.data, values=np.resize(grey.data.values, (152, 1, 8, 8)), table=table)
    space = LatentSpace.build(grey.model, data)
    chosen = colouring(space, space.projection("pca"), "many")
    assert isinstance(chosen, Classes)
    counts = dict(zip(chosen.names, np.bincount(chosen.codes).tolist(), strict=True))
    assert len(counts) == SHOWN_CATEGORIES + 2 and counts["often"] == 10 and counts["missing"] == 2
    assert counts[f"others ({71 - SHOWN_CATEGORIES})"] == 2 * (71 - SHOWN_CATEGORIES)
    few = colouring(space, space.projection("pca"), "few")
    assert isinstance(few, Classes) and few.names == ["a", "b"]


def test_an_angle_is_coloured_by_degrees_on_a_circle_of_colours(grey: LatentSpace) -> None:
    random = np.random.default_rng(0).uniform(-np.pi, np.pi, 60)
    table = grey.data.table.assign(heading=random, **{"wind sin": np.sin(random), "wind cos": np.cos(random)})
    space = LatentSpace.build(grey.model, replace(grey.data, table=table))
    for column, turn in (("measured:direction", 180), ("heading", 360), ("angle:wind", 360)):
        trace = next(one for one in map_figure(space, space.projection("pca"), column).data if one.marker.colorbar.len)
        assert (trace.marker.cmin, trace.marker.cmax) == (0, turn)
        assert trace.marker.colorscale[0][1] == trace.marker.colorscale[-1][1], "it ends where it begins"
        assert trace.marker.colorbar.ticktext == tuple(f"{turn * quarter / 4:g}°" for quarter in range(5))
        if turn == 360:
            np.testing.assert_allclose(trace.marker.color, np.degrees(random) % 360, rtol=1e-4, atol=1e-3)
    names = [one.name for one in columns(space)]
    assert "measured:direction" in names and "measured:direction cos 2θ" not in names
    with pytest.raises(InputError, match="direction cos 2θ"):
        map_figure(space, space.projection("pca"), "measured:direction cos 2θ")
