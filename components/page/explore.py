"""The map, what was touched and the sliders; beside them, when asked for, the questions of Interpret."""

from __future__ import annotations

from dash import Dash, html

from components.panels import map as map_panel
from components.panels import panel_switch, pins, sliders, study, touched
from vae_core import Catalogue


def layout() -> html.Main:
    """Return the page; it fills the window without a scroll bar of its own."""
    return html.Main(
        [study.layout(), map_panel.layout(), touched.layout(), sliders.layout(), pins.layout(), panel_switch.layout()],
        id="explore",
    )


def register(app: Dash, catalogue: Catalogue, points_up_to: int) -> None:
    """Connect the panels; see `components.page.frame.register`."""
    map_panel.register(app, catalogue, points_up_to)
    sliders.register(app)
    pins.register(app)
