"""A decoder alone on the page: its draws, and a word where a reconstruction would be."""

from __future__ import annotations

from pathlib import Path

import torch
from playwright.sync_api import Page, expect

from tests.browser.driving import empty_spots, lone_items, open_map, shown_text, wait_for_other_picture
from tests.browser.serving import serve
from vae_core import VAE, VAEConfig
from vae_core.model import save_checkpoint


def test_a_draw_is_shown_and_what_is_absent_explained(page: Page, tmp_path: Path) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        save_checkpoint(VAE(VAEConfig((1, 8, 8), 3, channels=(4,))).eval(), tmp_path / "model")
    with serve(tmp_path, "--model", str(tmp_path / "model"), "--samples", "150") as server:
        space = str(page.request.get(f"{server.url}/api/spaces").json()[0]["id"])
        open_map(page, server.url, space=space)
        place = lone_items(page)[0]
        page.mouse.click(place["x"], place["y"])
        expect(page.locator(".item-head strong")).to_have_text(f"Item {place['index']}")
        expect(page.locator("#touched")).to_contain_text("Nothing was encoded")
        for absent in ("reconstruction", "distortion"):
            expect(page.locator("#touched figcaption, #touched dt").filter(has_text=absent)).to_have_count(0)
        before = shown_text(page)
        spot = empty_spots(page)[0]
        page.mouse.click(spot["x"], spot["y"])
        wait_for_other_picture(page, before)
        page.keyboard.press("m")
        expect(page.locator("#card-dialog")).to_contain_text("It is open without an encoder")
        page.goto("about:blank")
