"""What a training needs to go on as if it had never stopped."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from vae_core.errors import InputError
from vae_core.model.vae import VAE
from vae_core.storage import DiskFull, write_atomically
from vae_core.train.settings import TrainSettings

STATE = "training.pt"


@dataclass
class TrainingState:
    """Where a training stands: whole epochs, steps into the next one, its noise, and the running means."""

    epoch: int = 0
    step: int = 0
    noise: Tensor | None = None
    count: int = 0
    rate_sum: Tensor = field(default_factory=lambda: torch.zeros((), dtype=torch.float64))
    distortion_sum: Tensor = field(default_factory=lambda: torch.zeros((), dtype=torch.float64))
    history: list[dict[str, float]] = field(default_factory=list)

    def add(self, rate: Tensor, distortion: Tensor, count: int) -> None:
        """Take the figures of one step, means in nats over `count` items, into the running means."""
        self.count += count
        self.rate_sum = torch.add(self.rate_sum, rate, alpha=count)
        self.distortion_sum = torch.add(self.distortion_sum, distortion, alpha=count)

    def describe(self) -> str:
        """Rate and distortion of the epoch so far, in words."""
        rate, distortion = self._means()
        return f"rate {rate:.2f}, distortion {distortion:.2f} nats"

    def check_finite(self, model: VAE | None = None) -> None:
        """Raise InputError if the figures, or the weights of `model`, have left the finite numbers.

        The figures of a step are those before its update, so finite figures do not yet mean finite weights.
        """
        finite = bool(torch.isfinite(self.rate_sum + self.distortion_sum))
        if finite and model is not None:
            finite = all(bool(torch.isfinite(weights).all()) for weights in model.parameters())
        if not finite:
            raise InputError(
                f"The loss is no longer finite in epoch {self.epoch + 1}; lower --learning-rate or check the data "
                "(a checkpoint that was written before is kept)."
            )

    def finish_epoch(self) -> None:
        """Write the epoch into the history and begin the next."""
        rate, distortion = self._means()
        self.history.append({"rate": rate, "distortion": distortion})
        self.epoch += 1
        self.step = self.count = 0
        self.noise = None
        self.rate_sum.zero_()
        self.distortion_sum.zero_()

    def _means(self) -> tuple[float, float]:
        return self.rate_sum.item() / max(self.count, 1), self.distortion_sum.item() / max(self.count, 1)


def save_state(
    folder: Path,
    model: VAE,
    optimizer: torch.optim.Optimizer,
    settings: TrainSettings,
    data_fingerprint: str,
    state: TrainingState,
) -> None:
    """Write weights, optimizer and position in one file, so that they always belong together.

    Raises
    ------
    InputError
        If the folder cannot be written to.
    """
    content = {
        "architecture": model.config.to_dict(),
        "settings": settings.to_dict(),
        "data": data_fingerprint,
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "state": vars(state),
    }
    buffer = io.BytesIO()  # written by torch itself, a full disk would be a RuntimeError
    torch.save(content, buffer)

    def write(path: Path) -> None:
        path.write_bytes(buffer.getbuffer())

    try:
        write_atomically(folder / STATE, write)
    except (DiskFull, OSError) as error:
        raise InputError(
            f"{folder}: the training cannot be saved ({error.strerror}); choose another folder."
        ) from error


def load_state(
    folder: Path, model: VAE, optimizer: torch.optim.Optimizer, settings: TrainSettings, data_fingerprint: str
) -> TrainingState:
    """Put weights and optimizer back and return where the training stood.

    Raises
    ------
    InputError
        If there is no readable state, or it belongs to another architecture, other data or other settings.
        Only the number of epochs may differ, and that only while the learning rate does not depend on it.
    """
    path = folder / STATE
    try:
        with zipfile.ZipFile(path) as archive:  # torch itself does not compare the checksums
            if archive.testzip() is not None:
                raise _damaged(path)
        content = torch.load(path, map_location=model.device, weights_only=True)
    except FileNotFoundError:
        raise InputError(f"{path}: not found; there is no training to resume in this folder.") from None
    except NotADirectoryError:
        raise InputError(f"{folder}: not a folder; there is no training to resume.") from None
    except InputError:
        raise
    except Exception as error:  # damaged bytes fail in the zip, the pickle or the tensor layer, each in its own way
        raise _damaged(path) from error
    try:
        state = TrainingState(**content["state"])
        _check_same(path, content, model, settings, data_fingerprint, state)
        if state.noise is not None:
            state.noise = state.noise.cpu()
        model.load_state_dict(content["model"])
        optimizer.load_state_dict(content["optimizer"])
    except InputError:
        raise
    except (KeyError, TypeError, AttributeError, ValueError, RuntimeError) as error:  # whole, but not written by us
        raise _damaged(path) from error
    return state


def _check_same(
    path: Path,
    content: dict[str, Any],
    model: VAE,
    settings: TrainSettings,
    data_fingerprint: str,
    state: TrainingState,
) -> None:
    """Raise InputError unless the state belongs to this training."""
    if content["architecture"] != model.config.to_dict():
        raise InputError(f"{path}: belongs to another architecture; resume with the settings it was started with.")
    # Settings before data: another seed also holds out other items, and the seed is what a person can mend.
    for name, value in settings.to_dict().items():
        started = content["settings"][name]
        if started != value and (name != "epochs" or settings.schedule == "cosine"):
            raise InputError(
                f"{path}: was started with {name} {started!r}, not {value!r}; "
                "resume with the settings it was started with."
            )
    if content["data"] != data_fingerprint:
        raise InputError(f"{path}: was trained on other data; resume with the data it was started with.")
    begun = state.epoch + (state.step > 0)
    if begun > settings.epochs:
        raise InputError(f"{path}: already trained into epoch {begun}; ask for at least as many epochs.")


def _damaged(path: Path) -> InputError:
    return InputError(f"{path}: damaged or truncated; the training cannot be resumed, start it anew.")
