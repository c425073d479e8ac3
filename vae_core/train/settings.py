"""How a VAE is trained."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal

from vae_core.errors import InputError


@dataclass(frozen=True)
class TrainSettings:
    """How a VAE is trained.

    Parameters
    ----------
    epochs : int
        Passes over the data.
    batch_size : int
        Items a step.
    learning_rate : float
        Of Adam, at its highest.
    schedule : {"constant", "cosine"}
        Whether the learning rate stays or falls to zero along half a cosine (Loshchilov & Hutter 2017).
    beta : float
        Weight of the rate in the objective.
    warmup_epochs : float
        Length of the linear KL warm-up.
    seed : int
        Decides order of items and posterior samples; the command line draws the initial weights from it, too.

    Raises
    ------
    InputError
        If a value is of the wrong type or outside what it may be.
    """

    epochs: int = 20
    batch_size: int = 128
    learning_rate: float = 1e-3
    schedule: Literal["constant", "cosine"] = "constant"
    beta: float = 1.0
    warmup_epochs: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        for name, smallest in (("epochs", 1), ("batch_size", 1), ("seed", 0)):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or not smallest <= value < 2**32:
                raise InputError(f"{name} must be a whole number from {smallest} to {2**32 - 1}, not {value!r}.")
        for name, positive in (("learning_rate", True), ("beta", False), ("warmup_epochs", False)):
            value = getattr(self, name)
            number = isinstance(value, int | float) and not isinstance(value, bool)
            # Beyond 1e30 a weight of the loss is infinite in float32, and no one means it.
            if not number or not 0 <= value <= 1e30 or (positive and value == 0):
                raise InputError(
                    f"{name} must be a {'positive' if positive else 'non-negative'} number, not {value!r}."
                )
        if self.schedule not in ("constant", "cosine"):
            raise InputError(f"schedule must be 'constant' or 'cosine', not {self.schedule!r}.")

    def learning_rate_at(self, step: int, of: int) -> float:
        """Learning rate of a step among all steps of the training."""
        if self.schedule == "constant":
            return self.learning_rate
        return self.learning_rate * 0.5 * (1 + math.cos(math.pi * step / of))

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as JSON types."""
        return asdict(self)
