"""The one door: names, paths, and neither."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import vae_core.data
from vae_core.data import Dataset, load_data
from vae_core.errors import InputError


def test_public_names() -> None:
    assert sorted(vae_core.data.__all__) == ["Dataset", "from_arrays", "load_data", "sprites"]


def test_digits() -> None:
    data = load_data("digits")
    assert data.values.shape == (1797, 1, 8, 8)
    assert data.value_range == (0, 16)
    assert data.values.min() == 0 and data.values.max() == 16
    assert data.values[0, 0, 0].tolist() == [0, 0, 5, 13, 9, 1, 0, 0]
    assert data.table["label"].tolist()[:5] == [0, 1, 2, 3, 4]
    assert data.batch([0]).max() <= 1
    assert data.batch([0])[0, 0, 0, 3] == pytest.approx(13 / 16)


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ("nothing/here.npz", "nothing/here.npz: there is no such file, folder or data set; give digits"),
        ("fashon-mnist", "did you mean fashion-mnist, or give"),
        ("digits:test", "has no parts"),
        ("", "No data set is named"),
        ("a\0b", "cannot be opened|no such file"),
    ],
)
def test_specs_that_name_nothing(spec: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence) as caught:
        load_data(spec)
    assert "\n" not in str(caught.value)


def test_a_path_is_always_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="no such file"):
        load_data(Path("digits"))


def test_home_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    np.save(tmp_path / "a.npy", np.ones((2, 3, 3), np.uint8))
    assert len(load_data("~/a.npy")) == 2


def test_a_file_of_another_kind(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(InputError, match=r"notes\.txt: this file holds no data set that can be read; give"):
        load_data(tmp_path / "notes.txt")


def test_the_data_set_checks_itself() -> None:
    table = pd.DataFrame(index=pd.RangeIndex(2))
    with pytest.raises(InputError, match="need 4 axes"):
        Dataset(np.ones((2, 3)), "image", (0, 1), table, "a")
    with pytest.raises(InputError, match="are not numbers"):
        Dataset(np.array([["a"], ["b"]]), "vector", (0, 1), table, "a")
    with pytest.raises(InputError, match="2 rows"):
        Dataset(np.ones((3, 3)), "vector", (0, 1), table, "a")
    with pytest.raises(InputError, match="item 1 holds NaN"):
        Dataset(np.array([[0.0], [np.nan]]), "vector", (0, 1), table, "a")
