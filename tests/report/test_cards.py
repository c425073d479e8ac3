"""Every study of every hard space: a sentence or a figure, never a blank, a NaN, or somebody's markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from tests.report.hard_spaces import HARD
from vae_core import InputError
from vae_core.drawing.markup import still
from vae_core.interpret.answers import Answers
from vae_core.interpret.studies import STUDIES, StudyRequest
from vae_core.report.cards import card_of

#: What a card may hold; anything else came from somebody's names.
WORDS = (
    "p h3 h4 div span dl dt dd ul li table thead tbody tr th td details summary figure figcaption img br input button i"
)
DRAWN = "svg g line polyline circle rect text title"
TAGS = {*WORDS.split(), *DRAWN.split()}


class Read(HTMLParser):
    """What a browser would read."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.words: list[str] = []
        self.feed(re.sub(r'"data:image/png;base64,[^"]*"', '""', text))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.words += [value for name, value in attrs if value and name not in ("class", "style")]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.mark.parametrize("name", HARD)
def test_a_hard_space_is_told_of_in_plain_words(name: str) -> None:
    space = HARD[name]()
    answers = Answers(space)
    for study in STUDIES:
        try:
            result = answers.complete(StudyRequest(study)).result
            card = card_of(space, study, result)
        except InputError as refusal:
            assert str(refusal).endswith("."), study.name
            continue
        read = Read(str(card))
        told = " ".join(read.words)
        assert card.said and len(told) > 40, study.name
        assert not re.search(r"\b(nan|inf|None|NaN)\b", told), (study.name, told)
        assert read.tags <= TAGS, (study.name, read.tags - TAGS)
        assert "– nats" not in told, (study.name, "a figure that is not there takes no line")
        assert not re.search(r'<polyline points="[^" ]*"', str(card)), (study.name, "one point is no curve")
        # Every figure in a list and every part of a card is explained in place.
        html = str(card)
        for part in re.findall(r'<(?:dt|h3 class="sub")>.*?</(?:dt|h3)>', html):
            assert re.search(r'<button type="button" class="term" data-explained="[^"]{40,}"', part), (study.name, part)
        with still():
            html = str(card_of(space, study, result))
        assert "<button" not in html and html.count("<dt>") == html.count('<dt><span class="term" title="')
