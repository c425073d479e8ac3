"""Large files stay on disk: mapped, looked through in pieces, and refused where they announce what is not there."""

from __future__ import annotations

import struct
import time
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vae_core.data import Dataset, load_data, npz_members, pieces
from vae_core.errors import InputError

IMAGES = np.random.default_rng(0).integers(0, 256, (5_000, 28, 28), dtype=np.uint8)  # 3.9 MB


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(npz_members, "STORED_FROM", 100_000)
    monkeypatch.setattr(npz_members, "_PIECE", 50_000)
    monkeypatch.setattr(pieces, "PIECE", 50_000)


def idx(folder: Path, array: np.ndarray) -> Path:
    path = folder / "set-images-idx3-ubyte"
    path.write_bytes(b"\0\0\x08\x03" + struct.pack(">3I", *array.shape) + array.tobytes())
    return path


def files(folder: Path, array: np.ndarray) -> dict[str, Path]:
    np.save(folder / "set.npy", array)
    np.savez(folder / "set.npz", images=array, labels=np.arange(len(array)) % 3)
    return {"npy": folder / "set.npy", "npz": folder / "set.npz"}


def mapped(values: np.ndarray) -> bool:
    base: Any = values
    while base is not None and not isinstance(base, np.memmap):
        base = base.base
    return base is not None and base.mode == "r"


def opened(path: Path) -> tuple[Dataset, str, int]:
    """Return a data set, its fingerprint, and the most memory both took."""
    load_data(path)  # what is imported or looked up the first time is no matter of size
    tracemalloc.start()
    data = load_data(path)
    name = data.fingerprint
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return data, name, most


@pytest.mark.parametrize("kind", ["npy", "npz", "idx"])
def test_values_stay_on_disk(tmp_path: Path, kind: str) -> None:
    path = idx(tmp_path, IMAGES) if kind == "idx" else files(tmp_path, IMAGES)[kind]
    data, name, most = opened(path)
    assert mapped(data.values)
    assert most < IMAGES.nbytes / 4
    np.testing.assert_array_equal(data.values[:, 0], IMAGES)
    table = data.table[[]]
    assert name == Dataset(IMAGES[:, None], "image", (0.0, 255.0), table, "in memory").fingerprint


@pytest.mark.parametrize("kind", ["npy", "npz"])
@pytest.mark.parametrize("what", ["channels last", "masks", "fortran"])
def test_views_suffice(tmp_path: Path, kind: str, what: str) -> None:
    array = {
        "channels last": np.stack([IMAGES, 255 - IMAGES, IMAGES // 2], 3),
        "masks": IMAGES > 100,
        "fortran": np.asfortranarray(IMAGES),
    }[what]
    data, _, most = opened(files(tmp_path, array)[kind])
    assert mapped(data.values) and most < array.nbytes / 4
    as_written = np.moveaxis(array, 3, 1) if array.ndim == 4 else array[:, None]
    np.testing.assert_array_equal(data.values, as_written)
    assert data.batch([7]).max() <= 1 and data.value_range == (0, 1 if what == "masks" else 255)


def test_a_changed_byte_of_what_is_mapped_is_noticed(tmp_path: Path) -> None:
    path = files(tmp_path, IMAGES)["npz"]
    whole = bytearray(path.read_bytes())
    whole[2_000_000] ^= 1
    path.write_bytes(bytes(whole))
    with pytest.raises(InputError, match=r"not a readable \.npz file"):
        load_data(path)


def test_large_packed_arrays_are_unpacked_into_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vae_core.data.reserve.MAPPED_FROM", 1_000_000)
    np.savez_compressed(tmp_path / "set.npz", images=IMAGES)
    data, _, most = opened(tmp_path / "set.npz")
    np.testing.assert_array_equal(data.values[:, 0], IMAGES)
    assert isinstance(data.values, np.memmap) and most < IMAGES.nbytes / 4


def refused_at_once(path: Path, sentence: str) -> None:
    began = time.perf_counter()
    tracemalloc.start()
    with pytest.raises(InputError, match=sentence):
        load_data(path)
    assert tracemalloc.get_traced_memory()[1] < 20_000_000 and time.perf_counter() - began < 5
    tracemalloc.stop()


def announcing(path: Path, shape: tuple[int, ...], content: bytes, packed: bool, ending: str = "npz") -> Path:
    """Write an array whose header announces a shape, and its bytes."""
    header = str({"descr": "|u1", "fortran_order": False, "shape": shape}).encode().ljust(117) + b"\n"
    array = b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header + content
    if ending == "npy":
        path.write_bytes(array)
        return path
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        archive.writestr("images.npy", array)
    return path


@pytest.mark.parametrize("packed", [False, True])
def test_an_array_that_announces_more_than_is_there(tmp_path: Path, packed: bool) -> None:
    path = announcing(tmp_path / "a.npz", (10**6, 1000, 1000), bytes(1000), packed)
    refused_at_once(path, r"not a readable \.npz file")
    refused_at_once(announcing(tmp_path / "a.npy", (10**6, 1000, 1000), bytes(1000), False, "npy"), "not a readable")


def test_an_array_that_unpacks_to_more_than_there_is_room_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = announcing(tmp_path / "a.npz", (30_000, 1000), bytes(30_000_000), True)
    assert path.stat().st_size < 100_000
    monkeypatch.setattr("vae_core.data.reserve.free_memory", lambda: 1_000_000)
    monkeypatch.setattr("vae_core.data.reserve._ROOM", 1e-6)
    refused_at_once(path, "30,000 × 1,000 values take 30 MB, more than is free")
