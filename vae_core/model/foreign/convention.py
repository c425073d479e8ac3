"""How a model of another library is talked to: layout and range of what it takes, meaning of what it answers."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import torch
from torch import Tensor

from vae_core.errors import InputError
from vae_core.model.foreign.outputs import EncoderAnswer, to_logvar

Numbers = float | tuple[float, ...]


@dataclass(frozen=True)
class Affine:
    """Values v of ours as a model takes them: (v − shift) / spread.

    Parameters
    ----------
    shift, spread : float or tuple of float
        One for all values, or one a channel of images and series, a column of vectors.
    """

    shift: Numbers = 0.0
    spread: Numbers = 1.0

    def give(self, x: Tensor) -> Tensor:
        """Our values ``[n, *sample_shape]`` as the model's."""
        return (x - _along(self.shift, x)) / _along(self.spread, x)

    def back(self, y: Tensor) -> Tensor:
        """The model's values ``[n, *sample_shape]`` as ours."""
        return y * _along(self.spread, y) + _along(self.shift, y)

    def spread_over(self, x: Tensor) -> Tensor | float:
        """The spread of each value of items ``[n, *sample_shape]``, to be multiplied with them."""
        return _along(self.spread, x)

    def in_words(self) -> str:
        """As people read it."""
        shift, spread = (_written(numbers) for numbers in (self.shift, self.spread))
        return f"(v − {shift}) / {spread}"


def _along(numbers: Numbers, x: Tensor) -> Tensor | float:
    if not isinstance(numbers, tuple):
        return numbers
    if len(numbers) != x.shape[1]:
        raise InputError(f"--range has {len(numbers)} means and deviations, but there are {x.shape[1]} channels.")
    return torch.tensor(numbers, dtype=x.dtype, device=x.device).reshape(1, -1, *[1] * (x.ndim - 2))


def _written(numbers: Numbers) -> str:
    if not isinstance(numbers, tuple):
        return f"{numbers:.4g}"
    return f"[{', '.join(f'{number:.4g}' for number in numbers[:4])}{', …' if len(numbers) > 4 else ''}]"


#: Ours are pixels in [0, 1]; "standardised" depends on the data.
KNOWN_RANGES: dict[str, Affine] = {
    "unit": Affine(),
    "symmetric": Affine(0.5, 0.5),
    "bytes": Affine(0.0, 1 / 255),
}


