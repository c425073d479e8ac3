"""What was touched: picture, trust, the item and its neighbours. Filled by ``assets/explore/touched.js``."""

from __future__ import annotations

from dash import html

from components.aria import label


def layout() -> html.Section:
    """Return the panel with its empty state."""
    return html.Section(
        [
            html.Div(id="decoded-host"),
            html.Div(id="trust"),
            html.Div(html.P("Opening the space …", className="empty"), id="touched"),
        ],
        id="touched-panel",
        **label("Touched point"),
    )
