"""Which panel is on show where there is room for one only. Wired by ``assets/page/panel_switch.js``."""

from __future__ import annotations

from dash import html

from components.elements.aria import label

_PANELS = {"cards": "Cards", "map": "Map", "picture": "Picture", "sliders": "Sliders"}


def layout() -> html.Nav:
    """Return the bar along the foot of a narrow window; wider ones do without."""
    buttons = [
        html.Button(title, className="tool", **{"data-panel": name, "aria-pressed": "false"})  # type: ignore[arg-type]
        for name, title in _PANELS.items()
    ]
    return html.Nav(buttons, id="panel-switch", **label("Panels"))
