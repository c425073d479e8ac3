"""Maps in depth: touching, turning, looking closer."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, expect

from tests.browser.driving import (
    PLOT,
    SEEN,
    asked,
    open_map,
    post,
    run_timers,
    shown_text,
    wait_for_address,
    wait_for_other_picture,
    wait_until,
)
from vae_core.demos.shipped import DEMOS


def test_items_can_be_touched_in_depth(page: Page, server: str) -> None:
    open_map(page, server, "projection=pca-3d", projection="pca-3d")
    card = page.locator("#hover-card")
    box = page.locator("#map").bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    steps = itertools.cycle(range(12))

    def over_an_item() -> bool:
        page.mouse.move(middle[0] + 6 * next(steps), middle[1])
        run_timers(page, 100)
        return card.is_visible()

    wait_until(page, over_an_item)
    number = (card.locator("strong").text_content() or "").removeprefix("Item ")
    page.mouse.down()
    page.mouse.up()
    page.wait_for_url(f"**item={number}**")
    expect(page.locator("#touched strong").first).to_have_text(f"Item {number}")


# Where all of many places are seen, in pixels of the plot.
ALL_SEEN = """async places => {
    const { seenAt } = await import('./assets/map/depth.js');
    return places.map((place) => seenAt(document.querySelector('#map .js-plotly-plot'), place));
}"""


def _apart(seen: np.ndarray, item: int) -> float:
    """Pixels from an item to the nearest other one on the screen."""
    away = np.linalg.norm(seen - seen[item], axis=1)
    away[item] = np.inf
    return float(away.min())


def test_places_are_seen_where_the_map_shows_them(page: Page, server: str, tmp_path: Path) -> None:
    open_map(page, server, "projection=pca-3d", projection="pca-3d")
    points = post(server, "fashion/places/pca-3d", np.arange(10_000, dtype=np.float32))
    box = page.locator("#map .js-plotly-plot").bounding_box()
    assert box is not None
    card = page.locator("#hover-card")
    # Outer items that stand alone; Plotly knows by itself which one is under the pointer.
    seen = np.array(page.evaluate(ALL_SEEN, points.tolist()))
    highest = np.argsort(points[:, 2])
    alone = [next(int(item) for item in order if _apart(seen, item) > 9) for order in (highest[::-1], highest)]
    for outermost in alone:
        x, y = page.evaluate(SEEN, points[outermost].tolist())
        page.mouse.move(box["x"] + x - 2, box["y"] + y)
        page.mouse.move(box["x"] + x, box["y"] + y)
        expect(card.locator("strong")).to_have_text(f"Item {outermost}")
    shipped = DEMOS["fashion"].load()
    np.save(tmp_path / "two.npy", shipped.values[[alone[1], 7], 0])
    page.set_input_files("#layer-file", tmp_path / "two.npy")
    wait_until(page, "async () => (await import('./assets/map/layer.js')).hasNewcomers()")
    page.mouse.move(box["x"] + x - 1, box["y"] + y)
    page.mouse.move(box["x"] + x, box["y"] + y)
    expect(card).to_contain_text("New item 0")
    before = shown_text(page)
    page.mouse.click(box["x"] + x, box["y"] + y)
    wait_for_other_picture(page, before)
    expect(page.locator("#touched")).to_contain_text("two, item 0")
    # The server is that of other tests as well.
    assert page.request.delete(f"{server}/api/spaces/fashion/layers/two").ok


def test_turning_a_map_in_depth_touches_nothing(page: Page, server: str) -> None:
    open_map(page, server, "projection=pca-3d&item=5", projection="pca-3d")
    box = page.locator("#map").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    entries = page.evaluate("history.length")
    eye = f"JSON.stringify({PLOT}._fullLayout.scene._scene.getCamera().eye)"
    for turn in range(2):
        before = page.evaluate(eye)
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 80, y + 40 * turn, steps=3)
        page.mouse.up()
        page.wait_for_function(f"before => {eye} !== before", arg=before)
    wait_for_address(page, "frame=")
    assert asked(page)["item"] == "5" and page.evaluate("history.length") == entries
    page.keyboard.press("h")
    near = f"{PLOT}._fullLayout.scene.xaxis.range"
    whole = page.evaluate(f"{PLOT}.layout.meta.whole[0]")
    page.wait_for_function(f"Math.abs({near}[1] - {near}[0]) < 0.5 * {whole[1] - whole[0]}")
    page.keyboard.press("a")
    page.wait_for_function(f"Math.abs({near}[0] - ({whole[0]})) < 1e-4")
