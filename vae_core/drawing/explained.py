"""A word with what it means: shown beside it on the page, kept as a title in a report."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from vae_core.drawing.markup import if_touched, joined, tag


def explained(words: Any, sentence: str) -> Markup:
    """Return words with their explanation; the words alone where there is none.

    The page's script shows the sentence while the pointer rests on the words or they have the focus of the keyboard.

    Parameters
    ----------
    words : object
        As of `tag`.
    sentence : str
        What is meant, what is good, and what chance gives.
    """
    if not sentence:
        return joined(words)
    if if_touched(True):
        return tag("button", words, type="button", class_="term", data_explained=sentence)
    return tag("span", words, class_="term", title=sentence)
