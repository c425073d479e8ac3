"""A data set run through a model: posteriors and distortion."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import numpy as np
import torch

from vae_core.data.dataset import Dataset
from vae_core.errors import InputError
from vae_core.model.protocol import NO_ENCODER, LatentModel
from vae_core.progress import Progress, Stopped, silent
from vae_core.space.encodings.checkpoint import DRAWS, EncodingCheckpoint

_NOISE_BLOCK = 64
_ROWS = 65_536
_CACHED = 64  # items decoded at once on a processor: their pictures stay in its cache
#: logvar of a model without one: a standard deviation of 1e-13.
NO_VARIANCE = -60.0


def encode(
    model: LatentModel,
    data: Dataset,
    batch_size: int = 512,
    progress: Progress = silent,
    partial: EncodingCheckpoint | None = None,
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
    partial : EncodingCheckpoint, optional
        Files to write into, and to go on from.

    Returns
    -------
    mean, logvar : ndarray
        ``[n, d]`` float32. The logvar of a model without a variance is −60.

    Raises
    ------
    InputError
        If the model cannot encode, the items have another shape than the model
        takes, or not a single item gets finite latent values.
    Stopped
        If `progress` asks to stop.
    """
    if not model.can.encode:
        raise InputError(NO_ENCODER)
    if tuple(data.sample_shape) != tuple(model.sample_shape):
        raise InputError(
            f"{data.name}: one item has shape {data.sample_shape}, but the model takes {tuple(model.sample_shape)}; "
            "give the data the model was trained on."
        )
    n = len(data)
    first = 0
    if partial is None:
        mean = np.empty((n, model.latent_dim), dtype=np.float32)
        logvar = np.empty((n, model.latent_dim), dtype=np.float32)
    else:
        mean, logvar, first = partial.mean, partial.logvar, partial.done("encoding")
    if not model.can.variance:
        logvar[:] = NO_VARIANCE
    with evaluating(model) as device:
        for start in range(first, n, batch_size):
            part = slice(start, min(start + batch_size, n))
            with torch.inference_mode():
                posterior = model.encode(torch.from_numpy(data.batch(part)).to(device))
                mean[part] = posterior.mean.detach().cpu().numpy()
                if model.can.variance:
                    logvar[part] = posterior.logvar.detach().cpu().numpy()
            if partial is not None:
                partial.note("encoding", part.stop, now=part.stop == n)
            if not progress(part.stop, n, "encoding"):
                raise Stopped
    if not any(np.isfinite(mean[start : start + _ROWS]).all(axis=1).any() for start in range(0, n, _ROWS)):
        raise InputError(
            f"{data.name}: the model gives no item finite latent values; check its weights and the range of the data."
        )
    return mean, logvar


def distortion(
    model: LatentModel,
    data: Dataset,
    mean: np.ndarray,
    logvar: np.ndarray,
    samples: int = DRAWS,
    *,
    seed: int = 0,
    batch_size: int = 512,
    progress: Progress = silent,
    partial: EncodingCheckpoint | None = None,
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
        Latent points drawn per item, the first of them the same however many there are; of a model without a
        variance one, which is the mean.
    seed : int
        Of the draws.
    batch_size : int
        Items decoded at once.
    progress : Progress
        Hears of finished items.
    partial : EncodingCheckpoint, optional
        Files to write into, and to go on from.

    Returns
    -------
    distortion, error : ndarray
        ``[n]`` float32 nats, summed over the item, and the standard error of
        the mean over the samples: NaN of a single draw, 0 where there is nothing to draw.

    Raises
    ------
    Stopped
        If `progress` asks to stop.
    """
    n, d = mean.shape
    first = 0
    alone = 0.0
    if not model.can.variance:
        samples = 1  # all draws are the mean
    elif samples == 1:
        alone = np.nan
    if partial is None:
        value = np.empty(n, dtype=np.float32)
        error = np.empty(n, dtype=np.float32)
    else:
        value, error, first = partial.distortion, partial.distortion_error, partial.done("distortion")
    with evaluating(model) as device:
        for start in range(first, n, batch_size):
            part = slice(start, min(start + batch_size, n))
            x = torch.from_numpy(data.batch(part)).to(device)
            noise = _noise(part.start, part.stop, samples, d, seed)
            # Items without finite latents are left out later; meanwhile they must not stop the others.
            drawn = np.nan_to_num(mean[part] + np.exp(0.5 * logvar[part]) * noise, posinf=0.0, neginf=0.0)
            nats = np.empty((samples, len(x)), dtype=np.float64)
            together = _CACHED if device.type == "cpu" else len(x)
            with torch.inference_mode():
                for draw in range(samples):
                    for begin in range(0, len(x), together):
                        some = slice(begin, begin + together)
                        log_prob = model.likelihood(torch.from_numpy(drawn[draw, some]).to(device)).log_prob(x[some])
                        nats[draw, some] = -log_prob.reshape(len(log_prob), -1).sum(dim=1).detach().cpu().numpy()
            value[part] = nats.mean(axis=0)
            error[part] = nats.std(axis=0, ddof=1) / np.sqrt(samples) if samples > 1 else alone
            if partial is not None:
                partial.note("distortion", part.stop)
            if not progress(part.stop, n, "distortion"):
                raise Stopped
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
        yield model.prior.mean.device
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
