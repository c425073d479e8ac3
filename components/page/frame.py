"""The frame around every page: title, choice of space, theme, help."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, State, dcc, html

from components.elements.aria import label
from components.elements.clientside import tell_page
from components.elements.icons import icon
from components.page import explore
from components.panels import visits
from vae_core import Catalogue

_JOBS_CLOSED: dict[str, Any] = {"aria-expanded": "false", "aria-controls": "jobs-panel", "data-running": "0"}


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
                w=min(320, max(150, 50 + 7 * max((len(entry.title) for entry in catalogue), default=0))),
                **label("Space"),
            ),
            html.Nav(
                [
                    html.Button(name, id=f"page-{name.lower()}", className="tool", **_pressed(name == "Explore"))
                    for name in ("Explore", "Interpret")
                ],
                **label("Pages"),
            ),
            html.Span(id="space-facts"),
            visits.layout(),
            html.Div(
                [
                    html.Button("model", id="model-card", n_clicks=0, className="tool", title="Model card (M)"),
                    html.Button(
                        ["jobs ", html.Span(className="count")],
                        id="jobs",
                        className="tool",
                        title="Long work",
                        **_JOBS_CLOSED,
                    ),
                    html.Button(
                        "Aa",
                        id="text-size",
                        className="tool",
                        title="Larger texts, for a room full of people",
                        **_pressed(False),
                    ),
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
        [header, html.Section(id="notice", **label("Notices")), explore.layout(), _jobs_panel(), dcc.Store(id="store")],
        defaultColorScheme="auto",
        theme={"primaryColor": "indigo", "fontFamily": "inherit", "defaultRadius": "sm"},
    )


def _pressed(on: bool) -> dict[str, Any]:
    return {"aria-pressed": str(on).lower()}


def _jobs_panel() -> html.Section:
    nothing = "Nothing is under way. Maps that take long to compute are listed here, after a restart too."
    return html.Section(
        [
            html.Div([html.H2("Long work"), _cancel_all()], className="jobs-head"),
            html.P(nothing, className="empty"),
        ],
        id="jobs-panel",
        hidden=True,
        tabIndex=-1,
        **label("Long work"),
    )


def _cancel_all() -> html.Button:
    others = "Work that others want too goes on for them"
    return html.Button("Cancel all", id="cancel-all", className="plain", hidden=True, title=others)


def register(app: Dash, catalogue: Catalogue, points_up_to: int) -> None:
    """Connect frame and pages; maps of more items than `points_up_to` are drawn as a picture."""
    explore.register(app, catalogue, points_up_to)
    visits.register(app)
    tell_page(app, "help", Input("help", "n_clicks"))
    tell_page(app, "model-card", Input("model-card", "n_clicks"))
    for choice in (
        "space",
        "projection",
        "color-by",
        "axis-x",
        "axis-y",
        "point-size",
        "point-opacity",
        "new-method",
        "new-dimensions",
    ):
        tell_page(app, choice, Input(choice, "value"))
    tell_page(app, "map-error", Input("map-error", "data"))
    app.clientside_callback(
        "(clicks, ...values) => { if (clicks) window.latentExplorer?.onControlChange('compute', values); }",
        Input("compute", "n_clicks"),
        *(
            State(name, "value")
            for name in ("new-method", "new-dimensions", "new-perplexity", "new-neighbours", "new-min-dist", "new-seed")
        ),
        State("new-start", "checked"),
        prevent_initial_call=True,
    )
