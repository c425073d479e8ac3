"""Metadata from a file of their own: by name, by order, and what does not match."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vae_core.data import Dataset, from_arrays, load_data
from vae_core.data.joining import join_metadata
from vae_core.errors import InputError


def items(names: list[str] | None = None, count: int = 3) -> Dataset:
    data = from_arrays(np.arange(2.0 * count).reshape(count, 2), [9] * count, name="pets")
    if names is None:
        return data
    return Dataset(data.values, "vector", data.value_range, pd.DataFrame({"old": names}, index=names), "pets")


def write(folder: Path, text: str) -> Path:
    path = folder / "about.csv"
    path.write_text(text)
    return path


def test_rows_in_the_order_of_the_items(tmp_path: Path) -> None:
    joined = join_metadata(items(), write(tmp_path, "age,class\n1,x\n2,y\n3,x\n"))
    assert joined.table["age"].tolist() == [1, 2, 3]
    assert joined.table["label"].tolist() == ["x", "y", "x"]  # in place of the data's own
    assert list(joined.table.columns) == ["label", "age"]
    assert joined.notes == ("about.csv: joined in the order of its rows.",)
    assert joined.fingerprint == items().fingerprint


def test_rows_by_the_numbers_of_items(tmp_path: Path) -> None:
    joined = join_metadata(items(), write(tmp_path, "id,rank\n2,0\n0,1\n1,2\n7,9\n"))
    assert joined.table["rank"].tolist() == [1, 2, 0]
    assert joined.notes == ("about.csv: joined by its column 'id'; 1 of its rows belong to no item.",)


def test_a_column_that_only_looks_like_numbers_of_items_is_no_id(tmp_path: Path) -> None:
    joined = join_metadata(items(), write(tmp_path, "rank,age\n2,5\n0,6\n1,7\n"))
    assert joined.table["rank"].tolist() == [2, 0, 1] and joined.table["age"].tolist() == [5, 6, 7]


def test_rows_by_names_of_items(tmp_path: Path) -> None:
    data = items(["a/1.png", "b/2.png", "b/3.png"])
    joined = join_metadata(data, write(tmp_path, "who,age\n3,30\n1,10\n2,20\n"))
    assert joined.table["age"].tolist() == [10, 20, 30]
    assert joined.table["old"].tolist() == ["a/1.png", "b/2.png", "b/3.png"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("id,age\n007,1\n8,2\n", "there is no row for 9; add what is missing or remove the items"),
        ("id,age\n7,1\n8,2\n10,3\n", "there is no row for 007 and 1 other item;"),
        ("id,age\n007,1\n8,2\n8,2\n9,1\n", "there are 2 rows for 8; keep one"),
        ("id,age\nx,1\ny,2\nz,1\n", "its column 'id' names none of the items, which are called 007, 8, 9"),
        ("age\n1\n2\n", "has 2 rows for 3 items, and no column names them; give one row per item, or add a column id"),
        ("id\n007\n8\n9\n", "holds nothing but the names of the items"),
        ("", "not a readable CSV"),
    ],
)
def test_what_does_not_match_is_told(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        join_metadata(items(["007", "8", "9"]), write(tmp_path, text))


def test_arrays_and_parquet(tmp_path: Path) -> None:
    np.save(tmp_path / "l.npy", np.array(["x", "y", "x"]))
    assert load_and_join(tmp_path / "l.npy")["label"].tolist() == ["x", "y", "x"]
    np.save(tmp_path / "f.npy", np.arange(6.0).reshape(3, 2))
    assert load_and_join(tmp_path / "f.npy")["f_1"].tolist() == [1, 3, 5]
    np.savez(tmp_path / "m.npz", ids=[2, 1, 0], labels=[1, 0, 1], class_names=["p", "q"], size=[1.0, 2.0, 3.0])
    table = load_and_join(tmp_path / "m.npz")
    assert table["label"].tolist() == ["q", "p", "q"] and table["size"].tolist() == [3, 2, 1]
    pd.DataFrame({"item": [2, 1, 0], "note": ["u", "v", "w"]}).to_parquet(tmp_path / "p.parquet")
    assert load_and_join(tmp_path / "p.parquet")["note"].tolist() == ["w", "v", "u"]


def load_and_join(path: Path) -> pd.DataFrame:
    np.save(path.parent / "values.npy", np.arange(6.0).reshape(3, 2))
    return load_data(path.parent / "values.npy", metadata=str(path)).table


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    with pytest.raises(InputError, match=r"metadata are read from \.csv, \.parquet"):
        join_metadata(items(), tmp_path / "a.json")
    with pytest.raises(InputError, match="there is no such file of metadata"):
        join_metadata(items(), tmp_path / "gone.csv")
    np.save(tmp_path / "o.npy", np.array([{}], object), allow_pickle=True)
    with pytest.raises(InputError, match=r"not a readable \.npy file of labels"):
        join_metadata(items(), tmp_path / "o.npy")
    np.save(tmp_path / "w.npy", np.zeros((3, 65)))
    with pytest.raises(InputError, match=r"shape \(3, 65\) is not metadata"):
        join_metadata(items(), tmp_path / "w.npy")
    np.savez(tmp_path / "n.npz", a=[1, 2], b=[1, 2, 3])
    with pytest.raises(InputError, match="no array is named labels or ids"):
        join_metadata(items(), tmp_path / "n.npz")


NAMES = st.text(alphabet="abc/.0157 é-", min_size=1, max_size=8).filter(
    lambda text: text.strip() == text and not text.startswith("./")
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(NAMES, min_size=1, max_size=8, unique=True), data=st.data())
def test_shuffled_rows_come_back_in_the_order_of_the_items(
    tmp_path: Path, names: list[str], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(names))))
    frame = pd.DataFrame({"item": [names[i] for i in order], "place": list(order)})
    frame.to_csv(tmp_path / "about.csv", index=False)
    joined = join_metadata(items(names, len(names)), tmp_path / "about.csv")
    assert joined.table["place"].tolist() == list(range(len(names)))


def test_a_column_of_both_that_names_the_rows_is_joined_by(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    values, order = rng.normal(size=(30, 3)), rng.permutation(30)
    names = [f"P{at:03d}" for at in range(30)]
    pd.DataFrame(values, columns=list("abc")).assign(patient=names).to_csv(tmp_path / "values.csv", index=False)
    about = pd.DataFrame({"patient": names, "age": np.arange(30)})
    about.iloc[order].to_csv(tmp_path / "about.csv", index=False)
    data = load_data(tmp_path / "values.csv", metadata=str(tmp_path / "about.csv"))
    assert data.table["age"].tolist() == list(range(30)) and data.notes == (
        "about.csv: joined by its column 'patient'.",
    )
    about.iloc[order[1:]].to_csv(tmp_path / "about.csv", index=False)
    with pytest.raises(InputError, match=f"no row for P{order[0]:03d}"):
        load_data(tmp_path / "values.csv", metadata=str(tmp_path / "about.csv"))


def test_an_id_that_names_no_item_is_not_passed_over(tmp_path: Path) -> None:
    np.save(tmp_path / "values.npy", np.random.default_rng(0).normal(size=(3, 2)))
    (tmp_path / "about.csv").write_text("id,age\nP2,1\nP0,2\nP1,3\n")
    with pytest.raises(InputError, match="'id' names none of the items"):
        load_data(tmp_path / "values.npy", metadata=str(tmp_path / "about.csv"))
