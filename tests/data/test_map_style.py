"""Map-style data sets and what factories return: torchvision's kind of items, pictures, labels, and what fails."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from torch.utils.data import DataLoader, IterableDataset, Subset, TensorDataset

from vae_core.data import Dataset, from_arrays, load_data
from vae_core.data.features import Features
from vae_core.errors import InputError
from vae_core.progress import Stopped

IMAGES = np.random.default_rng(0).integers(0, 256, (70, 9, 8), dtype=np.uint8)


class Items:
    """Any items, as torchvision's data sets give them."""

    def __init__(self, items: list[Any], **attributes: Any) -> None:
        self.items = items
        for name, value in attributes.items():
            setattr(self, name, value)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, at: int) -> Any:
        return self.items[at]


def test_pictures_with_class_numbers_and_names() -> None:
    items = Items([(Image.fromarray(image), at % 2) for at, image in enumerate(IMAGES)], classes=["cat", "dog"])
    data = from_arrays(items)
    assert data.name == "Items" and data.values.dtype == np.uint8 and data.value_range == (0, 255)
    np.testing.assert_array_equal(data.values[:, 0], IMAGES)
    assert data.table["label"].tolist() == ["cat", "dog"] * 35
    assert data.notes == ()
    of_part = from_arrays(Subset(items, [3, 2]))  # type: ignore[arg-type]
    assert of_part.table["label"].tolist() == ["dog", "cat"]


def test_tensors_in_unit_range() -> None:
    tensors = torch.tensor(IMAGES / 255.0, dtype=torch.float32)[:, None]
    data = from_arrays(TensorDataset(tensors, torch.arange(70) % 3))
    assert data.sample_shape == (1, 9, 8) and data.value_range == (0, 1)
    np.testing.assert_array_equal(data.values, tensors.numpy())
    assert data.table["label"].tolist() == [at % 3 for at in range(70)]


def test_a_colour_picture_among_grey_ones() -> None:
    data = from_arrays([Image.fromarray(IMAGES[0]), Image.fromarray(np.stack([IMAGES[1]] * 3, 2))])
    assert data.sample_shape == (3, 9, 8)


def test_dictionaries_and_further_parts() -> None:
    items = [
        {"pixel_values": image, "label": "ab"[at % 2], "age": at, "what": object()} for at, image in enumerate(IMAGES)
    ]
    data = from_arrays(Items(items), name="mine")
    assert list(data.table.columns) == ["label", "age"]
    assert data.table["age"].tolist() == list(range(70))
    assert data.notes == ("mine: its what is neither a number nor a text, and is left out.",)
    several = from_arrays(Items([(image, torch.tensor([1, 0]), 5) for image in IMAGES]))
    assert several.table.iloc[0].to_dict() == {"label_0": 1, "label_1": 0, "part 2": 5}
    assert len(from_arrays(Items([(image, None) for image in IMAGES])).table.columns) == 0
    partly = from_arrays(Items([(image, None if at else 4) for at, image in enumerate(IMAGES)])).table["label"]
    assert partly.tolist()[0] == "4" and partly.isna().sum() == 69


def test_vectors_of_double_precision_become_single() -> None:
    data = from_arrays(Items([[1.0, 2.0], [3.0, 4.0]]))
    assert data.kind == "vector" and data.values.dtype == np.float32 and data.values.tolist() == [[1, 2], [3, 4]]


def test_items_that_change_are_told_of() -> None:
    class Augmented(Items):
        def __getitem__(self, at: int) -> Any:
            return np.random.default_rng().random((8, 8), np.float32)

    assert "others each time they are read" in from_arrays(Augmented([0] * 3)).notes[0]


def test_large_sets_lie_in_a_temporary_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vae_core.data.reserve.MAPPED_FROM", 1000)
    data = from_arrays(Items(list(IMAGES)))
    base: Any = data.values
    while base is not None and not isinstance(base, np.memmap):
        base = base.base
    assert isinstance(base, np.memmap)
    np.testing.assert_array_equal(data.values[:, 0], IMAGES)


