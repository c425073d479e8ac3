"""Two models of one data set: a switch between them keeps the item, its colours and the kind of map."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from playwright.sync_api import Page, expect

from tests.browser.driving import asked, choose, shown_text, wait_for_address, wait_for_map, wait_for_other_picture
from tests.browser.pages import open_page
from tests.browser.serving import serve
from vae_core import VAE, VAEConfig, load_data
from vae_core.model import save_checkpoint


def test_the_item_is_kept_from_model_to_model(page: Page, tmp_path: Path) -> None:
    digits = load_data("digits").take(np.arange(200))
    np.savez(tmp_path / "digits.npz", images=digits.values[:, 0], labels=digits.table["label"], size=np.arange(200.0))
    for seed, name in enumerate(("one", "other")):
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            model = VAE(VAEConfig((1, 8, 8), 3 + seed, channels=(4,)))
            with torch.no_grad():
                for weight in model.parameters():
                    weight.mul_(3)
        save_checkpoint(model, tmp_path / name)
    models = ["--model", str(tmp_path / "one"), "--model", str(tmp_path / "other")]
    with serve(tmp_path / "server", *models, "--data", str(tmp_path / "digits.npz")) as server:
        open_page(page, f"{server.url}/?item=7&color=size&projection=pca-3d")
        expect(page.locator(".item-head strong")).to_have_text("Item 7")
        one = asked(page).get("space")
        before = shown_text(page)
        choose(page, "space", "other · digits")
        assert len(wait_for_other_picture(page, before)) == 4
        wait_for_address(page, "space=other")
        other = asked(page)
        assert (other["item"], other["color"], other["projection"]) == ("7", "size", "pca-3d")
        wait_for_map(page, other["space"], "pca-3d")
        expect(page.locator(".item-head strong")).to_have_text("Item 7")
        page.click("#undo")
        wait_for_address(page, f"space={one}" if one else "space=one")
        expect(page.locator(".item-head strong")).to_have_text("Item 7")
        page.goto("about:blank")
