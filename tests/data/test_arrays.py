"""NumPy files: layouts, ranges, tables, and what wrong ones get."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from vae_core.data import load_data
from vae_core.errors import InputError

SETTINGS = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
RANDOM = np.random.default_rng(0)
GREY = RANDOM.integers(0, 256, (5, 9, 10), dtype=np.uint8)


def npz(folder: Path, **content: object) -> Path:
    path = folder / "set.npz"
    np.savez(path, **content)  # type: ignore[arg-type]
    return path


def npy(folder: Path, array: np.ndarray) -> Path:
    np.save(folder / "set.npy", array)
    return folder / "set.npy"


@SETTINGS
@given(
    st.sampled_from([np.savez, np.savez_compressed]),
    arrays.arrays(np.uint8, st.tuples(*[st.integers(1, 6)] * 3)),
    st.sampled_from(["images", "x", "data", "X", "anything"]),
)
def test_any_pictures_come_back(tmp_path: Path, save: object, array: np.ndarray, key: str) -> None:
    save(tmp_path / "set.npz", **{key: array})  # type: ignore[operator]
    data = load_data(tmp_path / "set.npz")
    assert data.kind == "image"
    assert data.values.dtype == np.uint8
    assert data.value_range == (0, 1 if array.max() == 1 else 255)  # zeros and ones are black and white
    assert np.array_equal(data.values[:, 0], array)
    assert data.table.index.tolist() == list(range(len(array)))


@SETTINGS
@given(st.data())
def test_damaged_bytes_never_give_anything_but_a_sentence(tmp_path: Path, data: st.DataObject) -> None:
    good = npz(tmp_path, images=GREY, labels=np.arange(5)).read_bytes()
    broken = bytearray(good[: data.draw(st.integers(0, len(good)))])
    if broken:
        broken[data.draw(st.integers(0, len(broken) - 1))] ^= data.draw(st.integers(1, 255))
    path = tmp_path / "broken.npz"
    path.write_bytes(bytes(broken))
    try:
        found = load_data(path)
    except InputError as error:
        assert str(path) in str(error)
    else:  # the bit lay where it does not matter
        assert np.array_equal(found.values[:, 0], GREY)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_both_layouts_of_four_axes(tmp_path: Path, channels: int) -> None:
    last = RANDOM.integers(0, 256, (2, 9, 7, channels), dtype=np.uint8)
    expected = np.moveaxis(last, 3, 1)
    for array in (last, np.ascontiguousarray(expected)):
        data = load_data(npz(tmp_path, images=array))
        assert data.sample_shape == (channels, 9, 7)
        assert np.array_equal(data.values, expected)


def test_where_two_axes_could_be_channels_the_squarer_picture_wins(tmp_path: Path) -> None:
    assert load_data(npz(tmp_path, x=np.ones((2, 3, 28, 4), np.uint8))).sample_shape == (3, 28, 4)
    assert load_data(npz(tmp_path, x=np.ones((2, 4, 4, 1), np.uint8))).sample_shape == (1, 4, 4)
    assert load_data(npz(tmp_path, x=np.ones((2, 3, 3, 3), np.uint8))).sample_shape == (3, 3, 3)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 1, (0, 1)), (0.2, 0.9, (0, 1)), (-1, 1, (-1, 1)), (-0.3, 0.5, (-1, 1)), (0, 255, (0, 255)), (3, 90, (0, 255))],
)
def test_range_of_floating_point_pictures(
    tmp_path: Path, low: float, high: float, expected: tuple[float, float]
) -> None:
    array = np.linspace(low, high, 3 * 8 * 8).reshape(3, 8, 8)
    data = load_data(npz(tmp_path, images=array))
    assert data.value_range == expected
    assert data.values.dtype == np.float32
    scaled = (array - expected[0]) / (expected[1] - expected[0])
    np.testing.assert_allclose(data.batch([0, 2])[:, 0], scaled[[0, 2]], atol=1e-6)


def test_whole_numbers_as_pictures(tmp_path: Path) -> None:
    mask = np.eye(8, dtype=bool)[None]
    black_and_white = load_data(npz(tmp_path, images=mask))
    assert black_and_white.values.dtype == np.uint8 and black_and_white.value_range == (0, 1)
    assert set(np.unique(black_and_white.batch([0]))) == {0, 1}
    wide = load_data(npz(tmp_path, x=GREY.astype(np.int64)))
    assert wide.values.dtype == np.uint8
    assert np.array_equal(wide.values[:, 0], GREY)
    deep = load_data(npz(tmp_path, images=GREY.astype(np.uint16) * 257))
    assert deep.value_range == (0, 65535)
    np.testing.assert_allclose(deep.batch([1])[0, 0], GREY[1] / 255, atol=1e-6)


def test_vectors(tmp_path: Path) -> None:
    array = RANDOM.normal(size=(6, 4))
    data = load_data(npz(tmp_path, x=array, y=np.array(list("aabbab"))))
    assert data.kind == "vector"
    assert data.sample_shape == (4,)
    np.testing.assert_allclose(data.values, array, rtol=1e-6)
    assert data.table["label"].tolist() == list("aabbab")
    assert str(data.table["label"].dtype) == "category"


def test_series(tmp_path: Path) -> None:
    assert load_data(npz(tmp_path, x=RANDOM.random((3, 2, 100)))).kind == "series"
    assert load_data(npz(tmp_path, x=RANDOM.normal(0, 3, (3, 12, 20)))).kind == "series"
    declared = load_data(npz(tmp_path, series=RANDOM.random((3, 12, 12))))
    assert (declared.kind, declared.sample_shape) == ("series", (12, 12))
    assert load_data(npz(tmp_path, x=RANDOM.random((3, 12, 12)))).kind == "image"
    with pytest.raises(InputError, match="under the name images or series"):
        load_data(npz(tmp_path, x=RANDOM.random((3, 12, 100))))


def test_npy_stays_on_disk(tmp_path: Path) -> None:
    data = load_data(npy(tmp_path, GREY))
    base: object = data.values
    while isinstance(base, np.ndarray) and not isinstance(base, np.memmap):
        base = base.base
    assert isinstance(base, np.memmap)
    assert not data.values.flags.writeable
    assert np.array_equal(data.values[:, 0], GREY)
    assert data.name == "set"


def test_the_other_arrays_become_columns(tmp_path: Path) -> None:
    data = load_data(
        npz(
            tmp_path,
            images=GREY,
            labels=np.array([[1], [0], [1], [-1], [0]]),
            class_names=np.array(["cat", "dog"]),
            age=np.arange(5.0),
            where=np.array(["n", "s", "n", "e", "w"]),
            factors=np.arange(10).reshape(5, 2),
            other=np.arange(4),
            pickled=np.array([{}, {}, {}, {}, {}], dtype=object),
            ids=np.array(list("vwxyz")),
        )
    )
    assert list(data.table.columns) == ["label", "age", "where", "factors_0", "factors_1"]
    assert data.table["label"].astype(object).where(data.table["label"].notna(), None).tolist() == [
        "dog",
        "cat",
        "dog",
        None,
        "cat",
    ]
    assert data.table["age"].tolist() == [0, 1, 2, 3, 4]
    assert data.table["factors_1"].tolist() == [1, 3, 5, 7, 9]
    assert data.table.index.tolist() == list("vwxyz")


def test_labels_that_are_whole_floats_are_classes(tmp_path: Path) -> None:
    assert load_data(npz(tmp_path, x=GREY, y=np.array([1.0, 2, 3, 1, 0]))).table["label"].dtype == np.int64
    assert load_data(npz(tmp_path, x=GREY, y=np.array([1.5, 2, 3, 1, 0]))).table["label"].dtype == np.float64


def with_nan() -> np.ndarray:
    array = np.zeros((5, 9, 9), np.float32)
    array[3, 2, 1] = np.nan
    return array


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({"images": GREY, "labels": np.arange(4)}, "there are 5 items but 4 labels"),
        ({"images": GREY, "labels": np.zeros((5, 3))}, "labels need one axis"),
        ({"images": with_nan()}, "item 3 holds NaN or infinite values"),
        ({"images": np.full((2, 9, 9), np.inf)}, "item 0 holds NaN"),
        ({"x": np.full((2, 9), 1e300)}, "item 0 holds NaN or infinite"),
        ({"images": np.zeros((5, 64))}, r"shape \(5, 64\) cannot hold image data"),
        ({"images": np.zeros(5)}, r"shape \(5,\) cannot be a data set"),
        ({"images": np.zeros((5, 8, 8, 2))}, "no axis of 1, 3 or 4 channels"),
        ({"images": np.zeros((0, 8, 8))}, "is empty"),
        ({"images": np.linspace(-5, 5, 64).reshape(1, 8, 8)}, "fit no known range"),
        ({"images": np.linspace(0, 1.5, 64).reshape(1, 8, 8)}, "fit no known range"),
        ({"images": np.full((1, 8, 8), -3)}, "fit no known range"),
        ({"images": np.zeros((1, 8, 8), complex)}, "are not numbers"),
        ({"images": np.array([[None]])}, "array images holds pickled Python objects"),
        ({"images": GREY, "labels": np.array(list("abcde"), object)}, "array labels holds pickled Python objects"),
        ({"a": GREY, "b": GREY}, r"no array is named images, x or data \(found: a, b\)"),
        ({"images": GREY, "labels": np.full(5, 2), "class_names": np.array(["a", "b"])}, "label 2 has no name"),
        ({"images": GREY, "labels": np.zeros(5), "class_names": np.array(["a", "a"])}, "not all different"),
        ({"images": GREY, "ids": np.zeros(5, int)}, "id 0 occurs more than once"),
        ({"images": GREY, "ids": np.zeros(4, int)}, "there are 5 items but ids of shape"),
        ({"images": GREY, "note": np.array(["x" * 5000, *"bcde"])}, "texts of up to 5,000 letters"),
    ],
)
def test_one_sentence_for_wrong_content(tmp_path: Path, content: dict[str, np.ndarray], sentence: str) -> None:
    path = npz(tmp_path, **content)
    with pytest.raises(InputError, match=sentence) as caught:
        load_data(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert message.endswith(".")
    assert "\n" not in message


@pytest.mark.parametrize("ending", [".npz", ".npy"])
@pytest.mark.parametrize("content", [b"", b"not an array", b"PK\x03\x04 broken", b"\x93NUMPY\x01\x00"])
def test_files_that_are_not_numpy(tmp_path: Path, ending: str, content: bytes) -> None:
    path = tmp_path / f"bad{ending}"
    path.write_bytes(content)
    with pytest.raises(InputError, match="not a readable") as caught:
        load_data(path)
    assert str(path) in str(caught.value)


def test_npy_that_is_cut_short_or_pickled(tmp_path: Path) -> None:
    path = npy(tmp_path, GREY)
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(InputError, match="cut short or damaged"):
        load_data(path)
    with pytest.raises(InputError, match="pickled Python objects"):
        load_data(npy(tmp_path, np.array([{}, {}])))


def test_an_empty_npy(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"set\.npy"):
        load_data(npy(tmp_path, np.zeros((0, 8, 8))))
