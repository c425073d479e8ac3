"""The questions of Interpret, each a page of cards. Filled by ``assets/interpret``."""

from __future__ import annotations

from dash import html

from components.elements.aria import label


def layout() -> html.Section:
    """Return the panel: tabs, the question, and room for cards."""
    return html.Section(
        [
            html.Div(
                [
                    html.Div(id="study-tabs", role="tablist", **label("Questions")),
                    html.Div(id="study-actions"),
                ],
                className="study-head",
            ),
            html.Div(
                [html.P(id="study-question"), html.Div(id="study-cards")],
                id="study-scroll",
                role="tabpanel",
            ),
        ],
        id="study-panel",
        hidden=True,
        **label("Interpret"),
    )
