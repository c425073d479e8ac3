"""One base point, one truth about trust: what click, grid, shade and strips say of the same spot."""

from __future__ import annotations

import json
import re
import urllib.request
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.driving import (
    PLOT,
    asked,
    get,
    open_map,
    post,
    shown,
    shown_text,
    wait_for_address,
    wait_for_ink,
    wait_for_other_picture,
    wait_until,
)
from tests.patience import PATIENCE

PAIR = "z:9,12"
_TILES = """async () => {
    const { gridTiles } = await import('./assets/map/grid.js');
    const tiles = gridTiles();
    const { xaxis, yaxis } = PLOT._fullLayout, box = PLOT.getBoundingClientRect();
    return tiles && tiles.cells.map(([x, y], i) => ({
        spot: [x, y], trust: tiles.trust[i], query: tiles.query,
        x: box.left + xaxis._offset + xaxis.c2p(x), y: box.top + yaxis._offset + yaxis.c2p(y),
    }));
}""".replace("PLOT", PLOT)


def tiles(page: Page) -> list[dict[str, Any]]:
    """Return the tiles of the decoded grid: spot, trust, and where each is seen."""
    wait_until(page, f"async () => Boolean(await ({_TILES})())")
    found: list[dict[str, Any]] = page.evaluate(_TILES)
    return found


def trust_shown(page: Page) -> dict[str, float | None]:
    """Return the headline and the three indicators as they stand on the page."""
    rows = page.locator("#trust [data-indicator]").evaluate_all(
        "all => all.map((row) => [row.dataset.indicator, row.querySelector('.score').textContent])"
    )
    headline = float(page.locator("#trust strong").inner_text())
    return {"headline": headline, **{name: None if text == "–" else float(text) for name, text in rows}}


@pytest.mark.parametrize("based", [False, True], ids=["mean", "point"])
def test_a_tile_of_the_grid_is_what_a_click_on_it_shows(page: Page, server: str, based: bool) -> None:
    open_map(page, server, f"projection={PAIR}&item=3&manifold=1", projection=PAIR)
    button = page.locator("#off-plane")
    expect(button).to_have_text("Off the plane: data mean")
    if based:
        button.click()
        expect(button).to_have_text("Off the plane: point on show")
        wait_for_address(page, "offPlane=1")
        wait_until(page, f"async () => Boolean((await ({_TILES})())?.[0].query)")
    own = shown(page)
    grid = tiles(page)
    # Points only hint at the items; the tiles are what can be read.
    page.wait_for_function(f"{PLOT}._fullData[0].marker.opacity < 0.2")
    box = page.locator("#map-stage").bounding_box()
    assert box is not None
    inside = [one for one in grid if box["x"] + 60 < one["x"] < box["x"] + 400 and box["y"] + 60 < one["y"] < 480]
    tile = max(inside, key=lambda one: float(one["trust"]))
    x, y = tile["x"] + 9, tile["y"] - 8
    page.mouse.move(x, y)
    # Plotly may settle its axes meanwhile: what counts is the tile that is under the pointer now.
    tile = min(tiles(page), key=lambda one: abs(one["x"] - x) + abs(one["y"] - y))
    expect(page.locator("#hover-card strong")).to_have_text(f"trust {tile['trust']:.2f}")
    page.mouse.click(x, y)
    wait_for_address(page, "spot=")
    page.wait_for_function(
        "z => Math.abs(Number(document.getElementById('decoded').dataset.z.split(',')[9]) - z) < 1e-4",
        arg=tile["spot"][0],
    )
    z = shown(page)
    base = f"?base={','.join(str(value) for value in own)}" if based else ""
    wanted = post(server, f"fashion/invert/{PAIR}{base}", np.array([tile["spot"]]))[0]
    np.testing.assert_allclose(z, wanted, atol=1e-5)
    if based:
        np.testing.assert_allclose(np.delete(z, [9, 12]), np.delete(own, [9, 12]), atol=1e-6)
    page.wait_for_function(
        "trust => Math.abs(Number(document.querySelector('#trust strong').textContent) - trust) < 0.02",
        arg=tile["trust"],
    )
    # The shade of that very spot, and the three indicators.
    shade = float(post(server, f"fashion/believed/{PAIR}{base}", np.array([tile["spot"]]))[0])
    found = trust_shown(page)
    assert abs(shade - float(found["headline"] or 0)) <= 0.02
    assert found["map"] == 1
    assert found["headline"] == min(value for name, value in found.items() if value is not None)
    assert "item" not in asked(page)


