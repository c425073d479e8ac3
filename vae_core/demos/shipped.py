"""Opening a shipped demo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vae_core.data.dataset import Dataset
from vae_core.data.fashion import FASHION_CLASSES
from vae_core.data.idx import idx_dataset
from vae_core.data.loading import load_data
from vae_core.errors import InputError
from vae_core.model.checkpoint import load_checkpoint
from vae_core.model.loading import choose_device
from vae_core.model.memory_layout import lay_last
from vae_core.progress import Progress, silent
from vae_core.space.latent_space import LatentSpace
from vae_core.workspace import Workspace

HERE = Path(__file__).parent
FASHION_IMAGES = "t10k-images-idx3-ubyte.gz"


@dataclass(frozen=True)
class Demo:
    """One shipped demo.

    Parameters
    ----------
    id : str
        Its name in `demo` and in the page's URL, and of its folder.
    title : str
        What people call it.
    load : callable
        Reads its data set.
    training : tuple of str
        Options of ``python -m vae_core train`` that made its model.
    """

    id: str
    title: str
    load: Callable[[], Dataset]
    training: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """Where checkpoint, data, encodings and maps lie; only ever read."""
        return HERE / self.id


def _fashion() -> Dataset:
    return idx_dataset(HERE / "fashion" / FASHION_IMAGES, class_names=FASHION_CLASSES, name="Fashion-MNIST test")


DEMOS = {
    "fashion": Demo(
        "fashion",
        "Fashion",
        _fashion,
        (
            *("--data", "fashion-mnist:train", "--test-data", "fashion-mnist:test"),
            *("--likelihood", "gaussian", "--channels", "48,96", "--latent-dim", "16"),
            *("--epochs", "30", "--schedule", "cosine", "--learning-rate", "0.002", "--warmup-epochs", "3"),
        ),
    ),
    "sprites": Demo(
        "sprites",
        "Sprites",
        lambda: load_data("sprites"),
        (
            *("--data", "sprites", "--likelihood", "bernoulli", "--beta", "2"),
            *("--channels", "32,32,32,64", "--hidden", "128", "--latent-dim", "10", "--batch-size", "64"),
            *("--epochs", "80", "--schedule", "cosine", "--learning-rate", "0.001", "--warmup-epochs", "5"),
        ),
    ),
}


def demo(
    name: str = "fashion", cache: Workspace | None = None, device: str = "cpu", progress: Progress = silent
) -> LatentSpace:
    """Open a shipped demo.

    Parameters
    ----------
    name : {"fashion", "sprites"}
        Which.
    cache : Workspace, optional
        Where further maps are kept.
    device : str
        Where the model runs.
    progress : Progress
        Hears of the encoding, in case the shipped encodings are not usable.

    Raises
    ------
    InputError
        If there is no such demo or its files are damaged.
    """
    if name not in DEMOS:
        raise InputError(f"There is no demo {name!r}; the demos are {', '.join(DEMOS)}.")
    chosen = DEMOS[name]
    model = lay_last(load_checkpoint(chosen.folder, choose_device(device)))
    return LatentSpace.build(model, chosen.load(), cache, progress, shipped=chosen.folder)
