"""Other data over a map: added from files, each in its colour, filtered with the legend, hovered, clicked, removed."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, expect

from tests.browser.answering import hold, release
from tests.browser.driving import (
    PLOT,
    choose,
    get,
    open_map,
    shown_text,
    wait_for_address,
    wait_for_ink,
    wait_for_map,
    wait_for_other_picture,
    wait_for_point,
    wait_until,
)
from vae_core.demos.shipped import DEMOS

INKS = "async () => (await import('./assets/map/layer.js')).inksOfNewcomers()"
HOLLOW = "async () => (await import('./assets/map/layer.js')).hollowNewcomers()"


def test_new_items_are_laid_over_a_map(page: Page, server: str, tmp_path: Path) -> None:
    shipped = DEMOS["fashion"].load()
    few = np.arange(0, 3000, 60)
    labels = shipped.table["label"].iloc[few].astype(str).to_numpy(str)
    np.savez(tmp_path / "fifty.npz", images=shipped.values[few, 0], labels=labels)
    noise = np.random.default_rng(0).integers(0, 256, (8, 28, 28), dtype=np.uint8)
    np.save(tmp_path / "Odd ones.npy", np.concatenate([shipped.values[:4, 0], noise]))
    open_map(page, server, "projection=umap", projection="umap")
    assert not page.locator("#overlay").is_visible()
    page.set_input_files("#layer-file", tmp_path / "fifty.npz")
    wait_for_address(page, "layer=fifty")
    wait_until(page, f"async () => (await ({INKS})()).length === 50")
    wait_for_ink(page, "#overlay", least=500)
    # They are items of the shipped set, so each falls beside its own point.
    places = page.request.get(f"{server}/api/spaces/fashion/layers/fifty/places/umap").body().split(b"\n", 1)[1]
    points = np.frombuffer(places, "<f4").reshape(-1, 2)
    own = page.request.post(f"{server}/api/spaces/fashion/places/umap", data=few.astype("<f4").tobytes()).body()
    away = np.linalg.norm(points - np.frombuffer(own, "<f4").reshape(-1, 2), axis=1)
    assert np.median(away) < 0.3
    x, y = page.evaluate(
        """([x, y]) => {
            const { xaxis, yaxis } = PLOT._fullLayout, box = PLOT.getBoundingClientRect();
            return [box.left + xaxis._offset + xaxis.c2p(x), box.top + yaxis._offset + yaxis.c2p(y)];
        }""".replace("PLOT", PLOT),
        points[7].tolist(),
    )
    page.mouse.move(x - 3, y)
    page.mouse.move(x, y)
    expect(page.locator("#hover-card")).to_contain_text("New item")
    before = page.locator("#decoded").get_attribute("data-z") or ""
    page.mouse.click(x, y)
    wait_for_other_picture(page, before)
    expect(page.locator("#touched")).to_contain_text("fifty, item")
    of_the_item = shown_text(page)
    # Another one that is answered too late goes nowhere; gone back to, the first is judged as the item it is.
    waiting = hold(page, "/layers/fifty/items/")
    page.mouse.click(x, y)
    page.locator("#nearest .thumb").first.click()
    item = wait_for_other_picture(page, of_the_item)
    release(page, waiting)
    wait_for_point(page, item, tolerance=0)
    expect(page.locator(".item-head strong")).to_have_text(re.compile("^Item "))
    page.click("#undo")
    wait_for_other_picture(page, ",".join(map(str, item)))
    expect(page.locator("#touched")).to_contain_text("fifty, item")
    expect(page.locator("#trust [data-indicator=faithful]")).to_have_attribute(
        "aria-label", re.compile("reconstructed")
    )
    # What colours the map can colour both alike, each on the same scale.
    kinds = f"new Set(await ({INKS})()).size"
    choose(page, "color-by", "z9")
    assert page.evaluate(f"async () => {kinds}") == 1, "a layer has a colour of its own"
    page.check("#layers-as-map")
    wait_until(page, f"async () => {kinds} > 20")
    choose(page, "color-by", "label")
    wait_until(page, f"async () => {kinds} > 5 && {kinds} <= 10")
    page.uncheck("#layers-as-map")
    wait_until(page, f"async () => {kinds} === 1")
    # A class hidden in the legend is hidden here too.
    page.locator("#map .legendtoggle").first.click()
    wait_for_address(page, "hidden=")
    assert 0 < len(page.evaluate(INKS)) < 50
    page.locator("#map .legendtoggle").first.click()
    page.wait_for_function("!location.search.includes('hidden=')")

    # A second one has another colour; what is foreign to the model is hollow, and counted.
    page.set_input_files("#layer-file", tmp_path / "Odd ones.npy")
    wait_for_address(page, "layer=fifty,odd-ones(&|$)")
    wait_until(page, f"async () => (await ({INKS})()).length === 62 && {kinds} === 2")
    hollow = page.evaluate(HOLLOW)
    assert {f"odd-ones/{item}" for item in range(4, 12)} <= set(hollow), "noise is unlike any garment"
    odd, fifty = page.locator("[data-layer=odd-ones]"), page.locator("[data-layer=fifty]")
    count = sum(item.startswith("odd-ones") for item in hollow)
    expect(odd).to_contain_text(f"{count} of 12 are unlike the data")
    odd.locator(".layer-toggle").click()
    wait_until(page, f"async () => (await ({INKS})()).length === 50")
    wait_for_address(page, "layer=fifty(&|$)")
    page.go_back()
    wait_for_address(page, "layer=fifty,odd-ones")
    # The link opens both on any map.
    page.goto(page.url.replace("projection=umap", "projection=pca"))
    wait_for_map(page, "fashion", "pca")
    wait_until(page, f"async () => (await ({INKS})()).length === 62 && {kinds} === 2")

    # Removed for good, after one more question.
    odd.get_by_role("button", name="Remove Odd ones").click()
    odd.get_by_role("button", name="Keep Odd ones").click()
    expect(odd).to_be_visible()
    odd.get_by_role("button", name="Remove Odd ones").click()
    odd.get_by_role("button", name=re.compile("Delete Odd ones")).click()
    expect(odd).to_have_count(0)
    wait_for_address(page, "layer=fifty(&|$)")
    kept = [layer["id"] for layer in get(server, "fashion/layers")]
    assert "fifty" in kept and "odd-ones" not in kept
    fifty.locator(".layer-toggle").click()
    page.wait_for_function("getComputedStyle(document.getElementById('overlay')).visibility === 'hidden'")
    page.wait_for_function("!location.search.includes('layer=')")
    # However many there are, no two look alike.
    looks = page.evaluate(
        """async () => {
            const { lookOf } = await import('./assets/map/layer.js');
            const looks = Array.from({ length: 20 }, (_, i) => lookOf(`layer-${i}`));
            return looks.map(({ ink, shape }) => `${ink} ${shape}`);
        }"""
    )
    assert len(set(looks)) == 20 and not any("undefined" in look for look in looks)