@pytest.mark.parametrize(
    ("items", "sentence"),
    [
        ([], "is empty"),
        ([IMAGES[0], IMAGES[1, :3]], r"item 1: has the shape \(3, 8\) and item 0 \(9, 8\); bring all to one shape"),
        ([IMAGES[0], IMAGES[1] / 255], "item 1: is of type float64 and item 0 of uint8"),
        ([{"picture": IMAGES[0]}], r"item 0: has no image, x or data \(it has picture\)"),
        (["word"], "item 0: is neither a picture nor an array of numbers"),
        ([Image.fromarray(IMAGES[0]), Image.fromarray(IMAGES[0, :4])], r"item 1: this picture is 8 × 4 but .*--fit"),
    ],
)
def test_items_that_do_not_fit(items: list[Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        from_arrays(Items(items))


def test_what_fails_or_cannot_be_indexed() -> None:
    nothing: dict[str, Any] = {}

    class Failing(Items):
        def __getitem__(self, at: int) -> Any:
            return IMAGES[0] if at == 0 else nothing["gone"]

    class Stream(IterableDataset[Any]):
        def __iter__(self) -> Any:
            return iter([1])

    with pytest.raises(InputError, match="item 1 fails with KeyError: 'gone'"):
        from_arrays(Failing([0, 0]))
    with pytest.raises(InputError, match=r"Stream gives its items one after the other only"):
        from_arrays(Stream())
    with pytest.raises(InputError, match=r"DataLoader makes batches of a data set; give that, its \.dataset"):
        from_arrays(DataLoader(TensorDataset(torch.zeros(2, 3))))
    with pytest.raises(Stopped):
        from_arrays(Items(list(IMAGES)), progress=lambda step, of, note="", preview=None: False)


def test_tables_of_pandas_and_names_of_values() -> None:
    frame = pd.DataFrame({"a (cm)": [1.0, 2.0], "b": [3, 4], "label": ["x", "y"]}, index=["p", "q"])
    data = from_arrays(frame)
    assert data.features == Features(("a", "b"), ("cm", "")) and data.table.index.tolist() == ["p", "q"]
    assert data.table["label"].tolist() == ["x", "y"]
    assert from_arrays(frame, labels=[5, 6]).table["label"].tolist() == [5, 6]
    named = from_arrays(np.ones((2, 2)), features=["u (V)", "i (A)"])
    assert named.features == Features(("u", "i"), ("V", "A"))
    series = Features(("u", "i"), along=tuple(range(40)), axis="time", axis_unit="s")
    assert from_arrays(np.random.default_rng(0).random((3, 2, 40)), features=series).kind == "series"
    with pytest.raises(InputError, match="3 names for 2 values"):
        from_arrays(np.ones((2, 2)), features=["a", "b", "c"])


CODE = """
import numpy as np
import pandas as pd
from PIL import Image
from vae_core.data import from_arrays

class Pictures:
    classes = ["no", "yes"]
    def __init__(self, count=4, size=8):
        self.count, self.size = count, size
    def __len__(self):
        return self.count
    def __getitem__(self, at):
        return Image.fromarray(np.full((self.size, self.size), at, np.uint8)), at % 2

def pair():
    return np.arange(6.0).reshape(3, 2), np.array(["a", "b", "a"])

def ours():
    return from_arrays(np.ones((2, 3)), name="ours")

def table():
    return pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0], "kind": ["x", "y"]})

def failing():
    raise RuntimeError("no such disk")

def nothing():
    return 5
"""


@pytest.fixture
def code(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(CODE)
    return path


def test_a_factory_runs_only_under_trust(code: Path) -> None:
    with pytest.raises(
        InputError, match=r"is Python code, which runs when the data are read; if you trust it, pass --tr"
    ):
        load_data(f"{code}:Pictures")
    data = load_data(f"{code}:Pictures", trust=True, arguments={"count": 6})
    assert (data.name, len(data)) == ("mine.py:Pictures", 6)
    assert data.table["label"].tolist() == ["no", "yes"] * 3
    assert load_data(f"{code}:Pictures", trust=True, fit="pad:4x4").sample_shape == (1, 4, 4)


def test_a_factory_of_a_pair_and_of_a_data_set(code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_data(f"{code}:pair", trust=True).table["label"].tolist() == ["a", "b", "a"]
    made: Dataset = load_data(f"{code}:ours", trust=True)
    assert made.name == "ours"
    table = load_data(f"{code}:table", trust=True, columns=["b"], label_column="kind")
    assert table.values.tolist() == [[3], [4]] and table.table["label"].tolist() == ["x", "y"]
    with pytest.raises(InputError, match="--columns is of tables"):
        load_data(f"{code}:pair", trust=True, columns=["b"])
    monkeypatch.chdir(code.parent)
    monkeypatch.syspath_prepend(str(code.parent))
    monkeypatch.delitem(sys.modules, "mine", raising=False)  # of another test in this process
    assert len(load_data("mine:pair", trust=True)) == 3
    del sys.modules["mine"]


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        ("failing", "failed with RuntimeError: no such disk"),
        ("gone", "there is no function or class 'gone'"),
        ("nothing", r"an array of shape \(\) cannot be a data set"),
    ],
)
def test_factories_that_fail(code: Path, function: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        load_data(f"{code}:{function}", trust=True)
