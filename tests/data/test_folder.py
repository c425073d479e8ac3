"""Folders of pictures: classes, grey and colour, metadata, and what wrong ones get."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vae_core.data import load_data
from vae_core.data import pictures as pictures_module
from vae_core.data.folder import read_folder
from vae_core.errors import InputError
from vae_core.progress import Stopped

GREY = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20
COLOUR = np.stack([GREY, GREY + 5, 255 - GREY], axis=-1)


def save(path: Path, pixels: np.ndarray, **options: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, **options)  # type: ignore[arg-type]
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four grey pictures in two classes; the value of the first pixel tells them apart."""
    for number, name in enumerate(["cat/1.png", "cat/2.png", "dog/1.png", "dog/3.png"]):
        pixels = GREY.copy()
        pixels[0, 0] = number
        save(tmp_path / "pets" / name, pixels)
    return tmp_path / "pets"


def test_classes_are_subfolders(folder: Path) -> None:
    (folder / "notes.txt").write_text("not a picture")
    save(folder / ".hidden" / "x.png", GREY)
    data = load_data(folder)
    assert data.name == "pets"
    assert data.kind == "image"
    assert data.values.dtype == np.uint8
    assert data.value_range == (0, 255)
    assert data.sample_shape == (1, 3, 4)
    assert data.table.index.tolist() == ["cat/1.png", "cat/2.png", "dog/1.png", "dog/3.png"]
    assert data.table.index.name == "item"
    assert data.values[:, 0, 0, 0].tolist() == [0, 1, 2, 3]
    assert np.array_equal(data.values[2, 0, 1:], GREY[1:])
    assert data.table["label"].tolist() == ["cat", "cat", "dog", "dog"]
    assert list(data.table["label"].cat.categories) == ["cat", "dog"]


def test_one_colour_picture_makes_all_colour(tmp_path: Path) -> None:
    save(tmp_path / "a.png", GREY)
    save(tmp_path / "b.png", COLOUR)
    save(tmp_path / "c.png", GREY)
    data = load_data(tmp_path)
    assert data.sample_shape == (3, 3, 4)
    assert np.array_equal(data.values[1], np.moveaxis(COLOUR, 2, 0))
    assert np.array_equal(data.values[0], np.stack([GREY] * 3))
    assert np.array_equal(data.values[2], np.stack([GREY] * 3))
    assert "label" not in data.table


@pytest.mark.parametrize("ending", ["bmp", "gif", "pgm", "tif", "png"])
def test_named_formats_without_loss(tmp_path: Path, ending: str) -> None:
    save(tmp_path / f"a.{ending}", GREY)
    assert np.array_equal(load_data(tmp_path).values[0, 0], GREY)


def test_jpeg_and_webp(tmp_path: Path) -> None:
    smooth = np.full((16, 16), 90, np.uint8)
    save(tmp_path / "a.JPG", smooth)
    save(tmp_path / "b.webp", np.stack([smooth] * 3, axis=-1))
    assert np.abs(load_data(tmp_path).values.astype(int) - 90).max() <= 3


def test_sixteen_bits_masks_palettes_and_transparency(tmp_path: Path) -> None:
    save(tmp_path / "a.png", GREY.astype(np.uint16) * 257)
    save(tmp_path / "b.png", GREY > 100)
    Image.fromarray(GREY).convert("P").save(tmp_path / "c.png")
    Image.fromarray(np.stack([GREY, np.where(GREY > 100, 255, 0).astype(np.uint8)], -1), "LA").save(tmp_path / "d.png")
    values = load_data(tmp_path).values
    assert values.shape == (4, 1, 3, 4)
    assert np.array_equal(values[0, 0], GREY)
    assert np.array_equal(values[1, 0], np.where(GREY > 100, 255, 0))
    assert np.array_equal(values[2, 0], GREY)
    assert np.array_equal(values[3, 0], np.where(GREY > 100, GREY, 255))


def test_pictures_stand_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter by the camera
    save(tmp_path / "a.png", GREY, exif=exif)
    assert np.array_equal(load_data(tmp_path).values[0, 0], np.rot90(GREY, -1))


def test_metadata_in_the_folder(folder: Path) -> None:
    (folder / "metadata.csv").write_text(
        "file,age,kind,class\ndog/3.png,4,x,wolf\ncat/1.png,1,y,cat\ncat/2.png,2,y,cat\ndog/1.png,3,x,dog\ngone.png,9,z,cat\n"
    )
    table = load_data(folder).table
    assert table["age"].tolist() == [1, 2, 3, 4]
    assert table["kind"].tolist() == ["y", "y", "x", "x"]
    assert table["label"].tolist() == ["cat", "cat", "dog", "wolf"]
    assert list(table.columns) == ["label", "age", "kind"]


