"""What a hand does to the page, and what an eye reads from it."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
from playwright.sync_api import Page, Request, expect

from tests.browser.pages import open_page
from tests.patience import PATIENCE

expect.set_options(timeout=1000 * PATIENCE)

# Where a place of a map in depth is seen, in pixels of the plot.
SEEN = """async place => {
    const { seenAt } = await import('./assets/map/depth.js');
    return seenAt(document.querySelector('#map .js-plotly-plot'), place);
}"""
PLOT = "document.querySelector('#map .js-plotly-plot')"

_MAP_HAS_POINTS = """key => {
    const plot = PLOT;
    return plot?._fullLayout?.uirevision === key && plot.calcdata?.length > 0
        && plot._fullData.some((trace) => trace.customdata?.length > 0);
}""".replace("PLOT", PLOT)

# Where every visible item of a flat map is seen, in client pixels: [x, y, index].
_PLACES = """
    const plot = PLOT;
    const { xaxis, yaxis } = plot._fullLayout;
    const box = plot.getBoundingClientRect();
    const left = box.left + xaxis._offset, top = box.top + yaxis._offset;
    const right = left + xaxis._length, bottom = top + yaxis._length;
    const places = [];
    for (const trace of plot._fullData) {
        if (trace.visible !== true || !trace.customdata) continue;
        for (let i = 0; i < trace.x.length; i += 1) {
            places.push([left + xaxis.c2p(trace.x[i]), top + yaxis.c2p(trace.y[i]), Number(trace.customdata[i])]);
        }
    }
    const value = (x, y) => [xaxis.p2c(x - left), yaxis.p2c(y - top)];
