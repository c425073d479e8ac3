"""The size and shape of a VAE."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from vae_core.errors import InputError

# The variance must neither vanish nor overflow in float32, nor a squared error divided by it.
SMALLEST_SCALE, LARGEST_SCALE = 1e-9, 1e9


@dataclass(frozen=True)
class VAEConfig:
    """The size and shape of a VAE; everything its networks need to be built.

    Parameters
    ----------
    sample_shape : tuple of int
        Shape of one item: ``(c, h, w)`` of an image, ``(k,)`` of a vector.
    latent_dim : int
        Number of latent dimensions.
    architecture : {"conv", "mlp"}
        Convolutional networks (images only) or fully connected ones.
    channels : tuple of int
        Channels of the convolution stages from the image inwards; every stage halves the picture.
    hidden : tuple of int
        Widths of the fully connected layers between the convolutions (or the item) and the latent point.
    likelihood : {"bernoulli", "gaussian"}
        p(x|z).
    scale : float or "learned"
        Standard deviation of the Gaussian likelihood, shared by all values of an item.
    standardised : bool
        Whether the networks see every value of a vector, every channel of a series, with mean 0 and deviation 1.

    Raises
    ------
    InputError
        If a value is of the wrong type or outside what it may be, or the parts do not fit each other.
    """

    sample_shape: tuple[int, ...]
    latent_dim: int = 16
    architecture: Literal["conv", "mlp"] = "conv"
    channels: tuple[int, ...] = (32, 64)
    hidden: tuple[int, ...] = ()
    likelihood: Literal["bernoulli", "gaussian"] = "bernoulli"
    scale: float | Literal["learned"] = "learned"
    standardised: bool = False

    def __post_init__(self) -> None:
        for name in ("sample_shape", "channels", "hidden"):
            sizes = getattr(self, name)
            if not isinstance(sizes, tuple | list) or not all(_is_positive_integer(size) for size in sizes):
                raise InputError(f"{name} must hold positive whole numbers, not {sizes!r}.")
            object.__setattr__(self, name, tuple(sizes))
        if not _is_positive_integer(self.latent_dim):
            raise InputError(f"latent_dim must be a positive whole number, not {self.latent_dim!r}.")
        if self.architecture not in ("conv", "mlp"):
            raise InputError(f"architecture must be 'conv' or 'mlp', not {self.architecture!r}.")
        if not self.sample_shape:
            raise InputError("sample_shape must name at least one axis.")
        if self.architecture == "conv":
            if len(self.sample_shape) != 3:
                raise InputError(
                    f"A convolutional VAE takes images (c, h, w), not items of shape {self.sample_shape}; use 'mlp'."
                )
            if not self.channels:
                raise InputError("A convolutional VAE needs at least one entry in channels.")
        if self.likelihood not in ("bernoulli", "gaussian"):
            raise InputError(f"likelihood must be 'bernoulli' or 'gaussian', not {self.likelihood!r}.")
        if self.scale != "learned" and not _is_scale(self.scale):
            raise InputError(
                f"scale must be 'learned' or a number from {SMALLEST_SCALE:g} to {LARGEST_SCALE:g}, "
                f"not {self.scale!r}; rescale the data if they ask for another."
            )

        if not isinstance(self.standardised, bool):
            raise InputError(f"standardised must be true or false, not {self.standardised!r}.")
        if self.standardised and (len(self.sample_shape) > 2 or self.likelihood == "bernoulli"):
            raise InputError("Only vectors and series under a Gaussian likelihood can be standardised.")

    def to_dict(self) -> dict[str, Any]:
        """Return the configuration as JSON types."""
        told = {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}
        if not self.standardised:
            del told["standardised"]  # older checkpoints do not have it, and keep the name of their content
        return told

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> VAEConfig:
        """Read what `to_dict` wrote.

        Raises
        ------
        InputError
            If a name is unknown or missing, or a value has the wrong type.
        """
        known = {field.name for field in fields(cls)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise InputError(
                f"unknown setting {unknown[0]!r} in the architecture; known are {', '.join(sorted(known))}."
            )
        if "sample_shape" not in values:
            raise InputError("the architecture does not name its sample_shape.")
        prepared: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in values.items()
        }
        for name in ("sample_shape", "channels", "hidden"):
            if name in prepared and not isinstance(prepared[name], tuple):
                raise InputError(f"{name} must be a list of whole numbers, not {prepared[name]!r}.")
        return cls(**prepared)


def _is_positive_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_scale(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and SMALLEST_SCALE <= value <= LARGEST_SCALE
