"""Figures in a list: name, value, what it would be by chance; and the sentence that says how they were measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from vae_core.drawing.explained import explained
from vae_core.drawing.markup import tag


@dataclass(frozen=True)
class Fact:
    """One figure.

    Parameters
    ----------
    name, value : str
        As people read them; the value with its unit and error.
    chance : str
        What it would be by chance, or what bounds it; empty where nothing is known of that.
    title : str
        What it means, see `explained`.
    """

    name: str
    value: str
    chance: str = ""
    title: str = ""


def facts(listed: Sequence[Fact]) -> Markup:
    """Draw figures as a list."""
    lines = [
        tag(
            "div",
            tag("dt", explained(fact.name, fact.title)),
            tag("dd", fact.value, tag("span", fact.chance, class_="by-chance") if fact.chance else None),
        )
        for fact in listed
    ]
    return tag("dl", lines, class_="facts")


def how(*sentences: str | None) -> Markup:
    """Draw how something was measured: convention, sample, seed; None is left out."""
    return tag("p", " ".join(sentence for sentence in sentences if sentence), class_="how-measured")
