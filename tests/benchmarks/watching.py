"""From an event in the page to new pixels in it.

The clock starts at the `timeStamp` the browser gave the real key press or pointer event, before
any handler ran, and stops in a mutation observer, in the task in which the new pixels stand in the
document: `data-z` of our canvas, which is set together with the pixels; the `href` of the image a
Plotly figure is drawn with; the `src` of an image. What the screen then takes to show them is the same for all.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.find_chromium import find
from tests.browser.pages import CHROMIUM_ARGUMENTS

OURS = ("#decoded", "target.dataset.z")
FIGURE = ("#figure", "target.querySelector('.hm image')?.href.baseVal")
PNG = ("#png", "target.src")

# `at`: when the newest event happened; `asked`: when the one happened that the newest request to the map is about.
_WATCH = """([selector, event]) => {
    const target = document.querySelector(selector);
    const read = () => READ;
    const bench = (window.bench = { times: [], heard: [], pictures: [], at: [], open: null, asked: null });
    let shown = read();
    addEventListener(event, (e) => {
        bench.open = e.timeStamp;
        bench.heard.push(performance.now() - e.timeStamp);
        bench.at.push(e.timeStamp);
    }, true);
    const fetched = window.fetch;
    window.fetch = (...request) => {
        if (String(request[0]).includes('/touch/')) bench.asked = bench.at.at(-1);
        return fetched(...request);
    };
    new MutationObserver(() => {
        const now = performance.now();
        const value = read();
        if (!value || value === shown) return;
        shown = value;
        bench.pictures.push([bench.asked, now]);
        if (bench.open === null) return;
        bench.times.push(now - bench.open);
        bench.open = null;
    }).observe(target, { attributes: true, childList: true, subtree: true });
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium, as the tests drive it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=CHROMIUM_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def watch(page: Page, target: tuple[str, str], event: str) -> None:
    """Take the time of every `event` until the pixels of `target` are others."""
    selector, read = target
    page.wait_for_function(f"() => {{ const target = document.querySelector('{selector}'); return target && {read}; }}")
    page.evaluate(_WATCH.replace("READ", read), [selector, event])


def settled(page: Page, count: int, pause: float) -> None:
    """Wait `pause` milliseconds, and for as long as fewer than `count` times are taken.

    Raises
    ------
    playwright.sync_api.TimeoutError
        If no new pixels come within 30 s.
    """
    page.wait_for_timeout(pause)
    if page.evaluate("bench.times.length") < count:
        page.wait_for_function(f"bench.times.length >= {count}")
        page.wait_for_timeout(pause)


def times(page: Page) -> list[float]:
    """Return the milliseconds taken so far."""
    return [float(value) for value in page.evaluate("bench.times")]


def heard(page: Page) -> list[float]:
    """Return the part of them until the first listener of the page was called: the page was busy, or the machine."""
    return [float(value) for value in page.evaluate("bench.heard")]
