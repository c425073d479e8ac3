"""Whatever is on show can be downloaded, and is what was on show."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image
from playwright.sync_api import Page

from tests.browser.driving import get, notice, open_map, pixels, post, shown


def take(page: Page, entry: str) -> tuple[str, bytes]:
    """Return name and content of what an entry of the menu downloads."""
    page.click("#take-away")
    with page.expect_download() as download:
        page.click(f"#{entry}")
    file = download.value
    return file.suggested_filename, Path(file.path()).read_bytes()


def test_every_entry_of_the_menu_downloads_what_it_says(page: Page, server: str) -> None:
    a, b = (np.array(get(server, f"fashion/items/{index}")["z"], dtype=np.float32) for index in (1, 2))
    pins = f"a={','.join(map(str, a))}&b={','.join(map(str, b))}"
    open_map(page, server, f"item=1&projection=tsne&{pins}", projection="tsne")
    page.wait_for_selector("#line:visible")
    z = shown(page)

    name, content = take(page, "take-picture")
    picture = np.asarray(Image.open(io.BytesIO(content)).convert("L")).astype(int)
    assert name.endswith(".png") and picture.shape == (28, 28)
    assert np.array_equal(picture, pixels(page)[..., 0])

    name, content = take(page, "take-point")
    point = json.loads(content)
    assert name.endswith(".json") and point["space"] == "fashion" and point["item"] == 1
    assert np.array_equal(np.array(point["z"], dtype=np.float32), z)

    name, content = take(page, "take-map")
    drawn = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    box = page.locator("#map").bounding_box()
    assert box and name.endswith(".png") and "tsne" in name
    assert abs(drawn.shape[1] - 2 * box["width"]) <= 2 and abs(drawn.shape[0] - 2 * box["height"]) <= 2
    assert len(np.unique(drawn.reshape(-1, 3), axis=0)) > 100, "no points on the picture of the map"

    name, content = take(page, "take-table")
    table = pd.read_csv(io.BytesIO(content))
    assert name.endswith(".csv") and len(table) == 10_000
    place = post(server, "fashion/locate/tsne", z[None])[0]
    assert {"label", "rate", "distortion", "tsne_1", "tsne_2"} <= set(table.columns)
    assert table["label"][1] == get(server, "fashion/items/1")["row"]["label"]
    assert np.isfinite(table[["tsne_1", "tsne_2"]].to_numpy()).all()
    assert np.hypot(*(table.loc[1, ["tsne_1", "tsne_2"]].to_numpy(dtype=float) - place)) < 2

    name, content = take(page, "take-latents")
    with np.load(io.BytesIO(content)) as latents:
        assert name.endswith(".npz")
        assert latents["mean"].shape == latents["logvar"].shape == latents["rate"].shape == (10_000, 16)
        assert latents["points"].shape == (10_000, 2) and latents["distortion"].shape == (10_000,)
        assert np.array_equal(latents["mean"][1], z)

    name, content = take(page, "take-strip")
    strip = np.asarray(Image.open(io.BytesIO(content)).convert("L")).astype(int)
    assert name.endswith(".png") and strip.shape == (28, 16 * 28)
    ends = post(server, "fashion/decode", np.stack([a, b]))[..., 0].astype(int)
    assert np.abs(strip[:, :28] - ends[0]).max() <= 1 and np.abs(strip[:, -28:] - ends[1]).max() <= 1


def test_a_strip_that_is_not_there_is_explained(page: Page, server: str) -> None:
    open_map(page, server)
    page.click("#take-away")
    page.click("#take-strip")
    assert "Set two points" in notice(page, "Set two")
