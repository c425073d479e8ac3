"""Opening a page, and noticing what goes wrong in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page

from tests.patience import PATIENCE

LOCAL_HOSTS = {"127.0.0.1", "localhost", "::1"}
# What Chromium arguments make it the same on every machine, quiet towards the network, and able to draw WebGL.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    # Only WebGL is drawn by that; the rest as a browser draws it where there is no graphics card: in half the time.
    "--disable-gpu-compositing",
    # What moves without end is drawn without end, on the cores that are to be tested.
    "--force-prefers-reduced-motion",
]

_MAP_IS_DRAWN = """() => {
    const plot = document.querySelector('#map .js-plotly-plot, #map.js-plotly-plot');
    return Boolean(plot && plot._fullLayout && plot.calcdata && plot.querySelector('.main-svg'));
}"""


class Watch:
    """Notes every console error, uncaught exception and request to another host of a browser context."""

    def __init__(self, context: BrowserContext) -> None:
        self.problems: list[str] = []
        self._context = context
        self._heard: dict[Any, Callable[[Any], None]] = {
            "console": self._console,
            "weberror": lambda error: self.problems.append(f"uncaught: {error.error}"),
            "request": lambda request: self._request(request.url),
            "page": self._page,
        }
        for event, listener in self._heard.items():
            context.on(event, listener)

    def stop(self) -> None:
        """Note nothing more."""
        for event, listener in self._heard.items():
            self._context.remove_listener(event, listener)

    def unexpected(self, expected: Iterable[str]) -> list[str]:
        """Return the problems that match none of the regular expressions in `expected`."""
        return [problem for problem in self.problems if not any(re.search(e, problem) for e in expected)]

    def _console(self, message: Any) -> None:
        if message.type == "error":
            self.problems.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _page(self, page: Page) -> None:
        page.on("websocket", lambda socket: self._request(socket.url))
        page.on("crash", lambda _: self.problems.append("the page crashed"))

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in LOCAL_HOSTS:
            self.problems.append(f"request to another host: {url}")


def be_patient(context: BrowserContext) -> BrowserContext:
    """Have the pages of a context wait as long as all tests do."""
    context.set_default_timeout(1000 * PATIENCE)
    return context


def open_page(page: Page, url: str) -> Page:
    """Go to `url` and wait until a latent point is decoded and the map is drawn."""
    page.goto(url)
    page.wait_for_selector("#decoded[data-z]")
    page.wait_for_function(_MAP_IS_DRAWN)
    return page
