"""The gallery: through the whole set, filtered, and linked with the map both ways."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import numpy as np
from playwright.sync_api import Page, expect

from tests.browser.driving import open_map, wait_until
from vae_core import demo
from vae_core.columns.of_space import values_of
from vae_core.drawing.pictures import decode, originals

_IN_VIEW = "async () => (await import('./assets/gallery/gallery.js')).tilesInView()"


def in_view(page: Page) -> dict[int, dict[str, Any]]:
    """Return the tiles in view by their place, once all are there."""
    wait_until(page, f"async () => (await ({_IN_VIEW})()).length && (await ({_IN_VIEW})()).every(tile => tile.item)")
    return {tile["place"]: tile for tile in page.evaluate(_IN_VIEW)}


def click(page: Page, place: int) -> None:
    tile = in_view(page)[place]
    page.locator("#gallery").click(position={"x": tile["x"] + 40, "y": tile["y"] + 30})


_BRIGHTNESS = """async place => {
  const tile = (await import('./assets/gallery/gallery.js')).tilesInView().find(one => one.place === place);
  const canvas = document.querySelector("#gallery-frame canvas"), ratio = window.devicePixelRatio;
  const [x, y, size] = [tile.x + 7, tile.y + 2, 64].map(one => one * ratio);
  const pixels = canvas.getContext("2d").getImageData(x, y, size, size);
  let sum = 0;
  for (let i = 0; i < pixels.data.length; i += 4) sum += pixels.data[i];
  return sum / (pixels.data.length / 4);
}"""


# The colour of the largest difference between two pictures of 2 × 2, drawn anew.
_EXTREME = """async dark => {
  const { drawDifference } = await import('./assets/draw/difference.js');
  const canvas = document.createElement('canvas');
  drawDifference(canvas, new Uint8Array([10, 20, 30, 40, 10, 20, 30, 50]), [2, 2, 1], 0, 1, dark);
  const { data } = canvas.getContext('2d').getImageData(0, 0, 2, 2);
  return [...data.slice(12, 15)];
}"""


def wait_for_brightness(page: Page, place: int, low: float, high: float) -> None:
    """Wait until the mean red of a tile's first picture, 0 to 255, lies in a range."""
    wait_until(
        page, f"async () => {{ const seen = await ({_BRIGHTNESS})({place}); return {low} < seen && seen < {high}; }}"
    )


def test_it_goes_through_the_whole_set_and_knows_what_is_in_view(page: Page, server: str) -> None:
    open_map(page, server, "page=items")
    distortion = demo("fashion").distortion
    worst, best = int(np.argmax(distortion)), int(np.argmin(distortion))
    expect(page.locator("#gallery-place")).to_contain_text("of 10,000")
    assert in_view(page)[0]["item"]["index"] == worst
    page.locator("#gallery").press("End")
    expect(page.locator("#gallery-option")).to_have_attribute("data-item", str(best))
    expect(page.locator("#gallery-option")).to_have_attribute("aria-selected", "true")
    shown = in_view(page)
    assert len(shown) < 120
    assert shown[9999]["item"]["index"] == best and shown[9999]["on"]
    assert f"item={best}" in page.url
    page.locator("#gallery").evaluate("gallery => { gallery.scrollTop = 0; }")
    assert 9999 not in in_view(page)
    page.locator("#gallery").press("Enter")
    wait_until(page, f"async () => (await ({_IN_VIEW})()).some(tile => tile.place === 9999)")
    page.locator("#rank-way").click()
    wait_until(page, f"async () => (await ({_IN_VIEW})())[0]?.item?.index === {best}")
    assert "rankUp=1" in page.url


