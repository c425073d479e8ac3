"""How long an epoch of the trainer takes, against a plain PyTorch loop on the same network in the same run.

The plain loop has the data as one float tensor in memory, indexes it by a permutation, and keeps no figures. Neither
writes files while it is timed; what saving costs the trainer after every epoch is timed on its own.

    python -m tests.benchmarks.training --items 20000 --epochs 1
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch.nn import functional as F

from vae_core.data import Dataset
from vae_core.model import VAE, VAEConfig, save_checkpoint
from vae_core.train import TrainSettings, train
from vae_core.train.state import TrainingState, save_state

OWED = 1.05
NETWORKS = {
    "convolutions 32, 64": VAEConfig((1, 28, 28), 16),
    "fully connected 256, 128": VAEConfig((1, 28, 28), 16, "mlp", hidden=(256, 128)),
}


def pictures(items: int) -> Dataset:
    """Return grey noise of 28 × 28; how long a step takes does not depend on what is on the pictures."""
    values = np.random.default_rng(0).integers(0, 256, (items, 1, 28, 28), dtype=np.uint8)
    return Dataset(values, "image", (0, 255), pd.DataFrame(index=pd.RangeIndex(items, name="item")), "noise")


def plain_loop(model: VAE, x: torch.Tensor, settings: TrainSettings) -> None:
    """Train as a tutorial does, with the same fused Adam as ours."""
    optimizer = torch.optim.Adam(model.parameters(), lr=settings.learning_rate, fused=True)
    model.train()
    for _ in range(settings.epochs):
        order = torch.randperm(len(x))
        for start in range(0, len(x), settings.batch_size):
            batch = x[order[start : start + settings.batch_size]]
            mean, logvar = model.encoder(batch).chunk(2, dim=1)
            z = mean + torch.exp(0.5 * logvar) * torch.randn_like(mean)
            distortion = F.binary_cross_entropy_with_logits(model.decoder(z), batch, reduction="sum")
            rate = 0.5 * (mean.square() + logvar.exp() - logvar - 1).sum()
            loss = (distortion + settings.beta * rate) / len(batch)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()


def saving(config: VAEConfig, data: Dataset) -> float:
    """Return the median seconds it takes to write checkpoint and state, to disk."""
    model, few = VAE(config), data.take(slice(128))
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    plain_step = model.likelihood(model.encode(torch.from_numpy(few.batch(slice(None)))).mean).log_prob(torch.zeros(()))
    plain_step.sum().backward()
    optimizer.step()  # before its first step the optimizer has nothing to write
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(5):
            start = time.perf_counter()
            save_state(Path(folder), model, optimizer, TrainSettings(), "", TrainingState())
            save_checkpoint(model, folder)
            seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def run(items: int = 20_000, epochs: int = 1, pairs: int = 5) -> list[dict[str, Any]]:
    """Time trainer and plain loop in turns.

    Returns
    -------
    list of dict
        One a network: medians in seconds, and the median of the ratios of the pairs.
    """
    data = pictures(items)
    x = torch.from_numpy(data.batch(slice(None)))
    settings = TrainSettings(epochs=epochs)
    rows = []
    for name, config in NETWORKS.items():
        torch.manual_seed(0)
        plain_loop(VAE(config), x[:2000], TrainSettings(epochs=1))  # the first steps of a process are slower
        train(VAE(config), data.take(slice(2000)), TrainSettings(epochs=1))
        ours: list[float] = []
        plain: list[float] = []
        for pair in range(pairs):
            for turn in (pair % 2, 1 - pair % 2):  # whoever comes second finds a warmer machine
                model = VAE(config)
                start = time.perf_counter()
                if turn:
                    train(model, data, settings)
                else:
                    plain_loop(model, x, settings)
                (ours if turn else plain).append(time.perf_counter() - start)
        row = {
            "what": f"training, {name}",
            "items": items,
            "epochs": epochs,
            "trainer_seconds": statistics.median(ours),
            "plain_seconds": statistics.median(plain),
            "ratio": statistics.median(a / b for a, b in zip(ours, plain, strict=True)),
            "owed": OWED,
            "saving_seconds": saving(config, data),
        }
        print(
            f"{row['what']}: trainer {row['trainer_seconds']:.2f} s, plain loop {row['plain_seconds']:.2f} s, "
            f"ratio {row['ratio']:.3f} (owed {OWED}); saving {row['saving_seconds']:.3f} s an epoch",
            flush=True,
        )
        rows.append(row)
    return rows


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--pairs", type=int, default=5)
    chosen = parser.parse_args()
    run(chosen.items, chosen.epochs, chosen.pairs)
