"""Names people give to dimensions: kept, shared, taken back."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_core import InputError, LatentSpace
from vae_core.interpret.meaning.own_names import LONGEST, OwnNames, own_names_of


def test_names_lie_with_the_space_for_everybody(grey: LatentSpace, tmp_path: Path) -> None:
    space = LatentSpace.build(grey.model, grey.data, tmp_path)
    own_names_of(space).give(2, "  stroke\twidth ")
    own_names_of(space).give(0, "größe")
    other = OwnNames(tmp_path / "names.json", 4)
    assert other.by_dimension() == {0: "größe", 2: "stroke width"}
    other.give(2, "")
    assert own_names_of(space).by_dimension() == {0: "größe"}


def test_a_space_in_memory_keeps_them_there(grey: LatentSpace) -> None:
    space = LatentSpace.build(grey.model, grey.data)
    own_names_of(space).give(1, "size")
    assert own_names_of(space).by_dimension() == {1: "size"}
    del space
    gc.collect()


@given(st.text(max_size=60), st.integers(-2, 6))
def test_what_is_given_is_kept_or_refused(name: str, dimension: int) -> None:
    names = OwnNames(None, 4)
    plain = " ".join(name.split())
    allowed = 0 <= dimension < 4 and len(plain) <= LONGEST and all(letter.isprintable() for letter in plain)
    if allowed:
        names.give(dimension, name)
        assert names.by_dimension() == ({dimension: plain} if plain else {})
    else:
        with pytest.raises(InputError):
            names.give(dimension, name)


@pytest.mark.parametrize("content", ["[1", "[]", '{"a": "b"}', '"text"'])
def test_a_damaged_file_is_told_and_replaced(content: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "names.json"
    path.write_text(content)
    names = OwnNames(path, 4)
    assert names.by_dimension() == {} and "is not used" in caplog.text
    names.give(1, "size")
    assert names.by_dimension() == {1: "size"}


def test_names_of_dimensions_that_are_not_there_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "names.json").write_text('{"1": "a", "77": "b"}')
    assert OwnNames(tmp_path / "names.json", 4).by_dimension() == {1: "a"}
