"""Small files that unpack to more than a memory holds: refused before they are unpacked."""

from __future__ import annotations

import gzip
import io
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from vae_core.data import load_data
from vae_core.data import reserve as reserve_module
from vae_core.errors import InputError

SIDE = 40
COUNT = 100_000  # 160 MB of nothing


def npz(folder: Path) -> Path:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|u1", "fortran_order": False, "shape": (COUNT, SIDE, SIDE)})
    with (
        zipfile.ZipFile(folder / "a.npz", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("images.npy", "w") as out,
    ):
        out.write(header.getvalue())
        for _ in range(COUNT // 1000):
            out.write(bytes(1000 * SIDE * SIDE))
    return folder / "a.npz"


def idx(folder: Path) -> Path:
    with gzip.open(folder / "a-images-idx3-ubyte.gz", "wb") as out:
        out.write(struct.pack(">BBBB3I", 0, 0, 8, 3, COUNT, SIDE, SIDE))
        for _ in range(COUNT // 1000):
            out.write(bytes(1000 * SIDE * SIDE))
    return folder / "a-images-idx3-ubyte.gz"


def parquet(folder: Path) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"a": pa.array(np.zeros(40_000_000, np.float32))}), folder / "a.parquet")
    return folder / "a.parquet"


@pytest.mark.parametrize("make", [npz, idx, parquet])
def test_they_are_refused_unread(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    path = make(tmp_path)
    assert path.stat().st_size < 200_000
    tracemalloc.start()
    with pytest.raises(InputError, match=r"kB unpack to 160 MB"):
        load_data(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20e6, "nothing is unpacked"


def test_blank_pictures_are_no_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a thousand small drawings on black, at any size."""
    monkeypatch.setattr(reserve_module, "BOMB_FROM", 1000)
    images = np.zeros((1000, 64, 64), np.uint8)
    rng = np.random.default_rng(0)
    for image in images:
        y, x = rng.integers(0, 48, 2)
        image[y : y + 12, x : x + 12] = 255
    np.savez_compressed(tmp_path / "a.npz", images=images)
    assert (tmp_path / "a.npz").stat().st_size < images.nbytes / 50
    assert load_data(tmp_path / "a.npz").values.shape == (1000, 1, 64, 64)
