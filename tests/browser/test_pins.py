"""Pins A and B, and the strip of pictures from one to the other."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
from playwright.sync_api import Page, expect

from tests.browser.driving import (
    SEEN,
    asked,
    assert_drawn,
    get,
    ink,
    open_map,
    pixels,
    post,
    shown,
    wait_for_address,
    wait_for_ink,
    wait_for_point,
    wait_for_quiet,
    wait_until,
)

COUNT = 16


def test_pins_their_strip_and_their_path(page: Page, server: str) -> None:
    open_map(page, server, "item=1")
    a, b = (np.array(get(server, f"fashion/items/{index}")["z"], dtype=np.float32) for index in (1, 2))
    wait_for_point(page, a, tolerance=0)
    expect(page.locator("#line-hint")).to_be_visible()
    page.click("#pin-a")
    expect(page.locator("#pin-a")).to_have_attribute("data-there", "true")
    wait_for_address(page, "[?&]a=")

    page.keyboard.press("ArrowRight")  # anywhere else
    page.fill("#find", "2")
    page.locator("#found [role=option]").first.click()
    wait_for_point(page, b, tolerance=0)
    page.keyboard.press("Shift+B")
    expect(page.locator("#pin-b")).to_have_attribute("data-there", "true")

    page.wait_for_selector("#line:visible")
    expect(page.locator("#line-hint")).to_be_hidden()
    assert_pin_pictures(page, server, a, b)
    assert ink(page, "#line") > 1000
    wait_for_ink(page, "#overlay", least=100)

    box = page.locator("#line").bounding_box()
    assert box
    for slot in (5, 15, 0):
        page.mouse.click(box["x"] + (slot + 0.5) / COUNT * box["width"], box["y"] + box["height"] / 2)
        wait_for_point(page, a + (b - a) * slot / (COUNT - 1), tolerance=1e-5)
    assert_drawn(page, server)
    for key, slot in (("ArrowLeft", 0), ("End", 15), ("ArrowRight", 15), ("Home", 0), ("ArrowRight", 1)):
        page.locator("#line").press(key)
        wait_for_point(page, a + (b - a) * slot / (COUNT - 1), tolerance=1e-5)
        expect(page.locator("#line")).to_have_attribute("aria-valuenow", str(slot))

    # A pin that is set is gone to, by click and by key; setting it is an action of its own.
    ways: list[tuple[Callable[[], None], np.ndarray]] = [
        (lambda: page.click("#pin-b"), b),
        (lambda: page.keyboard.press("1"), a),
    ]
    for go, point in ways:
        go()
        wait_for_point(page, point, tolerance=0)
    assert asked(page)["a"] != asked(page)["b"], "going there sets nothing"
    page.locator("#line").press("ArrowRight")
    wait_for_point(page, a + (b - a) / (COUNT - 1), tolerance=1e-5)
    before = asked(page)["a"]
    page.get_by_role("button", name="Set A", exact=True).click()
    wait_for_address(page, f"[?&]a=(?!{re.escape(before)}&)")
    page.click("#undo")
    wait_for_address(page, f"[?&]a={re.escape(before)}&")
    wait_for_point(page, a + (b - a) / (COUNT - 1), tolerance=1e-5)

    page.locator("[data-pin=b] .clear").click()
    expect(page.locator("#line")).to_be_hidden()
    expect(page.locator("#line-hint")).to_be_visible()
    page.wait_for_function("!/[?&]b=/.test(location.search)")
    assert "a" in asked(page)
    page.keyboard.press("Control+z")
    page.wait_for_selector("#line:visible")
    assert np.allclose(shown(page), a + (b - a) / (COUNT - 1), atol=1e-5)


def test_the_strip_is_played_without_the_server(page: Page, server: str) -> None:
    a, b = (np.array(get(server, f"fashion/items/{index}")["z"], dtype=np.float32) for index in (1, 2))
    pins = "&".join(f"{name}={','.join(map(str, z))}" for name, z in (("a", a), ("b", b)))
    page.emulate_media(reduced_motion="no-preference")
    open_map(page, server, f"item=1&{pins}")
    strip = page.locator("#line")
    with page.expect_response("**/look/**"):
        strip.press("End")
    wait_for_point(page, b, tolerance=0)
    expect(page.locator("#nearest .thumb")).to_have_count(12)
    wait_for_quiet(page, "/api/spaces/")  # what was asked for before it is played
    requests: list[str] = []
    # Looking after jobs goes on beside it.
    page.on("request", lambda request: requests.append(request.url) if "/api/spaces/" in request.url else None)
    entries = page.evaluate("history.length")
    button = page.locator("#play-line")
    expect(button).to_have_text("Play")
    strip.press(" ")
    expect(button).to_have_text("Pause")
    # From the end it turns back; the marker goes with it.
    page.wait_for_function("Number(document.getElementById('line').getAttribute('aria-valuenow')) < 14")
    places = page.evaluate(
        """() => new Promise((resolve) => {
            const seen = new Set(), here = document.getElementById('here');
            const look = () => {
                seen.add(here.getAttribute('style'));
                if (seen.size < 3) requestAnimationFrame(look); else resolve([...seen]);
            };
            look();
        })"""
    )
    assert len(places) == 3 and not requests, requests
    assert page.evaluate("history.length") == entries
    # Any other input ends it; then the point on show is asked about.
    with page.expect_request("**/look/**"):
        page.mouse.move(640, 300)
        page.mouse.wheel(0, 1)
    expect(button).to_have_text("Play")
    slot = int(strip.get_attribute("aria-valuenow") or -1)
    wait_for_point(page, a + (b - a) * slot / (COUNT - 1), tolerance=1e-5)
    assert_drawn(page, server)
    # Whoever wants no motion goes from picture to picture.
    page.emulate_media(reduced_motion="reduce")
    expect(button).to_have_text("Step")
    strip.press("Home")
    wait_for_point(page, a, tolerance=0)
    button.click()
    wait_for_point(page, a + (b - a) / (COUNT - 1), tolerance=1e-5)
    expect(button).to_have_text("Step")


def marker(page: Page) -> list[float]:
    """Return where the marker of the point on show is drawn."""
    return [float(part) for part in re.findall(r"(-?[\d.]+)px", page.locator("#here").get_attribute("style") or "")]


def assert_pin_pictures(page: Page, server: str, a: np.ndarray, b: np.ndarray) -> None:
    for name, z in (("a", a), ("b", b)):
        page.wait_for_function(f"document.querySelector('#pin-{name} canvas').height === 28")
        wanted = post(server, "fashion/decode", z[None])[0, ..., 0].astype(int)
        assert np.abs(pixels(page, f"#pin-{name} canvas")[..., 0] - wanted).max() <= 1


def test_the_path_is_drawn_in_depth_too(page: Page, server: str) -> None:
    a, b = (np.array(get(server, f"fashion/items/{index}")["z"], dtype=np.float32) for index in (1, 2))
    pins = "&".join(f"{name}={','.join(map(str, z))}" for name, z in (("a", a), ("b", b)))
    open_map(page, server, f"projection=pca-3d&item=1&{pins}", projection="pca-3d")
    wait_for_ink(page, "#overlay", least=400)
    # The marker stands where A is seen, and moves with the eye.
    (place,) = post(server, "fashion/locate/pca-3d", a[None]).tolist()
    box = page.locator("#map").bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    seen: list[Any] = []
    for turn in (0, 60):
        if turn:
            page.mouse.move(*middle)
            page.mouse.down()
            page.mouse.move(middle[0] + turn, middle[1] + turn / 2, steps=4)
            page.mouse.up()
            wait_until(page, lambda: np.hypot(*np.subtract(page.evaluate(SEEN, place), seen[0])) > 5)
        wait_until(page, lambda: marker(page) and np.allclose(marker(page), page.evaluate(SEEN, place), atol=0.11))
        seen.append(page.evaluate(SEEN, place))
    assert np.hypot(*np.subtract(*seen)) > 5
    page.locator("[data-pin=b] .clear").click()
    page.wait_for_function("getComputedStyle(document.getElementById('overlay')).visibility === 'hidden'")