def test_metadata_beside_the_folder_without_endings(tmp_path: Path) -> None:
    for name in "abc":
        save(tmp_path / "set" / f"{name}.png", GREY)
    (tmp_path / "set.csv").write_text("who,label\nc,2\nb,1\na,0\n")
    data = load_data(tmp_path / "set")
    assert data.table["label"].tolist() == [0, 1, 2]
    assert data.table["label"].dtype == np.int64


def test_metadata_beside_the_folder_with_its_name_in_the_paths(folder: Path) -> None:
    rows = "".join(f"pets/{name},{number}\n" for number, name in enumerate(["cat/1.png", "cat/2.png", "dog/1.png"]))
    (folder.parent / "metadata.csv").write_text("path,age\n" + rows + "pets/dog/3.png,9\n")
    table = load_data(folder).table
    assert table["age"].tolist() == [0, 1, 2, 9]
    assert table["label"].tolist() == ["cat", "cat", "dog", "dog"]


def test_file_names_that_are_numbers(tmp_path: Path) -> None:
    for name in ("007.png", "010.png", "7.png"):
        save(tmp_path / name, GREY)
    (tmp_path / "about.csv").write_text("row,image,size\n0,010,3\n1,7,4\n2,007,\n")
    table = load_data(tmp_path).table
    assert table["row"].tolist() == [2, 0, 1]
    assert table["size"].iloc[1:].tolist() == [3, 4]
    assert np.isnan(table["size"].iloc[0])


@pytest.mark.parametrize(
    ("csv", "sentence"),
    [
        ("file,age\ncat/1.png,1\ncat/2.png,1\n", r"there is no row for dog/1\.png and 1 other picture;"),
        ("file,age\n1.png,1\n2.png,1\n3.png,4\n", r"1\.png names several pictures"),
        (
            "file,age\ncat/1.png,1\ncat/1.png,2\ncat/2.png,1\ndog/1.png,1\ndog/3.png,2\n",
            r"there are 2 rows for cat/1\.png",
        ),
        ("file,age\nx.png,1\n", "no column names the pictures"),
        ("", "not a readable CSV"),
    ],
)
def test_metadata_that_do_not_fit(folder: Path, csv: str, sentence: str) -> None:
    (folder / "metadata.csv").write_text(csv)
    with pytest.raises(InputError, match=sentence) as caught:
        load_data(folder)
    assert str(folder / "metadata.csv") in str(caught.value)


def test_a_csv_beside_the_folder_that_is_about_something_else(folder: Path) -> None:
    (folder.parent / "labels.csv").write_text("a,b\n1,2\n")
    assert list(load_data(folder).table.columns) == ["label"]


def test_two_sizes_are_named(folder: Path) -> None:
    save(folder / "dog" / "2.png", GREY.T.copy())
    with pytest.raises(
        InputError,
        match=r"2\.png: this picture is 3 × 4 but .*cat/1\.png is 4 × 3; scale all pictures to one size, or have",
    ):
        load_data(folder)


def test_a_picture_that_is_none_is_named(folder: Path) -> None:
    (folder / "dog" / "4.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match=r"4\.png: this picture cannot be read; replace or remove it\."):
        load_data(folder)
    good = (folder / "dog" / "1.png").read_bytes()
    (folder / "dog" / "4.png").write_bytes(good[: len(good) - 25])
    with pytest.raises(InputError, match=r"4\.png: this picture cannot be read"):
        load_data(folder)


def test_too_many_pixels(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures_module, "MAX_PIXELS", 11)
    with pytest.raises(InputError, match="4 × 3 pixels, more than the 11"):
        load_data(folder)


def test_a_picture_too_long(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures_module, "LONGEST_SIDE", 3)
    with pytest.raises(InputError, match=r"4 × 3 pixels, more than .* \(or 3 a side\)"):
        load_data(folder)


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there are no pictures in this folder"):
        load_data(tmp_path)


def test_a_single_picture(folder: Path) -> None:
    with pytest.raises(InputError, match="give the folder it lies in"):
        load_data(folder / "cat" / "1.png")


def test_progress_is_told_and_obeyed(folder: Path) -> None:
    seen: list[tuple[int, int]] = []

    def watch(step: int, of: int, note: str = "", preview: object = None) -> bool:
        seen.append((step, of))
        return True

    read_folder(folder, watch)
    assert seen[0] == (0, 4)
    assert seen[-1] == (4, 4)
    with pytest.raises(Stopped):
        read_folder(folder, lambda step, of, note="", preview=None: False)
