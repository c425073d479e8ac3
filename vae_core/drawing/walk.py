"""A walk along a direction of latent space: what is decoded along it, a slider, and the items at its ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from vae_core.drawing.filmstrip import filmstrip, item_strip
from vae_core.drawing.markup import tag
from vae_core.drawing.numbers import plain

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

#: Pictures of a strip.
STEPS = 9


def walk(
    space: LatentSpace,
    name: str,
    centre: np.ndarray,
    direction: np.ndarray,
    readout: np.ndarray,
    ends: tuple[float, float],
    items: tuple[np.ndarray, np.ndarray] | None = None,
) -> Markup:
    """Decode centre + t · direction from one end to the other.

    Parameters
    ----------
    space : LatentSpace
        The space.
    name : str
        Of the direction.
    centre, direction, readout : ndarray
        ``[d]``: t of a latent point is (z − centre) · readout.
    ends : tuple of float
        The smallest and the largest t.
    items : tuple of ndarray, optional
        Items at both ends, the outermost first.
    """
    t = np.linspace(*ends, STEPS)
    z = (centre + t[:, None] * direction).astype(np.float32)
    sides: list[Markup | None] = [None, None]
    if items is not None:
        low, high = items[0][:3], items[1][:3][::-1]
        sides = [tag("div", item_strip(space, side, "Item"), class_="pictures ends-items") for side in (low, high)]
    slider = tag(
        "input",
        type="range",
        class_="along",
        min=f"{ends[0]:.4f}",
        max=f"{ends[1]:.4f}",
        step="any",
        value=0,
        aria_label=f"{name}, in standard deviations",
        data_centre=_written(centre),
        data_direction=_written(direction),
        data_readout=_written(readout),
    )
    told = f"{name}: decoded from {plain(ends[0], 2)} to {plain(ends[1], 2)} standard deviations"
    return tag(
        "div",
        sides[0],
        tag("div", filmstrip(space, z, told), slider, class_="strip-and-slider"),
        sides[1],
        class_="walk",
    )


def base_switch() -> Markup:
    """Return the button that says, and changes, where walks begin: at the mean of the data or the point on show."""
    told = (
        "Strips and sliders set one direction; whatever else there is to a point comes from here. Click to change it."
    )
    return tag("button", "From the data mean", type="button", class_="plain", data_base=True, title=told)


def _written(values: np.ndarray) -> str:
    return ",".join(f"{value:.6g}" for value in np.asarray(values).tolist())