""".replace("PLOT", PLOT)

_EMPTY_SPOTS = (
    "clear => {"
    + _PLACES
    + """
    const middle = [0, 1].map((k) => places.reduce((sum, place) => sum + place[k], 0) / places.length);
    const spots = [];
    for (let x = Math.ceil(left) + 24; x < right - 24; x += 9) {
        for (let y = Math.ceil(top) + 24; y < bottom - 40; y += 9) {
            if (places.some((place) => Math.hypot(place[0] - x, place[1] - y) < clear)) continue;
            spots.push({ x, y, at: value(x, y), far: Math.hypot(x - middle[0], y - middle[1]) });
        }
    }
    return spots.sort((a, b) => a.far - b.far);
}"""
)

_LONE_ITEMS = (
    "clear => {"
    + _PLACES
    + """
    const cells = new Map();
    const cell = (x, y) => `${Math.floor(x / clear)},${Math.floor(y / clear)}`;
    for (const [x, y] of places) cells.set(cell(x, y), (cells.get(cell(x, y)) ?? 0) + 1);
    const around = (x, y) => {
        let sum = 0;
        for (const dx of [-clear, 0, clear]) {
            for (const dy of [-clear, 0, clear]) sum += cells.get(cell(x + dx, y + dy)) ?? 0;
        }
        return sum;
    };
    return places
        .filter(([x, y]) => x > left + 30 && x < right - 30 && y > top + 30 && y < bottom - 40 && around(x, y) === 1)
        .map(([x, y, index]) => ({ x, y, index, at: value(x, y) }));
}"""
)


_INK = """canvas => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let ink = 0;
    for (let i = 3; i < data.length; i += 4) ink += data[i] > 0;
    return ink;
}"""


def open_map(page: Page, server: str, query: str = "", *, space: str = "fashion", projection: str = "pca") -> Page:
    """Open the page at ``?<query>`` and wait until a picture and the points of the map are drawn."""
    open_page(page, f"{server}/?{query}")
    wait_for_map(page, space, projection)
    return page


def wait_for_map(page: Page, space: str, projection: str) -> None:
    """Wait until the points of this map are drawn."""
    page.wait_for_function(_MAP_HAS_POINTS, arg=f"{space}/{projection}")


def empty_spots(page: Page, clear: float = 14) -> list[dict[str, Any]]:
    """Return spots of the map ``{x, y, at}`` without a point `clear` pixels around, the most central first."""
    spots: list[dict[str, Any]] = page.evaluate(_EMPTY_SPOTS, clear)
    assert spots, "no empty spot in view"
    return spots


def lone_items(page: Page) -> list[dict[str, Any]]:
    """Return points of the map ``{x, y, at, index}`` that have no other within 10 pixels, or 3 on a crowded map."""
    for clear in (10, 6, 3):
        items: list[dict[str, Any]] = page.evaluate(_LONE_ITEMS, clear)
        if items:
            return items
    raise AssertionError("no lone point in view")


def wait_until(page: Page, condition: str | Callable[[], object]) -> None:
    """Wait until a function returns true, in Python or, there also async, in JavaScript; the page goes on.

    Playwright's ``wait_for_function`` takes the promise of an async function for true.
    """
    end = time.monotonic() + PATIENCE
    while not (page.evaluate(condition) if isinstance(condition, str) else condition()):
        assert time.monotonic() < end, f"never came true: {condition}"
        run_timers(page, 50)


def run_timers(page: Page, milliseconds: float) -> None:
    """Wait until timers of the page that are due in so many milliseconds have run.

    Timers run in the order in which they are due, however slow the machine.
    """
    page.evaluate("milliseconds => new Promise((done) => { setTimeout(done, milliseconds); })", milliseconds)


def wait_for_quiet(
    page: Page, pattern: str = "/(look|touch|decode|trust|encode|places|items|believed|manifold)"
) -> None:
    """Wait until nothing is asked any more, nor waits to be asked: unless told otherwise about the point on show."""
    about = re.compile(pattern)
    open_requests: list[Request] = []
    asked = 0

    def began(request: Request) -> None:
        nonlocal asked
        if about.search(request.url):
            asked += 1
            open_requests.append(request)

    def ended(request: Request) -> None:
        if request in open_requests:
            open_requests.remove(request)

    heard = {"request": began, "requestfinished": ended, "requestfailed": ended}
    for event, listener in heard.items():
        page.on(event, listener)  # type: ignore[call-overload]
    try:
        before = -1
        while before != asked or open_requests:
            before = asked
            run_timers(page, 500)  # longer than anything waits for a hand to rest
    finally:
        for event, listener in heard.items():
            page.remove_listener(event, listener)


# ---- the point on show ----


def shown_text(page: Page) -> str:
    """Return ``data-z`` of the picture as it stands."""
    return page.locator("#decoded").get_attribute("data-z") or ""


def shown(page: Page) -> np.ndarray:
    """Return the latent point whose picture is drawn."""
    return np.array([float(part) for part in shown_text(page).split(",")], dtype=np.float32)


def wait_for_other_picture(page: Page, before: str) -> np.ndarray:
    """Wait until ``data-z`` is no longer `before`, and return the new point."""
    page.wait_for_function(
        """before => {
            // However many digits they are written with.
            const numbers = (text) => text.split(',').map(Math.fround).join();
            return numbers(document.getElementById('decoded').dataset.z) !== numbers(before);
        }""",
        arg=before,
    )
    return shown(page)


def wait_for_point(page: Page, z: np.ndarray, tolerance: float = 1e-4) -> None:
    """Wait until the picture of `z` is drawn."""
    page.wait_for_function(
        """([z, tolerance]) => {
            const drawn = document.getElementById('decoded').dataset.z.split(',').map(Number);
            return drawn.length === z.length && z.every((value, j) => Math.abs(value - drawn[j]) <= tolerance);
        }""",
        arg=[np.asarray(z, dtype=np.float64).tolist(), tolerance],
    )


def pixels(page: Page, selector: str = "#decoded", position: int = 0) -> np.ndarray:
    """Return what a canvas shows, uint8 ``[h, w, 4]``."""
    found = (
        page.locator(selector)
        .nth(position)
        .evaluate(
            """canvas => ({
            shape: [canvas.height, canvas.width, 4],
            bytes: [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data],
        })"""
        )
    )
    return np.array(found["bytes"], dtype=np.uint8).reshape(found["shape"])


def ink(page: Page, selector: str) -> int:
    """Return how many pixels of a canvas are not transparent."""
    return int(page.locator(selector).evaluate(f"canvas => ({_INK})(canvas)"))


def wait_for_ink(page: Page, selector: str, least: int = 0, most: int = 10**9) -> None:
    """Wait until a canvas has that many pixels that are not transparent."""
    page.wait_for_function(
        f"""([selector, least, most]) => {{
            const ink = ({_INK})(document.querySelector(selector));
            return ink >= least && ink <= most;
        }}""",
        arg=[selector, least, most],
    )


def assert_drawn(page: Page, server: str, space: str = "fashion") -> None:
    """Assert that the canvas shows what the server decodes from its ``data-z``, within one grey level."""
    wanted = post(server, f"{space}/decode", shown(page)[None])[0].astype(int)
    drawn = pixels(page)[..., : wanted.shape[2]].astype(int)
    assert drawn.shape == wanted.shape
    assert np.abs(drawn - wanted).max() <= 1
    assert np.ptp(wanted) > 10, "a blank picture proves nothing"


def press_all(page: Page, presses: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """Dispatch keys ``(element id, key)`` in one task; return what stood on the canvas right after each."""
    answers: list[dict[str, Any]] = page.evaluate(
        """presses => {
            const canvas = document.getElementById('decoded');
            return presses.map(([id, key]) => {
                const slider = document.getElementById(id);
                slider.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
                const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
                return { z: canvas.dataset.z, now: Number(slider.getAttribute('aria-valuenow')),
                         grey: [...data].filter((_, i) => i % 4 === 0) };
            });
        }""",
        [list(press) for press in presses],
    )
    return answers


# ---- the address ----


def asked(page: Page) -> dict[str, str]:
    """Return the parts of the page's address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def wait_for_address(page: Page, pattern: str) -> None:
    """Wait until the address matches a regular expression; unlike Playwright's own way this needs no loading."""
    page.wait_for_function("pattern => new RegExp(pattern).test(location.search)", arg=pattern)


