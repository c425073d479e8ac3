"""A model of another library behind the interface of ours."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.distributions import Bernoulli, Distribution, Normal

from vae_core.errors import InputError
from vae_core.model.findings import Report
from vae_core.model.foreign.convention import Convention, as_ours, rearranged
from vae_core.model.foreign.outputs import read_decoder, read_encoder, values_of
from vae_core.model.prior import StandardNormal
from vae_core.model.protocol import NO_ENCODER, Capabilities, Posterior


@dataclass(frozen=True)
class Foreign:
    """What a loader found: two functions, and what is known of them without trying.

    Parameters
    ----------
    name : str
        For people: the kind of model and where it came from.
    decode : callable
        Latent points ``[n, …]`` to whatever the library answers.
    encode : callable, optional
        Items to whatever the library answers.
    modules : tuple of nn.Module
        Whose weights these are; held in evaluation mode and moved to the device.
    content : str
        A hash of the weights, where `modules` do not hold them.
    known : dict
        Fields of `Convention` that the format itself tells.
    sample_shape, latent_shape : tuple of int, optional
        Where the format tells.
    differentiable : bool
        Whether gradients flow through.
    all_found : bool
        Whether `modules` and `content` name all that its answers depend on.
    """

    name: str
    decode: Callable[[Tensor], Any]
    encode: Callable[[Tensor], Any] | None = None
    modules: tuple[nn.Module, ...] = ()
    content: str = ""
    known: dict[str, Any] = field(default_factory=dict)
    sample_shape: tuple[int, ...] | None = None
    latent_shape: tuple[int, ...] | None = None
    differentiable: bool = True
    all_found: bool = True

    def to(self, device: torch.device) -> Foreign:
        """Move the weights, hold them in evaluation mode, and give them numbers of their own precision."""
        for module in self.modules:
            module.to(device).eval()
        dtype = next((p.dtype for p in self._parameters() if p.is_floating_point()), torch.float32)
        if dtype == torch.float32:
            return self
        # Ours are float32, and networks take no numbers but of their own precision.
        encode = None if self.encode is None else _given(self.encode, dtype)
        return replace(self, decode=_given(self.decode, dtype), encode=encode)

    @property
    def device(self) -> torch.device:
        """Where the weights lie; "cpu" where they are not torch's."""
        return next(self._parameters(), torch.empty(0)).device

    def _parameters(self) -> Iterator[Tensor]:
        for module in self.modules:
            yield from module.parameters()

    def fingerprint(self) -> str:
        """Name of the weights' content."""
        digest = hashlib.blake2b(self.content.encode(), digest_size=16)
        for module in self.modules:
            digest.update(str(module).encode())
            for name, tensor in sorted(module.state_dict().items()):
                digest.update(f"{name} {tensor.dtype}".encode())
                digest.update(tensor.detach().cpu().contiguous().view(-1).view(torch.uint8).numpy().tobytes())
        return digest.hexdigest()


def _given(function: Callable[[Tensor], Any], dtype: torch.dtype) -> Callable[[Tensor], Any]:
    return lambda values: function(values.to(dtype))


class WrappedVAE:
    """A foreign model, talked to by a convention; a `LatentModel`.

    Parameters
    ----------
    foreign : Foreign
        Its functions.
    convention : Convention
        How they are talked to.
    sample_shape : tuple of int
        Of one item.
    report : Report
        How the convention was found.
    answers : str
        A hash of what it answered, where its weights cannot be found.
    """

    def __init__(
        self,
        foreign: Foreign,
        convention: Convention,
        sample_shape: tuple[int, ...],
        report: Report,
        answers: str = "",
    ) -> None:
        self.foreign = foreign
        self.convention = convention
        self.report = report
        self._sample_shape = tuple(int(size) for size in sample_shape)
        self._prior = StandardNormal(self.latent_dim, foreign.device)
        told = json.dumps({**convention.to_dict(), "sample_shape": self._sample_shape}, sort_keys=True)
        named = (foreign.fingerprint() + told + answers).encode()
        self._fingerprint = hashlib.blake2b(named, digest_size=16).hexdigest()

    @property
    def latent_dim(self) -> int:
        """Number of latent dimensions d, spatial ones counted one by one."""
        return torch.Size(self.convention.latent_shape).numel()

    @property
    def latent_shape(self) -> tuple[int, ...]:
        """Shape of a latent point as its decoder takes it, ``(c, h, w)`` where latents are spatial."""
        return self.convention.latent_shape

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one item."""
        return self._sample_shape

    @property
    def prior(self) -> Distribution:
        """The standard normal over ``[d]``."""
        return self._prior

    @property
    def can(self) -> Capabilities:
        """What its functions allow."""
        form = self.convention.posterior
        return Capabilities(
            encode=self.foreign.encode is not None and form is not None,
            variance=form is not None and form.scale is not None,
            differentiable=self.foreign.differentiable,
            first_layer=False,
        )

    @property
    def fingerprint(self) -> str:
        """Name of the content: a hash of weights and convention."""
        return self._fingerprint

    def encode(self, x: Tensor) -> Posterior:
        """Items ``[n, *sample_shape]`` to their posteriors; a logvar of −∞ where there is no variance."""
        if self.foreign.encode is None or self.convention.posterior is None:
            raise InputError(NO_ENCODER)
        answer = read_encoder(self.foreign.encode(self.convention.give(x)))
        mean, logvar = self.convention.posterior.posterior(answer, len(x))
        if logvar is None:
            logvar = torch.full_like(mean, -torch.inf)
        return Posterior(mean.float(), logvar.float())

    def likelihood(self, z: Tensor) -> Distribution:
        """Latent points ``[n, d]`` to p(x|z) over ``[n, *sample_shape]``, x in our units."""
        convention = self.convention
        values = values_of(read_decoder(self.foreign.decode(z.reshape(len(z), *convention.latent_shape))))
        values = rearranged(values, convention.output_layout, self._sample_shape, len(z))
        if convention.likelihood == "bernoulli":
            if convention.output == "logits":
                return Bernoulli(logits=values, validate_args=False)
            return Bernoulli(probs=as_ours(values, convention.output, convention.affine), validate_args=False)
        mean = as_ours(values, convention.output, convention.affine)
        spread = convention.affine.spread_over(mean) if isinstance(convention.affine.spread, tuple) else 1.0
        return Normal(mean, torch.full_like(mean, convention.sigma) * spread, validate_args=False)
