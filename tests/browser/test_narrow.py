"""Narrow windows, by touch: map, picture and sliders can all be used, and nothing of the head is cut off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.browser.driving import (
    PLOT,
    SEEN,
    asked,
    empty_spots,
    get,
    lone_items,
    open_map,
    post,
    shown,
    shown_text,
    wait_for_address,
    wait_for_other_picture,
    wait_for_point,
    wait_until,
)
from tests.browser.pages import Watch, be_patient

# Resolves once the list of sliders has been where it is for a dozen frames.
AT_REST = """() => new Promise((resolve) => {
    const list = document.getElementById('sliders');
    let [last, frames] = [NaN, 0];
    const look = () => {
        frames = list.scrollTop === last ? frames + 1 : 0;
        last = list.scrollTop;
        if (frames > 12) resolve(); else requestAnimationFrame(look);
    };
    look();
})"""
Place = tuple[float, float]
HEAD = (
    "#page-explore",
    "#page-interpret",
    "#undo",
    "#redo",
    "#link",
    "#model-card",
    "#jobs",
    "#text-size",
    "#help",
    "#theme",
)
FRAME = f"[...{PLOT}._fullLayout.xaxis.range, ...{PLOT}._fullLayout.yaxis.range]"

# What is written on the map or below it and lies on something else that is, under the button of the map's quality,
# or, of names of classes, beyond the map.
COLLISIONS = """() => {
    const read = (part, words = part) => ({ text: words.textContent, box: part.getBoundingClientRect() });
    const all = (selector) => [...document.querySelectorAll(selector)];
    const names = all('#map .annotation').map((name) => read(name.querySelector('rect.bg'), name));
    const others = all('#map .xtick text, #map .ytick text, #map .xtitle, #map .legendtext, #quality');
    const { left, top, right, bottom } = document.querySelector('#map .nsewdrag').getBoundingClientRect();
    const beyond = ({ box }) => Math.min(box.left - left, box.top - top, right - box.right, bottom - box.bottom) < -1;
    const found = names.filter(beyond).map(({ text }) => text);
    for (const parts of [names, others.map((part) => read(part))]) {
        parts.forEach(({ text, box }, i) => parts.slice(0, i).forEach((other) => {
            const wide = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
            const high = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
            if (wide > 2 && high > 2) found.push(`${text} / ${other.text}`);
        }));
    }
    return found;
}"""


@pytest.fixture
def touched(browser: Browser) -> Iterator[Page]:
    """An empty page on a screen that is touched."""
    context = be_patient(browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True))
    watch = Watch(context)
    yield context.new_page()
    context.close()
    assert not watch.problems, "the page met:\n" + "\n".join(watch.problems)


class Fingers:
    """Fingers on the screen, which Playwright can only tap with."""

    def __init__(self, page: Page) -> None:
        self._session: CDPSession = page.context.new_cdp_session(page)

    def _send(self, kind: str, places: list[Place]) -> None:
        points = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(places)]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def drag(self, *ways: tuple[Place, Place], steps: int = 12) -> None:
        """Put a finger down at the start of each way, move all of them to the ends, and lift them."""
        for count in range(1, len(ways) + 1):
            self._send("touchStart", [start for start, _ in ways[:count]])
        for step in range(1, steps + 1):
            share = step / steps
            self._send("touchMove", [(a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])) for a, b in ways])
        self._send("touchEnd", [])


def middle(page: Page, selector: str) -> Place:
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def assert_reachable(page: Page, selectors: tuple[str, ...]) -> None:
    """Wait until each of them lies in the window with nothing over its middle."""
    for selector in selectors:
        page.wait_for_function(
            """selector => {
                const part = document.querySelector(selector);
                const { left, top, right, bottom } = part.getBoundingClientRect();
                if (Math.min(left, top, innerWidth - right, innerHeight - bottom) < -0.5) return false;
                const seen = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
                return part === seen || part.contains(seen);
            }""",
            arg=selector,
        )


def drag_slider(page: Page, fingers: Fingers, j: int) -> None:
    """Drag the slider of a dimension by touch, and see that nothing else moves."""
    box = page.locator(f"#latent-{j}").bounding_box()
    assert box is not None
    before, told, y = shown(page), shown_text(page), box["y"] + box["height"] / 2
    start, end = box["x"] + 0.2 * box["width"], box["x"] + 0.8 * box["width"]
    fingers.drag(((start, y), (end, y + 3)))
    wait_for_other_picture(page, told)
    wait_until(
        page,
        f"""() => {{
            const slider = document.getElementById('latent-{j}');
            const value = (name) => Number(slider.getAttribute(`aria-value${{name}}`));
            const [low, high, now] = ['min', 'max', 'now'].map(value);
            const drawn = Number(document.getElementById('decoded').dataset.z.split(',')[{j}]);
            return Math.abs((now - low) / (high - low) - 0.8) < 0.03 && drawn === now;
        }}""",
    )
    after = shown(page)
    assert np.flatnonzero(after != before).tolist() == [j]
    assert page.evaluate("[scrollX, scrollY, document.getElementById('sliders').scrollTop]") == [0, 0, 0]


def test_a_phone_shows_one_panel_at_a_time_and_each_works_by_touch(touched: Page, server: str) -> None:
    page = touched
    fingers = Fingers(page)
    open_map(page, server, "item=2")
    assert_reachable(page, ("#space", *HEAD, "#projection", "#color-by", "#settings", "#decoded", "#panel-switch"))

    # What is written on the map and below it can be read: nothing lies on anything else, or is cut off.
    page.wait_for_function("document.querySelector('#quality')?.textContent.startsWith('keeps')")
    assert not page.evaluate(f"({COLLISIONS})()")
    scrollbar = page.locator("#map .legend .scrollbar").bounding_box()
    assert scrollbar is not None and scrollbar["height"] == 0, "ten classes fit"
    page.fill("#find", "sneaker")
    page.locator("#found [role=option]").first.wait_for()
    page.keyboard.press("ArrowDown")
    assert_reachable(page, ("#found [role=option]:nth-child(2)", "#decoded"))
    page.keyboard.press("Escape")
    page.fill("#find", "")

    # The map: tapped, dragged, pinched.
    before = shown_text(page)
    spot = empty_spots(page, 8)[0]
    page.touchscreen.tap(spot["x"], spot["y"])
    wait_for_other_picture(page, before)
    np.testing.assert_allclose([float(part) for part in asked(page)["spot"].split(",")], spot["at"], atol=0.02)
    item = lone_items(page)[0]
    page.touchscreen.tap(item["x"], item["y"])
    wait_for_point(page, np.array(get(server, f"fashion/items/{item['index']}")["z"]))
    z = shown_text(page)
    x, y = middle(page, "#map .nsewdrag")
    whole = np.array(page.evaluate(FRAME))
    fingers.drag(((x, y), (x - 90, y)))
    page.wait_for_function(f"last => {FRAME}[0] > last + 0.5", arg=whole[0])
    moved = np.array(page.evaluate(FRAME))
    assert moved[1] - moved[0] == pytest.approx(whole[1] - whole[0])
    fingers.drag(((x - 20, y), (x - 60, y)), ((x + 20, y), (x + 60, y)))
    page.wait_for_function(f"span => {FRAME}[1] - {FRAME}[0] < 0.4 * span", arg=moved[1] - moved[0])
    near = np.array(page.evaluate(FRAME))
    assert near[1] - near[0] == pytest.approx((moved[1] - moved[0]) / 3, rel=0.02)
    assert (near[0] + near[1]) / 2 == pytest.approx((moved[0] + moved[1]) / 2, abs=0.05 * (moved[1] - moved[0]))
    assert page.evaluate("visualViewport.scale") == 1
    assert shown_text(page) == z, "two fingers are no click"

    # The sliders, with the picture above them; a finger that scrolls the list moves none.
    page.locator("[data-panel=sliders]").tap()
    assert_reachable(page, ("#decoded", "#latent-9", "#to-random", "#units"))
    drag_slider(page, fingers, 9)
    z = shown_text(page)
    x, y = middle(page, "#latent-8")
    fingers.drag(((x, y), (x + 2, y - 220)), steps=30)
    page.wait_for_function("() => document.getElementById('sliders').scrollTop > 40")
    assert shown_text(page) == z
    # A finger that is put down while the list still glides stops it, and taps nothing.
    page.evaluate(AT_REST)

    page.locator("[data-panel=picture]").tap()
    assert_reachable(page, ("#decoded", "#take-away"))
    assert page.locator("#decoded").evaluate("canvas => canvas.clientWidth") > 200

    # The model card has room for what it says, and begins at its beginning.
    page.click("#model-card")
    page.wait_for_selector("#card-dialog[open]")
    finding = "#card-dialog tr:not(.warning) td:not(.how)"
    assert (
        page.evaluate(f"Math.min(...[...document.querySelectorAll('{finding}')].map((one) => one.clientWidth))") > 280
    )
    expect(page.locator("#card-dialog .dialog-head strong")).to_be_in_viewport()
    page.keyboard.press("Escape")

    # The questions, and the map and the sliders beside them.
    page.click("#page-interpret")
    card = page.locator("#study-collapse .verdict, #study-cards .verdict").first
    expect(card).to_be_visible()
    assert_reachable(page, ("#study-tab-used", "#study-tab-items", "#decoded"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("[data-panel=map]").tap()
    before = shown_text(page)
    spot = empty_spots(page, 8)[0]
    page.touchscreen.tap(spot["x"], spot["y"])
    wait_for_other_picture(page, before)
    page.locator("[data-panel=sliders]").tap()
    assert_reachable(page, ("#sliders",))
    page.click("#page-explore")
    assert_reachable(page, ("#sliders",))


def test_a_map_in_depth_is_turned_approached_and_touched_by_fingers(touched: Page, server: str) -> None:
    page = touched
    fingers = Fingers(page)
    open_map(page, server, "projection=pca-3d&item=2", projection="pca-3d")
    x, y = middle(page, "#map canvas")
    fingers.drag(((x, y), (x + 90, y + 20)))
    wait_for_address(page, "frame=")
    eye = "document.querySelector('#map .js-plotly-plot')._fullLayout.scene._scene.getCamera().eye"
    away = f"Math.hypot({eye}.x, {eye}.y, {eye}.z)"
    before = page.evaluate(away)
    fingers.drag(((x - 20, y), (x - 40, y)), ((x + 20, y), (x + 40, y)))
    page.wait_for_function(f"before => Math.abs({away} / before - 0.5) < 0.02", arg=before)
    assert page.evaluate("visualViewport.scale") == 1 and asked(page)["item"] == "2", "two fingers are no click"
    page.touchscreen.tap(x, y)
    page.wait_for_function("!/[?&]item=2(&|$)/.test(location.search)")
    item = int(asked(page)["item"])
    point = post(server, "fashion/places/pca-3d", np.array([[item]], dtype=np.float32))[0]
    box = page.locator("#map .js-plotly-plot").bounding_box()
    assert box is not None
    seen_x, seen_y = page.evaluate(SEEN, point.tolist())
    assert np.hypot(box["x"] + seen_x - x, box["y"] + seen_y - y) <= 11


@pytest.mark.parametrize("size", [(768, 1024), (900, 700)])
def test_a_tablet_has_the_map_above_and_the_rest_below(touched: Page, server: str, size: tuple[int, int]) -> None:
    page = touched
    page.set_viewport_size({"width": size[0], "height": size[1]})
    open_map(page, server, "item=2")
    assert_reachable(page, ("#space", *HEAD, "#projection", "#settings", "#decoded", "#latent-9", "#to-random"))
    boxes: dict[str, Any] = {
        name: page.locator(f"#{name}-panel").bounding_box() for name in ("map", "touched", "sliders")
    }
    assert boxes["map"]["width"] == size[0] and boxes["map"]["height"] > 0.4 * size[1]
    assert boxes["touched"]["y"] == boxes["sliders"]["y"] >= boxes["map"]["y"] + boxes["map"]["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert page.locator("#explore").evaluate("page => page.scrollHeight - page.clientHeight") <= 0
    assert not page.evaluate(f"({COLLISIONS})()")
    before = shown_text(page)
    spot = empty_spots(page, 8)[0]
    page.touchscreen.tap(spot["x"], spot["y"])
    wait_for_other_picture(page, before)
    drag_slider(page, Fingers(page), 9)
    page.click("#page-interpret")
    expect(page.locator("#study-cards .verdict").first).to_be_visible()
    assert_reachable(page, ("#study-tab-used", "#projection", "#settings", "#decoded"))
