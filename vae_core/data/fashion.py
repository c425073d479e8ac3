"""Fashion-MNIST by name.

Han Xiao, Kashif Rasul and Roland Vollgraf, "Fashion-MNIST: a Novel Image Dataset for
Benchmarking Machine Learning Algorithms", 2017, https://arxiv.org/abs/1708.07747 (MIT licence).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import pandas as pd

from vae_core.data.dataset import Dataset
from vae_core.data.download import Opener, download_folder, fetch
from vae_core.data.idx import idx_dataset
from vae_core.errors import InputError
from vae_core.progress import Progress, silent

FASHION_CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
FASHION_URL = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"
FASHION_CHECKSUMS = {  # MD5, as the publisher lists them
    "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
    "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
    "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
}
SPLITS = ("train", "test", "all")
_FILES = {"train": "train", "test": "t10k"}
_REMEDY = (
    "check the connection, or install Debian's package dataset-fashion-mnist, "
    "or put the four files of Fashion-MNIST into data/FashionMNIST/raw"
)


def fashion_mnist(
    split: str = "test",
    *,
    folders: Iterable[Path] | None = None,
    cache: Path | None = None,
    url: str = FASHION_URL,
    checksums: Mapping[str, str] = FASHION_CHECKSUMS,
    opener: Opener = urlopen,
    progress: Progress = silent,
) -> Dataset:
    """Return Fashion-MNIST: grey images ``[n, 1, 28, 28]``, uint8, with the column ``label`` of class names.

    Item ids count from 0 in each of the two splits; in ``"all"`` they are ``train-0`` …
    ``test-9999``, with the column ``split`` beside them.

    Parameters
    ----------
    split : {"test", "train", "all"}
        10,000, 60,000 or 70,000 items.
    folders : iterable of Path, optional
        Where to look first; by default the folders of Debian's package and of torchvision.
    cache : Path, optional
        Where a download is kept; by default in the user's data folder.
    url, checksums, opener
        Where a download comes from, the MD5 checksum of every file, and what opens an address.
    progress : Progress
        Called while downloading.

    Raises
    ------
    InputError
        If there is no such split, or the files are nowhere and cannot be downloaded.
    """
    if split not in SPLITS:
        raise InputError(f"fashion-mnist:{split}: there is no such part; give fashion-mnist:{', :'.join(SPLITS)}.")
    places = list(_usual_folders() if folders is None else folders)
    cache = download_folder() / "fashion-mnist" if cache is None else cache
    wanted = ["train", "test"] if split == "all" else [split]
    parts = []
    for part in wanted:
        found = _find(part, [*places, cache])
        if found is None:
            names = [f"{_FILES[part]}-{what}-ubyte.gz" for what in ("images-idx3", "labels-idx1")]
            fetch({name: checksums[name] for name in names}, url, cache, _REMEDY, opener, progress)
            found = _read(part, cache / names[0], cache / names[1])
        parts.append(found)
    return parts[0] if len(parts) == 1 else _both(parts, wanted)


def _usual_folders() -> Iterator[Path]:
    yield Path("/usr/share/datasets/fashion-mnist")
    home = Path.home()
    torch_home = Path(os.environ.get("TORCH_HOME") or home / ".cache" / "torch")
    roots = (Path("data"), Path(), home / "data", home, torch_home, torch_home / "datasets", home / "datasets")
    for root in roots:
        yield root / "FashionMNIST" / "raw"


def _find(part: str, folders: Iterable[Path]) -> Dataset | None:
    """Read a split from the first folder that holds it sound; what a broken download left is passed over."""
    for folder in folders:
        for ending in (".gz", ""):
            images = folder / f"{_FILES[part]}-images-idx3-ubyte{ending}"
            labels = folder / f"{_FILES[part]}-labels-idx1-ubyte{ending}"
            if images.is_file() and labels.is_file():
                try:
                    return _read(part, images, labels)
                except InputError:
                    continue
    return None


def _read(part: str, images: Path, labels: Path) -> Dataset:
    data = idx_dataset(images, labels, FASHION_CLASSES, f"Fashion-MNIST {part}")
    if data.sample_shape != (1, 28, 28):
        raise InputError(f"{images}: these are not images of 28 × 28; put the files of Fashion-MNIST in their place.")
    return data


def _both(parts: list[Dataset], names: list[str]) -> Dataset:
    ids = [f"{name}-{number}" for name, data in zip(names, parts, strict=True) for number in range(len(data))]
    table = pd.concat([data.table for data in parts], ignore_index=True)
    table["split"] = pd.Categorical(np.repeat(names, [len(data) for data in parts]), categories=names)
    table.index = pd.Index(ids, name="item")
    values = np.concatenate([data.values for data in parts])
    return Dataset(values, "image", (0.0, 255.0), table, "Fashion-MNIST")
