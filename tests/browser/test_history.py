"""Where you were: undo, redo, Back, a reload, links, and two tabs at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import (
    asked,
    assert_drawn,
    choose,
    empty_spots,
    get,
    notice,
    open_map,
    shown,
    shown_text,
    wait_for_address,
    wait_for_map,
    wait_for_other_picture,
    wait_for_point,
)


def test_undo_and_redo_go_where_you_were(page: Page, server: str) -> None:
    open_map(page, server, "item=4")
    expect(page.locator("#undo")).to_have_attribute("aria-disabled", "true")
    points = [shown(page)]
    j = get(server, "fashion")["order"][0]

    page.click("#nearest .thumb >> nth=0")
    points.append(wait_for_other_picture(page, text(points[-1])))
    spot = empty_spots(page)[0]
    page.mouse.click(spot["x"], spot["y"])
    points.append(wait_for_other_picture(page, text(points[-1])))
    wait_for_address(page, "spot=")
    page.locator(f"#latent-{j}").press("End")
    points.append(wait_for_other_picture(page, text(points[-1])))
    expect(page.locator("#redo")).to_have_attribute("aria-disabled", "true")
    # A slider at rest is one step of the history, however many keys brought it there.
    page.wait_for_function("!location.search.includes('spot=')")

    def where(step: int) -> None:
        wait_for_point(page, points[step], tolerance=0)

    page.click("#undo")
    where(2)
    expect(page.locator("#redo")).to_have_attribute("aria-disabled", "false")
    page.keyboard.press("Control+z")
    where(1)
    page.go_back()
    where(0)
    expect(page.locator(".item-head strong")).to_have_text("Item 4")
    page.go_forward()
    where(1)
    page.keyboard.press("Control+Shift+z")
    where(2)
    page.click("#redo")
    where(3)
    assert_drawn(page, server)


def test_a_slider_just_let_go_of_is_a_step_of_its_own(page: Page, server: str) -> None:
    open_map(page, server, "item=4")
    before = shown_text(page)
    page.click("#nearest .thumb >> nth=0")
    item = wait_for_other_picture(page, before)
    slider = page.locator(f"#latent-{get(server, 'fashion')['order'][0]}")
    before = shown_text(page)
    slider.press("ArrowRight")
    moved = wait_for_other_picture(page, before)
    page.keyboard.press("Control+z")
    wait_for_point(page, item, tolerance=0)
    page.keyboard.press("Control+Shift+z")
    wait_for_point(page, moved, tolerance=0)
    assert not np.array_equal(moved, item)


def text(z: np.ndarray) -> str:
    return ",".join(page_number(value) for value in z)


def page_number(value: np.float32) -> str:
    """Write a float32 as the page does: as the shortest text of its double."""
    found = repr(float(value))
    return found.removesuffix(".0")


def test_a_slider_moved_from_an_item_survives_reload_and_undo(page: Page, server: str) -> None:
    open_map(page, server, "item=4")
    item = shown(page)
    j = get(server, "fashion")["order"][0]
    page.locator(f"#latent-{j}").press("End")
    moved = wait_for_other_picture(page, text(item))
    wait_for_address(page, "z=")
    page.reload()
    wait_for_map(page, "fashion", "pca")
    wait_for_point(page, moved, tolerance=0)
    expect(page.locator(".item-head strong")).to_have_text("Item 4")
    page.click("#to-item")
    wait_for_point(page, item, tolerance=0)
    page.click("#undo")
    wait_for_point(page, moved, tolerance=0)


def test_a_reload_and_a_link_restore_everything(page: Page, server: str) -> None:
    open_map(page, server)
    choose(page, "projection", "t-SNE")
    wait_for_map(page, "fashion", "tsne")
    choose(page, "color-by", "rate (nats)")
    page.keyboard.press("Escape")
    before = shown_text(page)
    page.click("#to-random")
    wait_for_other_picture(page, before)
    page.click("#pin-a")
    before = shown_text(page)
    page.click("#to-random")
    wait_for_other_picture(page, before)
    page.click("#pin-b")
    page.click("[data-toggle=manifold]")
    page.locator("#units").get_by_text("σ").click()
    spot = empty_spots(page)[0]
    before = shown_text(page)
    page.mouse.click(spot["x"], spot["y"])
    wait_for_other_picture(page, before)
    for part in ("spot=", "manifold=1", "units=sigma", "a=", "b=", "color=rate", "projection=tsne"):
        wait_for_address(page, f"[?&]{part}")
    kept = state(page)
    assert kept["grid"] == "true"

    page.reload()
    wait_for_map(page, "fashion", "tsne")
    wait_for_point(page, kept["z"], tolerance=0)
    page.wait_for_selector("#line:visible")
    assert_same(state(page), kept)

    # The link alone, in a tab that knows nothing.
    other = page.context.new_page()
    other.goto(page.url)
    wait_for_map(other, "fashion", "tsne")
    wait_for_point(other, kept["z"], tolerance=0)
    other.wait_for_selector("#line:visible")
    assert_same(state(other), kept)

    # Two tabs are two visitors.
    other.click("#to-prior-mean")
    wait_for_point(other, np.zeros(16), tolerance=0)
    assert_same(state(page), kept)


def state(page: Page) -> dict[str, Any]:
    query = asked(page)
    return {
        "z": shown(page),
        "projection": page.locator("#projection").input_value(),
        "color": page.locator("#color-by").input_value(),
        "grid": page.locator("[data-toggle=manifold]").get_attribute("aria-pressed"),
        "fields": page.locator("input.value").evaluate_all("all => all.map((field) => field.value)"),
        "pins": page.locator(".pin").evaluate_all("all => all.map((pin) => pin.dataset.there)"),
        "address": {name: query.get(name) for name in ("space", "projection", "color", "spot", "a", "b", "units")},
    }


def assert_same(found: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert np.array_equal(found.pop("z"), wanted["z"])
    assert found == {name: value for name, value in wanted.items() if name != "z"}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("space=nothing&item=3", "space"),
        ("projection=umap-of-something", "projection"),
        ("item=123456&color=weight", "item, color"),
        ("z=1,2,abc&a=5", "z, pin A"),
        ("z=1e30&spot=1&pointSize=900&frame=5,5,5,5&projection=z:3,3", "z, frame, spot, pointSize, projection"),
    ],
)
def test_a_link_that_is_wrong_in_parts_is_followed_as_far_as_it_goes(
    page: Page, server: str, query: str, said: str
) -> None:
    page.expected_errors.append("status of 404")  # type: ignore[attr-defined]
    open_map(page, server, query)
    assert said in notice(page, "could not be used")
    assert not any(part in page.url for part in ("nothing", "of-something", "123456", "weight", "abc"))
    spot = empty_spots(page)[0]
    before = shown_text(page)
    page.mouse.click(spot["x"], spot["y"])
    wait_for_other_picture(page, before)
    assert_drawn(page, server)
