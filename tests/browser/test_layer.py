"""New items on an old map: added from a file, drawn over it, filtered with the legend, hovered and clicked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from playwright.sync_api import Page, expect

from tests.browser.driving import (
    PLOT,
    choose,
    open_map,
    wait_for_address,
    wait_for_ink,
    wait_for_other_picture,
    wait_until,
)
from vae_core import load_data

INKS = "async () => (await import('./assets/explore/layer.js')).inksOfNewcomers()"


def test_new_items_are_laid_over_a_map(page: Page, server: str, tmp_path: Path) -> None:
    shipped = load_data("fashion-mnist:test")
    few = np.arange(0, 3000, 60)
    labels = shipped.table["label"].iloc[few].astype(str).to_numpy(str)
    np.savez(tmp_path / "fifty.npz", images=shipped.values[few, 0], labels=labels)
    open_map(page, server, "projection=umap", projection="umap")
    assert not page.locator("#overlay").is_visible()
    page.set_input_files("#layer-file", tmp_path / "fifty.npz")
    wait_for_address(page, "layer=fifty")
    wait_until(page, f"async () => (await ({INKS})()).length === 50", seconds=60)
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
    # What colours the map colours both alike, each on the same scale.
    choose(page, "color-by", "z9")
    kinds = f"new Set(await ({INKS})()).size"
    wait_until(page, f"async () => {kinds} > 20")
    choose(page, "color-by", "label")
    wait_until(page, f"async () => {kinds} > 5 && {kinds} <= 10")
    # A class hidden in the legend is hidden here too, and "none" takes the layer away.
    page.locator("#map .legendtoggle").first.click()
    wait_for_address(page, "hidden=")
    assert 0 < len(page.evaluate(INKS)) < 50
    page.click("#settings")
    page.click("#layer")
    page.locator("[role=option]:visible").filter(has_text="none").click()
    page.wait_for_function("getComputedStyle(document.getElementById('overlay')).visibility === 'hidden'")
    page.wait_for_function("!location.search.includes('layer=')")
