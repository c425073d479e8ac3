"""A data set that a decoder made of draws from its prior."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from vae_core.data.dataset import Dataset
from vae_core.errors import InputError


@dataclass(frozen=True)
class PriorSamples(Dataset):
    """Decoded draws from a prior, which know the latent points they were decoded from.

    Parameters
    ----------
    latents : ndarray
        ``[n, d]`` float32.
    maker : str
        Fingerprint of the model that decoded them.

    Raises
    ------
    InputError
        As of `Dataset`, or if there is not one latent point an item.
    """

    latents: np.ndarray = field(kw_only=True)
    maker: str = field(kw_only=True)

    def __post_init__(self) -> None:
        """Check that the parts fit each other."""
        super().__post_init__()
        if self.latents.ndim != 2 or len(self.latents) != len(self.values):
            raise InputError(f"{self.name}: {len(self.values)} items need as many latent points.")

    def take(self, index: Sequence[int] | np.ndarray | slice) -> PriorSamples:
        """Return the items at `index` (integers, a mask or a slice) as a data set of their own."""
        return replace(self, values=self.values[index], table=self.table.iloc[index], latents=self.latents[index])

    @cached_property
    def fingerprint(self) -> str:
        """Name of the content: a hash of the decoder, the draws and the item ids.

        Not of the decoded values, whose last bits depend on the number of threads.
        """
        digest = hashlib.blake2b(digest_size=16)
        digest.update(repr((self.maker, self.latents.shape, self.values.dtype.str, self.kind)).encode())
        digest.update(np.ascontiguousarray(self.latents).tobytes())
        digest.update(repr(self.table.index.tolist()).encode())
        return digest.hexdigest()
