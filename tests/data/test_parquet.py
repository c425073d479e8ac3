"""Parquet: numbers, lists, pictures by bytes and paths, class names, and files made to do harm."""

from __future__ import annotations

import io
import json
import struct
import time
import zlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from vae_core.data import load_data
from vae_core.data import parquet as parquet_module
from vae_core.errors import InputError

RAMP = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20


def write(folder: Path, columns: dict[str, Any], **options: Any) -> Path:
    path = folder / "table.parquet"
    table = columns if isinstance(columns, pa.Table) else pa.table(columns)
    pq.write_table(table, path, **options)
    return path


def png(pixels: np.ndarray) -> bytes:
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, "PNG")
    return target.getvalue()


def test_numbers_in_several_row_groups(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(size=(100, 3)).astype(np.float32)
    columns: dict[str, Any] = {f"c{j} (nm)": values[:, j] for j in range(3)}
    columns |= {"id": np.arange(100, 200), "target": np.arange(100) % 4, "note": [f"n{i % 2}" for i in range(100)]}
    data = load_data(write(tmp_path, columns, row_group_size=7))
    np.testing.assert_array_equal(data.values, values)
    assert data.features is not None and data.features.units == ("nm",) * 3
    assert data.table.index.tolist() == list(range(100, 200))
    assert data.table["label"].tolist() == [i % 4 for i in range(100)]
    assert data.table["note"].tolist()[:3] == ["n0", "n1", "n0"]


def test_what_pandas_writes(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0], "kind": pd.Categorical(["x", "y"])}, index=["p", "q"])
    frame.to_parquet(tmp_path / "t.parquet")
    data = load_data(tmp_path / "t.parquet")
    assert data.table.index.tolist() == ["p", "q"] and data.table["kind"].tolist() == ["x", "y"]


@pytest.mark.parametrize("fixed", [False, True])
def test_a_column_of_lists_is_a_vector_along_an_axis(tmp_path: Path, fixed: bool) -> None:
    values = np.random.default_rng(1).normal(size=(600, 5)).astype(np.float32)
    kind = pa.list_(pa.float32(), 5) if fixed else pa.list_(pa.float32())
    data = load_data(write(tmp_path, {"absorbance (%)": pa.array(list(values), kind), "age": np.arange(600)}))
    np.testing.assert_array_equal(data.values, values)
    assert data.features is not None and data.features.along == (0, 1, 2, 3, 4)
    assert (data.features.names, data.features.units) == (("absorbance",), ("%",))
    assert data.table["age"].tolist() == list(range(600))


def test_several_columns_of_lists_are_the_channels_of_a_series(tmp_path: Path) -> None:
    values = np.random.default_rng(1).normal(size=(9, 2, 5)).astype(np.float32)
    path = write(tmp_path, {"u (V)": list(values[:, 0]), "i (A)": list(values[:, 1]), "label": ["a", "b", "c"] * 3})
    data = load_data(path)
    assert data.kind == "series"
    np.testing.assert_array_equal(data.values, values)
    assert data.features is not None and (data.features.names, data.features.units) == (("u", "i"), ("V", "A"))
    assert load_data(path, columns=["i (A)"]).values.shape == (9, 5)


def test_nested_lists_of_bytes_are_pictures(tmp_path: Path) -> None:
    images = np.random.default_rng(2).integers(0, 256, (300, 9, 8), dtype=np.uint8)
    path = write(tmp_path, {"image": pa.array(images.tolist(), pa.list_(pa.list_(pa.uint8())))})
    data = load_data(path)
    assert data.kind == "image" and data.values.dtype == np.uint8
    np.testing.assert_array_equal(data.values[:, 0], images)


@pytest.mark.parametrize("struct_of_both", [False, True])
def test_bytes_of_pictures(tmp_path: Path, struct_of_both: bool) -> None:
    images = [RAMP + i for i in range(130)]
    cells: list[Any] = [png(image) for image in images]
    if struct_of_both:
        cells = [{"bytes": cell, "path": None} for cell in cells]
    data = load_data(write(tmp_path, {"image": cells, "label": np.arange(130) % 3}))
    np.testing.assert_array_equal(data.values[:, 0], images)
    assert data.table["label"].tolist() == [i % 3 for i in range(130)]


def test_paths_of_pictures(tmp_path: Path) -> None:
    Image.fromarray(RAMP).save(tmp_path / "a.png")
    np.testing.assert_array_equal(load_data(write(tmp_path, {"file": ["a.png"]})).values[0, 0], RAMP)
    both = [{"bytes": None, "path": "a.png"}, {"bytes": png(RAMP), "path": "/gone.png"}]
    assert len(load_data(write(tmp_path, {"image": both}))) == 2
    with pytest.raises(InputError, match="row 1 names '../a.png', but pictures are read from the table's own folder"):
        load_data(write(tmp_path, {"image": [{"bytes": None, "path": "../a.png"}]}))