#: The constants that pictures in [0, 1] are standardised with for networks trained on ImageNet, red to blue.
IMAGENET = Affine((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


def stated_affine(numbers: str) -> Affine:
    """Return the affine of ``standardised:MEAN,STD``, or of ``standardised:M1,M2,…;S1,S2,…`` with one a channel."""
    if ";" not in numbers:
        return Affine(*map(float, numbers.split(",")))
    shift, spread = (tuple(map(float, part.split(","))) for part in numbers.split(";"))
    return Affine(shift, spread)


@dataclass(frozen=True)
class PosteriorForm:
    """Where mean and spread stand in an encoder's answer.

    Parameters
    ----------
    kind : {"plain", "pair", "halves", "interleaved"}
        One tensor that is the mean; tensors of their own; the two halves of one; every other value of one.
    mean, spread : int
        Which tensor, half or turn; a spread of −1 for none.
    scale : {"logvar", "var", "std", "logstd", "softplus"}, optional
        What the spread is.
    """

    kind: str
    mean: int = 0
    spread: int = -1
    scale: str | None = None

    def parts(self, answer: EncoderAnswer) -> tuple[Tensor, Tensor | None]:
        """Return mean and spread, each ``[n, …]``; no spread where there is none.

        Raises
        ------
        InputError
            If the answer is not of this form.
        """
        tensors = answer.tensors
        if self.kind in ("halves", "interleaved"):
            whole = tensors[0]
            width = whole.shape[1] if whole.ndim > 1 else 0
            if width < 2 or width % 2:
                raise InputError(f"its encoder returns {width} values per item, which cannot be split into two halves.")
            half = width // 2
            tensors = (whole[:, :half], whole[:, half:]) if self.kind == "halves" else (whole[:, 0::2], whole[:, 1::2])
        if max(self.mean, self.spread) >= len(tensors):
            raise InputError(f"its encoder returns {len(tensors)} tensors, too few for {self.in_words()}.")
        return tensors[self.mean], None if self.spread < 0 else tensors[self.spread]

    def posterior(self, answer: EncoderAnswer, n: int) -> tuple[Tensor, Tensor | None]:
        """Return mean and log-variance of n items, each ``[n, d]``, however an answer of one item is squeezed."""
        mean, spread = self.parts(answer)
        logvar = None if spread is None or self.scale is None else to_logvar(spread.reshape(n, -1).float(), self.scale)
        return mean.reshape(n, -1), logvar

    def stateable(self) -> str:
        """As the option ``--posterior`` takes it, with the usual log-variance where the spread's kind is open."""
        return "mean" if self.spread < 0 else replace(self, scale=self.scale or "logvar").in_words()

    def in_words(self) -> str:
        """As people read it."""
        if self.spread < 0:
            return "mean" if self.mean == 0 else f"mean at {self.mean}"
        order = ["mean", self.scale or "spread"]
        if self.mean > self.spread:
            order.reverse()
        return ",".join([*order, *(["interleaved"] if self.kind == "interleaved" else [])])


@dataclass(frozen=True)
class Convention:
    """All that has to be known to talk to a model.

    Parameters
    ----------
    layout : {"nchw", "nhwc", "flat"}
        Of the items it takes.
    range : str
        Name of the range it takes, and
    affine : Affine
        how ours become it.
    posterior : PosteriorForm, optional
        Of its encoder's answer; None for a decoder alone.
    output : str
        How values of its decoder become ours: as those of its input, by another range, or through a sigmoid.
    output_layout : {"nchw", "nhwc", "flat"}
        Of the pictures it answers with.
    latent_shape : tuple of int
        In which its decoder takes latent points.
    likelihood : {"gaussian", "bernoulli"}
        What p(x|z) is taken to be.
    sigma : float
        Standard deviation of the Gaussian: in our units, or where channels or columns have a spread each, in those.
    """

    layout: str
    range: str
    affine: Affine
    posterior: PosteriorForm | None
    output: str
    output_layout: str
    latent_shape: tuple[int, ...]
    likelihood: str = "gaussian"
    sigma: float = 1.0

    def to_dict(self) -> dict[str, Any]:
        """As JSON takes it."""
        return asdict(self)

    def give(self, x: Tensor) -> Tensor:
        """Items ``[n, *sample_shape]`` of ours as the model takes them."""
        return arranged(self.affine.give(x), self.layout)


def arranged(x: Tensor, layout: str) -> Tensor:
    """Return items ``[n, *sample_shape]`` in a layout."""
    if layout == "flat":
        return x.flatten(1)
    return x.movedim(1, -1).contiguous() if layout == "nhwc" and x.ndim > 2 else x


def rearranged(y: Tensor, layout: str, sample_shape: tuple[int, ...], n: int) -> Tensor:
    """Return n items that came in a layout as ``[n, *sample_shape]``; InputError if their size is another."""
    if y.numel() != n * torch.Size(sample_shape).numel():
        raise InputError(
            f"its decoder returns items of shape {tuple(y.shape[1:])}, which cannot be those of {sample_shape}."
        )
    if layout == "nhwc" and len(sample_shape) > 1:
        return y.reshape(n, *sample_shape[1:], sample_shape[0]).movedim(-1, 1)
    return y.reshape(n, *sample_shape)


def as_ours(y: Tensor, output: str, affine: Affine) -> Tensor:
    """Return decoded values as ours."""
    if output == "logits":
        return torch.sigmoid(y)
    return (affine if output == "same" else KNOWN_RANGES[output]).back(y)
