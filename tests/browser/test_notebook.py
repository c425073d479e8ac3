"""The page as a notebook shows it: in a frame, beside the program that opened it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from playwright.sync_api import Frame, Page

from components.notebook.explorer import Explorer, listen_nearby
from tests.browser.driving import PLOT, notice, shown, wait_for_address, wait_for_map, wait_for_point, wait_until
from tests.browser.pages import open_page
from vae_core import VAE, Catalogue, Dataset, LatentSpace, VAEConfig

# As browsers do to a page in the frame of another site where third parties may keep nothing.
NO_STORAGE = """for (const name of ['sessionStorage', 'localStorage']) {
    Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError'); } });
}"""
ASSETS = Path(__file__).resolve().parents[2] / "assets"


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> LatentSpace:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = VAE(VAEConfig((1, 8, 8), 3, channels=(4,))).eval()
    labels = pd.Categorical.from_codes(np.arange(60) % 3, ["<5", "a & b", "coat"])
    pixels = np.random.default_rng(0).integers(0, 256, (60, 1, 8, 8), dtype=np.uint8)
    data = Dataset(pixels, "image", (0, 255), pd.DataFrame({"label": labels}), "random")
    return LatentSpace.build(model, data, tmp_path_factory.mktemp("space"))


@pytest.fixture
def explorer(page: Page, space: LatentSpace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Explorer]:
    monkeypatch.setattr("components.server.http.WARM_UP_AFTER", 3600)
    catalogue = Catalogue()
    catalogue.add("only", "Only", space)
    with Explorer(catalogue, tmp_path, listen_nearby(0), ASSETS) as opened:
        yield opened
        page.goto("about:blank")  # before its program ends, of which it would complain


def framed(page: Page, explorer: Explorer) -> Frame:
    """Show the explorer as a notebook does, and return the page within the frame."""
    page.goto(f"{explorer.address}health")
    page.set_content(f"<h1>A notebook</h1>{explorer._repr_html_()}")
    frame = page.query_selector("iframe").content_frame()  # type: ignore[union-attr]
    assert frame is not None
    frame.wait_for_selector("#decoded[data-z]")
    wait_for_map(frame, "only", "pca")  # type: ignore[arg-type]
    return frame


def test_the_program_follows_the_page_and_the_page_the_program(page: Page, explorer: Explorer) -> None:
    page.add_init_script(NO_STORAGE)
    frame = framed(page, explorer)
    wait_until(page, lambda: explorer.z is not None)
    assert np.array_equal(explorer.z, shown(frame))  # type: ignore[arg-type]
    denied = "() => { try { return Boolean(sessionStorage); } catch (error) { return error.name; } }"
    assert frame.evaluate(denied) == "SecurityError"
    slider = frame.locator("#latent-1")
    for _ in range(3):
        slider.press("ArrowRight")
    wait_until(page, lambda: explorer.z[1] > 0)  # type: ignore[index]
    wait_until(page, lambda: np.array_equal(explorer.z, shown(frame)))  # type: ignore[arg-type]
    explorer.go_to(item=7)
    wait_for_point(frame, explorer.space.mean[7])  # type: ignore[arg-type]
    frame.wait_for_function("location.search.includes('item=7')")
    assert "report" not in frame.evaluate("location.search"), "a link that is copied reports to nobody"
    explorer.go_to(z=[1, 2, -1])
    wait_for_point(frame, np.float32([1, 2, -1]))  # type: ignore[arg-type]
    frame.locator("#pin-a").click()
    wait_until(page, lambda: explorer.pins[0] is not None)
    assert explorer.pins[0].tolist() == [1, 2, -1] and explorer.item is None  # type: ignore[union-attr]
    frame.evaluate("history.back()")
    wait_until(page, lambda: explorer.pins[0] is None)


def test_the_legend_and_the_part_in_view_are_the_selection(page: Page, explorer: Explorer) -> None:
    frame = framed(page, explorer)
    assert explorer.selection.tolist() == list(range(60))
    frame.locator("#map .legendtoggle").nth(1).click()
    wait_until(page, lambda: len(explorer.selection) == 40)
    assert set(explorer.selection % 3) == {0, 2}
    points = explorer.space.projection("pca").points
    middle = float(np.median(points[:, 0]))
    frame.evaluate(f"(x) => Plotly.relayout({PLOT}, {{'xaxis.range[0]': x}})", middle)
    wait_until(page, lambda: len(explorer.selection) < 40)
    left, right, bottom, top = frame.evaluate(f"() => [...{PLOT}.layout.xaxis.range, ...{PLOT}.layout.yaxis.range]")
    inside = (points >= [left, bottom]).all(axis=1) & (points <= [right, top]).all(axis=1)
    assert explorer.selection.tolist() == np.flatnonzero(inside & (np.arange(60) % 3 != 1)).tolist()
    page.reload()
    page.set_content(explorer._repr_html_())
    again = page.query_selector("iframe").content_frame()  # type: ignore[union-attr]
    assert again is not None
    wait_for_map(again, "only", "pca")  # type: ignore[arg-type]
    again.wait_for_function(f"() => {PLOT}.data.filter((trace) => trace.visible === 'legendonly').length === 1")


def test_a_page_says_that_its_program_has_closed_it_and_goes_on_when_it_is_open_again(
    page: Page, explorer: Explorer
) -> None:
    expected = ["ERR_CONNECTION", "ERR_EMPTY_RESPONSE", "the server did not respond"]
    page.expected_errors.extend(expected)  # type: ignore[attr-defined]
    open_page(page, explorer.url(item=3))
    wait_for_map(page, "only", "pca")
    wait_until(page, lambda: explorer.item == 3)
    unheard: list[str] = []
    page.on("requestfailed", lambda request: unheard.append(request.url))
    explorer.close()
    assert "does not answer" in notice(page, "does not answer")
    # Whatever asked first has said so; what reports must have found it gone as well.
    wait_until(page, lambda: any("/views/" in url for url in unheard))
    assert explorer.item == 3
    explorer.open()
    notice(page, "is back")
    page.locator("#latent-0").press("ArrowRight")
    wait_until(page, lambda: explorer.z is not None and explorer.z[0] != explorer.space.mean[3, 0])
    page.reload()
    page.wait_for_selector("#decoded[data-z]")
    explorer.go_to(item=5)
    wait_for_point(page, explorer.space.mean[5])


def test_a_page_nobody_listens_to_tells_nothing(page: Page, explorer: Explorer) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_page(page, explorer.address)
    page.locator("#latent-0").press("ArrowRight")
    wait_until(page, lambda: any("/look/" in url for url in asked))
    wait_for_address(page, "z=")  # written once the slider has rested, which is what would be told
    assert not [url for url in asked if "/views/" in url] and explorer.z is None
