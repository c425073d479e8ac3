"""What a model says of the likelihood of the data: rate, distortion, ELBO and the importance-weighted bound."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vae_core.data.pieces import pieces
from vae_core.errors import InputError
from vae_core.interpret.usage.importance import Bound, bound_of
from vae_core.progress import Progress, Stopped, silent

if TYPE_CHECKING:
    import torch

    from vae_core.data.dataset import Dataset
    from vae_core.model.protocol import LatentModel
    from vae_core.space.latent_space import LatentSpace

#: Items and samples per item where nobody says how many.
ITEMS = 1000
SAMPLES = 64
_TOGETHER = 64  # pictures that stay in a processor's cache


@dataclass(frozen=True)
class Mean:
    """A mean over items, in nats per item.

    Attributes
    ----------
    nats, error : float
        The mean and its standard error; the items, even if they are the whole set, are taken for a sample.
    items : int
        So many it is of.
    """

    nats: float
    error: float
    items: int


@dataclass(frozen=True)
class Evidence:
    """What a model says of the likelihood of the data; what cannot be measured is None, and a note says why.

    There is no chance level: a bound is compared with that of another model on the same items, in the same units.

    Attributes
    ----------
    of : int
        Items of the space.
    values : int
        Values of one item (pixels times channels).
    likelihood : str
        "discrete", "pseudo", "density" (see `vae_core.model.likelihoods.likelihood_kind`), as the items looked at have
        it; "" where there are no items.
    rate, distortion, elbo : Mean or None
        Over the whole set: KL(q(z|x) || p(z)), −E_q log p(x|z) from 8 posterior samples per item, and minus their sum.
    at_mean : Mean or None
        The distortion at the posterior mean, over the sampled items; no part of any bound.
    bound : Bound or None
        The importance-weighted bound, over the sampled items.
    bound_of_all : Mean or None
        The bound for the whole set: `elbo`, and what the bound gains on it over the sampled items (a difference
        estimator; its error by two-phase sampling, s_d² (1/m − 1/n) + s²/n, Cochran 1977, sections 7.1 and 12.2).
    elbo_bits, bound_bits : float or None
        Bits a dimension of the item (for images, bits per pixel and channel) that `elbo` and `bound_of_all` come to:
        −nats / (values · ln 2). Of a discrete likelihood only.
    notes : tuple of str
        A sentence each: what is not there and why, and what to mind.
    """

    of: int
    values: int
    likelihood: str
    rate: Mean | None
    distortion: Mean | None
    elbo: Mean | None
    at_mean: Mean | None
    bound: Bound | None
    bound_of_all: Mean | None
    elbo_bits: float | None
    bound_bits: float | None
    notes: tuple[str, ...]


def evidence(
    space: LatentSpace,
    *,
    items: int | None = None,
    samples: int = SAMPLES,
    seed: int = 0,
    progress: Progress = silent,
) -> Evidence:
    """Measure what a model says of the likelihood of the data.

    Parameters
    ----------
    space : LatentSpace
        The space.
    items : int, optional
        Items of the importance-weighted bound, drawn with the seed; 1,000 if it is left out. Rate, distortion and ELBO
        are always those of the whole set.
    samples : int
        Posterior samples K an item. The samples of an item depend on the seed and the item alone.
    seed : int
        Of items and samples.
    progress : Progress
        Hears of decoded latent points.

    Raises
    ------
    InputError
        If there are fewer than two items, no sample, or a bound is not finite.
    Stopped
        If `progress` asks to stop.
    """
    n = len(space)
    values = math.prod(space.model.sample_shape)
    if not space.model.can.encode:
        note = "Nothing is encoded, so there is no posterior, and none of these figures; open the model with its data."
        return Evidence(n, values, "", None, None, None, None, None, None, None, None, (note,))
    drawn = min(n, ITEMS if items is None else items)
    if drawn < 2:
        raise InputError("A mean over items needs at least two of them to have an uncertainty.")
    if samples < 1:
        raise InputError(f"The importance-weighted bound takes at least one sample an item, not {samples}.")
    rows = np.sort(np.random.default_rng(seed).choice(n, drawn, replace=False))
    samples = samples if space.model.can.variance else 0
    mean, logvar = space.mean[rows], space.logvar[rows]
    weights, at_mean, kind = log_weights(
        space.model, space.data, rows, mean, logvar, samples, seed=seed, progress=progress
    )
    notes = [_KIND_NOTES[kind]] if kind in _KIND_NOTES else []
    distortion = mean_of(space.distortion)
    if samples == 0:
        notes.append("The posterior has no variance, so its rate is infinite, and there is no ELBO and no bound.")
        return Evidence(n, values, kind, None, distortion, None, mean_of(-at_mean), *4 * (None,), tuple(notes))
    rates = np.concatenate([part.sum(axis=1, dtype=np.float64) for _, part in pieces(space.rate)])
    elbos = -rates - space.distortion
    elbo, bound = mean_of(elbos), bound_of(weights)
    bound_of_all = _of_all(elbos, rows, bound.by_item)
    if bound.warning:
        notes.append(bound.warning)
    elbo_bits = bound_bits = None
    if kind == "discrete":
        elbo_bits, bound_bits = (_bits(nats, values) for nats in (elbo.nats, bound_of_all.nats))
    return Evidence(
        n,
        values,
        kind,
        mean_of(rates),
        distortion,
        elbo,
        mean_of(-at_mean),
        bound,
        bound_of_all,
        elbo_bits,
        bound_bits,
        tuple(notes),
    )


_KIND_NOTES = {
    "pseudo": "The likelihood is one of discrete values, and the data have others (a Bernoulli on grey pixels): it is "
    "a pseudo-likelihood, its nats are comparable among such models only, and bits per dimension are not defined.",
    "density": "The likelihood is a density: its nats depend on how the data are scaled, and bits per dimension "
    "are not defined.",
}


def mean_of(nats: np.ndarray) -> Mean:
    """Return the mean of ``[n]`` nats, n from 2 on, with its standard error."""
    exact = np.asarray(nats, dtype=np.float64)
    return Mean(float(exact.mean()), float(exact.std(ddof=1) / math.sqrt(len(exact))), len(exact))


def _of_all(elbos: np.ndarray, rows: np.ndarray, bounds: np.ndarray) -> Mean:
    n, m = len(elbos), len(rows)
    gained = bounds - elbos[rows]
    error = math.sqrt(gained.var(ddof=1) * (1 / m - 1 / n) + bounds.var(ddof=1) / n)
    return Mean(float(elbos.mean() + gained.mean()), error, n)


def log_weights(
    model: LatentModel,
    data: Dataset,
    rows: np.ndarray,
    mean: np.ndarray,
    logvar: np.ndarray,
    samples: int,
    *,
    seed: int = 0,
    progress: Progress = silent,
) -> tuple[np.ndarray, np.ndarray, str]:
    """Return log w = log p(x|z) + log p(z) − log q(z|x) at posterior samples (Burda et al. 2016, eq. 8).

    Parameters
    ----------
    model, data
        The model and the whole set.
    rows : ndarray
        ``[m]`` the items.
    mean, logvar : ndarray
        ``[m, d]`` their posteriors.
    samples : int
        Samples K an item; may be 0.
    seed : int
        Of the samples.
    progress : Progress
        Hears of decoded latent points.

    Returns
    -------
    log_w : ndarray
        ``[m, K]`` float64 nats.
    at_mean : ndarray
        ``[m]`` float64 nats, log p(x|z) at the posterior mean.
    kind : str
        What the likelihood is for these items, see `likelihood_kind`.

    Raises
    ------
    InputError
        If a value is not finite.
    Stopped
        If `progress` asks to stop.
    """
    import torch

    from vae_core.model.likelihoods import likelihood_kind
    from vae_core.space.encodings.encode import evaluating

    m, d = mean.shape
    log_w = np.empty((m, samples))
    at_mean = np.empty(m)
    kind = "discrete"
    block = max(1, _TOGETHER // (samples + 1))
    with evaluating(model) as device, torch.inference_mode():
        for start in range(0, m, block):
            part = slice(start, min(start + block, m))
            x = torch.from_numpy(data.batch(rows[part])).to(device)
            noise = np.zeros((len(x), samples + 1, d))  # none for the first, which is the mean
            for place, row in enumerate(rows[part]):
                noise[place, 1:] = np.random.default_rng([seed, 1, row]).standard_normal((samples, d))
            half = 0.5 * logvar[part, None].astype(np.float64)
            z = mean[part, None] + np.exp(half) * noise
            flat = z.reshape(-1, d)
            told = np.empty(len(flat))
            for begin in range(0, len(flat), _TOGETHER):
                points = torch.from_numpy(flat[begin : begin + _TOGETHER].astype(np.float32)).to(device)
                likelihood = model.likelihood(points)
                # Items that hold one sample only, or a part of one item's, are repeated to meet their latent points.
                owner = torch.arange(begin, begin + len(points), device=device) // (samples + 1)
                nats = likelihood.log_prob(x[owner])
                told[begin : begin + len(points)] = nats.reshape(len(points), -1).double().sum(1).cpu().numpy()
                if begin == 0 and kind == "discrete":
                    kind = likelihood_kind(likelihood, x[owner])
            log_p = told.reshape(len(x), samples + 1)
            log_q = (-0.5 * np.square(noise) - half - 0.5 * math.log(2 * math.pi)).sum(axis=2)
            at_mean[part] = log_p[:, 0]
            log_w[part] = log_p[:, 1:] + (_log_prior(model, z, device) - log_q)[:, 1:]
            if not progress(part.stop * (samples + 1), m * (samples + 1), "importance weights"):
                raise Stopped("Measuring the importance-weighted bound was stopped.")
    if not (np.isfinite(log_w).all() and np.isfinite(at_mean).all()):
        raise InputError(
            f"{data.name}: the likelihood of some items is not finite at samples of their posteriors; check the "
            "model's weights and that the data lie in the range of its likelihood."
        )
    return log_w, at_mean, kind


def _log_prior(model: LatentModel, z: np.ndarray, device: torch.device) -> np.ndarray:
    """Return log p(z) ``[m, K]`` of latent points ``[m, K, d]``."""
    import torch

    from vae_core.space.encodings.rate import is_standard_normal

    if is_standard_normal(model.prior):  # exactly, and on any device
        return np.asarray(-0.5 * np.square(z).sum(axis=2) - 0.5 * math.log(2 * math.pi) * z.shape[2])
    points = torch.from_numpy(z.reshape(-1, z.shape[2]).astype(np.float32)).to(device)
    nats = model.prior.log_prob(points).reshape(len(points), -1).double().sum(1)
    return np.asarray(nats.cpu().numpy()).reshape(z.shape[:2])


def _bits(nats: float, values: int) -> float:
    return -nats / (values * math.log(2))
