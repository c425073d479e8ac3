"""A model seen without data: its decoder and its prior, and nothing that needs an item."""

from __future__ import annotations

import copy
from dataclasses import replace

from torch import Tensor, nn
from torch.distributions import Distribution

from vae_core.errors import InputError
from vae_core.model.findings import Report
from vae_core.model.health import check_decoder
from vae_core.model.protocol import NO_ENCODER, Capabilities, LatentModel, Posterior


class DecoderAlone:
    """The decoder of a model that may have an encoder too; a `LatentModel` that cannot encode.

    Parameters
    ----------
    model : LatentModel
        Whose decoder and prior these are.
    """

    def __init__(self, model: LatentModel) -> None:
        # What goes on being trained stays here as it was.
        self.model = copy.deepcopy(model).eval() if isinstance(model, nn.Module) else model
        self.report = Report(f"the decoder of {type(model).__name__}")
        self.report.add("latent dimensions", str(model.latent_dim), "known")
        self.report.add("one item", " × ".join(map(str, model.sample_shape)), "known")
        self.report.add("data", "none: draws from the prior, decoded; its encoder is seen with --data", "stated")
        check_decoder(self, self.report)

    @property
    def latent_dim(self) -> int:
        """Number of latent dimensions d."""
        return self.model.latent_dim

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one item."""
        return self.model.sample_shape

    @property
    def prior(self) -> Distribution:
        """The model's prior."""
        return self.model.prior

    @property
    def can(self) -> Capabilities:
        """What the decoder can do."""
        return replace(self.model.can, encode=False, variance=False)

    @property
    def fingerprint(self) -> str:
        """Name of the content, which is not that of the whole model: its space is another."""
        return f"decoder of {self.model.fingerprint}"

    def encode(self, x: Tensor) -> Posterior:  # noqa: ARG002 - as of every model
        """Refuse: a decoder alone does not encode."""
        raise InputError(NO_ENCODER)

    def likelihood(self, z: Tensor) -> Distribution:
        """Latent points ``[n, d]`` to p(x|z), as of the model."""
        return self.model.likelihood(z)
