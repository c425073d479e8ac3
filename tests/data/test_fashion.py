"""Fashion-MNIST: where it is found, and downloads that succeed, fail or are not what they should be."""

from __future__ import annotations

import gzip
import hashlib
import struct
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from vae_core.data import load_data
from vae_core.data.download import download_folder
from vae_core.data.fashion import FASHION_CLASSES, fashion_mnist
from vae_core.errors import InputError
from vae_core.progress import Stopped

IMAGES = np.random.default_rng(0).integers(0, 256, (6, 28, 28), dtype=np.uint8)
LABELS = np.array([9, 0, 3, 3, 1, 8], np.uint8)


def packed(array: np.ndarray) -> bytes:
    head = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return gzip.compress(head + array.tobytes(), mtime=0)


FILES = {
    "train-images-idx3-ubyte.gz": packed(255 - IMAGES),
    "train-labels-idx1-ubyte.gz": packed(LABELS[::-1].copy()),
    "t10k-images-idx3-ubyte.gz": packed(IMAGES),
    "t10k-labels-idx1-ubyte.gz": packed(LABELS),
}
CHECKSUMS = {name: hashlib.md5(content).hexdigest() for name, content in FILES.items()}


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, *_: object) -> None:
        """Keep the test output clean."""


@pytest.fixture
def published(tmp_path: Path) -> Path:
    folder = tmp_path / "published"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def address(published: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(published)))
    thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.01))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


def test_found_in_a_folder(published: Path, tmp_path: Path) -> None:
    data = fashion_mnist("test", folders=[tmp_path / "none", published], cache=tmp_path / "cache", opener=None)  # type: ignore[arg-type]
    assert np.array_equal(data.values[:, 0], IMAGES)
    assert data.value_range == (0, 255)
    assert data.table["label"].tolist() == [FASHION_CLASSES[label] for label in LABELS]
    assert list(data.table["label"].cat.categories) == list(FASHION_CLASSES)
    assert data.table.index.tolist() == list(range(6))
    assert not (tmp_path / "cache").exists()


def test_found_unpacked_as_torchvision_leaves_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = tmp_path / "data" / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for name, content in FILES.items():
        (raw / name.removesuffix(".gz")).write_bytes(gzip.decompress(content))
    monkeypatch.chdir(tmp_path)
    data = fashion_mnist("train", folders=[Path("data/FashionMNIST/raw")], cache=tmp_path / "cache")
    assert np.array_equal(data.values[:, 0], 255 - IMAGES)


def test_both_parts_together(published: Path, tmp_path: Path) -> None:
    data = fashion_mnist("all", folders=[published], cache=tmp_path / "cache")
    assert len(data) == 12
    assert np.array_equal(data.values[6:, 0], IMAGES)
    assert data.table.index.tolist()[5:7] == ["train-5", "test-0"]
    assert data.table["split"].tolist() == ["train"] * 6 + ["test"] * 6
    assert data.table["label"].iloc[6] == "Ankle boot"
    assert str(data.table["label"].dtype) == "category"


def test_downloaded_once(address: str, published: Path, tmp_path: Path) -> None:
    cache = tmp_path / "deep" / "cache"
    ask = partial(fashion_mnist, "test", folders=[], cache=cache, url=address, checksums=CHECKSUMS)
    first = ask()
    assert np.array_equal(first.values[:, 0], IMAGES)
    assert sorted(path.name for path in cache.iterdir()) == ["t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"]
    for path in published.iterdir():
        path.unlink()
    assert ask().fingerprint == first.fingerprint


def test_a_damaged_copy_is_downloaded_again(address: str, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    for name, content in FILES.items():
        (cache / name).write_bytes(content[:100])
    data = fashion_mnist("test", folders=[], cache=cache, url=address, checksums=CHECKSUMS)
    assert np.array_equal(data.values[:, 0], IMAGES)


def test_another_checksum_leaves_nothing(address: str, published: Path, tmp_path: Path) -> None:
    (published / "t10k-labels-idx1-ubyte.gz").write_bytes(packed(LABELS[::-1].copy()))
    with pytest.raises(InputError, match=r"t10k-labels-idx1-ubyte\.gz: the download has another checksum") as caught:
        fashion_mnist("test", folders=[], cache=tmp_path / "deep" / "cache", url=address, checksums=CHECKSUMS)
    assert "dataset-fashion-mnist" in str(caught.value)
    assert not (tmp_path / "deep").exists()


def test_another_checksum_keeps_what_was_there(address: str, published: Path, tmp_path: Path) -> None:
    (tmp_path / "t10k-images-idx3-ubyte.gz").write_bytes(b"mine")
    (published / "t10k-images-idx3-ubyte.gz").write_bytes(b"theirs")
    with pytest.raises(InputError, match="another checksum"):
        fashion_mnist("test", folders=[], cache=tmp_path, url=address, checksums=CHECKSUMS)
    assert (tmp_path / "t10k-images-idx3-ubyte.gz").read_bytes() == b"mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["published", "t10k-images-idx3-ubyte.gz"]


def test_a_missing_file_leaves_nothing(address: str, published: Path, tmp_path: Path) -> None:
    (published / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(InputError, match="the download failed .*; check the connection") as caught:
        fashion_mnist("test", folders=[], cache=tmp_path / "cache", url=address, checksums=CHECKSUMS)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "cache").exists()


def test_no_connection(tmp_path: Path) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ConnectionRefusedError(111, "Connection refused")

    with pytest.raises(InputError, match="the download failed .*refused"):
        fashion_mnist("test", folders=[], cache=tmp_path / "cache", opener=refuse)
    assert not (tmp_path / "cache").exists()


def test_stopping_a_download(address: str, tmp_path: Path) -> None:
    def stop(step: int, of: int, note: str = "", preview: object = None) -> bool:
        return False

    with pytest.raises(Stopped):
        fashion_mnist("test", folders=[], cache=tmp_path / "cache", url=address, checksums=CHECKSUMS, progress=stop)
    assert not (tmp_path / "cache").exists()


def test_a_cache_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match="cannot be made"):
        fashion_mnist("test", folders=[], cache=tmp_path / "file" / "cache")


def test_unknown_part() -> None:
    with pytest.raises(InputError, match="fashion-mnist:validation: there is no such part"):
        load_data("fashion-mnist:validation")


def test_the_download_folder_follows_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert download_folder() == tmp_path / "latent-explorer" / "datasets"


@pytest.mark.skipif(not Path("/usr/share/datasets/fashion-mnist").is_dir(), reason="Debian's package is not installed")
def test_the_real_test_images() -> None:
    data = load_data("fashion-mnist")
    assert data.values.shape == (10000, 1, 28, 28)
    assert data.table["label"].value_counts().tolist() == [1000] * 10
    assert data.table["label"].iloc[0] == "Ankle boot"
    assert data.name == "Fashion-MNIST test"
