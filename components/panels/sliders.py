"""One slider per latent dimension, each with its filmstrip. The rows are made by ``assets/point/sliders.js``."""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import Dash, Input, html

from components.elements.aria import label
from components.elements.clientside import tell_page


def layout() -> html.Section:
    """Return the panel; the rows come once the space is known."""
    return html.Section(
        [
            html.Div(
                [
                    html.H2("Latent dimensions"),
                    dmc.SegmentedControl(
                        id="units",
                        data=[{"value": "raw", "label": "raw"}, {"value": "sigma", "label": "σ"}],
                        value="raw",
                        size="xs",
                    ),
                ],
                className="panel-head",
            ),
            html.Div(id="cells", hidden=True),
            html.Div(id="sliders", role="group", **label("Latent dimensions")),
            html.Div(
                [
                    dmc.Button("Item", id="to-item", size="compact-xs", variant="default", disabled=True),
                    dmc.Button("Prior mean", id="to-prior-mean", size="compact-xs", variant="default"),
                    dmc.Button("Random", id="to-random", size="compact-xs", variant="default"),
                    dmc.Button("Unlock", id="unlock", size="compact-xs", variant="default"),
                ],
                className="slider-actions",
            ),
        ],
        id="sliders-panel",
        **label("Sliders"),
    )


def register(app: Dash) -> None:
    """Pass what is chosen here on to the page's scripts."""
    tell_page(app, "units", Input("units", "value"))
    for button in ("to-item", "to-prior-mean", "to-random", "unlock"):
        tell_page(app, button, Input(button, "n_clicks"))
