"""A data set run through a model: posteriors and distortion."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import numpy as np
import torch

from vae_core.data.dataset import Dataset
from vae_core.errors import InputError
from vae_core.model.protocol import LatentModel
from vae_core.progress import Progress, Stopped, silent

_NOISE_BLOCK = 64
_NO_VARIANCE = -60.0  # logvar of a model without one: a standard deviation of 1e-13


def encode(
    model: LatentModel, data: Dataset, batch_size: int = 512, progress: Progress = silent
) -> tuple[np.ndarray, np.ndarray]:
    """Return the posterior of every item.

    Parameters
    ----------
    model : LatentModel
        The model; its weights must be where its device is.
    data : Dataset
        The items.
    batch_size : int
        Items encoded at once.
    progress : Progress
        Hears of finished items.

    Returns
    -------
    mean, logvar : ndarray
        ``[n, d]`` float32. The logvar of a model without a variance is −60.

    Raises
    ------
    InputError
        If the model cannot encode, the items have another shape than the model
        takes, or latent values come out that are not finite.
    Stopped
        If `progress` asks to stop.
    """
    if not model.can.encode:
        raise InputError("This model has no encoder, so no data set can be seen through it.")
    if tuple(data.sample_shape) != tuple(model.sample_shape):
        raise InputError(
            f"{data.name}: one item has shape {data.sample_shape}, but the model takes {tuple(model.sample_shape)}; "
            "give the data the model was trained on."
        )
    n = len(data)
    mean = np.empty((n, model.latent_dim), dtype=np.float32)
    logvar = np.full((n, model.latent_dim), _NO_VARIANCE, dtype=np.float32)
    with evaluating(model) as device:
        for start in range(0, n, batch_size):
            part = slice(start, min(start + batch_size, n))
            with torch.inference_mode():
                posterior = model.encode(torch.from_numpy(data.batch(part)).to(device))
                mean[part] = posterior.mean.cpu().numpy()
                if model.can.variance:
                    logvar[part] = posterior.logvar.cpu().numpy()
            if not progress(part.stop, n, "encoding"):
                raise Stopped
    bad = ~(np.isfinite(mean).all(axis=1) & np.isfinite(logvar).all(axis=1) & np.isfinite(np.exp(logvar)).all(axis=1))
    if bad.any():
        raise InputError(
            f"{data.name}: the model gives latent values that are not finite for {int(bad.sum())} of {n} items, first "
            f"for item {int(bad.argmax())}; check its weights and the range of the data."
        )
    return mean, logvar


def distortion(
    model: LatentModel,
    data: Dataset,
    mean: np.ndarray,
    logvar: np.ndarray,
    samples: int = 8,
    seed: int = 0,
    batch_size: int = 512,
    progress: Progress = silent,
) -> tuple[np.ndarray, np.ndarray]:
    """Return −E_q log p(x|z) of every item, estimated from seeded posterior samples.

    The noise belongs to the item and not to the batch: the result does not
    depend on `batch_size`.

    Parameters
    ----------
    model, data
        As in `encode`.
    mean, logvar : ndarray
        ``[n, d]``, from `encode`.
    samples : int
        Latent points drawn an item.
    seed : int
        Of the draws.
    batch_size : int
        Items decoded at once.
    progress : Progress
        Hears of finished items.

    Returns
    -------
    distortion, error : ndarray
        ``[n]`` float32 nats, summed over the item, and the standard error of
        the mean over the samples.

    Raises
    ------
    InputError
        If the likelihood gives values that are not finite.
    Stopped
        If `progress` asks to stop.
    """
    n, d = mean.shape
    value = np.empty(n, dtype=np.float32)
    error = np.zeros(n, dtype=np.float32)
    std = np.exp(0.5 * logvar)
    with evaluating(model) as device:
        for start in range(0, n, batch_size):
            part = slice(start, min(start + batch_size, n))
            x = torch.from_numpy(data.batch(part)).to(device)
            noise = _noise(part.start, part.stop, samples, d, seed)
            nats = np.empty((samples, part.stop - part.start), dtype=np.float64)
            for draw in range(samples):
                z = torch.from_numpy(mean[part] + std[part] * noise[draw]).to(device)
                with torch.inference_mode():
                    log_prob = model.likelihood(z).log_prob(x)
                    nats[draw] = -log_prob.reshape(len(x), -1).sum(dim=1).cpu().numpy()
            value[part] = nats.mean(axis=0)
            if samples > 1:
                error[part] = nats.std(axis=0, ddof=1) / np.sqrt(samples)
            if not progress(part.stop, n, "distortion"):
                raise Stopped
    bad = ~np.isfinite(value)
    if bad.any():
        raise InputError(
            f"{data.name}: the likelihood of {int(bad.sum())} of {n} items is not finite, first of item "
            f"{int(bad.argmax())}; check the model's weights and that the data lie in the range of its likelihood."
        )
    return value, error


def _noise(start: int, stop: int, samples: int, d: int, seed: int) -> np.ndarray:
    """Standard normal draws ``[samples, stop - start, d]`` for items start … stop − 1."""
    first, last = start // _NOISE_BLOCK, (stop - 1) // _NOISE_BLOCK
    blocks = [
        np.random.default_rng([seed, block]).standard_normal((samples, _NOISE_BLOCK, d), dtype=np.float32)
        for block in range(first, last + 1)
    ]
    offset = first * _NOISE_BLOCK
    return np.concatenate(blocks, axis=1)[:, start - offset : stop - offset]


@contextlib.contextmanager
def evaluating(model: LatentModel) -> Iterator[torch.device]:
    """Hold a torch module in evaluation mode and give the device its weights are on."""
    if not isinstance(model, torch.nn.Module):
        yield torch.device("cpu")
        return
    training = model.training
    if training:
        model.eval()
    try:
        parameter = next(model.parameters(), None)
        yield parameter.device if parameter is not None else torch.device("cpu")
    finally:
        if training:
            model.train()
