"""Two pinned latent points and the straight line between them. Drawn by ``assets/point/pins.js``."""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import Dash, Input, html

from components.elements.aria import label
from components.elements.clientside import tell_page
from components.elements.icons import icon

_TAKE_AWAY = [
    ("take-picture", "Picture (PNG)"),
    ("take-values", "Decoded values (CSV)"),
    ("take-point", "Latent point (JSON)"),
    ("take-map", "Map (PNG)"),
    ("take-table", "Table with coordinates (CSV)"),
    ("take-latents", "Latents (NPZ)"),
    ("take-strip", "Strip from A to B (PNG)"),
]


def layout() -> html.Footer:
    """Return the strip along the foot of the page."""
    return html.Footer(
        [
            html.Div(id="pins"),
            html.Div(
                [
                    html.Button(
                        "Open a picture …",
                        id="open-picture",
                        className="plain",
                        hidden=True,
                        title="A picture of your own: fitted, encoded and shown on the map (or drop it on the page)",
                    ),
                    dmc.Menu(
                        [
                            dmc.MenuTarget(
                                dmc.ActionIcon(
                                    icon("download"),
                                    id="take-away",
                                    variant="subtle",
                                    color="gray",
                                    **label("Download"),
                                )
                            ),
                            dmc.MenuDropdown([dmc.MenuItem(title, id=id, n_clicks=0) for id, title in _TAKE_AWAY]),
                        ],
                        position="top-end",
                        shadow="md",
                    ),
                ],
                className="actions",
            ),
        ],
        id="pins-panel",
    )


def register(app: Dash) -> None:
    """Pass the buttons on to the page's scripts."""
    for id, _ in _TAKE_AWAY:
        tell_page(app, id, Input(id, "n_clicks"))