def test_filter_and_map_show_the_same_items_and_each_other(page: Page, server: str) -> None:
    open_map(page, server, "page=items&rank=item")
    expect(page.locator("#gallery-place")).to_contain_text("of 10,000")
    page.select_option("#filter-column", "label")
    page.get_by_label("Value of label").select_option("Bag")
    expect(page.locator("#gallery-place")).to_contain_text("of 1,000")
    expect(page.locator("#within")).to_contain_text("label: Bag · 1,000 items")
    bags = np.flatnonzero((demo("fashion").data.table["label"].astype(str) == "Bag").to_numpy())
    assert in_view(page)[0]["item"]["index"] == bags[0]
    click(page, 3)
    expect(page.locator("#touched .item-head")).to_contain_text(str(bags[3]))
    # Chosen elsewhere, the gallery goes there.
    page.evaluate("async item => (await import('./assets/item/go_to.js')).goToItem(item)", int(bags[700]))
    wait_until(page, f"async () => (await ({_IN_VIEW})()).some(tile => tile.on && tile.item.index === {bags[700]})")
    page.locator("#within").get_by_role("button").click()
    expect(page.locator("#gallery-place")).to_contain_text("of 10,000")
    expect(page.locator("#filter-column")).to_have_value("")
    # An angle is one column, in degrees, and a part of it may go through 0; links that named its cosine lead to it.
    page.goto(f"{server}/?page=items&rank=item&color=measured:direction%20cos%202%CE%B8")
    expect(page.locator("#color-by")).to_have_value("direction")
    expect(page.locator("#map .colorbar, #map .cbaxis").first).to_contain_text("135°")
    page.select_option("#filter-column", "measured:direction")
    low, high = (page.get_by_label(f"{end} measured:direction") for end in ("Lowest", "Highest"))
    expect(high).to_have_value("180")
    low.fill("170")
    low.press("Enter")
    expect(page.locator("#within")).to_contain_text("direction from 170° to 180°")
    high.fill("10")
    high.press("Enter")
    expect(page.locator("#within")).to_contain_text("direction from 170° to 10°")
    told = values_of(demo("fashion"), "measured:direction")
    assert told is not None
    index = in_view(page)[0]["item"]["index"]
    assert index == np.flatnonzero((told.values >= 170) | (told.values <= 10))[0]


def test_it_shows_reconstructions_and_what_the_legend_shows(page: Page, server: str) -> None:
    hidden = [name for name in demo("fashion").data.table["label"].astype(str).unique() if name != "Trouser"]
    open_map(page, server, f"page=items&rank=item&hidden={quote(json.dumps(hidden))}")
    expect(page.locator("#gallery-place")).to_contain_text("of 1,000 of the classes shown")
    assert {tile["item"]["label"] for tile in in_view(page).values()} == {"Trouser"}
    # What is painted are the item's own pixels, in the end what lies between, on the page's light ground.
    item = in_view(page)[0]["item"]["index"]
    own = 255 * float(demo("fashion").data.batch(np.array([item])).mean())
    wait_for_brightness(page, 0, own - 5, own + 5)
    fewer = len(in_view(page))
    page.select_option("#gallery-pictures", "both")
    wait_until(page, f"async () => (await ({_IN_VIEW})()).length < {fewer}")
    assert "pictures=both" in page.url
    page.select_option("#gallery-pictures", "difference")
    wait_for_brightness(page, 0, 200, 255)
    # Scaled to the item itself, as it is written below it.
    space = demo("fashion")
    shown = [
        pictures[0].astype(int)
        for pictures in (originals(space.data, np.array([item])), decode(space, space.mean[[item]]))
    ]
    largest = np.abs(shown[0] - shown[1]).max() / 255
    scale = page.evaluate("async item => (await import('./assets/gallery/pictures.js')).pictureOf(item).scale", item)
    assert abs(scale - largest) <= 1 / 255 + 1e-6 and 0.05 < scale < 0.995
    click(page, 0)
    expect(page.locator("#touched .trio figcaption").last).to_have_text(f"diff. ±{float(f'{scale:.2g}'):g}")
    # The largest is drawn in the full colour, orange or blue, by day as by night.
    for dark, full in ((False, [[213, 94, 0], [0, 114, 178]]), (True, [[255, 146, 61], [92, 184, 245]])):
        seen = page.evaluate(_EXTREME, dark)
        assert seen in full, (dark, seen)


def test_a_filter_that_leaves_nothing_says_so(page: Page, server: str) -> None:
    open_map(page, server, 'page=items&within={"column":"z3","low":90,"high":99}')
    expect(page.locator("#gallery")).to_contain_text("No item lies within the part looked at.")
    expect(page.get_by_label("Lowest z3")).to_have_value("90")
    page.wait_for_function("() => document.getElementById('gallery-frame').clientHeight <= 104")