def test_a_page_begins_with_a_typical_item_and_says_what_to_do(page: Page, server: str) -> None:
    open_map(page, server)
    typical = int(get(server, "fashion")["typical_item"])
    expect(page.locator(".item-head strong")).to_have_text(f"Item {typical}")
    expect(page.locator("#touched")).to_contain_text("A typical item to begin with.")
    assert "item" not in asked(page), "nobody has gone anywhere yet"
    # An item is judged by its reconstruction; no map has a part in that.
    expect(page.locator("#trust [data-indicator=map] .score")).to_have_text("–")
    expect(page.locator("#trust [data-indicator=faithful]")).to_have_attribute("title", re.compile("of the items"))
    page.click("#to-prior-mean")
    expect(page.locator("#touched")).to_contain_text("This is the prior mean.")
    expect(page.locator(".invite")).to_have_count(0)


def test_an_item_that_is_rebuilt_as_another_is_not_trusted(page: Page, server: str) -> None:
    body = json.dumps({"by": "distortion", "worst": True, "count": 1}).encode()
    request = urllib.request.Request(
        f"{server}/api/spaces/fashion/ranking", data=body, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        worst = json.load(answer)["items"][0]["index"]
    open_map(page, server, f"item={worst}")
    expect(page.locator("#trust .words")).to_contain_text("reconstructed worse than")
    found = trust_shown(page)
    assert found["headline"] == found["faithful"] and float(found["headline"] or 0) < 0.3


def test_the_shade_comes_coarse_first_and_is_acknowledged(page: Page, server: str) -> None:
    open_map(page, server)
    sizes: list[int] = []

    def note(sent: Request) -> None:
        if "/believed/" in sent.url:
            sizes.append(len(sent.post_data_buffer or b"") // 8)

    page.on("request", note)
    page.click("[data-toggle=shade]")
    # In the same frame, whatever the server does.
    assert page.locator("[data-toggle=shade]").get_attribute("aria-pressed") == "true"
    wait_for_ink(page, "#underlay", least=1000)
    expect(page.locator("[data-toggle=shade]")).to_have_attribute("aria-busy", "false")
    # How fine the rest is depends on how fast the machine is.
    assert sizes[0] < 400 and sum(sizes[1:]) > sizes[0]


def test_strips_of_components_and_their_sliders_begin_at_one_point(page: Page, server: str) -> None:
    open_map(page, server, "page=components&item=3")
    slider = page.locator("input.along").first
    strip = page.locator(".strip-and-slider canvas.filmstrip").first
    expect(strip).to_be_visible()
    switch = page.locator("#study-components [data-base]")
    expect(switch).to_have_text("From the data mean")
    mean = np.array([one["mean"] for one in get(server, "fashion")["dimensions"]])
    item = shown(page)

    def ink() -> str:
        return str(strip.evaluate("canvas => canvas.toDataURL()"))

    at_mean = ink()
    switch.click()
    expect(switch).to_have_text("From the point on show")
    page.wait_for_function(
        "before => document.querySelector('.strip-and-slider canvas.filmstrip').toDataURL() !== before", arg=at_mean
    )
    before = shown_text(page)
    slider.focus()
    page.keyboard.press("End")
    wait_for_other_picture(page, before)
    from_item = shown(page)
    axis = from_item - item
    axis /= np.linalg.norm(axis)
    # Off the component the point is the item's, or the mean's.
    off = (from_item - item) - ((from_item - item) @ axis) * axis
    assert np.abs(off).max() < 1e-3
    switch.click()
    expect(switch).to_have_text("From the data mean")
    before = shown_text(page)
    slider.press("Home")
    wait_for_other_picture(page, before)
    step = shown(page) - mean
    assert np.abs(step - (step @ axis) * axis).max() < 1e-2
