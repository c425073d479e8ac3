"""Sets kept under the name of their content."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vae_core import InputError, LatentSpace
from vae_core.groups.item_set import ItemSet
from vae_core.groups.kept_sets import KeptSets, kept_sets_of

SOME = ItemSet.of(np.array([1, 5, 11]), 20)


def test_what_was_kept_is_there_for_whoever_comes_later(tmp_path: Path) -> None:
    name = KeptSets(tmp_path / "sets", 20).keep(SOME)
    later = KeptSets(tmp_path / "sets", 20)
    assert later.get(name) == SOME and later.keep(SOME) == name
    assert [file.name for file in (tmp_path / "sets").iterdir()] == [f"{name}.npz"]


def test_without_a_folder_it_is_kept_in_memory(grey: LatentSpace) -> None:
    kept = kept_sets_of(grey)
    assert kept is kept_sets_of(grey) and kept.get(kept.keep(ItemSet.empty(60))) == ItemSet.empty(60)


@pytest.mark.parametrize("content", [None, b"", b"nonsense"])
def test_what_is_not_there_or_damaged_is_refused(tmp_path: Path, content: bytes | None) -> None:
    kept = KeptSets(tmp_path, 20)
    name = kept.keep(SOME)
    if content is None:
        (tmp_path / f"{name}.npz").unlink()
    else:
        (tmp_path / f"{name}.npz").write_bytes(content)
    with pytest.raises(InputError, match="not kept here"):
        kept.get(name)
    for other in ("../etc", "", "0" * 32):
        with pytest.raises(InputError, match="not kept here"):
            kept.get(other)


def test_a_file_with_other_items_than_its_name_tells_is_refused(tmp_path: Path) -> None:
    kept = KeptSets(tmp_path, 20)
    name, other = kept.keep(SOME), kept.keep(~SOME)
    (tmp_path / f"{other}.npz").replace(tmp_path / f"{name}.npz")
    with pytest.raises(InputError, match="not kept here"):
        kept.get(name)


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "sets").write_text("a file")
    with pytest.raises(InputError, match="cannot be kept"):
        KeptSets(tmp_path / "sets", 20).keep(SOME)
