"""One card a study: ``card(space, result)`` in the module of its name."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from vae_core.interpret.studies import Study

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace


def card_of(space: LatentSpace, study: Study, result: Any) -> Markup:
    """Return what a study found of a space as HTML: words, drawings, and how it was measured."""
    module = importlib.import_module(f"{__name__}.{study.name}")
    found: Markup = module.card(space, result)
    return found
