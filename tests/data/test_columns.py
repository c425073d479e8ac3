"""CSV tables: which column is what, pictures by their paths, and what wrong tables get."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from vae_core.data import Dataset, load_data
from vae_core.data.features import Features
from vae_core.errors import InputError

GREY = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20


def write(folder: Path, text: str, name: str = "table.csv") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def pictures(folder: Path, *names: str) -> None:
    for number, name in enumerate(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        pixels = GREY.copy()
        pixels[0, 0] = number
        Image.fromarray(pixels).save(folder / name)


FLOWERS = "id,sepal length (cm),width [mm],class,remark\n007,5.1,3,b,x\n8,4.9,4,a,\n010,6,5,b,z\n"


def test_numbers_become_vectors_with_names_and_units(tmp_path: Path) -> None:
    data = load_data(write(tmp_path, FLOWERS, "flowers.csv"))
    assert (data.kind, data.name) == ("vector", "flowers") and data.values.dtype == np.float32
    np.testing.assert_allclose(data.values, [[5.1, 3.0], [4.9, 4.0], [6.0, 5.0]], rtol=1e-6)
    assert data.features is not None
    assert (data.features.names, data.features.units) == (("sepal length", "width"), ("cm", "mm"))
    assert data.table.index.tolist() == ["007", "8", "010"]
    assert list(data.table.columns) == ["label", "remark"]
    assert data.table["label"].tolist() == ["b", "a", "b"]


def test_ids_that_are_numbers_and_the_index_that_pandas_writes(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1.5, 2.5], "b": [3, 4]}, index=[12, 10])
    frame.to_csv(tmp_path / "t.csv")
    data = load_data(tmp_path / "t.csv")
    assert data.table.index.tolist() == [12, 10] and data.table.index.name == "item"
    assert data.values.tolist() == [[1.5, 3], [2.5, 4]]


def test_columns_that_are_stated_hold_the_values_and_the_others_tell_of_the_items(tmp_path: Path) -> None:
    path = write(tmp_path, "a,b,age,kind\n1,2,30,x\n3,4,40,y\n")
    data = load_data(path, columns=["b", "a"], label_column="kind")
    assert data.values.tolist() == [[2, 1], [4, 3]]
    assert data.features is not None and data.features.names == ("b", "a")
    assert list(data.table.columns) == ["label", "age"] and data.table["age"].tolist() == [30, 40]


def test_semicolons_tabs_and_byte_order_marks(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("\ufeffa;label\n1;2\n3;4\n".encode())
    assert load_data(path).values.tolist() == [[1], [3]]
    assert load_data(write(tmp_path, "a\tlabel\n1\t2\n3\t4\n", "a.tsv")).table["label"].tolist() == [2, 4]


def test_a_y_beside_an_x_is_a_coordinate(tmp_path: Path) -> None:
    assert load_data(write(tmp_path, "x,y\n1,2\n3,4\n")).values.shape == (2, 2)
    assert load_data(write(tmp_path, "u,y\n1,2\n3,4\n")).table["label"].tolist() == [2, 4]


def test_paths_of_pictures(tmp_path: Path) -> None:
    pictures(tmp_path, "p/a.png", "p/b.png", "c.png")
    path = write(tmp_path, "file,class,age\n./p/b.png,dog,2\nc.png,cat,3\np\\a.png,dog,4\n")
    data = load_data(path)
    assert data.kind == "image" and data.sample_shape == (1, 3, 4)
    assert data.values[:, 0, 0, 0].tolist() == [1, 2, 0]
    assert data.table.index.tolist() == ["p/b.png", "c.png", "p/a.png"]
    assert data.table["label"].tolist() == ["dog", "cat", "dog"] and data.table["age"].tolist() == [2, 3, 4]


def test_a_picture_may_stand_in_two_rows(tmp_path: Path) -> None:
    pictures(tmp_path, "a.png", "b.png")
    data = load_data(write(tmp_path, "id,file\n5,a.png\n6,a.png\n7,b.png\n"))
    assert data.table.index.tolist() == [5, 6, 7] and data.values[:, 0, 0, 0].tolist() == [0, 0, 1]
    assert load_data(write(tmp_path, "file\na.png\na.png\n")).table.index.tolist() == [0, 1]


def test_two_columns_of_pictures_are_asked_about(tmp_path: Path) -> None:
    pictures(tmp_path, "a.png", "b.png")
    path = write(tmp_path, "photo,mask\na.png,b.png\n")
    with pytest.raises(InputError, match="photo and mask each hold pictures; say which with --columns"):
        load_data(path)
    data = load_data(path, columns=["mask"])
    assert data.values[0, 0, 0, 0] == 1 and data.table["photo"].tolist() == ["a.png"]


def test_columns_named_by_places_lie_along_an_axis(tmp_path: Path) -> None:
    path = write(tmp_path, "id,400,500.5,1000,label\nu,1,2,3,x\nv,4,5,6,y\n")
    data = load_data(path)
    assert data.features == Features(("value",), along=(400, 500.5, 1000), axis="position")
    pd.DataFrame(np.eye(4)).to_csv(tmp_path / "counted.csv", index=False)
    assert load_data(tmp_path / "counted.csv").features is None
    falling = load_data(write(tmp_path, "900,800,700\n1,2,3\n4,5,6\n")).features
    assert falling is not None and falling.along == (900, 800, 700)


def test_options_that_would_be_passed_over_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.eye(3))
    for spec in (str(tmp_path / "a.npy"), "digits", str(tmp_path)):
        with pytest.raises(InputError, match="--columns is of tables"):
            load_data(spec, columns=["a"])
        with pytest.raises(InputError, match="--label-column is of tables"):
            load_data(spec, label_column="a")
    with pytest.raises(InputError, match="--data-with is for a Python function"):
        load_data(write(tmp_path, "a\n1\n2\n"), arguments={"a": 1})


def test_too_many_columns_are_refused_at_once(tmp_path: Path) -> None:
    path = write(tmp_path, ",".join(f"c{i}" for i in range(1_000_000)) + "\n" + "1," * 999_999 + "1\n")
    began = time.process_time()
    with pytest.raises(InputError, match="has more than 100,000 columns"):
        load_data(path)
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "path", ["../x.png", "/etc/x.png", "a/../../x.png", "C:\\x.png", "..\\x.png", "\\\\host\\x.png"]
)
def test_paths_stay_inside_the_folder(tmp_path: Path, path: str) -> None:
    pictures(tmp_path, "x.png")
    table = write(tmp_path, f"file,n\n{path},1\n", "set/table.csv")
    with pytest.raises(InputError, match="row 1 names .*, but pictures are read from the table's own folder only"):
        load_data(table)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a,b\n1,2\n3,\n", r"row 2 has no number in the column 'b'; fill it in"),
        ("a,b\n1,2\n3,4\n5,oops\n7,8\n", r"row 3 has 'oops' in the column 'b', where others are numbers; correct it"),
        ("a,b\n1,inf\n", r"item 0 holds NaN or infinite values"),
        ("a,b\n1,1e300\n", r"item 0 holds NaN or infinite values"),
        ("a,class,target\n1,2,3\n", r"class and target could each be the class; say which with --label-column"),
        ("remark\nx\ny\n", r"no column holds pictures or numbers"),
        ("a,b\n", r"the table is empty"),
        ("5,0,0,7\n4,0,1,2\n", r"its first row holds numbers where the names of the columns belong"),
        ("", r"not a readable CSV"),
        ("a,b\n1,2,3\n1,2,3\n", r"not a readable CSV"),
        ("a,b\n1,2\n1,2,3\n", r"not a readable CSV"),
        ("file\ngone.png\n", r"row 1 names gone\.png, and there is no such file"),
    ],
)
def test_wrong_tables_get_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence) as caught:
        load_data(write(tmp_path, text))
    assert "table.csv" in str(caught.value) and "\n" not in str(caught.value)


def test_options_that_name_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, "a,b,word\n1,2,x\n")
    with pytest.raises(InputError, match="there is no column 'c'; there are a, b, word"):
        load_data(path, columns=["c"])
    with pytest.raises(InputError, match="there is no column 'd'"):
        load_data(path, label_column="d")
    with pytest.raises(InputError, match=r"not a \(numbers\), word \(text\)"):
        load_data(path, columns=["a", "word"])
    with pytest.raises(InputError, match="There is no option 'colums' of a data set; there are trust"):
        load_data(path, colums=["a"])


def test_a_picture_that_is_missing_in_a_row(tmp_path: Path) -> None:
    pictures(tmp_path, "a.png")
    with pytest.raises(InputError, match="row 2 has no picture in the column 'file'"):
        load_data(write(tmp_path, "file,n\na.png,1\n,2\n"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.integers(1, 5).flatmap(
        lambda k: st.lists(
            st.lists(st.floats(-(2.0**90), 2.0**90, width=32, allow_subnormal=False), min_size=k, max_size=k),
            min_size=1,
            max_size=6,
        )
    ),
    labels=st.lists(st.sampled_from(["a", "b", "né", "x,y", 'q"', "7"]), min_size=6, max_size=6),
)
def test_what_pandas_writes_is_read_back(tmp_path: Path, values: list[list[float]], labels: list[str]) -> None:
    array = np.array(values, np.float32)
    frame = pd.DataFrame(array, columns=[f"f{j} (m)" for j in range(array.shape[1])])
    frame["class"] = labels[: len(frame)]
    frame.to_csv(tmp_path / "t.csv", index=False)
    data = load_data(tmp_path / "t.csv")
    np.testing.assert_allclose(data.values, array, rtol=1e-6)
    assert data.table["label"].astype(str).tolist() == labels[: len(frame)]
    assert data.features is not None and set(data.features.units) == {"m"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.text(alphabet='a1,;.\n"-\t e/\0', max_size=60) | st.binary(max_size=60))
def test_whatever_is_in_a_csv_is_read_or_refused(tmp_path: Path, content: str | bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    try:
        data = load_data(path)
    except InputError as error:
        assert str(error).endswith(".")
    else:
        assert isinstance(data, Dataset) and np.isfinite(data.values).all()


def test_a_column_far_from_zero_is_told_of(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    columns = {"near": rng.normal(size=200), "unixtime": 1.7e9 + 10 * np.arange(200), "constant": np.full(200, 1e9)}
    pd.DataFrame(columns).to_csv(tmp_path / "t.csv", index=False)
    (note,) = load_data(tmp_path / "t.csv").notes
    assert "'unixtime'" in note and "float32" in note and "near" not in note.split(":")[0]