def choose(page: Page, select: str, option: str) -> None:
    """Choose from a select by its option's text; latent dimensions may have names behind theirs."""
    page.click(f"#{select}")
    # Select boxes leave their lists in the page: only the open one counts.
    page.locator("[role=option]:visible").filter(has_text=re.compile(f"^{re.escape(option)}(( · |\u2003).*)?$")).click()


def notice(page: Page, pattern: str) -> str:
    """Wait until the page's notice matches a regular expression, and return it."""
    page.wait_for_function(
        "pattern => new RegExp(pattern).test(document.getElementById('notice').textContent)",
        arg=pattern,
    )
    return page.locator("#notice").inner_text()


# ---- the server, asked directly ----


def get(server: str, path: str) -> Any:
    """Return the JSON under ``/api/spaces/<path>``."""
    with urllib.request.urlopen(f"{server}/api/spaces/{path}", timeout=PATIENCE) as answer:
        return json.load(answer)


def post(server: str, path: str, numbers: np.ndarray) -> np.ndarray:
    """Send float32 rows to ``/api/spaces/<path>`` and return the array of the answer."""
    body = np.ascontiguousarray(numbers, dtype="<f4").tobytes()
    request = urllib.request.Request(f"{server}/api/spaces/{path}", data=body, method="POST")
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        shape = [int(size) for size in answer.headers["X-Shape"].split(",")]
        return np.frombuffer(answer.read(), dtype=np.uint8 if path.endswith("/decode") else "<f4").reshape(shape)


def steps_of(info: dict[str, Any], j: int) -> np.ndarray:
    """Return the positions of the slider of dimension `j`."""
    dimension = info["dimensions"][j]
    return np.linspace(dimension["low"], dimension["high"], info["steps"]).astype(np.float32)
