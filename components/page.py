"""The frame around every page: title, choice of space, theme, help."""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import Dash, Input, State, dcc, html

from components.aria import label
from components.clientside import tell_page
from components.icons import icon
from components.pages import explore
from vae_core import Catalogue


def layout(catalogue: Catalogue) -> dmc.MantineProvider:
    """Return the whole page."""
    spaces = [{"value": entry.id, "label": entry.title} for entry in catalogue]
    header = html.Header(
        [
            html.H1("Latent Explorer"),
            dmc.Select(
                id="space",
                data=spaces,
                value=spaces[0]["value"] if spaces else None,
                allowDeselect=False,
                size="xs",
                w=150,
                **label("Space"),
            ),
            html.Span(id="space-facts"),
            html.Div(id="notice", role="status"),
            html.Div(
                [
                    dmc.ActionIcon(
                        icon("help"),
                        id="help",
                        variant="subtle",
                        color="gray",
                        n_clicks=0,
                        **label("Keys and help"),
                    ),
                    dmc.ColorSchemeToggle(
                        lightIcon=icon("sun"),
                        darkIcon=icon("moon"),
                        id="theme",
                        variant="subtle",
                        color="gray",
                        **label("Light or dark"),
                    ),
                ],
                className="actions",
            ),
        ]
    )
    return dmc.MantineProvider(
        [header, explore.layout(), dcc.Store(id="store")],
        defaultColorScheme="auto",
        theme={"primaryColor": "indigo", "fontFamily": "inherit", "defaultRadius": "sm"},
    )


def register(app: Dash, catalogue: Catalogue) -> None:
    """Connect frame and pages."""
    explore.register(app, catalogue)
    tell_page(app, "help", Input("help", "n_clicks"))
    for choice in ("space", "projection", "color-by", "axis-x", "axis-y", "point-size", "point-opacity", "new-method"):
        tell_page(app, choice, Input(choice, "value"))
    tell_page(app, "off-plane", Input("off-plane", "checked"))
    tell_page(app, "map-error", Input("map-error", "data"))
    app.clientside_callback(
        "(clicks, ...values) => { if (clicks) window.latentExplorer?.hear('compute', values); }",
        Input("compute", "n_clicks"),
        *(
            State(name, "value")
            for name in ("new-method", "new-dimensions", "new-perplexity", "new-neighbours", "new-min-dist", "new-seed")
        ),
        prevent_initial_call=True,
    )
