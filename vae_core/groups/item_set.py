"""A set of a space's items."""

from __future__ import annotations

import hashlib
from functools import cached_property

import numpy as np

from vae_core.errors import InputError


class ItemSet:
    """Some of n items. Immutable; two are equal if they hold the same of as many.

    Parameters
    ----------
    mask : ndarray
        ``[n]`` bool, which items are in the set.
    """

    def __init__(self, mask: np.ndarray) -> None:
        self.mask = np.array(mask, dtype=bool)
        self.mask.setflags(write=False)

    @classmethod
    def empty(cls, total: int) -> ItemSet:
        """Return the empty set of `total` items."""
        return cls(np.zeros(total, dtype=bool))

    @classmethod
    def of(cls, indices: np.ndarray, total: int) -> ItemSet:
        """Return the items with these numbers, of `total`."""
        mask = np.zeros(total, dtype=bool)
        mask[indices] = True
        return cls(mask)

    @classmethod
    def from_bits(cls, bits: np.ndarray, total: int) -> ItemSet:
        """Read what `bits` gives; InputError if there are not as many as `total` items need."""
        if bits.dtype != np.uint8 or bits.shape != (-(-total // 8),):
            raise InputError(f"A set of {total} items is {-(-total // 8)} bytes long.")
        return cls(np.unpackbits(bits, count=total, bitorder="little").view(bool))

    @property
    def bits(self) -> np.ndarray:
        """``[⌈n / 8⌉]`` uint8, item i as bit i mod 8, the lowest first, of byte i // 8."""
        return np.packbits(self.mask, bitorder="little")

    @property
    def total(self) -> int:
        """Number of items n that the set is one of."""
        return len(self.mask)

    @cached_property
    def indices(self) -> np.ndarray:
        """``[m]`` numbers of the items in the set, in ascending order."""
        return np.flatnonzero(self.mask)

    def __len__(self) -> int:
        return int(np.count_nonzero(self.mask))

    def __or__(self, other: ItemSet) -> ItemSet:
        return ItemSet(self.mask | other.mask)

    def __and__(self, other: ItemSet) -> ItemSet:
        return ItemSet(self.mask & other.mask)

    def __sub__(self, other: ItemSet) -> ItemSet:
        return ItemSet(self.mask & ~other.mask)

    def __xor__(self, other: ItemSet) -> ItemSet:
        return ItemSet(self.mask ^ other.mask)

    def __invert__(self) -> ItemSet:
        return ItemSet(~self.mask)

    @cached_property
    def fingerprint(self) -> str:
        """Name of the content, 32 hexadecimal digits."""
        digest = hashlib.blake2b(f"items {self.total}\n".encode(), digest_size=16)
        digest.update(self.bits.tobytes())
        return digest.hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ItemSet) and self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __repr__(self) -> str:
        return f"ItemSet({len(self)} of {self.total})"
