"""The text of a selection: what is written is read again, and what is none is refused."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_core import InputError
from vae_core.browse.filters import ItemFilter
from vae_core.browse.legend import Legend
from vae_core.browse.selection_steps import Step, read_steps, shape_step, write_steps

NUMBER = st.floats(-1e15, 1e15, allow_nan=False)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
LIMIT = st.one_of(
    st.builds(Legend, TEXT, st.frozensets(TEXT, min_size=1, max_size=3)),
    st.builds(ItemFilter, TEXT, value=TEXT),
    st.builds(ItemFilter, TEXT, NUMBER, NUMBER),
)
MODE = st.sampled_from(["new", "add", "sub"])
MAP = st.sampled_from(["pca", "z:3,7", "tsne-0123456789ab"])
STEP = st.one_of(
    st.builds(lambda mode, map, xy: shape_step(mode, "lasso", map, xy * 2), MODE, MAP, st.lists(NUMBER, min_size=3)),
    st.builds(lambda mode, map: shape_step(mode, "box", map, [-1, 2.5, 1e-9, 3]), MODE, MAP),
    st.builds(lambda mode, text: Step(mode, "find", text=text), MODE, TEXT),
    st.builds(lambda mode: Step(mode, "all"), MODE),
    st.builds(lambda mode: Step(mode, "set", text="0123456789abcdef" * 2), MODE),
    st.just(Step("new", "flip")),
)


@given(st.lists(st.builds(lambda step, limits: step.among(*limits), STEP, st.lists(LIMIT, max_size=2)), max_size=4))
def test_what_is_written_is_read_again(steps: list[Step]) -> None:
    text = write_steps(tuple(steps))
    assert read_steps(text) == tuple(steps)
    assert parse_qs(urlencode({"chosen": text}), keep_blank_values=True)["chosen"] == [text]


def test_it_is_short_and_can_be_read() -> None:
    steps = (
        shape_step("new", "lasso", "tsne", [0, 1.5, 2, -3, 1e-05, 4]).among(Legend("label", frozenset({"a_b*c"}))),
        Step("add", "find", text="ankle boot"),
        Step("new", "flip"),
    )
    written = "new_lasso_tsne_0,1.5,2,-3,1e-05,4_hide:label:a%5Fb%2Ac*add_find_ankle%20boot*flip"
    assert write_steps(steps) == written


@pytest.mark.parametrize(
    "text",
    [3, "x", "new", "new_", "old_all", "new_lasso", "new_lasso_pca", "new_lasso_pca_1,2,3,4",
     "new_lasso_pca_1,2,3,4,5", "new_lasso_pca_1,2,3,4,5,nan", "new_lasso_pca_1,2,3,4,5,inf",
     "new_lasso_pca_1,2,3,4,5,1e16", "new_lasso_../x_1,2,3,4,5,6", "new_box_pca_1,0,2,3", "new_box_pca_0,1,2",
     "new_set_abc", "new_find", "new_all_hide", "new_all_in:a:1:b", "new_all_of:a", "flip_flip", "new_all*", "*",
     "new_all*" * 200 + "new_all", "new_lasso_pca_" + "1,2," * 2001 + "3,4", "new_find_" + "a" * 300_000],
)  # fmt: skip
def test_what_is_no_selection_is_refused_in_a_sentence(text: object) -> None:
    with pytest.raises(InputError) as told:
        read_steps(text)
    assert str(told.value).endswith(".") and len(str(told.value)) < 200
