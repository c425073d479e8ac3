"""Parts of texts found as Python finds them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_core.browse import text_index
from vae_core.browse.text_index import TextIndex

LETTERS = st.text(alphabet="abA İß測\U0001f600\x00\n", max_size=6)


@given(st.lists(LETTERS, max_size=12), LETTERS.filter(bool))
def test_texts_that_contain_a_part(texts: list[str], part: str) -> None:
    wanted = part.lower()
    assert TextIndex(texts).having(wanted).tolist() == [wanted in text.lower() for text in texts]


def test_in_blocks_it_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"item {i} of {i % 7}" for i in range(500)]
    monkeypatch.setattr(text_index, "_BYTES", 64)
    index = TextIndex(texts)
    for wanted in ("1", "m 4", " of 3", "item 499 of 2", "item 499 of 23", "e"):
        assert index.having(wanted).tolist() == [wanted in text for text in texts]
    assert not TextIndex([]).having("x").any() and not index.having("").any()
    assert np.count_nonzero(index.having("of")) == 500
