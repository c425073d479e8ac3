"""What was touched: picture, trust, the item and its neighbours. Filled by ``assets/item/panel.js``."""

from __future__ import annotations

from typing import Any

from dash import html

from components.elements.aria import label
from components.elements.trust_wording import HEADLINE, INDICATORS

_UNSPOKEN: dict[str, Any] = {"aria-hidden": "true"}


def layout() -> html.Section:
    """Return the panel with its empty state."""
    return html.Section(
        [
            html.Div(id="decoded-host"),
            _trust(),
            html.Div(html.P("Opening the space …", className="empty"), id="touched"),
        ],
        id="touched-panel",
        **label("Touched point"),
    )


def _marked(indicator: str, name: str) -> dict[str, Any]:
    return {"data-indicator": indicator, "data-name": name}


def _trust() -> html.Div:
    """Return the headline and the three indicators below it, each explained where it stands."""
    rows = [
        html.Div(
            [
                html.Span(name.removesuffix(" here"), className="name"),
                html.Span(html.Span(className="fill"), className="track", **_UNSPOKEN),
                html.Span("–", className="score"),
            ],
            className="indicator",
            title=sentence,
            tabIndex=0,
            **_marked(id, name),
        )
        for id, (name, sentence) in INDICATORS.items()
    ]
    headline = html.Div(
        [
            html.Span("trust", className="label"),
            html.Strong("–"),
            html.Span([html.Span(className="dot") for _ in range(3)], className="dots", **_UNSPOKEN),
            html.Span(className="words"),
        ],
        className="headline",
        title=HEADLINE,
    )
    return html.Div([headline, html.Div(rows, className="indicators")], id="trust", role="group", **label("Trust"))
