"""Spatial latents: the strongest dimensions have sliders, all of them are cells of a picture."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, expect

from tests.browser.driving import get, shown, shown_text, wait_for_other_picture, wait_for_point
from tests.browser.pages import open_page
from tests.browser.serving import serve

# Every pixel of a digit becomes a latent dimension: four channels of 4 × 4 cells, and back without loss.
FACTORY = """
import torch
from torch.nn.functional import pixel_shuffle, pixel_unshuffle


class Cells(torch.nn.Module):
    def encode(self, x):
        mean = 6 * (pixel_unshuffle(x, 2) - 0.5)
        return mean, torch.full_like(mean, -4.0)

    def decode(self, z):
        return pixel_shuffle(z / 6 + 0.5, 2)


def cells():
    return Cells()
"""


def test_a_cell_leads_to_the_slider_of_its_dimension(page: Page, tmp_path: Path) -> None:
    (tmp_path / "cells.py").write_text(FACTORY)
    stated = ["--trust", "--range", "unit", "--posterior", "mean,logvar", "--output", "same", "--layout", "nchw"]
    model = ["--model", f"{tmp_path / 'cells.py'}:cells", "--data", "digits"]
    with serve(tmp_path / "server", *model, *stated) as server:
        open_page(page, f"{server.url}/?item=3")
        info = get(server.url, page.evaluate("document.body.dataset.defaultSpace"))
        assert info["latent_dim"] == 64 and info["latent_shape"] == [4, 4, 4]
        wait_for_point(page, np.array(get(server.url, f"{info['id']}/items/3")["z"]))
        cells = page.locator("#cells canvas")
        expect(cells).to_have_count(4)
        rows = page.locator("#sliders .row")
        expect(rows).to_have_count(24)
        strongest = rows.evaluate_all("rows => rows.map(row => Number(row.dataset.dimension))")
        assert strongest == info["order"][:24]
        # Channel 1, second row, third column: a dimension that has no slider yet gets one.
        weak = next(j for j in info["order"][24:] if j // 16 == 1)
        box = cells.nth(1).bounding_box()
        assert box
        x, y = (weak % 4 + 0.5) / 4, (weak % 16 // 4 + 0.5) / 4
        colours = "canvas => Array.from(canvas.getContext('2d').getImageData(0, 0, 4, 4).data)"
        before = cells.nth(1).evaluate(colours)
        cells.nth(1).click(position={"x": x * box["width"], "y": y * box["height"]})
        expect(page.locator(f"#latent-{weak}")).to_be_focused()
        expect(rows).to_have_count(25)
        # The slider moves its own pixel of the item and no other.
        earlier, item = shown_text(page), shown(page)
        page.keyboard.press("End")
        moved = wait_for_other_picture(page, earlier)
        assert np.flatnonzero(moved != item).tolist() == [weak]
        page.wait_for_function(
            f"before => ({colours})(document.querySelectorAll('#cells canvas')[1]).some((v, i) => v !== before[i])",
            arg=before,
        )
        page.click("#more-sliders")
        expect(rows).to_have_count(49)
        # The keys walk over the cells.
        cells.nth(0).press("ArrowRight")
        expect(cells.nth(0)).to_have_attribute("aria-label", re.compile(r"z1( · [^:]+)?: "))
        page.goto("about:blank")
