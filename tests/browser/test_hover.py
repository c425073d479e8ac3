"""The card of the item under the pointer: beside its point, within the stage, gone when it is not meant any more."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import PLOT, empty_spots, get, lone_items, open_map, wait_until
from tests.patience import looks

# The ends of the axes of the view.
ENDS = f"(() => {{ const {{ xaxis, yaxis }} = {PLOT}._fullLayout; return [...xaxis.range, ...yaxis.range]; }})()"


def test_hovering_shows_picture_and_row(page: Page, server: str) -> None:
    open_map(page, server)
    point = lone_items(page)[0]
    card = page.locator("#hover-card")
    expect(card).to_be_hidden()
    page.mouse.move(point["x"] - 2, point["y"])
    page.mouse.move(point["x"], point["y"])
    expect(card).to_be_visible()
    expect(card).to_contain_text(f"Item {point['index']}")
    expect(card).to_contain_text(get(server, f"fashion/items/{point['index']}")["row"]["label"])
    page.wait_for_function("document.querySelector('#hover-card img').naturalWidth === 28")
    assert f"items/{point['index']}.png" in (card.locator("img").get_attribute("src") or "")
    spot = empty_spots(page, clear=20)[0]
    page.mouse.move(spot["x"], spot["y"])
    expect(card).to_be_hidden()

    def show(item: dict[str, Any]) -> None:
        page.mouse.move(spot["x"], spot["y"])
        expect(card).to_be_hidden()
        # A hand is never quite still; a map that is just being drawn hears of no single move.
        for _ in looks(0.2):
            page.mouse.move(item["x"] - 2, item["y"])
            page.mouse.move(item["x"], item["y"])
            if card.is_visible():
                break
        expect(card).to_be_visible()

    # Never over its point, never beyond the stage.
    stage = page.locator("#map-stage").bounding_box()
    assert stage
    items = lone_items(page)
    for end in (min, max):
        for axis in "xy":
            item = end(items, key=lambda one: one[axis])
            show(item)
            expect(card.locator("dd").first).to_be_visible()  # with its row it has grown
            box = card.bounding_box()
            assert box and stage["x"] <= box["x"] and box["x"] + box["width"] <= stage["x"] + stage["width"]
            assert stage["y"] <= box["y"] and box["y"] + box["height"] <= stage["y"] + stage["height"]
            right, left = item["x"] - box["x"], box["x"] + box["width"] - item["x"]
            assert right < 0 or left < 0 or not box["y"] <= item["y"] <= box["y"] + box["height"], (box, item)
    # Gone with Escape, under the lens, and once the view moves.
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    show(point)
    page.keyboard.down("l")
    expect(card).to_be_hidden()
    page.keyboard.up("l")
    expect(card, "the pointer has not left its point").to_be_visible()
    show(point)
    whole = page.evaluate(ENDS)
    page.keyboard.press("h")
    expect(card).to_be_hidden()
    wait_until(page, lambda: page.evaluate(ENDS) != whole)
    page.keyboard.press("a")
    wait_until(page, lambda: page.evaluate(ENDS) == pytest.approx(whole))
    show(lone_items(page)[0])
    page.mouse.wheel(0, -200)
    expect(card).to_be_hidden()
