"""Which items steps lead to, beside what the arrays say."""

from __future__ import annotations

import numpy as np
import pytest

from vae_core import InputError, LatentSpace
from vae_core.browse.colouring import NOT_SELECTED, SELECTED, SELECTION
from vae_core.browse.filters import ItemFilter
from vae_core.browse.legend import Legend
from vae_core.browse.selection_steps import Step, only_selected, read_steps, shape_step
from vae_core.browse.selections import LONGEST, items_of, limits_in_words, selected_set, selection_text


def chosen(space: LatentSpace, *steps: Step) -> list[int]:
    indices: list[int] = selected_set(space, steps).indices.tolist()
    return indices


def half(space: LatentSpace, mode: str = "new", axis: int = 0) -> Step:
    """The items right of the middle of the map, or above it."""
    points = space.projection("pca").points
    ends = [-99.0, 99.0, -99.0, 99.0]
    ends[2 * axis] = float(np.median(points[:, axis]))
    return shape_step(mode, "box", "pca", ends)  # type: ignore[arg-type]


def test_steps_replace_add_take_away_and_turn_over(grey: LatentSpace) -> None:
    points = grey.projection("pca").points
    right, above = (set(np.flatnonzero(points[:, axis] >= np.median(points[:, axis])).tolist()) for axis in (0, 1))
    assert chosen(grey) == []
    assert set(chosen(grey, half(grey))) == right and 0 < len(right) < 60
    assert set(chosen(grey, half(grey), half(grey, axis=1))) == above
    assert set(chosen(grey, half(grey), half(grey, "add", 1))) == right | above
    assert set(chosen(grey, half(grey), half(grey, "sub", 1))) == right - above
    flip = Step("new", "flip")
    assert set(chosen(grey, half(grey), flip)) == set(range(60)) - right
    assert set(chosen(grey, half(grey), flip, half(grey, "add", 1))) == set(range(60)) - right | above
    assert set(chosen(grey, half(grey), flip, flip)) == right
    assert chosen(grey, Step("new", "find", text="bag")) == list(range(1, 60, 3))
    assert chosen(grey, Step("new", "all")) == list(range(60))


def test_a_lasso_takes_what_it_goes_round(grey: LatentSpace) -> None:
    x, y = grey.projection("pca").points[7].tolist()
    corners = [x - 1e-3, y - 1e-3, x + 1e-3, y - 1e-3, x, y + 1e-3]
    assert chosen(grey, shape_step("new", "lasso", "pca", corners)) == [7]


def test_what_is_not_shown_is_neither_taken_nor_lost(grey: LatentSpace) -> None:
    bags, few = set(range(1, 60, 3)), set(range(30))
    legend, within = Legend("label", frozenset({"bag"})), ItemFilter("size", 0, 29.5 / 59)
    everything = Step("new", "all").among(legend, within)
    assert set(chosen(grey, everything)) == few - bags
    assert set(chosen(grey, Step("new", "all"), Step("sub", "all").among(legend))) == bags
    assert set(chosen(grey, Step("new", "find", text="bag"), Step("new", "flip").among(legend))) == set(range(60))
    assert limits_in_words(grey, (everything, everything)) == ["bag", "all but size from 0 to 0.5"]


def test_within_what_is_selected(grey: LatentSpace) -> None:
    """A map of nothing but the selection, or one that tells it by colour and hides one side."""
    bags = Step("new", "find", text="bag")
    right = set(chosen(grey, half(grey)))
    for limit in (only_selected(), Legend(SELECTION, frozenset({NOT_SELECTED}))):
        drilled = (bags, half(grey).among(limit))
        assert set(chosen(grey, *drilled)) == right & set(range(1, 60, 3))
        assert selected_set(grey, read_steps(selection_text(grey, drilled))) == selected_set(grey, drilled)
    outside = half(grey).among(Legend(SELECTION, frozenset({SELECTED})))
    assert set(chosen(grey, bags, outside)) == right - set(range(1, 60, 3))


def test_the_text_leaves_out_what_was_replaced_and_keeps_what_is_long(grey: LatentSpace) -> None:
    steps = (Step("new", "all"), half(grey), Step("new", "flip"))
    assert selection_text(grey, steps).startswith("new_box_pca_") and selection_text(grey, steps).endswith("*flip")
    random = np.random.default_rng(0)
    long = shape_step("new", "lasso", "pca", random.normal(size=400).tolist())
    text = selection_text(grey, (long,))
    assert text.startswith("new_set_") and len(text) < 60 < LONGEST
    assert items_of(grey, text) == selected_set(grey, (long,))
    assert items_of(grey, "") is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("new_set_" + "0" * 32, "not kept here"),
        ("new_box_tsne_0,1,0,1", "not been computed"),
        ("new_box_pca-3d_0,1,0,1", "depth"),
        ("new_box_nothing_0,1,0,1", "projection"),
        ("new_all_is:nothing:a", "no column"),
        ("new_all_in:label:0:1", "no numbers"),
    ],
)
def test_what_is_not_there_is_told(grey: LatentSpace, text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        items_of(grey, text)
