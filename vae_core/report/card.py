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
        #: What little it rests on, where it is not the whole answer: no verdict is given then.
        self.first_look = ""

    def __html__(self) -> str:
        verdict = (
            tag("p", tag("span", f"{self.first_look}: ", class_="first"), self.said, class_="first-look")
            if self.first_look
            else tag("p", self.said, class_="verdict")
        )
        return str(joined(verdict, self.body))

    def __str__(self) -> str:
        return self.__html__()
