"""How many threads PyTorch computes with."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import torch

ALL = torch.get_num_threads()


@contextlib.contextmanager
def computing_with(count: int) -> Iterator[None]:
    """Compute with so many threads, whatever faiss, which shares the setting, has left behind."""
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(ALL)
