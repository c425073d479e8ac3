"""A card: what a study comes to, and the figures it rests on."""

from __future__ import annotations

from typing import Any

from vae_core.drawing.markup import joined, tag


class Card:
    """What a study found, for a reader.

    Parameters
    ----------
    said : str
        What it comes to, in plain words.
    *parts : object
        Drawings, figures, and how they were measured; see `vae_core.drawing.markup.tag`.
    """

    def __init__(self, said: str, *parts: Any) -> None:
        self.said = said
        self.body = joined(*parts)

    def __html__(self) -> str:
        return str(joined(tag("p", self.said, class_="verdict"), self.body))

    def __str__(self) -> str:
        return self.__html__()
