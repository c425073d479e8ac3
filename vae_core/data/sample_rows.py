"""Which items a study looks at."""

from __future__ import annotations

import numpy as np

from vae_core.errors import InputError


def sample_items(n: int, items: int | None, seed: int, most: int) -> np.ndarray:
    """Return the items a study looks at, drawn without replacement.

    Parameters
    ----------
    n : int
        Items of the space.
    items : int or None
        So many are wanted; None for all.
    seed : int
        Of the draw.
    most : int
        No more than so many are given.

    Returns
    -------
    ndarray
        Distinct indices, rising.

    Raises
    ------
    InputError
        If fewer than two are wanted, or there are fewer.
    """
    if n < 2 or (items is not None and items < 2):
        raise InputError("Fewer than two items tell nothing of a space; two are the fewest.")
    count = min(n, most if items is None else items, most)
    if count == n:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, count, replace=False))
