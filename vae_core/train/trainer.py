"""The training loop. It knows the objective, not the networks."""

from __future__ import annotations

import math
import platform
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from vae_core.data.dataset import Dataset
from vae_core.errors import InputError
from vae_core.model.checkpoint import save_checkpoint
from vae_core.model.objective import negative_elbo, warmed_up_beta
from vae_core.model.vae import VAE
from vae_core.progress import Progress, silent
from vae_core.train.settings import TrainSettings
from vae_core.train.state import TrainingState, load_state, save_state


@dataclass(frozen=True)
class TrainingResult:
    """What a training came to.

    Parameters
    ----------
    completed : bool
        False if it was asked to stop before its last epoch.
    epochs : int
        Whole epochs done.
    history : list of dict
        Rate and distortion (nats per item, training means) of every epoch.
    record : dict
        The training record as the checkpoint keeps it.
    """

    completed: bool
    epochs: int
    history: list[dict[str, float]]
    record: dict[str, Any] = field(repr=False)


def train(
    model: VAE,
    data: Dataset,
    settings: TrainSettings,
    *,
    test: Dataset | None = None,
    folder: Path | str | None = None,
    resume: bool = False,
    progress: Progress = silent,
) -> TrainingResult:
    """Train a VAE in place with Adam on the β-weighted ELBO.

    Parameters
    ----------
    model : VAE
        Trained in place; left in evaluation mode.
    data : Dataset
        Training items.
    settings : TrainSettings
        How.
    test : Dataset, optional
        Held-out items on which the record's ELBO, rate and distortion are measured.
    folder : path, optional
        Where a checkpoint is written after every epoch, and when the training is stopped.
    resume : bool
        Go on from the state in `folder`; on the same machine the result is the same, bit for bit, as of an
        uninterrupted training.
    progress : Progress
        Called after every step.

    Raises
    ------
    InputError
        If data and model do not fit, the state in `folder` is of another training, or the loss stops being finite.
    """
    check_fit(model, data)
    if test is not None:
        check_fit(model, test)
    optimizer = torch.optim.Adam(model.parameters(), lr=settings.learning_rate, fused=model.device.type == "cpu")
    state = _begun(model, data, settings, optimizer, folder, resume)
    steps = math.ceil(len(data) / settings.batch_size)
    total = steps * settings.epochs
    warmup = round(settings.warmup_epochs * steps)
    stopped = False
    device = model.device  # asking a module takes longer than one would think
    model.train()
    while state.epoch < settings.epochs and not stopped:
        order, noise = _randomness(settings.seed, state.epoch, len(data), model.device)
        if state.noise is not None:
            noise.set_state(state.noise)
        while state.step < steps:
            chosen = order[state.step * settings.batch_size : (state.step + 1) * settings.batch_size]
            x = torch.from_numpy(data.batch(chosen)).to(device)
            done = state.epoch * steps + state.step
            optimizer.param_groups[0]["lr"] = settings.learning_rate_at(done, total)
            objective = negative_elbo(model, x, beta=warmed_up_beta(settings.beta, done, warmup), generator=noise)
            optimizer.zero_grad(set_to_none=True)
            objective.loss.backward()
            optimizer.step()
            state.add(objective.rate, objective.distortion, len(x))
            state.step += 1
            note = ""
            if done % 20 == 0 or state.step == steps:
                state.check_finite()
                note = f"epoch {state.epoch + 1} of {settings.epochs}, {state.describe()}"
            if not progress(done + 1, total, note):
                stopped = True
                break
        state.check_finite(model)  # before anything is written over what was saved before
        if state.step == steps:
            state.finish_epoch()
        else:
            state.noise = noise.get_state()
        if folder is not None:
            save_state(Path(folder), model, optimizer, settings, data.fingerprint, state)
            if state.epoch < settings.epochs:  # the last one is written with what it came to
                save_checkpoint(model, folder, _record(data, settings, state))
    model.eval()
    record = _record(data, settings, state)
    if state.epoch == settings.epochs and test is not None:
        record["test"] = {"data": test.name, "count": len(test), **evaluate(model, test, settings.seed)}
    if folder is not None:
        save_checkpoint(model, folder, record)
    return TrainingResult(state.epoch == settings.epochs, state.epoch, state.history, record)


def evaluate(model: VAE, data: Dataset, seed: int = 0, batch_size: int = 512) -> dict[str, float]:
    """Measure ELBO, rate and distortion, means in nats per item, one posterior sample each.

    Returns
    -------
    dict
        Keys ``elbo``, ``rate``, ``distortion``.
    """
    noise = torch.Generator(device=model.device).manual_seed(seed)
    sums = np.zeros(2)
    with torch.inference_mode():
        for start in range(0, len(data), batch_size):
            x = torch.from_numpy(data.batch(slice(start, start + batch_size))).to(model.device)
            objective = negative_elbo(model, x, generator=noise)
            sums += np.array([objective.rate.item(), objective.distortion.item()]) * len(x)
    rate, distortion = (sums / len(data)).tolist()
    return {"elbo": -(rate + distortion), "rate": rate, "distortion": distortion}


def check_fit(model: VAE, data: Dataset) -> None:
    """Raise InputError unless the items have the shape the model takes, and values its likelihood can have."""
    if data.sample_shape != model.sample_shape:
        raise InputError(
            f"{data.name}: items have shape {data.sample_shape}, but the model takes {model.sample_shape}."
        )
    if (
        model.config.likelihood == "bernoulli"
        and data.kind != "image"
        and (data.value_range[0] < 0 or data.value_range[1] > 1)
    ):
        raise InputError(
            f"{data.name}: values lie in {data.value_range}, but a Bernoulli likelihood needs [0, 1]; "
            "rescale them or take the Gaussian."
        )


def make_folder(folder: Path) -> None:
    """Make the folder of a training now rather than after its first epoch, so that a bad path costs no time."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise InputError(f"{folder}: cannot be written to ({error.strerror}); choose another folder.") from error


def _begun(
    model: VAE,
    data: Dataset,
    settings: TrainSettings,
    optimizer: torch.optim.Adam,
    folder: Path | str | None,
    resume: bool,
) -> TrainingState:
    """Return where to begin, its folder being there to be written to."""
    if folder is None:
        if resume:
            raise InputError("To resume a training, name the folder it was written to.")
        return TrainingState()
    state = TrainingState()
    if resume:
        state = load_state(Path(folder), model, optimizer, settings, data.fingerprint)
    make_folder(Path(folder))
    return state


def _randomness(seed: int, epoch: int, count: int, device: torch.device) -> tuple[np.ndarray, torch.Generator]:
    """Order of the items and source of noise: functions of seed and epoch, so that a resumed run repeats them."""
    order = np.random.default_rng([seed, epoch]).permutation(count)
    return order, torch.Generator(device=device).manual_seed(seed * 1_000_003 + epoch)


def _record(data: Dataset, settings: TrainSettings, state: TrainingState) -> dict[str, Any]:
    return {
        "data": {"name": data.name, "count": len(data), "fingerprint": data.fingerprint},
        "settings": settings.to_dict(),
        "epochs": state.epoch,
        "history": state.history,
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
    }
