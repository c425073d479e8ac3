"""From the command to the page for a model of another library, its encodings not made yet."""

from __future__ import annotations

import contextlib
import io
import tempfile
from pathlib import Path

import numpy as np

from tests.benchmarks.running import explorer, running
from tests.benchmarks.table import Row, median
from vae_core import demo, load_data

OWED_S = 15.0

# The shipped convolutional network as somebody's own; and without its variance.
_FACTORY = """
import torch
from vae_core.model import load_checkpoint


class Mine(torch.nn.Module):
    def __init__(self, plain=False):
        super().__init__()
        self.vae, self.plain = load_checkpoint({folder!r}), plain

    def encode(self, x):
        mean, logvar = self.vae.encoder(x).chunk(2, dim=1)
        return mean if self.plain else (mean, logvar)

    def decode(self, z):
        return self.vae.decoder(z)
"""


def run(starts: int) -> list[Row]:
    """Open 10,000 images of 28 × 28, `starts` times each, in a new workspace every time: the median, least and most."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        shipped = demo("fashion").shipped
        (work / "mine.py").write_text(_FACTORY.format(folder=str(shipped)))
        _pythae(work)
        mine = ["--model", f"{work / 'mine.py'}:Mine", "--trust", "--data", "fashion-mnist:test"]
        cases = {
            "a convolutional network through a factory": mine,
            "the same as a plain autoencoder": [*mine, "--with", "plain=true"],
            "pythae's default VAE": ["--model", str(work / "final_model"), "--data", "fashion-mnist:test"],
        }
        rows: list[Row] = []
        for name, arguments in cases.items():
            taken = []
            for start in range(starts):
                with running(explorer(work / f"{len(rows)}-{start}", *arguments)) as server:
                    taken.append(server.seconds)
            spread = f"{median(taken):.1f} s ({min(taken):.1f} – {max(taken):.1f})"
            rows.append(Row(f"command → page, {name}", spread, "", None, f"≤ {OWED_S:g} s", median(taken) <= OWED_S))
        return rows


def _pythae(folder: Path) -> None:
    """Train pythae's default network for an epoch on 2,000 images: how well it does is no matter here."""
    from pythae.models import VAE, VAEConfig
    from pythae.pipelines import TrainingPipeline
    from pythae.trainers import BaseTrainerConfig

    images = load_data("fashion-mnist:test").take(np.arange(2000)).batch(slice(None))
    model = VAE(VAEConfig(input_dim=(1, 28, 28), latent_dim=16))
    trainer = BaseTrainerConfig(output_dir=str(folder / "runs"), num_epochs=8, per_device_train_batch_size=64)
    with contextlib.redirect_stdout(io.StringIO()):
        TrainingPipeline(training_config=trainer, model=model)(train_data=images)
    (final,) = (folder / "runs").glob("*/final_model")
    final.rename(folder / "final_model")
