"""What the dimensions of a space are called, wherever they are named: no name changes by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vae_core.interpret.answers import answers_of
from vae_core.interpret.meaning.naming import DimensionNames, names_of, off_dimensions
from vae_core.interpret.meaning.own_names import own_names_of
from vae_core.interpret.studies import StudyRequest

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace


def names_in_use(space: LatentSpace) -> DimensionNames | None:
    """Return the names found by themselves: those of the whole study "relations", None until it has been made.

    First figures of a few items would give names that change once all items have been looked at.
    """
    known = answers_of(space).cached(StudyRequest.of("relations"))
    return None if known is None or not known.whole else names_of(known.result, off_dimensions(space))


def names_shown(space: LatentSpace) -> dict[int, str]:
    """Return what dimensions are called, without a statistic: the name somebody gave, or the one found by itself."""
    found = names_in_use(space)
    words = {} if found is None else {j: word for j, word in enumerate(found.words) if word and not found.off[j]}
    return {**words, **own_names_of(space).by_dimension()}
