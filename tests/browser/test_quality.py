"""How far a map can be believed: its figures, its colour, and lines to true neighbours."""

from __future__ import annotations

import re

import numpy as np
from playwright.sync_api import Page, expect

from tests.browser.driving import (
    PLOT,
    choose,
    empty_spots,
    get,
    open_map,
    post,
    run_timers,
    wait_for_address,
    wait_for_ink,
    wait_for_map,
)


def test_the_quality_of_a_map_is_told_and_colours_it(page: Page, server: str) -> None:
    open_map(page, server, "projection=tsne", projection="tsne")
    pill = page.locator("#quality")
    expect(pill).to_have_text(re.compile(r"keeps \d+\s% of 15 neighbours"))
    pill.click()
    told = get(server, "fashion/quality/tsne?color=label")
    panel = page.locator("#quality-panel")
    expect(panel.locator("tbody tr").first.locator("td")).to_have_text(
        [re.compile(f"^{value:.3f}$") for value in told["map"]["trustworthiness"]]
    )
    kept = panel.locator("tbody tr").filter(has_text="neighbours kept").locator("td")
    expect(kept).to_have_text(
        [
            re.compile(f"^{share:.0f}\\s%$" if share >= 9.95 else f"^{share:.1f}\\s%$")
            for share in 100 * np.array(told["map"]["preservation"])
        ]
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
    page.wait_for_function(f"{PLOT}._fullData[0].marker?.showscale")
    page.keyboard.press("Escape")
    expect(page.locator("#quality-panel")).to_be_hidden()


def test_what_is_not_to_be_believed_is_shaded(page: Page, server: str) -> None:
    open_map(page, server, "projection=tsne", projection="tsne")
    assert not page.locator("#underlay").is_visible()
    page.keyboard.press("t")
    wait_for_ink(page, "#underlay", least=1000)
    wait_for_address(page, "shade=1")
    page.wait_for_selector("[data-toggle=shade][aria-busy=false]")
    at = """([x, y]) => {
        const canvas = document.getElementById('underlay'), box = canvas.getBoundingClientRect();
        const ratio = canvas.width / box.width;
        return canvas.getContext('2d').getImageData((x - box.left) * ratio, (y - box.top) * ratio, 1, 1).data[3];
    }"""
    for spot in empty_spots(page, 40)[:5]:
        believed = float(post(server, "fashion/believed/tsne", np.array([spot["at"]]))[0])
        assert believed < 0.1
        assert page.evaluate(at, [spot["x"], spot["y"]]) > 150
    crowd = page.evaluate(f"[{PLOT}._fullData[0].x[7], {PLOT}._fullData[0].y[7]]")
    x, y = page.evaluate(
        f"""([x, y]) => {{
        const {{ xaxis, yaxis }} = {PLOT}._fullLayout, box = {PLOT}.getBoundingClientRect();
        return [box.left + xaxis._offset + xaxis.c2p(x), box.top + yaxis._offset + yaxis.c2p(y)];
    }}""",
        crowd,
    )
    believed = float(post(server, "fashion/believed/tsne", np.array([crowd]))[0])
    assert abs(page.evaluate(at, [x, y]) / 255 - 0.85 * (1 - believed)) < 0.35
    # A large window asks for no more spots than one answer holds.
    page.set_viewport_size({"width": 1920, "height": 1080})
    with page.expect_response("**/believed/tsne") as answer:
        page.keyboard.press("a")
    assert answer.value.status == 200
    asked_again: list[str] = []
    choose(page, "projection", "PCA 3-D")
    wait_for_map(page, "fashion", "pca-3d")
    page.on("request", lambda request: asked_again.append(request.url) if "/believed/" in request.url else None)
    run_timers(page, 500)
    assert not asked_again
    assert page.locator("#notice").inner_text() == "", "nobody asked for anything in depth"
    page.wait_for_function("getComputedStyle(document.getElementById('underlay')).visibility === 'hidden'")


def test_lines_lead_to_the_true_neighbours(page: Page, server: str) -> None:
    open_map(page, server, "projection=umap&item=42", projection="umap")
    page.wait_for_selector("#nearest .thumb")
    assert not page.locator("#overlay").is_visible()
    page.keyboard.press("n")
    wait_for_ink(page, "#overlay", least=100)
    wait_for_address(page, "links=1")
    places = page.evaluate(
        """async () => {
            const { linkedPlaces } = await import('./assets/map/links.js');
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
