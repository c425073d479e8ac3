"""The list of long work in the page: seen, cancelled, started again, found after a restart of the server."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.driving import PLOT, choose, get, open_map
from tests.browser.serving import serve


def test_long_work_is_listed_cancelled_and_started_again(page: Page, server: str) -> None:
    open_map(page, server)
    expect(page.locator("#jobs-panel")).to_be_hidden()
    choose(page, "projection", "t-SNE 3-D")
    page.click("#jobs")
    row = page.locator(".job").filter(has_text="t-SNE 3-D of Fashion-MNIST test").first
    expect(row).to_have_attribute("data-state", re.compile("waiting|running"))
    expect(page.locator("#jobs .count")).to_have_text("1")
    expect(row.locator(".small")).to_have_text(
        re.compile(r"KL divergence .* · \d+ s · about \d+ (s|min) left"), timeout=60_000
    )
    page.wait_for_function("Number(document.getElementById('moving')?.dataset.drawn) > 3")  # in depth too
    row.get_by_role("button", name="Cancel").click()
    expect(row).to_have_attribute("data-state", "cancelled", timeout=10_000)
    expect(page.locator("#map-state")).to_contain_text("Cancelled")
    expect(page.locator("#jobs .count")).to_have_text("")
    row.get_by_role("button", name="Start again").click()
    expect(row).to_have_attribute("data-state", re.compile("waiting|running"))
    row.get_by_role("button", name="Cancel").click()
    expect(row).to_have_attribute("data-state", "cancelled", timeout=10_000)
    row.get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)
    expect(page.locator("#jobs-panel .empty")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#jobs-panel")).to_be_hidden()


def test_the_points_move_while_a_map_is_computed_and_can_be_stopped(page: Page, server: str) -> None:
    open_map(page, server)
    page.click("#settings")
    page.fill("#new-perplexity", "7")
    page.get_by_role("button", name="Compute").click()
    page.wait_for_function("Number(document.getElementById('moving')?.dataset.drawn) > 5", timeout=60_000)
    stop = page.get_by_role("button", name="Stop here")
    expect(stop).to_be_visible(timeout=60_000)
    # Another colour meanwhile is no error, and the slider does not wait.
    choose(page, "color-by", "rate (nats)")
    page.wait_for_function("Number(document.getElementById('moving').dataset.drawn) > 10")
    stop.click()
    page.wait_for_selector("#moving", state="detached", timeout=180_000)
    expect(page.locator("#projection")).to_have_value(re.compile(r"t-SNE · perplexity 7 · stopped at step \d+"))
    page.wait_for_function(f"{PLOT}._fullLayout.uirevision.includes('tsne-')")
    assert page.evaluate(f"{PLOT}._fullData[0].x.length") == 10_000
    # What was computed can be removed, which takes one more question; what came with the space cannot.
    page.click("#settings")
    row = page.locator("[data-map]")
    expect(row).to_have_count(1)
    row.get_by_role("button", name="Remove").click()
    row.get_by_role("button", name="Keep").click()
    row.get_by_role("button", name="Remove").click()
    row.get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)
    expect(page.locator("#projection")).to_have_value("PCA")
    page.wait_for_function(f"{PLOT}._fullLayout.uirevision === 'fashion/pca'")
    expect(page.locator("#computed-maps")).to_be_hidden()
    info = get(server, "fashion")
    assert {"pca", "tsne", "umap"} <= set(info["projections"])
    assert not any("perplexity 7" in title for title in info["titles"].values())


def test_work_interrupted_by_a_restart_says_so(page: Page, tmp_path: Path) -> None:
    with serve(tmp_path) as first:
        open_map(page, first.url)
        choose(page, "projection", "t-SNE 3-D")
        page.wait_for_selector("#map-state progress")
        page.goto("about:blank")
    with serve(tmp_path) as second:
        open_map(page, second.url)
        page.click("#jobs")
        row = page.locator(".job").filter(has_text="t-SNE 3-D")
        expect(row).to_have_attribute("data-state", "interrupted")
        expect(row).to_contain_text("was interrupted: its server ended before it.")
        row.get_by_role("button", name="Start again").click()
        expect(row).to_have_attribute("data-state", re.compile("waiting|running"))
        row.get_by_role("button", name="Cancel").click()
        expect(row).to_have_attribute("data-state", "cancelled", timeout=10_000)
        page.goto("about:blank")
