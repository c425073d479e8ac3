"""The report's button, and the file it gives, without a server or a network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.pages import be_patient, open_page
from tests.browser.serving import serve
from tests.small_spaces import small_model
from vae_core import VAEConfig
from vae_core.model import save_checkpoint


def test_the_button_gives_a_file_that_stands_by_itself(
    page: Page, browser: Browser, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("report")
    save_checkpoint(small_model(VAEConfig((1, 8, 8), 3, channels=(4,), likelihood="gaussian")), folder / "model")
    images = np.random.default_rng(0).integers(0, 256, (60, 8, 8), dtype=np.uint8)
    many = np.random.default_rng(1).normal(size=(60, 20))
    np.savez(folder / "set.npz", images=images, labels=np.arange(60) % 3, many=many)
    with serve(folder, "--model", str(folder / "model"), "--data", str(folder / "set.npz")) as running:
        open_page(page, f"{running.url}/?page=used")
        with page.expect_download() as taken:
            page.focus("#report")
            page.keyboard.press("Enter")
        taken.value.save_as(tmp_path / "report.html")
        expect(page.locator("#report")).to_be_visible()
        expect(page.locator("#report")).to_be_focused()
        expect(page.locator("#report-anew")).to_be_visible()
        page.reload()
        expect(page.locator("#report-anew"), "a report that is there is known after a reload").to_be_visible()
        page.goto("about:blank")
    context = be_patient(browser.new_context(offline=True))
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    alone = context.new_page()
    alone.goto((tmp_path / "report.html").as_uri())
    expect(alone.locator("#study-collapse .bar-row").first).to_be_visible()
    expect(alone.locator(".contents")).to_contain_text("Is the latent used?")
    assert alone.evaluate("[...document.images].every((image) => image.complete && image.naturalWidth > 0)")
    # On paper of A4 nothing is wider than the page, what is folded is open, and of a screen nothing is left.
    expect(alone.locator("h1 + .made")).to_contain_text("Made on 2")
    alone.emulate_media(media="print", color_scheme="dark")
    alone.set_viewport_size({"width": 702, "height": 1000})
    assert alone.evaluate("document.documentElement.scrollWidth") <= 702
    expect(alone.locator(".all-columns .heat-map")).to_be_visible()
    assert alone.locator(".term").first.evaluate("term => getComputedStyle(term).textDecorationLine") == "none"
    assert alone.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    context.close()
