"""Touching the map: points, empty spots, the lens, finding items, stepping through neighbours."""

from __future__ import annotations

import io
import re
import urllib.request
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.driving import (
    asked,
    assert_drawn,
    choose,
    empty_spots,
    get,
    lone_items,
    open_map,
    pixels,
    post,
    run_timers,
    shown,
    shown_text,
    wait_for_address,
    wait_for_other_picture,
    wait_for_point,
)
from tests.patience import PATIENCE

MAPS = ("pca", "tsne", "umap")


@pytest.mark.parametrize("projection", MAPS)
def test_a_point_shows_its_item_and_an_empty_spot_is_decoded(page: Page, server: str, projection: str) -> None:
    open_map(page, server, f"projection={projection}", projection=projection)
    point = lone_items(page)[0]

    page.mouse.click(point["x"], point["y"])

    item = get(server, f"fashion/items/{point['index']}")
    expect(page.locator(".item-head strong")).to_have_text(f"Item {point['index']}")
    wait_for_point(page, item["z"], tolerance=0)
    assert_drawn(page, server)
    assert item["row"]["label"] in page.locator(".item-head").inner_text()
    assert_item_pictures(page, server, point["index"])
    wait_for_address(page, f"item={point['index']}(&|$)")

    page.locator("#nearest .thumb").nth(2).click()

    neighbour = item["nearest"][2]["index"]
    expect(page.locator(".item-head strong")).to_have_text(f"Item {neighbour}")
    wait_for_point(page, get(server, f"fashion/items/{neighbour}")["z"], tolerance=0)

    spot = empty_spots(page)[0]
    before = shown_text(page)
    run_timers(page, 350)  # Plotly takes two clicks within 300 ms for a double one, wherever they are

    page.mouse.click(spot["x"], spot["y"])
    z = wait_for_other_picture(page, before)

    wanted = post(server, f"fashion/invert/{projection}", np.array([spot["at"]]))[0]
    assert np.allclose(z, wanted, atol=2e-4)
    assert_drawn(page, server)
    trust = float(page.locator("#trust strong").inner_text())
    assert 0 <= trust <= 1
    expect(page.locator("#trust .words")).to_have_text(re.compile("data|nearby|guess"))
    assert "item" not in asked(page)
    expect(page.locator(".item-head")).to_have_count(0)
    assert nearest_on_page(page) == nearest_by_distance(server, z)


def assert_item_pictures(page: Page, server: str, index: int) -> None:
    with urllib.request.urlopen(f"{server}/api/spaces/fashion/items/{index}.png", timeout=PATIENCE) as answer:
        original = np.asarray(Image.open(io.BytesIO(answer.read()))).astype(int)
    reconstruction = post(server, "fashion/decode", shown(page)[None])[0, ..., 0].astype(int)
    trio = [pixels(page, ".trio canvas", position)[..., :3].astype(int) for position in range(3)]
    assert np.array_equal(trio[0][..., 0], original)
    assert np.abs(trio[1][..., 0] - reconstruction).max() <= 1
    # Where original and reconstruction are equal the difference has the colour of the ground, elsewhere its own.
    difference = np.abs(original - reconstruction)
    away = np.abs(trio[2] - trio[2][np.unravel_index(difference.argmin(), difference.shape)]).sum(axis=-1)
    assert np.corrcoef(difference.ravel(), away.ravel())[0, 1] > 0.95
    assert page.locator(".samples canvas").count() >= 2


def nearest_on_page(page: Page) -> list[int]:
    expect(page.locator("#nearest .thumb")).to_have_count(12)
    found: list[int] = page.locator("#nearest .thumb").evaluate_all("all => all.map((t) => Number(t.dataset.index))")
    return found


def nearest_by_distance(server: str, z: np.ndarray) -> list[int]:
    with urllib.request.urlopen(f"{server}/api/spaces/fashion/latents.npz", timeout=PATIENCE) as answer:
        mean = np.load(io.BytesIO(answer.read()))["mean"]
    return [int(index) for index in np.argsort(((mean - z) ** 2).sum(axis=1))[:12]]


def test_the_spot_under_a_point_can_be_decoded_and_a_point_clicked_again(page: Page, server: str) -> None:
    open_map(page, server, "projection=umap", projection="umap")
    point = lone_items(page)[0]
    x, y = round(point["x"]), round(point["y"])

    page.keyboard.down("Alt")
    page.mouse.click(x, y)
    page.keyboard.up("Alt")
    wait_for_address(page, "spot=")
    assert "item" not in asked(page)
    spot = np.array([float(part) for part in asked(page)["spot"].split(",")])
    assert np.allclose(spot, point["at"], atol=0.1)
    assert np.allclose(shown(page), post(server, "fashion/invert/umap", spot[None])[0], atol=2e-3)

    # The same point twice, something else in between.
    for _ in range(2):
        page.mouse.click(x, y)
        expect(page.locator(".item-head strong")).to_have_text(f"Item {point['index']}")
        # Its words may stand before its picture does.
        wait_for_point(page, np.array(get(server, f"fashion/items/{point['index']}")["z"]))
        before = shown_text(page)
        page.click("#to-prior-mean")
        wait_for_other_picture(page, before)
        expect(page.locator(".item-head")).to_have_count(0)

    before = shown_text(page)
    page.mouse.move(x, y)
    page.keyboard.press("e")
    z = wait_for_other_picture(page, before)
    assert np.allclose(z, post(server, "fashion/invert/umap", spot[None])[0], atol=2e-3)
    wait_for_address(page, "spot=")


