"""Maps in depth: touching, turning, looking closer."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.driving import PLOT, asked, open_map, wait_for_address


def test_items_can_be_touched_in_depth(page: Page, server: str) -> None:
    open_map(page, server, "projection=pca-3d", projection="pca-3d")
    card = page.locator("#hover-card")
    box = page.locator("#map").bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for step in range(12):
        page.mouse.move(middle[0] + 6 * step, middle[1])
        if card.is_visible():
            break
        page.wait_for_timeout(100)
    expect(card).to_be_visible()
    number = (card.locator("strong").text_content() or "").removeprefix("Item ")
    page.mouse.down()
    page.mouse.up()
    page.wait_for_url(f"**item={number}**")
    expect(page.locator("#touched strong").first).to_have_text(f"Item {number}")


def test_turning_a_map_in_depth_touches_nothing(page: Page, server: str) -> None:
    open_map(page, server, "projection=pca-3d&item=5", projection="pca-3d")
    box = page.locator("#map").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    entries = page.evaluate("history.length")
    for turn in range(6):
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 80, y + 20 * turn, steps=6)
        page.mouse.up()
        page.wait_for_timeout(150)
    wait_for_address(page, "frame=")
    assert asked(page)["item"] == "5" and page.evaluate("history.length") == entries
    page.keyboard.press("h")
    near = f"{PLOT}._fullLayout.scene.xaxis.range"
    whole = page.evaluate(f"{PLOT}.layout.meta.whole[0]")
    page.wait_for_function(f"Math.abs({near}[1] - {near}[0]) < 0.5 * {whole[1] - whole[0]}")
    page.keyboard.press("a")
    page.wait_for_function(f"Math.abs({near}[0] - ({whole[0]})) < 1e-4")
