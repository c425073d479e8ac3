"""A word of warning where the latent has collapsed: what is read from posterior means the decoder never hears."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from vae_core.drawing.markup import tag
from vae_core.interpret.meaning.naming import off_dimensions

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace


def collapsed(space: LatentSpace) -> Markup | None:
    """Return the warning if every dimension is off, else None."""
    if not (space.model.can.encode and space.model.can.variance) or not off_dimensions(space).all():
        return None
    return tag(
        "p",
        "Every dimension is off: posterior means differ by far less than the posteriors are wide. What is read from "
        "the means here drowns in the noise of the posterior before it reaches the decoder.",
        class_="warning",
    )
