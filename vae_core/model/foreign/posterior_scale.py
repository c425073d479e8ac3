"""What the spread of a posterior is, log-variance, variance or deviation, told by the decoder."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from vae_core.model.foreign.outputs import to_logvar

_ITEMS = 32
_DIMENSIONS = 24
_LEAST = 24  # values that have to be comparable
#: σ² from which an item says too little to be compared: there 1/σ² − 1 is mostly what training left undone.
_TELLING = 0.5
#: Least correlation, how near to 0 the slope's logarithm has to be, and how far that of the other reading.
CORRELATED = 0.6
NEAR = 0.25
FAR = 0.45
#: Mean σ² between which a dimension's whole variance tells one reading from the other, and how near to 1 the right one
#: brings its logarithm; the other has to be twice as far.
_WIDE = (0.15, 0.9)
WHOLE = 0.1
#: Mean difference of log σ² up to which it does not matter which of two readings is taken.
_APART = 0.1


@dataclass(frozen=True)
class SpreadReading:
    """One reading of a spread.

    Parameters
    ----------
    scale : str
        "logvar", "var", "std", "logstd" or "softplus" (σ = log(1 + exp) of it).
    slope : float
        Of log(1/σ² − 1) over log |∂x̂/∂z|², 1 where the reading is right.
    correlation : float
        Of the two; 0 where too little of the posterior is narrow enough to be compared.
    whole : float
        Mean over the dimensions of |log (Var E[z|x] + E Var[z|x])|, 0 where the reading is right; infinite where no
        dimension is wide enough to tell.
    certain : bool
        Whether it stands out among the readings.
    """

    scale: str
    slope: float
    correlation: float
    whole: float
    certain: bool = False

    @property
    def misfit(self) -> float:
        """How far the logarithm of the slope is from 0; log 2 for a square too many or too few."""
        return abs(math.log(max(self.slope, 1e-9)))


def read_spread(mean: Tensor, spread: Tensor, decode: Callable[[Tensor], Tensor]) -> list[SpreadReading]:
    """Return the readings a spread may have, the likeliest first, which may be certain.

    Where a VAE has been trained, 1/σ_j² = 1 + c |∂x̂/∂z_j|² (the stationary point of the ELBO in the posterior
    variance, for a Gaussian likelihood of variance 1/c: Lucas et al. 2019, "Don't blame the ELBO!"; Kumar & Poole 2020,
    "On implicit regularization in β-VAEs"). So log(1/σ² − 1) over log |∂x̂/∂z|² has slope 1, whatever c; of a deviation
    taken for a variance it has ½, of a variance taken for a deviation 2. Where posteriors are about as wide as the
    prior this says little, but there the variance of the aggregate posterior, Var E[z|x] + E Var[z|x], is near 1.

    Parameters
    ----------
    mean, spread : Tensor
        ``[n, d]``.
    decode : callable
        ``[m, d]`` to pictures ``[m, …]``.
    """
    kinds = ["var", "std"] if bool((spread >= 0).all()) else ["logvar", "logstd", "softplus"]
    variances = {kind: to_logvar(spread.double(), kind).exp() for kind in kinds}
    rows = torch.linspace(0, len(mean) - 1, min(_ITEMS, len(mean))).long()
    varied = mean.var(dim=0).argsort(descending=True)[:_DIMENSIONS]
    steepness = torch.stack([_steepness(mean[rows], int(j), decode) for j in varied], dim=1)
    looked = {kind: variance[rows][:, varied] for kind, variance in variances.items()}

    def compared(*names: str) -> list[SpreadReading]:
        widest = torch.stack([looked[name] for name in names]).amax(dim=0)
        least = torch.stack([looked[name] for name in names]).amin(dim=0)
        telling = (widest < _TELLING) & (steepness > 0) & (least > 0)
        wholes = _wholes(mean.double(), {name: variances[name] for name in names})
        return [SpreadReading(name, *_slope(steepness, looked[name], telling), wholes[name]) for name in names]

    best, other = _ranked(compared(*kinds[:2]))
    if len(kinds) == 2:
        return [best, other]
    mine, soft = compared(best.scale, "softplus")
    apart = float((variances[best.scale] / variances["softplus"]).log().abs().mean())
    if not best.certain or apart < _APART:
        return [best, other, soft]
    if soft.whole <= WHOLE and mine.whole >= 2 * WHOLE:
        return [replace(soft, certain=True), mine, other]
    # Narrow, softplus is an exponential: then nothing but wide dimensions tells it from log σ.
    refuted = soft.whole >= 2 * WHOLE if math.isfinite(soft.whole) else soft.misfit >= FAR
    return [replace(best, certain=refuted), soft, other] if best.scale == "logstd" else [best, other, soft]


def _ranked(found: list[SpreadReading]) -> list[SpreadReading]:
    """Return two readings, the likelier first, which is certain if one criterion tells them apart."""
    best, other = sorted(found, key=lambda reading: reading.whole)
    if best.whole <= WHOLE and other.whole >= 2 * WHOLE:
        return [replace(best, certain=True), other]
    best, other = sorted(found, key=lambda reading: reading.misfit)
    certain = best.correlation >= CORRELATED and best.misfit <= NEAR and other.misfit >= FAR
    return [replace(best, certain=certain), other]


def _slope(steepness: Tensor, variance: Tensor, telling: Tensor) -> tuple[float, float]:
    """Return slope (reduced major axis) and correlation of log(1/σ² − 1) over log |∂x̂/∂z|²."""
    if int(telling.sum()) < _LEAST:
        return 0.0, 0.0
    x, y = steepness[telling].log(), (1 / variance[telling] - 1).log()
    together = torch.corrcoef(torch.stack([x, y]))[0, 1]
    return float(y.std() / x.std().clamp_min(1e-9)), float(together.nan_to_num())


def _wholes(mean: Tensor, variances: dict[str, Tensor]) -> dict[str, float]:
    """Return by reading how far the aggregate posterior's variance is from 1, over the dimensions that can tell."""
    low, high = _WIDE
    inside = torch.stack([((v.mean(dim=0) > low) & (v.mean(dim=0) < high)) for v in variances.values()]).all(dim=0)
    if not bool(inside.any()):
        return dict.fromkeys(variances, math.inf)
    around = mean.var(dim=0)
    return {
        kind: float((around + variance.mean(dim=0))[inside].clamp_min(1e-12).log().abs().mean())
        for kind, variance in variances.items()
    }


def _steepness(mean: Tensor, j: int, decode: Callable[[Tensor], Tensor]) -> Tensor:
    """Return |∂x̂/∂z_j|² of every item ``[n]``, by central differences."""
    step = torch.zeros_like(mean[0])
    step[j] = 0.1 * mean[:, j].std().clamp_min(1e-3)
    moved = decode(mean + step).flatten(1).double() - decode(mean - step).flatten(1).double()
    return moved.square().sum(dim=1) / (2 * float(step[j])) ** 2