def test_class_names_that_hugging_face_notes(tmp_path: Path) -> None:
    table = pa.table({"value": [1.0, 2.0, 3.0], "species": [1, 0, -1]})
    features = {
        "value": {"dtype": "float32", "_type": "Value"},
        "species": {"names": ["a", "b"], "_type": "ClassLabel"},
    }
    noted = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    label = load_data(write(tmp_path, noted)).table["label"]
    assert label.tolist()[:2] == ["b", "a"] and label.isna().tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"a": [1.0, None, 2.0]}, "row 2 has no number in the column 'a'"),
        ({"a": pa.array([1, 2, None])}, "row 3 has no number in the column 'a'"),
        ({"a": [1.0, float("nan")]}, "row 2 has no number in the column 'a'"),
        ({"a": [[1.0, 2.0], [3.0]]}, "row 2 has 1 numbers in the column 'a' where row 1 has 2"),
        ({"a": [[1.0, 2.0], None]}, "row 2 has 0 numbers in the column 'a'"),
        ({"a": [[1.0, 2.0], [1.0, None]]}, "row 2 has no number in the column 'a'"),
        ({"a": [[[1.0], [2.0]], [[1.0], []]]}, "row 2 has 0 numbers in the column 'a'"),
        ({"a": [[1.0, 2.0]], "b": [[1.0]]}, r"several columns of lists .* not a \(2,\), b \(1,\)"),
        ({"image": [b"\x89PNG and no more"]}, "row 1: this picture cannot be read"),
        ({"image": [{"bytes": None, "path": None}]}, "row 1 has no picture"),
        ({"a": pa.array([], pa.float32())}, "the table is empty"),
        ({"a": ["x"]}, "no column holds pictures or numbers"),
        (pa.table([pa.array([1.0]), pa.array([2.0])], names=["a", "a"]), "two columns are called 'a'"),
    ],
)
def test_wrong_tables_get_one_sentence(tmp_path: Path, columns: Any, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence) as caught:
        load_data(write(tmp_path, columns))
    assert "\n" not in str(caught.value)


def test_without_pyarrow_the_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, {"a": [1.0]})
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(InputError, match=r'pip install "latent-explorer\[parquet\]"'):
        load_data(path)


def test_damaged_files_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, {"a": np.arange(1000.0), "s": [str(i) for i in range(1000)]})
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    told = 0
    for _ in range(40):
        broken = bytearray(whole)
        for at in rng.integers(0, len(whole), 6):
            broken[at] = rng.integers(256)
        path.write_bytes(bytes(broken[: rng.integers(len(whole) // 2, len(whole) + 1)]))
        try:
            load_data(path)
        except InputError as error:
            told += 1
            assert "\n" not in str(error)
    assert told > 20


def quick(path: Path, sentence: str) -> None:
    began = time.perf_counter()
    with pytest.raises(InputError, match=sentence):
        load_data(path)
    assert time.perf_counter() - began < 5


def test_a_column_that_unpacks_to_more_than_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, {"image": [bytes(30_000_000)]}, compression="zstd")
    assert path.stat().st_size < 10_000
    monkeypatch.setattr(parquet_module, "free_memory", lambda: 50_000_000)
    quick(path, "a column takes 30 MB when unpacked, more than fits in memory")


def test_more_rows_than_there_is_room_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, {"a": np.zeros(1_000_000, np.float32), "b": np.zeros(1_000_000, np.float32)})
    monkeypatch.setattr("vae_core.data.reserve.free_memory", lambda: 1_000_000)
    monkeypatch.setattr("shutil.disk_usage", lambda place: SimpleNamespace(free=1_000_000))
    quick(path, "1,000,000 × 2 values take 8 MB, more than is free")


def test_texts_that_repeat_stay_packed(tmp_path: Path) -> None:
    text = pa.array(["x" * 2_000_000])
    column = pa.DictionaryArray.from_arrays(pa.array(np.zeros(3000, np.int32)), text)
    path = write(tmp_path, pa.table({"a": np.zeros(3000, np.float32), "text": column}), store_schema=False)
    data = load_data(path)  # six gigabytes, were each text to be written out
    assert data.table["text"].memory_usage(index=False, deep=True) < 10_000_000


def bomb(side: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [5_000, 10_000, 100_000])
def test_a_picture_that_would_unfold_is_refused_unread(tmp_path: Path, side: int) -> None:
    quick(write(tmp_path, {"image": [bomb(side)]}), r"row 1: the picture has .* pixels, more than the 16,777,216")
