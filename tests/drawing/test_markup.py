"""Markup: what is text stays text."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from vae_core.drawing.markup import joined, tag

# A parser folds line ends, and no document can hold NUL or half of a pair.
TEXT = st.text(st.characters(exclude_characters="\r\0", exclude_categories=["Cs"]))


class Read(HTMLParser):
    """What a browser would read."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@given(TEXT, TEXT)
def test_text_and_attributes_come_back_as_they_were(text: str, title: str) -> None:
    read = Read(tag("p", text, title=title, data_item=3))
    assert read.tags == [("p", {"title": title, "data-item": "3"})]
    assert read.text == text


def test_children_are_joined_and_nothing_is_left_out() -> None:
    inner = tag("b", "<x>")
    assert inner == Markup("<b>&lt;x&gt;</b>")
    assert tag("p", None, [inner, 3, ("a",)], class_="on", hidden=True, id=None, open=False) == (
        '<p class="on" hidden><b>&lt;x&gt;</b>3a</p>'
    )
    assert tag("img", src="a&b") == '<img src="a&amp;b">'
    assert tag("line", x1=0) == '<line x1="0"/>'
    assert joined("a", None, tag("br")) == "a<br>"
