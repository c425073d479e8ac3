"""Vectors and series: the same map, sliders and inspector, with bars and lines in place of images."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, expect

from tests.browser.driving import (
    asked,
    choose,
    ink,
    shown_text,
    wait_for_address,
    wait_for_ink,
    wait_for_map,
    wait_for_other_picture,
)
from tests.browser.pages import open_page
from tests.browser.serving import Server, serve
from vae_core import VAE, Dataset, VAEConfig, load_data
from vae_core.model import load_checkpoint, save_checkpoint


def model_of(data: Dataset, folder: Path) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = VAE(VAEConfig(data.sample_shape, 3, "mlp", hidden=(16,), likelihood="gaussian", standardised=True))
    assert model.standard is not None
    model.standard.measure(data)
    save_checkpoint(model, folder)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("vectors")
    time = np.linspace(0, 6, 50)
    waves = np.stack([np.stack([np.sin(time * f), 100 + f * time]) for f in np.linspace(1, 2, 80)])
    np.savez(folder / "traces.npz", series=waves.astype("f4"))
    model_of(load_data("iris"), folder / "iris")
    model_of(load_data(folder / "traces.npz"), folder / "waves")
    models = ["--model", str(folder / "iris"), "--model", str(folder / "waves")]
    with serve(folder / "server", *models, "--data", "iris", "--data", str(folder / "traces.npz")) as running:
        yield running


def test_a_table_row_is_bars_with_names_and_units(page: Page, measured: Server) -> None:
    open_page(page, f"{measured.url}/?item=7")
    expect(page.locator(".item-head strong")).to_have_text("Item 7")
    expect(page.locator("#space-facts")).to_contain_text("4 values")
    assert ink(page, "#decoded") > 1000
    # The inspector compares value by value, with what they are called and measured in.
    first = page.locator(".values tbody tr").first
    page.locator(".plots summary").click()
    expect(page.locator(".plots figcaption").nth(1)).to_have_text(re.compile(r"^difference ±[\d.]+ of the range$"))
    assert ink(page, ".plots figure:nth-of-type(2) canvas") > 100
    row = load_data("iris").values[7]
    expect(first.locator("td").nth(0)).to_have_text("sepal length (cm)")
    expect(first.locator("td").nth(1)).to_have_text(f"{row[0]:.3g}")
    expect(page.locator(".samples canvas")).to_have_count(4)
    expect(page.locator("#nearest img").first).to_have_js_property("complete", True)
    # What lies under the pointer is told, and the whole to who cannot see it.
    page.locator("#decoded").hover(position={"x": 100, "y": 5})
    expect(page.locator("#decoded-read")).to_contain_text("sepal length: ")
    expect(page.locator("#decoded")).to_have_attribute(
        "aria-label", re.compile("Decoded: sepal length .* cm, sepal width")
    )
    # A key decodes another row; what is on show can be taken away.
    before = shown_text(page)
    page.locator("#latent-0").press("ArrowRight")
    wait_for_other_picture(page, before)
    page.click("#take-away")
    with page.expect_download() as taking:
        page.click("#take-values")
    lines = list(csv.reader(io.StringIO(Path(taking.value.path()).read_text())))
    assert lines[0] == ["name", "value", "unit"] and [line[0] for line in lines[1:]][:2] == [
        "sepal length",
        "sepal width",
    ]
    model = load_checkpoint(measured.log.parents[1] / "iris")
    with torch.inference_mode():
        mean = model.likelihood(torch.tensor([[float(v) for v in shown_text(page).split(",")]])).mean[0]
    np.testing.assert_allclose([float(line[1]) for line in lines[1:]], mean, rtol=1e-4)
    page.goto("about:blank")


TICKS = """async cases => {
    const { ticksBetween } = await import('./assets/draw/vector_plot.js');
    return cases.map(([low, high, about]) => ticksBetween(low, high, about));
}"""


def test_axes_are_marked_at_round_numbers(page: Page, measured: Server) -> None:
    open_page(page, measured.url)
    cases: list[tuple[float, float, int]] = [
        (0, 1, 4), (-0.225, 1.1, 5), (400, 700, 3), (0, 1e-7, 3), (3, 3, 4), (-2e6, 5e6, 5), (0.5, 0.50001, 4)
    ]  # fmt: skip
    found = page.evaluate(TICKS, cases)
    np.testing.assert_allclose(found[1], [0, 0.5, 1], atol=1e-12)
    assert found[2] == [400, 500, 600, 700]
    for (low, high, about), ticks in zip(cases, found, strict=True):
        slack = 1e-9 * max(abs(low), abs(high))
        assert all(low - slack <= tick <= max(high, low) + slack for tick in ticks)
        assert (np.diff(ticks) > 0).all() and len(ticks) <= about + 1
    page.goto("about:blank")


def test_a_series_is_lines_along_its_axis(page: Page, measured: Server) -> None:
    open_page(page, f"{measured.url}/")
    choose(page, "space", "waves · traces")
    wait_for_address(page, "space=waves")
    wait_for_map(page, asked(page)["space"], "pca")
    expect(page.locator("#space-facts")).to_contain_text("2 × 50 values")
    wait_for_ink(page, "#decoded", 500)
    page.locator("#decoded").hover()
    expect(page.locator("#decoded-read")).to_contain_text("channel 1")
    page.keyboard.press("g")
    wait_for_ink(page, "#underlay", 1000)
    expect(page.locator("#open-picture")).to_be_hidden()
    page.click("#pin-a")
    before = shown_text(page)
    page.click("#to-random")
    wait_for_other_picture(page, before)
    page.click("#pin-b")
    expect(page.locator("#line")).to_be_visible()
    wait_for_ink(page, "#line", 300)
    page.goto("about:blank")
