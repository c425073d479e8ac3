"""``python -m vae_core train``: a VAE from a data set."""

from __future__ import annotations

import argparse
import signal
import sys
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any, Literal

import numpy as np

from vae_core.data import Dataset
from vae_core.data.options import DataOptions
from vae_core.errors import InputError
from vae_core.options import add_trust
from vae_core.progress import ConsoleProgress
from vae_core.train.settings import TrainSettings


def register(commands: Any) -> None:
    """Add the command and its options."""
    defaults = TrainSettings()
    parser: argparse.ArgumentParser = commands.add_parser(
        "train", help="train a VAE", description="Train a VAE; a checkpoint is written after every epoch."
    )
    parser.add_argument("--data", required=True, help="a data set by name or path, e.g. fashion-mnist:train")
    parser.add_argument("--test-data", help="data for the test figures (default: a tenth of --data is held out)")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="folder of the checkpoint")
    parser.add_argument("--latent-dim", type=int, default=16, help="latent dimensions (default %(default)s)")
    parser.add_argument("--beta", type=float, default=defaults.beta, help="weight of the rate (default %(default)s)")
    parser.add_argument("--epochs", type=int, default=defaults.epochs, help="default %(default)s")
    parser.add_argument("--batch-size", type=int, default=defaults.batch_size, help="default %(default)s")
    parser.add_argument("--learning-rate", type=float, default=defaults.learning_rate, help="default %(default)s")
    parser.add_argument(
        "--schedule", choices=("constant", "cosine"), default=defaults.schedule, help="default %(default)s"
    )
    parser.add_argument(
        "--warmup-epochs", type=float, default=0.0, help="length of the KL warm-up (default %(default)s)"
    )
    parser.add_argument("--architecture", choices=("conv", "mlp"), help="default: conv for images, else mlp")
    parser.add_argument("--channels", type=_sizes, help="channels of the convolutions, e.g. 32,64")
    parser.add_argument(
        "--hidden", type=_sizes, help="widths of the fully connected layers (default: none with conv, 256,128 with mlp)"
    )
    parser.add_argument(
        "--likelihood", choices=("bernoulli", "gaussian"), help="default: bernoulli for images, else gaussian"
    )
    parser.add_argument(
        "--scale", type=_scale, default="learned", help="σ of the Gaussian: a number or 'learned' (default)"
    )
    parser.add_argument(
        "--as-they-are", action="store_true", help="do not standardise the columns of vectors and channels of series"
    )
    parser.add_argument("--seed", type=int, default=defaults.seed, help="default %(default)s")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda … (default %(default)s)")
    parser.add_argument("--resume", action="store_true", help="go on with the training in DIR")
    add_trust(parser)
    DataOptions.add_to(parser)
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Train as asked; Ctrl-C saves where the training stands."""
    import torch

    from vae_core.model import VAE, VAEConfig, choose_device
    from vae_core.opening.spaces import read_data
    from vae_core.train.trainer import train

    settings = TrainSettings(
        epochs=chosen.epochs,
        batch_size=chosen.batch_size,
        learning_rate=chosen.learning_rate,
        schedule=chosen.schedule,
        beta=chosen.beta,
        warmup_epochs=chosen.warmup_epochs,
        seed=chosen.seed,
    )
    device = choose_device(chosen.device)
    if not chosen.resume:
        check_unused(chosen.out)
    options = DataOptions.of(chosen)
    data = read_data(chosen.data, options)
    # The metadata are those of --data; training needs none.
    test = read_data(chosen.test_data, replace(options, metadata=None)) if chosen.test_data else None
    if test is None:
        data, test = hold_out(data, chosen.seed)
    image = data.kind == "image"
    architecture: Literal["conv", "mlp"] = chosen.architecture or ("conv" if image else "mlp")
    likelihood: Literal["bernoulli", "gaussian"] = chosen.likelihood or ("bernoulli" if image else "gaussian")
    sizes = {"hidden": (256, 128)} if architecture == "mlp" else {}  # none at all would leave a linear model
    sizes |= {name: getattr(chosen, name) for name in ("channels", "hidden") if getattr(chosen, name) is not None}
    config = VAEConfig(
        sample_shape=data.sample_shape,
        latent_dim=chosen.latent_dim,
        architecture=architecture,
        likelihood=likelihood,
        scale=chosen.scale,
        standardised=not image and likelihood == "gaussian" and not chosen.as_they_are,
        **sizes,
    )
    torch.manual_seed(settings.seed)
    model = VAE(config).to(device)
    if model.standard is not None and not chosen.resume:
        model.standard.measure(data)
    with StoppingProgress() as bar:
        result = train(model, data, settings, test=test, folder=chosen.out, resume=chosen.resume, progress=bar)
    if not result.completed:
        print(
            f"Stopped in epoch {result.epochs + 1} of {settings.epochs}; everything is saved in {chosen.out}. "
            "The same command with --resume goes on from there.",
            file=sys.stderr,
        )
        return 130
    figures = result.record["test"]
    epochs = f"{settings.epochs} epoch{'s' * (settings.epochs != 1)}"
    print(
        f"{chosen.out}: {epochs}; on {figures['count']} held-out items ELBO {figures['elbo']:.2f}, "
        f"rate {figures['rate']:.2f}, distortion {figures['distortion']:.2f} nats per item."
    )
    return 0


def check_unused(folder: Path) -> None:
    """Raise InputError if there is something in `folder` that a training would write over."""
    try:
        used = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    except (OSError, ValueError) as error:
        raise InputError(f"{folder}: cannot be used as a folder ({error}); choose another.") from error
    if used:
        raise InputError(f"{folder}: already holds something; choose another folder, or add --resume.")


def hold_out(data: Dataset, seed: int) -> tuple[Dataset, Dataset]:
    """Split off a random tenth of the items for testing.

    Raises
    ------
    InputError
        If there are fewer than two items.
    """
    if len(data) < 2:
        raise InputError(f"{data.name}: one item is too few to train on and test with; give at least two.")
    order = np.random.default_rng(seed).permutation(len(data))
    held = max(1, len(data) // 10)
    return data.take(np.sort(order[held:])), data.take(np.sort(order[:held]))


class StoppingProgress(ConsoleProgress):
    """A progress bar that turns the first Ctrl-C into a request to stop; a second one interrupts at once."""

    def __init__(self) -> None:
        super().__init__("training")
        self._stop = False
        self._before = signal.signal(signal.SIGINT, self._interrupted)

    def _interrupted(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - as of every signal
        self._stop = True
        signal.signal(signal.SIGINT, self._before)

    def __call__(self, step: int, of: int, note: str = "", preview: Any = None) -> bool:
        """Move the bar; False once Ctrl-C was pressed."""
        super().__call__(step, of, note, preview)
        return not self._stop

    def close(self) -> None:
        """Take the bar off the screen and Ctrl-C back to what it did."""
        super().close()
        signal.signal(signal.SIGINT, self._before)


def _sizes(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of whole numbers like 32,64") from None


def _scale(text: str) -> float | str:
    if text == "learned":
        return text
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is neither a number nor 'learned'") from None
