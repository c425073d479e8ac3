"""The items selected, beside what the arrays say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from components.api.view_states import ViewState
from components.notebook.selection import selected_items
from vae_core import Dataset, LatentSpace


@pytest.fixture(scope="module")
def awkward(grey: LatentSpace) -> LatentSpace:
    """Classes whose names HTML would take for something else, and some that have none."""
    names = ["<5", "a & b", None]
    table = pd.DataFrame({"label": pd.Categorical([names[i % 3] for i in range(60)])}, index=grey.data.table.index)
    return LatentSpace.build(grey.model, Dataset(grey.data.values, "image", (0, 255), table, "awkward"))


def test_everything_is_selected_until_something_is_left_out(grey: LatentSpace) -> None:
    assert selected_items(grey, ViewState("grey")).tolist() == list(range(60))


def test_the_legend_and_the_part_in_view_select(grey: LatentSpace) -> None:
    points, labels = grey.projection("pca").points, grey.data.table["label"].to_numpy()
    left, right = np.quantile(points[:, 0], [0.2, 0.8])
    bottom, top = np.quantile(points[:, 1], [0.1, 0.9])
    frame = (float(left), float(right), float(bottom), float(top))
    inside = (points >= [left, bottom]).all(axis=1) & (points <= [right, top]).all(axis=1)
    for hidden in ((), ("bag",), ("bag", "coat"), ("unknown",)):
        shown = ViewState("grey", color="label", hidden=hidden, frame=frame)
        expected = np.flatnonzero(inside & ~np.isin(labels, hidden))
        assert selected_items(grey, shown).tolist() == expected.tolist() and 0 < len(expected) < 60


def test_classes_are_hidden_by_name_and_by_what_older_addresses_have(awkward: LatentSpace) -> None:
    names = (("<5", "&lt;5"), ("a & b", "a &amp; b"), ("missing", "missing"))
    for hidden, kept in [
        ((name,), kept) for pair, kept in zip(names, ([1, 2], [0, 2], [0, 1]), strict=True) for name in pair
    ]:
        chosen = selected_items(awkward, ViewState("awkward", color="label", hidden=hidden))
        assert sorted(set(chosen % 3)) == kept and len(chosen) == 40


def test_numbers_have_no_classes_to_hide(grey: LatentSpace) -> None:
    assert len(selected_items(grey, ViewState("grey", color="size", hidden=("bag",)))) == 60


@pytest.mark.parametrize(
    ("projection", "color"), [("tsne", "label"), ("pca-3d", "label"), ("nothing", "label"), ("pca", "kept")]
)
def test_where_no_part_is_in_view_the_legend_alone_selects(awkward: LatentSpace, projection: str, color: str) -> None:
    frame = (0.0, 1e-9, 0.0, 1e-9) if projection != "pca" else None
    shown = ViewState("awkward", projection, color, hidden=("missing",), frame=frame)
    assert len(selected_items(awkward, shown)) == 40
