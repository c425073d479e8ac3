"""What encoders and decoders of other libraries answer, taken apart into tensors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.distributions import Distribution
from torch.nn import functional

from vae_core.errors import InputError

_MEANS = ("mean", "mu", "loc", "z_mean", "latent_mean", "mean_z", "embedding", "latent", "z_mu")
_SPREAD_NAMES: dict[str, tuple[str, ...]] = {
    "logvar": ("logvar", "log_var", "log_variance", "logvariance", "log_covariance", "z_logvar", "z_log_var", "lv"),
    "var": ("var", "variance", "covariance_diagonal", "z_var"),
    "std": ("std", "stddev", "scale", "sigma", "standard_deviation", "z_std"),
    "logstd": ("logstd", "log_std", "z_log_std"),
}
# Half of those who write these mean log σ², and the decoder can tell.
_EITHER = ("log_sigma", "logsigma", "log_scale", "log_sigma_sq", "log_sigma2", "log_sigma_squared")
_HELD = ("latent_dist", "posterior", "dist", "distribution", "q", "q_z")
_PICTURES = ("reconstruction", "recon_x", "recon", "x_hat", "x_recon", "sample", "reconstructions", "decoded", "output")


@dataclass(frozen=True)
class EncoderAnswer:
    """The tensors of one answer.

    Parameters
    ----------
    tensors : tuple of Tensor
        Each ``[n, …]``.
    spread : str, optional
        What the second tensor is, where names or a distribution tell.
    certain : bool
        Whether names or a distribution tell which of the tensors are which: mean, then spread.
    """

    tensors: tuple[Tensor, ...]
    spread: str | None = None
    certain: bool = False


def read_encoder(answer: Any) -> EncoderAnswer:
    """Take apart what an encoder answered.

    Raises
    ------
    InputError
        If there are no tensors in it.
    """
    if isinstance(answer, Distribution):
        return EncoderAnswer((answer.mean, answer.stddev), "std", certain=True)
    if (one := _tensor(answer)) is not None:
        return EncoderAnswer((one,))
    if isinstance(answer, (tuple, list)) and not hasattr(answer, "_fields"):
        for part in answer:
            if isinstance(part, Distribution) or (_tensor(part) is None and _fields(part) is not None):
                return read_encoder(part)
        tensors = tuple(_tensors(answer))
        if tensors:
            return EncoderAnswer(tensors)
    if (named := _fields(answer)) is not None:
        return named
    raise InputError(
        f"its encoder returns {type(answer).__name__}, in which no mean is found; return a tensor, a tuple "
        "of mean and log-variance, a torch distribution, or an object with fields such as mean and logvar."
    )


def _tensors(answer: Any) -> Iterator[Tensor]:
    """Yield the tensors of an answer in their order, however deep in tuples and lists they lie."""
    for part in answer:
        if (found := _tensor(part)) is not None:
            yield found
        elif isinstance(part, (tuple, list)):
            yield from _tensors(part)


def std_logvar_pair(tensors: tuple[Tensor, ...]) -> tuple[int, int, str | None] | None:
    """Return which tensors are one spread and its logarithm, and what the logarithm is, None where that is open.

    Of (mean, std, logvar) the last two are bound by std = exp(logvar / 2); where one is the plain exponential of the
    other they may be variance and log-variance as well as deviation and its logarithm.
    """
    for one, other in permutations(range(len(tensors)), 2):
        spread, logarithm = tensors[one], tensors[other]
        if spread.shape != logarithm.shape or not bool((spread > 0).all()):
            continue
        for power, kind in ((0.5, "logvar"), (1.0, None)):
            if torch.allclose(spread, (power * logarithm).exp(), rtol=1e-3, atol=1e-6):
                return one, other, kind
    return None


def _fields(answer: Any) -> EncoderAnswer | None:
    for held in _HELD:
        inner = _get(answer, held)
        if inner is not None and (isinstance(inner, (Distribution, tuple, list)) or _fields(inner)):
            return read_encoder(inner)
    mean = next((found for name in _MEANS if (found := _tensor(_get(answer, name))) is not None), None)
    if mean is None:
        return None
    for spread, names in _SPREAD_NAMES.items():
        for name in names:
            if (found := _tensor(_get(answer, name))) is not None and found.shape == mean.shape:
                return EncoderAnswer((mean, found), spread, certain=True)
    for name in _EITHER:
        if (found := _tensor(_get(answer, name))) is not None and found.shape == mean.shape:
            return EncoderAnswer((mean, found), None, certain=True)
    return EncoderAnswer((mean,), certain=True)


def read_decoder(answer: Any) -> Tensor | Distribution:
    """Return the distribution or the tensor a decoder answered with.

    Raises
    ------
    InputError
        If there is neither in it.
    """
    if isinstance(answer, Distribution):
        return answer
    if (one := _tensor(answer)) is not None:
        return one
    if isinstance(answer, (tuple, list)) and not hasattr(answer, "_fields") and answer:
        return read_decoder(answer[0])
    for name in (*_PICTURES, *_MEANS, "logits", "probs"):
        found = _get(answer, name)
        if isinstance(found, Distribution) or _tensor(found) is not None:
            return read_decoder(found)
    raise InputError(
        f"its decoder returns {type(answer).__name__}, in which no picture is found; return a tensor, a "
        "torch distribution, or an object with a field such as reconstruction or sample."
    )


def values_of(answer: Tensor | Distribution) -> Tensor:
    """Return what was decoded as numbers: the mean of a distribution."""
    return (answer.mean if isinstance(answer, Distribution) else answer).float()


def _get(answer: Any, name: str) -> Any:
    if isinstance(answer, Mapping):
        return answer.get(name)
    # A tensor has attributes of these names too, and a method is no field.
    found = None if isinstance(answer, Tensor) else getattr(answer, name, None)
    return None if callable(found) and not isinstance(found, (Tensor, Distribution)) else found


def _tensor(part: Any) -> Tensor | None:
    if isinstance(part, np.ndarray) and part.dtype.kind == "f":
        part = torch.from_numpy(part)
    return part if isinstance(part, Tensor) and part.is_floating_point() and part.ndim >= 1 else None


def to_logvar(spread: Tensor, kind: str) -> Tensor:
    """Return log σ² of a spread of this kind."""
    if kind == "logvar":
        return spread
    if kind == "logstd":
        return 2 * spread
    if kind == "softplus":
        spread, kind = functional.softplus(spread), "std"
    tiny = torch.finfo(spread.dtype).tiny
    return spread.clamp_min(tiny).log() * (1 if kind == "var" else 2)
