"""Finding items by what somebody types."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from vae_core import Dataset
from vae_core.browse.finding import find_items
from vae_core.browse.text_index import TextIndex


def items(ids: list[Any] | None = None, **cells: Any) -> Dataset:
    count = len(next(iter(cells.values()))) if cells else len(ids or [])
    index = pd.Index(range(count) if ids is None else ids, name="item")
    return Dataset(np.zeros((count, 1)), "vector", (0, 1), pd.DataFrame(cells, index=index), "items")


def found(data: Dataset, text: str) -> list[int]:
    return [match["index"] for match in find_items(data, text)["matches"]]


def test_a_number_finds_its_index_first_and_then_equal_cells() -> None:
    data = items(digit=[3, 0, 2, 1, 3])
    assert found(data, "3") == [3, 0, 4]
    assert found(data, " 4 ") == [4]
    assert found(data, "5") == []
    assert found(data, "1.0") == [1, 3]  # the id 1, the digit 1


def test_numbers_in_cells_must_be_equal() -> None:
    data = items(ids=list("abc"), size=[0.1, 1.0, np.nan], whole=pd.array([1, None, 10], dtype="Int64"))
    assert found(data, "0.1") == [0]
    assert found(data, "1") == [1, 0]
    assert found(data, "10") == [2]
    assert found(data, "nan") == []


def test_text_is_found_in_ids_labels_and_notes_whatever_the_case() -> None:
    label = pd.Categorical(["Bag", "Ankle boot", None, "bag"])
    data = items(ids=["a/bag.png", "b.png", "c.png", "d.png"], label=label, note=[None, "a (red) BAG", "nothing", "x"])
    assert found(data, "bag") == [0, 3, 1]
    assert found(data, "(RED)") == [1]
    assert found(data, "none") == [] and found(data, "nan") == []
    assert find_items(data, "boot")["matches"] == [{"index": 1, "id": "b.png", "found": "label Ankle boot"}]
    assert find_items(data, "a/")["matches"] == [{"index": 0, "id": "a/bag.png", "found": ""}]


def test_truth_values_are_found_by_their_names() -> None:
    assert found(items(ids=list("ab"), seen=[True, False]), "true") == [0]


@pytest.mark.parametrize("name", ["id", "index", 7])
def test_columns_of_any_name(name: object) -> None:
    cells: dict[str, Any] = {str(name): ["left", "right"]}
    data = items(**cells)
    if name == 7:
        data.table.columns = pd.Index([7])
    assert find_items(data, "right")["matches"] == [{"index": 1, "id": "1", "found": f"{name} right"}]


def test_many_matches_are_counted_and_the_first_told() -> None:
    told = find_items(items(label=["same"] * 1000), "same")
    assert told["total"] == 1000 and [match["index"] for match in told["matches"]] == list(range(24))


@pytest.mark.parametrize("text", ["", "  ", "²", "٣", "9" * 5000, "1e999", "-1", "[", "\\", "\x00"])
def test_odd_texts_find_nothing(text: str) -> None:
    assert found(items(digit=[1, 2], note=["a", "b"]), text) == []


def test_class_numbers_and_dates_are_found() -> None:
    data = items(label=[1, 10, 11], taken=pd.to_datetime(["2021-03-05 12:00", None, "2020-01-01 00:30"]))
    assert found(data, "10") == [1] and found(data, "11") == [2], "numbers are equal or not"
    assert found(data, "2021-03") == [0] and found(data, "00:30") == [2]
    assert find_items(data, "12:00")["matches"][0]["found"] == "taken 2021-03-05 12:00"
    ranks = items(size=pd.Categorical(["10 ml", "2 ml", "10 ml"], ["2 ml", "10 ml"], ordered=True))
    assert found(ranks, "10") == [0, 2]


def test_a_table_is_read_once_and_anew_with_a_new_column(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    real = TextIndex.__init__

    def read(self: TextIndex, texts: Any) -> None:
        made.append(1)
        real(self, texts)

    monkeypatch.setattr(TextIndex, "__init__", read)
    data = items(ids=list("ab"), note=["left", "right"])
    assert found(data, "") == [] and len(made) == 2, "who looks for nothing yet has it prepared"
    assert found(data, "left") == [0] and found(data, "right") == [1] and len(made) == 2
    data.table["more"] = ["up", "left"]
    assert found(data, "left") == [0, 1]
