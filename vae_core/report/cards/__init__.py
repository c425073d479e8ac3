"""One card a study: ``card(space, result)`` in the module of its name."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from vae_core.drawing.numbers import count
from vae_core.interpret.studies import Study
from vae_core.report.card import Card

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace


def card_of(space: LatentSpace, study: Study, result: Any, *, whole: bool = True) -> Card:
    """Return what a study found of a space in words and drawings, and how it was measured.

    Parameters
    ----------
    space : LatentSpace
        The space.
    study : Study
        The study.
    result : object
        Its answer.
    whole : bool
        Whether it is the whole answer; else the card says that it is a first look, and at how little.
    """
    module = importlib.import_module(f"{__name__}.{study.name}")
    found: Card = module.card(space, result)
    if not whole:
        found.first_look = f"First look at {count(study.first or 0)} {study.looks_at}"
    return found
