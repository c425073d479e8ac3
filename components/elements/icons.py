"""The few icons of the page, drawn here so that none is fetched from elsewhere."""

from __future__ import annotations

from urllib.parse import quote

from dash import html

#: Paths on a 24 × 24 grid, stroked.
_PATHS = {
    "tune": "M4 7h10M18 7h2M4 12h4M12 12h8M4 17h12M20 17h0M16 5v4M10 10v4M18 15v4",
    "help": "M9 9a3 3 0 1 1 4.2 2.8c-.8.4-1.2 1-1.2 1.9v.3M12 17.5v.5",
    "undo": "M9 14 4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3",
    "redo": "m15 14 5-5-5-5M20 9H10a6 6 0 0 0 0 12h3",
    "download": "M12 4v11M7 11l5 5 5-5M5 20h14",
    "link": "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
    "moon": "M20 14.5A8 8 0 1 1 9.5 4 6.5 6.5 0 0 0 20 14.5Z",
    "sun": "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2v2M12 20v2M2 12h2M20 12h2"
    "M5 5l1.4 1.4M17.6 17.6 19 19M5 19l1.4-1.4M17.6 6.4 19 5",
}


def icon(name: str) -> html.Span:
    """Return an icon in the colour of the text around it."""
    drawing = (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='black' stroke-width='1.8' "
        f"stroke-linecap='round' stroke-linejoin='round'><path d='{_PATHS[name]}'/></svg>"
    )
    return html.Span(className="icon", style={"--drawing": f'url("data:image/svg+xml,{quote(drawing)}")'})
