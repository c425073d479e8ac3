"""Hugging Face data sets, saved by their own library: pictures, numbers, splits, and folders made to do harm."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from vae_core.data import from_arrays, load_data
from vae_core.errors import InputError

IMAGES = np.random.default_rng(0).integers(0, 256, (20, 8, 8), dtype=np.uint8)


@pytest.fixture(scope="module")
def pictures() -> Any:
    """Twenty pictures with classes, as their library holds them."""
    import datasets

    datasets.disable_progress_bars()
    features = datasets.Features(
        {"image": datasets.Image(), "label": datasets.ClassLabel(names=["cat", "dog"]), "n": datasets.Value("int64")}
    )
    columns = {"image": [Image.fromarray(image) for image in IMAGES], "label": [0, 1] * 10, "n": list(range(20))}
    return datasets.Dataset.from_dict(columns, features=features)


@pytest.fixture(scope="module")
def saved(pictures: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Saved in three files, and as two splits, one of them a selection."""
    import datasets

    folder = tmp_path_factory.mktemp("hub")
    pictures.save_to_disk(str(folder / "pets"), num_shards=3)
    splits = datasets.DatasetDict({"train": pictures, "test": pictures.select([5, 3, 8])})
    splits.save_to_disk(str(folder / "split"))
    return folder


def test_pictures_classes_and_other_columns(saved: Path) -> None:
    data = load_data(saved / "pets")
    assert (data.name, data.kind) == ("pets", "image")
    np.testing.assert_array_equal(data.values[:, 0], IMAGES)
    assert data.table["label"].tolist() == ["cat", "dog"] * 10
    assert list(data.table["label"].cat.categories) == ["cat", "dog"]
    assert data.table["n"].tolist() == list(range(20))


def test_a_split_is_named(saved: Path) -> None:
    data = load_data(f"{saved / 'split'}:test")
    assert data.name == "split:test"
    np.testing.assert_array_equal(data.values[:, 0], IMAGES[[5, 3, 8]])
    with pytest.raises(InputError, match=r"has the splits train, test; say which, as .*split:train, .*split:test"):
        load_data(saved / "split")
    with pytest.raises(InputError, match="there is no split 'val'; there are train, test"):
        load_data(f"{saved / 'split'}:val")
    with pytest.raises(InputError, match="this data set has no splits"):
        load_data(f"{saved / 'pets'}:train")


def test_numbers_and_arrays(tmp_path: Path) -> None:
    import datasets

    rng = np.random.default_rng(0)
    spectra, images = rng.random((5, 6)).astype(np.float32), rng.integers(0, 256, (5, 9, 8), dtype=np.uint8)
    features = datasets.Features({"spectrum": datasets.Sequence(datasets.Value("float32"))})
    datasets.Dataset.from_dict({"spectrum": spectra}, features=features).save_to_disk(str(tmp_path / "s"))
    data = load_data(tmp_path / "s")
    assert data.features is not None and data.features.names == ("spectrum",)
    np.testing.assert_array_equal(data.values, spectra)
    features = datasets.Features({"x": datasets.Array2D((9, 8), "uint8")})
    datasets.Dataset.from_dict({"x": images}, features=features).save_to_disk(str(tmp_path / "i"))
    np.testing.assert_array_equal(load_data(tmp_path / "i").values[:, 0], images)
    rows = datasets.Dataset.from_dict({"a (m)": [1.0, 2.0], "id": ["p", "q"]})
    rows.save_to_disk(str(tmp_path / "r"))
    assert load_data(tmp_path / "r").table.index.tolist() == ["p", "q"]


def test_what_their_library_holds_in_memory(pictures: Any) -> None:
    data = from_arrays(pictures, name="pets")
    np.testing.assert_array_equal(data.values[:, 0], IMAGES)
    assert data.table["label"].tolist()[:2] == ["cat", "dog"] and data.notes == ()


def test_their_library_is_not_needed(saved: Path) -> None:
    code = (
        f"import sys; from vae_core.data import load_data; load_data({str(saved / 'pets')!r}); "
        "print('datasets' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "False", done.stderr


def copy(saved: Path, target: Path) -> Path:
    shutil.copytree(saved / "pets", target / "pets")
    return target / "pets"


@pytest.mark.parametrize("name", ["../secret.arrow", "/etc/passwd", "a/b.arrow", "..", "", "C:\\x.arrow"])
def test_files_stay_inside_the_folder(saved: Path, tmp_path: Path, name: str) -> None:
    folder = copy(saved, tmp_path)
    (folder / "state.json").write_text(json.dumps({"_data_files": [{"filename": name}]}))
    with pytest.raises(InputError, match="which does not lie in this folder; it is not opened"):
        load_data(folder)


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("{", "cannot be read as JSON"),
        ("[]", "is not what save_to_disk writes"),
        ("{}", "lists no data files"),
        ('{"_data_files": [{"filename": "gone.arrow"}]}', r"gone\.arrow: this part of the data set is missing"),
        ('{"_data_files": [{"filename": "state.json"}]}', "may be cut short or damaged"),
        ('{"_data_files": [{"filename": "x"}], "_indices_data_files": [{}]}', "an old version of the library"),
        ("[" * 100_000, "cannot be read as JSON"),
    ],
)
def test_damaged_folders_get_one_sentence(saved: Path, tmp_path: Path, state: str, sentence: str) -> None:
    folder = copy(saved, tmp_path)
    (folder / "state.json").write_text(state)
    with pytest.raises(InputError, match=sentence):
        load_data(folder)


def test_offsets_beyond_the_end_are_not_followed(tmp_path: Path) -> None:
    table = pa.table({"a": [[1.0, 2.0], [3.0, 4.0]], "b": ["x", "y"]})
    folder = tmp_path / "set"
    folder.mkdir()
    with pa.OSFile(str(folder / "d.arrow"), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    (folder / "state.json").write_text('{"_data_files": [{"filename": "d.arrow"}]}')
    assert load_data(folder).values.tolist() == [[1, 2], [3, 4]]
    whole = (folder / "d.arrow").read_bytes()
    offsets = np.array([0, 2, 4], np.int32).tobytes()
    assert whole.count(offsets) == 1
    (folder / "d.arrow").write_bytes(whole.replace(offsets, np.array([0, 2, 2**30], np.int32).tobytes()))
    with pytest.raises(InputError, match="may be cut short or damaged"):
        load_data(folder)


def test_damaged_files_are_read_or_refused(saved: Path, tmp_path: Path) -> None:
    folder = copy(saved, tmp_path)
    file = folder / "data-00000-of-00003.arrow"
    whole = file.read_bytes()
    rng = np.random.default_rng(0)
    told = 0
    for _ in range(60):
        broken = bytearray(whole)
        for at in rng.integers(0, len(whole), 8):
            broken[at] = rng.integers(256)
        file.write_bytes(bytes(broken[: rng.integers(len(whole) // 2, len(whole) + 1)]))
        try:
            load_data(folder)
        except InputError:
            told += 1
    assert told > 30
