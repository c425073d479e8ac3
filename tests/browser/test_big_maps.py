"""A map of more items than are drawn as points: a picture that follows the view, and points once few are in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import PLOT, get, ink, wait_for_address, wait_for_other_picture
from tests.browser.pages import open_page
from tests.browser.serving import serve

CURRENT = "() => document.getElementById('big-map')?.dataset.current === 'true'"
PLACE = """([x, y]) => {
    const { xaxis, yaxis } = PLOT._fullLayout, box = PLOT.getBoundingClientRect();
    return [box.left + xaxis._offset + xaxis.c2p(x), box.top + yaxis._offset + yaxis.c2p(y)];
}""".replace("PLOT", PLOT)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(tmp_path_factory.mktemp("many"), "--points-up-to", "5000") as server:
        yield server.url


def opened(page: Page, server: str, query: str) -> None:
    open_page(page, f"{server}/?{query}")
    page.wait_for_function(CURRENT)


def test_a_picture_becomes_points_that_are_hovered_and_clicked(page: Page, many: str) -> None:
    opened(page, many, "projection=umap")
    canvas = page.locator("#big-map")
    expect(canvas).to_have_attribute("data-drawn", "picture")
    expect(canvas).to_have_attribute("data-count", "10000")
    expect(page.locator("#big-note")).to_contain_text("10,000 items in view, drawn as a picture")
    assert ink(page, "#big-map") > 2000
    assert page.evaluate(f"{PLOT}._fullData.every((trace) => !trace.customdata)")
    # A click on the picture means the nearest item, which the server knows.
    points = {}
    for item in (7, 4321):
        answer = page.request.post(f"{many}/api/spaces/fashion/places/umap", data=np.array([item], "<f4").tobytes())
        points[item] = np.frombuffer(answer.body(), "<f4").tolist()
    x, y = page.evaluate(PLACE, points[4321])
    page.mouse.move(x, y)
    expect(page.locator("#hover-card")).to_contain_text("Item ")
    page.mouse.click(x, y)
    wait_for_address(page, r"item=\d+")
    item = int(re.search(r"item=(\d+)", page.url)[1])  # type: ignore[index]
    answer = page.request.post(f"{many}/api/spaces/fashion/places/umap", data=np.array([item], "<f4").tobytes())
    there = page.evaluate(PLACE, np.frombuffer(answer.body(), "<f4").tolist())
    assert np.hypot(there[0] - x, there[1] - y) <= 6.5
    # Zoomed in on an item, it is a point with a card and a click of its own.
    page.evaluate(
        "([x, y]) => Plotly.relayout(PLOT, "
        "{'xaxis.range': [x - 0.2, x + 0.2], 'yaxis.range': [y - 0.2, y + 0.2]})".replace("PLOT", PLOT),
        points[7],
    )
    expect(canvas).to_have_attribute("data-drawn", "points")
    page.wait_for_function(CURRENT)
    expect(page.locator("#big-note")).to_contain_text(re.compile(r"^\d+ items? in view$"))
    x, y = page.evaluate(PLACE, points[7])
    page.mouse.move(x + 1, y)
    expect(page.locator("#hover-card")).to_contain_text("Item 7")
    before = page.locator("#decoded").get_attribute("data-z") or ""
    page.mouse.click(x, y)
    wait_for_other_picture(page, before)
    wait_for_address(page, "item=7(&|$)")


def test_the_legend_filters_the_picture_and_empty_spots_are_decoded(page: Page, many: str) -> None:
    opened(page, many, "projection=tsne")
    whole = ink(page, "#big-map")
    page.locator("#map .legendtoggle").first.click()
    wait_for_address(page, "hidden=")
    page.wait_for_function("Number(document.getElementById('big-map').dataset.count) < 10000")
    page.wait_for_function(CURRENT)
    assert ink(page, "#big-map") < whole
    assert int(page.locator("#big-map").get_attribute("data-count") or 0) == 9000
    page.keyboard.press("Control+z")
    expect(page.locator("#big-map")).to_have_attribute("data-count", "10000")
    page.keyboard.press("Control+Shift+z")
    expect(page.locator("#big-map")).to_have_attribute("data-count", "9000")
    before = page.locator("#decoded").get_attribute("data-z") or ""
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 60, box["y"] + 30)
    wait_for_other_picture(page, before)
    wait_for_address(page, "spot=")
    assert get(many, "fashion")["points_up_to"] == 5000
    # A box selects what is shown in it; shown alone, nothing else is drawn.
    stage = page.locator("#map-stage").bounding_box()
    assert stage is not None
    page.keyboard.press("b")
    page.mouse.move(stage["x"] + 40, stage["y"] + 150)
    page.mouse.down()
    page.mouse.move(stage["x"] + 300, stage["y"] + 300)
    page.mouse.move(stage["x"] + stage["width"] - 12, stage["y"] + stage["height"] - 90)
    page.mouse.up()
    wait_for_address(page, "chosen=new_box_tsne_")
    expect(page.locator("#selection strong")).to_contain_text("of 10,000 items")
    expect(page.locator("#selection .left-out")).to_be_visible()
    selected = int((page.locator("#selection strong").text_content() or "").split(" ")[0].replace(",", ""))
    assert 0 < selected < 9000
    page.click("[data-do=only]")
    expect(page.locator("#big-map")).to_have_attribute("data-count", str(selected))
    page.click("[data-do=clear]")
    page.keyboard.press("Escape")
    expect(page.locator("#big-map")).to_have_attribute("data-count", "9000")
