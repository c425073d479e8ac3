"""IDX files: round trips, the labels beside them, and what damaged ones get."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from vae_core.data import load_data
from vae_core.data.idx import idx_dataset, is_idx, read_idx
from vae_core.errors import InputError

CODES = {"u1": 0x08, "i1": 0x09, ">i2": 0x0B, ">i4": 0x0C, ">f4": 0x0D, ">f8": 0x0E}
SETTINGS = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def idx_bytes(array: np.ndarray, code: str = "u1") -> bytes:
    head = struct.pack(f">BBBB{array.ndim}I", 0, 0, CODES[code], array.ndim, *array.shape)
    return head + array.astype(code).tobytes()


def pair(folder: Path, images: np.ndarray, labels: np.ndarray, ending: str = ".gz") -> Path:
    pack = gzip.compress if ending else bytes
    path = folder / f"train-images-idx3-ubyte{ending}"
    path.write_bytes(pack(idx_bytes(images)))
    (folder / f"train-labels-idx1-ubyte{ending}").write_bytes(pack(idx_bytes(labels)))
    return path


@SETTINGS
@given(
    arrays.arrays(np.uint8, arrays.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=7)),
    st.booleans(),
)
def test_any_bytes_come_back(tmp_path: Path, array: np.ndarray, packed: bool) -> None:
    path = tmp_path / "any"
    path.write_bytes(gzip.compress(idx_bytes(array)) if packed else idx_bytes(array))
    found = read_idx(path)
    assert found.dtype == np.uint8
    assert found.shape == array.shape
    assert np.array_equal(found, array)


@pytest.mark.parametrize("code", CODES)
def test_every_type_comes_back_in_native_order(tmp_path: Path, code: str) -> None:
    array = np.arange(12).reshape(3, 4)
    (tmp_path / "a").write_bytes(idx_bytes(array, code))
    found = read_idx(tmp_path / "a")
    assert np.array_equal(found, array)
    assert found.dtype.isnative


@SETTINGS
@given(st.data())
def test_damaged_bytes_never_give_anything_but_a_sentence(tmp_path: Path, data: st.DataObject) -> None:
    good = gzip.compress(idx_bytes(np.arange(60).reshape(3, 4, 5)))
    cut = data.draw(st.integers(0, len(good) - 1))
    (tmp_path / "cut").write_bytes(good[:cut])
    with pytest.raises(InputError, match="cut"):
        read_idx(tmp_path / "cut")
    where = data.draw(st.integers(10, len(good) - 1))  # after gzip's own header, whose name and time are free
    broken = bytearray(good)
    broken[where] ^= data.draw(st.integers(1, 255))
    (tmp_path / "broken").write_bytes(bytes(broken))
    try:
        assert np.array_equal(read_idx(tmp_path / "broken").ravel(), np.arange(60))
    except InputError as error:
        assert "broken" in str(error)


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_images_with_the_labels_beside_them(tmp_path: Path, ending: str) -> None:
    images = np.arange(2 * 4 * 3).reshape(2, 4, 3)
    path = pair(tmp_path, images, np.array([7, 2]), ending)
    data = load_data(path)
    assert data.kind == "image"
    assert data.value_range == (0, 255)
    assert data.name == "train"
    assert data.values.shape == (2, 1, 4, 3)
    assert np.array_equal(data.values[:, 0], images)
    assert data.table["label"].tolist() == [7, 2]
    assert data.table["label"].dtype == np.int64
    assert data.table.index.name == "item"
    assert data.table.index.tolist() == [0, 1]


def test_plain_images_find_gzipped_labels(tmp_path: Path) -> None:
    packed = pair(tmp_path, np.ones((2, 3, 3)), np.array([1, 0]))
    plain = tmp_path / "train-images-idx3-ubyte"
    plain.write_bytes(gzip.decompress(packed.read_bytes()))
    packed.unlink()
    assert load_data(str(plain)).table["label"].tolist() == [1, 0]


def test_class_names(tmp_path: Path) -> None:
    path = pair(tmp_path, np.ones((3, 2, 2)), np.array([1, 0, 1]))
    data = idx_dataset(path, class_names=["cat", "dog"], name="pets")
    assert data.name == "pets"
    assert data.table["label"].tolist() == ["dog", "cat", "dog"]
    assert list(data.table["label"].cat.categories) == ["cat", "dog"]
    with pytest.raises(InputError, match="label 1 has no name"):
        idx_dataset(path, class_names=["cat"])


def test_without_labels_there_is_no_label_column(tmp_path: Path) -> None:
    (tmp_path / "pictures").write_bytes(idx_bytes(np.ones((2, 3, 3))))
    data = load_data(tmp_path / "pictures")
    assert list(data.table.columns) == []
    assert len(data.table) == 2


def test_a_folder_with_one_pair(tmp_path: Path) -> None:
    path = pair(tmp_path, np.ones((2, 3, 3)), np.array([1, 0]))
    assert len(load_data(tmp_path)) == 2
    (tmp_path / "t10k-images-idx3-ubyte.gz").write_bytes(path.read_bytes())
    with pytest.raises(InputError, match="several IDX files"):
        load_data(tmp_path)


def test_labels_of_another_length(tmp_path: Path) -> None:
    path = pair(tmp_path, np.ones((3, 2, 2)), np.array([1, 0]))
    with pytest.raises(InputError, match=r"train-labels-idx1-ubyte\.gz: there are 3 items but 2 labels"):
        load_data(path)


def test_the_labels_file_instead_of_the_images(tmp_path: Path) -> None:
    pair(tmp_path, np.ones((3, 2, 2)), np.array([1, 0, 1]))
    with pytest.raises(InputError, match="holds labels"):
        load_data(tmp_path / "train-labels-idx1-ubyte.gz")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "not an IDX file"),
        (b"hello world", "not an IDX file"),
        (gzip.compress(b"hello world", mtime=0), "not an IDX file"),
        (idx_bytes(np.ones((2, 3, 3)))[:-1], "cut short"),
        (idx_bytes(np.ones((2, 3, 3)))[:9], "cut short"),
        (idx_bytes(np.ones((2, 3, 3))) + b"x", "longer than its shape"),
        (struct.pack(">BBBB3I", 0, 0, 8, 3, 2**31, 2**31, 2**31), "cut short"),
        (gzip.compress(struct.pack(">BBBB3I", 0, 0, 8, 3, 2**31, 2**31, 2**31), mtime=0), "cut short"),
    ],
)
def test_files_that_are_not_idx(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "x-images-idx3-ubyte"
    path.write_bytes(content)
    with pytest.raises(InputError, match=sentence) as caught:
        load_data(path)
    assert str(path) in str(caught.value)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_idx(tmp_path / "nothing")
    assert not is_idx(tmp_path / "nothing")


def test_no_items(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(idx_bytes(np.ones((0, 3, 3))))
    with pytest.raises(InputError, match="is empty"):
        load_data(tmp_path / "a")
