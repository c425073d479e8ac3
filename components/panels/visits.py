"""Where one was and how others get there: undo, redo, and a link to what is on show. On every page, in its head."""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import Dash, Input, html

from components.elements.aria import label
from components.elements.clientside import tell_page
from components.elements.icons import icon

_BUTTONS = {"undo": "Undo (Ctrl+Z)", "redo": "Redo (Ctrl+Shift+Z)", "link": "Copy link"}


def layout() -> html.Div:
    """Return the buttons."""
    return html.Div([_button(name, title) for name, title in _BUTTONS.items()], className="actions")


def _button(name: str, title: str) -> dmc.Tooltip:
    return dmc.Tooltip(
        dmc.ActionIcon(icon(name), id=name, variant="subtle", color="gray", n_clicks=0, **label(title)),
        label=title,
        openDelay=500,
    )


def register(app: Dash) -> None:
    """Pass the buttons on to the page's scripts."""
    for name in _BUTTONS:
        tell_page(app, name, Input(name, "n_clicks"))
