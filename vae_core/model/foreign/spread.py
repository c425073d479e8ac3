"""What the spread of a posterior is, log-variance, variance or deviation, told by the decoder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from vae_core.model.foreign.answers import to_logvar
from vae_core.options import SPREADS

_ITEMS = 32
_DIMENSIONS = 24
#: σ² from which a dimension says too little of an item to be compared.
_TELLING = 0.8
#: Least correlation, and the farthest the slope's logarithm may be from 0; half-way to the next reading is 0.35.
CORRELATED = 0.6
NEAR = 0.25


@dataclass(frozen=True)
class SpreadReading:
    """One reading of a spread.

    Parameters
    ----------
    scale : str
        "logvar", "var", "std" or "logstd".
    slope : float
        Of log(1/σ² − 1) over log |∂x̂/∂z|², 1 where the reading is right.
    correlation : float
        Of the two.
    """

    scale: str
    slope: float
    correlation: float

    @property
    def off(self) -> float:
        """How far the logarithm of the slope is from 0; log 2 for a square too many or too few."""
        return abs(float(torch.tensor(max(self.slope, 1e-9)).log()))

    @property
    def certain(self) -> bool:
        """Whether this reading stands out."""
        return self.correlation >= CORRELATED and self.off <= NEAR


def read_spread(mean: Tensor, spread: Tensor, decode: Callable[[Tensor], Tensor]) -> list[SpreadReading]:
    """Return the readings a spread may have, the likeliest first.

    Where a VAE has been trained, 1/σ_j² = 1 + c |∂x̂/∂z_j|² (the stationary point of the ELBO in the posterior
    variance, for a Gaussian likelihood of variance 1/c: Lucas et al. 2019, "Don't blame the ELBO!"; Kumar & Poole 2020,
    "On implicit regularization in β-VAEs"). So log(1/σ² − 1) over log |∂x̂/∂z|² has slope 1, whatever c; of a deviation
    taken for a variance it has ½, of a variance taken for a deviation 2.

    Parameters
    ----------
    mean, spread : Tensor
        ``[n, d]``.
    decode : callable
        ``[m, d]`` to pictures ``[m, …]``.
    """
    rows = torch.linspace(0, len(mean) - 1, min(_ITEMS, len(mean))).long()
    mean, spread = mean[rows], spread[rows]
    kinds = [kind for kind in SPREADS if kind.startswith("log") or bool((spread >= 0).all())]
    if bool((spread >= 0).all()):
        kinds = ["var", "std"]  # a log-variance that is never negative would be a posterior wider than the prior
    varied = mean.var(dim=0).argsort(descending=True)[:_DIMENSIONS]
    steepness = torch.stack([_steepness(mean, int(j), decode) for j in varied], dim=1)
    found = []
    for kind in kinds:
        variance = to_logvar(spread[:, varied].double(), kind).exp()
        telling = (variance < _TELLING) & (steepness > 0) & (variance > 0)
        if int(telling.sum()) < 10:
            found.append(SpreadReading(kind, 0.0, 0.0))
            continue
        x, y = steepness[telling].log(), (1 / variance[telling] - 1).log()
        together = torch.corrcoef(torch.stack([x, y]))[0, 1]
        found.append(SpreadReading(kind, float(y.std() / x.std().clamp_min(1e-9)), float(together.nan_to_num())))
    return sorted(found, key=lambda reading: (not reading.certain, reading.off))


def _steepness(mean: Tensor, j: int, decode: Callable[[Tensor], Tensor]) -> Tensor:
    """Return |∂x̂/∂z_j|² of every item ``[n]``, by central differences."""
    step = torch.zeros_like(mean[0])
    step[j] = 0.1 * mean[:, j].std().clamp_min(1e-3)
    moved = decode(mean + step).flatten(1).double() - decode(mean - step).flatten(1).double()
    return moved.square().sum(dim=1) / (2 * float(step[j])) ** 2
