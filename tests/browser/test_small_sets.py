"""The smallest models and sets: one latent dimension, five items."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, expect

from tests.browser.driving import PLOT, choose, lone_items, notice, open_map
from tests.browser.serving import serve
from vae_core import VAE, VAEConfig
from vae_core.model import save_checkpoint


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("small")
    torch.manual_seed(0)
    for latent_dim in (1, 3):
        save_checkpoint(VAE(VAEConfig((1, 8, 8), latent_dim, channels=(4,))).eval(), folder / f"model{latent_dim}")
    random = np.random.default_rng(0)
    np.savez(folder / "five.npz", images=random.integers(0, 256, (5, 8, 8), dtype=np.uint8))
    return str(folder)


def test_one_dimension_fills_its_line_and_can_be_touched(page: Page, small: str, tmp_path: Path) -> None:
    with serve(tmp_path, "--model", f"{small}/model1", "--data", "digits") as server:
        open_map(page, server.url, space=space_of(page, server.url))
        shown = page.evaluate(f"(() => {{ const x = {PLOT}._fullLayout.xaxis; return [x.range, x._length]; }})()")
        points = page.evaluate(f"{PLOT}._fullData.flatMap((trace) => Array.from(trace.x))")
        assert len(points) == 1797 and max(points) - min(points) > 0.8 * (shown[0][1] - shown[0][0])
        place = lone_items(page)[0]
        page.mouse.click(place["x"], place["y"])
        expect(page.locator(".item-head strong")).to_have_text(re.compile(r"Item \d+"))
        page.goto("about:blank")


def test_five_items_get_maps_with_the_largest_parameters_that_will_do(page: Page, small: str, tmp_path: Path) -> None:
    with serve(tmp_path, "--model", f"{small}/model3", "--data", f"{small}/five.npz") as server:
        open_map(page, server.url, space=space_of(page, server.url))
        choose(page, "projection", "t-SNE")
        assert "computed with 1 for the perplexity" in notice(page, "items are few")
        page.wait_for_function(f"{PLOT}._fullLayout.uirevision.includes('tsne-')")
        expect(page.locator("#projection")).to_have_value("t-SNE · perplexity 1")
        page.goto("about:blank")


def space_of(page: Page, url: str) -> str:
    return str(page.request.get(f"{url}/api/spaces").json()[0]["id"])
