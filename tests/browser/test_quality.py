"""How far a map can be believed: its figures, its colour, and lines to true neighbours."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.driving import PLOT, get, open_map, wait_for_address, wait_for_ink


def test_the_quality_of_a_map_is_told_and_colours_it(page: Page, server: str) -> None:
    open_map(page, server, "projection=tsne", projection="tsne")
    pill = page.locator("#quality")
    expect(pill).to_have_text(re.compile(r"keeps \d+ % of neighbours"), timeout=60_000)
    pill.click()
    told = get(server, "fashion/quality/tsne?color=label")
    panel = page.locator("#quality-panel")
    expect(panel.locator("tbody tr").first.locator("td")).to_have_text(
        [re.compile(f"^{value:.3f}$") for value in told["map"]["trustworthiness"]]
    )
    expect(panel).to_contain_text("1,000 of 10,000 items")
    expect(panel).to_contain_text("same label")
    panel.get_by_role("button", name="Colour by neighbours kept").click()
    wait_for_address(page, "color=kept")
    page.wait_for_function(f"{PLOT}._fullData[0].marker?.showscale")
    colours = page.evaluate(f"Array.from({PLOT}._fullData[0].marker.color)")
    assert abs(sum(colours) / 10_000 - told["kept"]) < 1e-3
    # A link brings the colour back, on a map that has to be measured first.
    open_map(page, server, "projection=z:0,1&color=kept", projection="z:0,1")
    page.wait_for_function(f"{PLOT}._fullData[0].marker?.showscale", timeout=60_000)
    page.keyboard.press("Escape")
    expect(page.locator("#quality-panel")).to_be_hidden()


def test_lines_lead_to_the_true_neighbours(page: Page, server: str) -> None:
    open_map(page, server, "projection=umap&item=42", projection="umap")
    page.wait_for_selector("#nearest .thumb")
    assert not page.locator("#overlay").is_visible()
    page.keyboard.press("n")
    wait_for_ink(page, "#overlay", least=100)
    wait_for_address(page, "links=1")
    places = page.evaluate(
        """async () => {
            const { linkedPlaces } = await import('./assets/explore/links.js');
            return linkedPlaces();
        }"""
    )
    nearest = [item["index"] for item in get(server, "fashion/items/42")["nearest"]]
    points = page.evaluate(
        f"""wanted => wanted.map((index) => {{
            for (const trace of {PLOT}._fullData) {{
                const at = Array.from(trace.customdata ?? []).findIndex((item) => Number(item) === index);
                if (at >= 0) return [trace.x[at], trace.y[at]];
            }}
            return null;
        }})""",
        nearest,
    )
    assert places == points
    page.click("[data-toggle=links]")
    page.wait_for_function("getComputedStyle(document.getElementById('overlay')).visibility === 'hidden'")
    page.wait_for_function("!location.search.includes('links')")