def test_the_lens_follows_the_pointer(page: Page, server: str) -> None:
    open_map(page, server, "projection=tsne", projection="tsne")
    spots = empty_spots(page)
    entries = page.evaluate("history.length")

    page.keyboard.down("l")
    follow(page, server, spots[:40:10])
    page.keyboard.up("l")
    still = shown_text(page)
    page.mouse.move(spots[-1]["x"], spots[-1]["y"])

    toggle = page.locator("[data-toggle=lens]")
    toggle.click()
    expect(toggle).to_have_attribute("aria-pressed", "true")
    assert shown_text(page) == still, "the lens went on after its key was let go"
    follow(page, server, spots[5:45:10])
    toggle.click()
    expect(toggle).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("history.length") == entries + 2, "one entry each time the lens is used, however far it goes"


def follow(page: Page, server: str, spots: list[dict[str, Any]]) -> None:
    for spot in spots:
        page.mouse.move(spot["x"], spot["y"])
        wait_for_point(page, post(server, "fashion/invert/tsne", np.array([spot["at"]]))[0], tolerance=1e-3)
    assert_drawn(page, server)


def test_an_item_is_found_by_index_and_by_label(page: Page, server: str) -> None:
    open_map(page, server)
    # The search is prepared for as soon as somebody comes to search.
    with page.expect_response(re.compile(r"/find\?q=$")) as prepared:
        page.keyboard.press("/")
    assert prepared.value.status == 200
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("4321")
    expect(page.locator("#found [role=option]").first).to_contain_text("4321")
    page.keyboard.press("Enter")
    expect(page.locator(".item-head strong")).to_have_text("Item 4321")

    page.fill("#find", "sneaker")
    expect(page.locator("#found .total")).to_contain_text("1,000 found")
    page.locator("#found [role=option]").nth(1).click()
    expect(page.locator(".item-head")).to_contain_text("Sneaker")

    page.fill("#find", "no such thing")
    expect(page.locator("#found .total")).to_have_text("nothing found")


def test_enter_finds_what_stands_in_the_field(page: Page, server: str) -> None:
    open_map(page, server)
    page.fill("#find", "12")
    page.locator("#found [role=option]").first.wait_for()
    page.locator("#find").press_sequentially("3")
    page.keyboard.press("Enter")
    expect(page.locator(".item-head strong")).to_have_text("Item 123")
    expect(page.locator("#found")).to_be_hidden()


def test_keys_belong_to_the_page_again_once_a_choice_is_made(page: Page, server: str) -> None:
    open_map(page, server, "item=3")
    choose(page, "color-by", "rate (nats)")
    page.wait_for_function("document.activeElement === document.body")
    before = shown_text(page)
    page.keyboard.press("r")
    wait_for_other_picture(page, before)
    page.get_by_text("σ", exact=True).click()
    before = shown_text(page)
    page.keyboard.press("r")
    wait_for_other_picture(page, before)
    assert "item" not in asked(page)


def test_an_item_opens_with_a_dimension_locked(page: Page, server: str) -> None:
    open_map(page, server, "item=3")
    j = get(server, "fashion")["order"][0]
    kept = shown(page)[j]
    page.click(f"[data-dimension='{j}'] .lock")
    before = shown_text(page)
    page.click("#nearest .thumb >> nth=0")
    point = wait_for_other_picture(page, before)
    page.wait_for_function("!/[?&]item=3(&|$)/.test(location.search)")
    index = int(asked(page)["item"])
    assert index != 3 and point[j] == kept
    expect(page.locator(".item-head strong")).to_have_text(f"Item {index}")


def test_arrows_step_through_the_neighbours(page: Page, server: str) -> None:
    open_map(page, server, "item=10")
    expect(page.locator(".item-head strong")).to_have_text("Item 10")
    nearest = [item["index"] for item in get(server, "fashion/items/10")["nearest"]]
    for key, index in [("Right", nearest[0]), ("Right", nearest[1]), ("Left", nearest[0]), ("Left", 10)]:
        page.keyboard.press(f"Arrow{key}")
        expect(page.locator(".item-head strong")).to_have_text(f"Item {index}")
    wait_for_point(page, get(server, "fashion/items/10")["z"], tolerance=0)
