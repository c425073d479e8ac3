"""The gallery: through the whole set, filtered, and linked with the map both ways."""

from __future__ import annotations

import numpy as np
from playwright.sync_api import Page, expect

from tests.browser.driving import open_map
from vae_core import demo


def test_it_goes_through_the_whole_set_with_few_tiles(page: Page, server: str) -> None:
    open_map(page, server, "page=items")
    distortion = demo("fashion").distortion
    tiles = page.locator("#gallery [data-item]")
    expect(tiles.first).to_have_attribute("data-item", str(int(np.argmax(distortion))))
    page.locator("#gallery").press("End")
    last = page.locator("#gallery [data-place='9999'][data-item]")
    expect(last).to_have_attribute("data-item", str(int(np.argmin(distortion))))
    expect(last).to_be_in_viewport()
    assert tiles.count() < 120
    expect(last).to_have_class("tile on")
    assert f"item={int(np.argmin(distortion))}" in page.url
    page.locator("#gallery").evaluate("gallery => { gallery.scrollTop = 0; }")
    expect(last).to_have_count(0)
    page.locator("#gallery").press("Enter")
    expect(last).to_be_in_viewport()
    page.locator("#rank-way").click()
    expect(page.locator("#gallery [data-place='0']")).to_have_attribute("data-item", str(int(np.argmin(distortion))))
    assert "rankUp=1" in page.url


def test_filter_and_map_show_the_same_items_and_each_other(page: Page, server: str) -> None:
    open_map(page, server, "page=items&rank=item")
    expect(page.locator("#gallery-place")).to_contain_text("of 10,000")
    page.select_option("#filter-column", "label")
    page.get_by_label("Value of label").select_option("Bag")
    expect(page.locator("#gallery-place")).to_contain_text("of 1,000")
    expect(page.locator("#within")).to_contain_text("label: Bag · 1,000 items")
    bags = np.flatnonzero((demo("fashion").data.table["label"].astype(str) == "Bag").to_numpy())
    expect(page.locator("#gallery [data-place='0']")).to_have_attribute("data-item", str(bags[0]))
    page.locator("#gallery [data-place='3'] img").click()
    expect(page.locator("#touched .item-head")).to_contain_text(str(bags[3]))
    # Chosen elsewhere, the gallery goes there.
    page.evaluate("async item => (await import('./assets/explore/items.js')).goToItem(item)", int(bags[700]))
    tile = page.locator(f"#gallery [data-item='{bags[700]}']")
    expect(tile).to_be_in_viewport()
    expect(tile).to_have_class("tile on")
    page.locator("#within").get_by_role("button").click()
    expect(page.locator("#gallery-place")).to_contain_text("of 10,000")
    expect(page.locator("#filter-column")).to_have_value("")


def test_a_filter_that_leaves_nothing_says_so(page: Page, server: str) -> None:
    open_map(page, server, 'page=items&within={"column":"z3","low":90,"high":99}')
    expect(page.locator("#gallery")).to_contain_text("No item is within the part looked at.")
    expect(page.get_by_label("Lowest z3")).to_have_value("90")
