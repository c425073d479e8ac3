"""One card a study: ``card(space, result)`` in the module of its name."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from vae_core.interpret.studies import Study
from vae_core.report.card import Card

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace


def card_of(space: LatentSpace, study: Study, result: Any) -> Card:
    """Return what a study found of a space in words and drawings, and how it was measured."""
    module = importlib.import_module(f"{__name__}.{study.name}")
    found: Card = module.card(space, result)
    return found
