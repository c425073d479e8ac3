"""Of what shape latent points a decoder takes, found by giving it some."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor, nn

from vae_core.errors import InputError
from vae_core.model.foreign.outputs import read_decoder, values_of
from vae_core.model.foreign.search import REFUSALS, first_line
from vae_core.model.foreign.wrapped import Foreign

#: Latent dimensions that are tried, seconds they may take, and draws they are tried with: three, since answers of
#: shapes that mix items are no multiples of them.
_MOST_DIMENSIONS = 1024
_PATIENCE = 10.0
_TRIED = 3

Shape = tuple[int, ...]


def find_latent_shape(foreign: Foreign, stated: Shape | None) -> Shape:
    """Return the shape of one latent point: stated, told by the format or an attribute, or the only one it takes.

    Raises
    ------
    InputError
        If it takes none, or several.
    """
    if stated is not None:
        if (refusal := _refusal(foreign, stated)) is not None:
            raise InputError(f"{foreign.name}: takes no latent points of shape {stated} ({refusal}).")
        return stated
    known = foreign.latent_shape or _named_size(foreign)
    if known is not None and _refusal(foreign, known) is None:
        return known
    end = time.monotonic() + _PATIENCE
    refusals: list[str] = []
    for ending in ((), (1, 1)):
        taken: list[Shape] = []
        for size in _sizes(foreign):
            refusal = _refusal(foreign, (size, *ending))
            if refusal is None:
                taken.append((size, *ending))
            else:
                refusals.append(refusal)
            if time.monotonic() > end or len(taken) > 1:
                break
        if len(taken) == 1 and time.monotonic() <= end:
            return taken[0]
        if taken:
            shown = " or ".join(" × ".join(map(str, shape)) for shape in taken)
            raise InputError(
                f"{foreign.name}: is ambiguous. Its latent points may have {shown} dimensions: state "
                "it with --latent-dim."
            )
    why = refusals[0] if refusals else "it is too slow to be tried"
    raise InputError(
        f"{foreign.name}: takes latent points of none of 1 to {_MOST_DIMENSIONS} dimensions ({why}); state their shape "
        "with --latent-dim, such as 16, or 4,8,8 where they are spatial."
    )


def _sizes(foreign: Foreign) -> Iterator[int]:
    yield from range(1, _MOST_DIMENSIONS + 1)
    layers = (layer for module in foreign.modules for layer in module.modules())
    wide = {layer.in_features for layer in layers if isinstance(layer, nn.Linear)}
    yield from sorted(size for size in wide if size > _MOST_DIMENSIONS)


def _named_size(foreign: Foreign) -> Shape | None:
    names = ("latent_dim", "latent_dims", "latent_size", "z_dim", "dim_z", "n_latent", "n_latents", "nz", "zdim")
    for holder in (getattr(foreign.decode, "__self__", None), *foreign.modules):
        for name in names:
            value = getattr(holder, name, None)
            if isinstance(value, int) and value > 0:
                return (value,)
    return None


def _refusal(foreign: Foreign, shape: Shape) -> str | None:
    """Return what the decoder says to latent points of this shape; None where it takes them."""
    try:
        values = values_of(read_decoder(foreign.decode(draw_points(_TRIED, shape, foreign.device))))
    except REFUSALS as error:
        return first_line(error)
    if values.ndim < 2 or len(values) != _TRIED:
        return f"for {_TRIED} points it returns the shape {tuple(values.shape)}"
    return None


def draw_points(count: int, shape: Shape, device: torch.device) -> Tensor:
    """Return seeded draws ``[count, *shape]`` from the standard normal prior."""
    noise = np.random.default_rng(0).standard_normal((count, *shape), dtype=np.float32)
    return torch.from_numpy(noise).to(device)
