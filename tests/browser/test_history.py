"""Where you were: undo, redo, Back, a reload, links, and two tabs at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.answering import hold, release
from tests.browser.driving import (
    asked,
    assert_drawn,
    choose,
    empty_spots,
    get,
    open_map,
    shown,
    shown_text,
    wait_for_address,
    wait_for_map,
    wait_for_other_picture,
    wait_for_point,
    wait_until,
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


def test_the_newest_of_what_was_asked_for_is_where_the_page_ends(page: Page, server: str) -> None:
    """Answers come in any order: of clicks, of steps through the history, of pictures dropped."""
    open_map(page, server, "item=4")
    items = [4]
    for _ in range(2):
        near = [one["index"] for one in get(server, f"fashion/items/{items[-1]}")["nearest"]]
        items.append(next(one for one in near if one not in items))
        page.locator(f"#nearest .thumb[data-index='{items[-1]}']").click()
        wait_for_address(page, f"item={items[-1]}(&|$)")
        expect(page.locator(".item-head strong")).to_have_text(f"Item {items[-1]}")
    points = [np.array(get(server, f"fashion/items/{item}")["z"], dtype=np.float32) for item in items]
    wait_for_point(page, points[2], tolerance=0)

    # Two steps back in a hurry: the answer of the first comes last.
    waiting = hold(page, f"/items/{items[1]}$")
    page.evaluate("document.getElementById('undo').click()")
    wait_for_address(page, f"item={items[1]}(&|$)")
    page.evaluate("document.getElementById('undo').click()")
    wait_for_point(page, points[0], tolerance=0)
    release(page, waiting)
    wait_for_address(page, f"item={items[0]}(&|$)")
    expect(page.locator(".item-head strong")).to_have_text(f"Item {items[0]}")
    wait_for_point(page, points[0], tolerance=0)
    # Gone elsewhere before a step forward is answered, that is the next step.
    waiting = hold(page, f"/items/{items[1]}$")
    page.click("#redo")
    wait_for_address(page, f"item={items[1]}(&|$)")
    page.locator("#to-prior-mean").click()
    origin = np.zeros_like(points[0])
    wait_for_point(page, origin, tolerance=0)
    release(page, waiting)
    page.wait_for_function("!location.search.includes('item=')")
    expect(page.locator("#redo")).to_have_attribute("aria-disabled", "true")
    wait_for_point(page, origin, tolerance=0)
    # An item, and the slider moved before it is there.
    waiting = hold(page, r"/items/\d+$")
    page.locator("#nearest .thumb").first.click()
    slider = page.locator(f"#latent-{get(server, 'fashion')['order'][0]}")
    slider.press("ArrowRight")
    moved = wait_for_other_picture(page, text(origin))
    release(page, waiting)
    wait_for_point(page, moved, tolerance=0)
    wait_for_address(page, "z=")
    assert "item" not in asked(page)


def test_steps_in_a_hurry_end_where_they_lead(page: Page, server: str) -> None:
    """However many at once: the address, the panel and the sliders are those of one point, and none leaves the page."""
    page.goto(f"{server}/health")
    open_map(page, server, "item=4")
    items = [4]
    for _ in range(2):
        near = [one["index"] for one in get(server, f"fashion/items/{items[-1]}")["nearest"]]
        items.append(next(one for one in near if one not in items))
        page.locator(f"#nearest .thumb[data-index='{items[-1]}']").click()
        wait_for_address(page, f"item={items[-1]}(&|$)")
        expect(page.locator(".item-head strong")).to_have_text(f"Item {items[-1]}")
    page.click("#to-prior-mean")
    wait_for_point(page, np.zeros(16), tolerance=0)
    wait_for_address(page, "z=")
    points = [np.array(get(server, f"fashion/items/{item}")["z"], dtype=np.float32) for item in items]
    points.append(np.zeros(16, dtype=np.float32))
    heads = [f"Item {item}" for item in items] + [None]

    def assert_at(step: int) -> None:
        head = heads[step]
        wait_for_point(page, points[step], tolerance=0)
        wait_for_address(page, f"item={items[step]}(&|$)" if head else "z=0,0")
        expect(page.locator(".item-head strong")).to_have_text([head] if head else [])
        page.wait_for_function(
            """z => z.every((value, j) => Math.fround(
                Number(document.getElementById(`latent-${j}`).getAttribute('aria-valuenow'))) === value)""",
            arg=points[step].tolist(),
        )

    at = len(points) - 1
    for redo, presses in [(False, 2), (True, 2), (False, 5), (True, 5)]:
        page.evaluate(
            """([shiftKey, times]) => {
                const key = { key: 'z', ctrlKey: true, shiftKey, bubbles: true, cancelable: true };
                for (let i = 0; i < times; i += 1) document.body.dispatchEvent(new KeyboardEvent('keydown', key));
            }""",
            [redo, presses],
        )
        at = min(len(points) - 1, at + presses) if redo else max(0, at - presses)
        assert_at(at)
    for _ in range(3):
        page.keyboard.press("Control+z")
    assert_at(0)
    expect(page.locator("#undo")).to_have_attribute("aria-disabled", "true")


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
        ("spot=1.5,0.25", "spot"),
        ("z=1e30&spot=1&pointSize=900&frame=5,5,5,5&projection=z:3,3", "z, frame, spot, pointSize, projection"),
    ],
)
def test_a_link_that_is_wrong_in_parts_is_followed_as_far_as_it_goes(
    page: Page, server: str, query: str, said: str
) -> None:
    page.expected_errors.append("status of 404")  # type: ignore[attr-defined]
    open_map(page, server, query)
    told = page.locator("#notice .notice[data-kind=error]")
    expect(told).to_contain_text(said)
    assert not any(part in page.url for part in ("nothing", "of-something", "123456", "weight", "abc", "0.25"))
    spot = empty_spots(page)[0]
    before = shown_text(page)
    page.mouse.click(spot["x"], spot["y"])
    wait_for_other_picture(page, before)
    assert_drawn(page, server)
    # It stays on show until it has been read.
    told.get_by_role("button", name="Dismiss").click()
    expect(told).to_have_count(0)


def test_a_duplicated_tab_is_a_visitor_of_its_own(page: Page, server: str) -> None:
    """What one tab cancels goes on for the other; over a reload a tab stays who it is."""
    whoami = "async () => (await import('./assets/core/visitor.js')).withVisitorId('')"

    def named(tab: Page) -> str:
        tab.wait_for_selector("#decoded[data-z]")
        return str(tab.evaluate(whoami))

    open_map(page, server)
    own = named(page)
    with page.expect_popup() as opened:
        page.evaluate("void open(location.href)")  # its storage is a copy of this one's
    other = opened.value
    assert named(other) != own
    page.reload()
    assert named(page) == own
    # Where the browser has no locks they ask each other.
    other.evaluate("name => sessionStorage.setItem('visitor', name)", page.evaluate("sessionStorage.visitor"))
    for tab in (page, other):
        tab.add_init_script("delete Navigator.prototype.locks")
        tab.reload()
    assert named(page) == own
    wait_until(other, lambda: named(other) != own)  # a busy tab is late to say that the name is its own
