"""How the page stands: sizes, themes, focus, help, and what it says when the server has gone."""

from __future__ import annotations

import numpy as np
from playwright.sync_api import Page, expect

from tests.browser.answering import lose_server
from tests.browser.driving import (
    PLOT,
    assert_drawn,
    choose,
    notice,
    open_map,
    pixels,
    shown_text,
    wait_for_map,
    wait_for_other_picture,
)
from tests.browser.legibility import illegible

PANELS = ("header", "#map-panel", "#touched-panel", "#sliders-panel", "#pins-panel")


def test_everything_is_in_the_window(page: Page, server: str) -> None:
    pins = f"a={','.join(['1'] * 16)}&b={','.join(['-1'] * 16)}"
    open_map(page, server, f"item=2&{pins}&projection=z:3,7", projection="z:3,7")
    page.wait_for_selector("#line:visible")
    page.wait_for_selector("#touched .trio")
    sizes: list[tuple[int, int]] = [(1280, 720), (1920, 1080)]
    for size in sizes:
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.wait_for_function(f"() => {PLOT}._fullLayout.width > {0.4 * size[0]}")
        assert_all_in_the_window(page, size)
        panel = page.locator("#touched-panel").evaluate("panel => panel.scrollHeight - panel.clientHeight")
        assert panel <= 0, "the item on show would scroll"

        page.click("#text-size")
        expect(page.locator("#text-size")).to_have_attribute("aria-pressed", "true")
        page.wait_for_function(f"() => {PLOT}._fullLayout.font.size === 15")
        assert_all_in_the_window(page, size)
        small = [line for line in illegible(page, smallest=15) if " px" in line]
        assert not small, "\n".join(small)
        if size[0] == 1920:
            page.reload()
            page.wait_for_selector("#decoded[data-z]")
            expect(page.locator("html")).to_have_attribute("data-text", "large")
        page.click("#text-size")
        expect(page.locator("html")).not_to_have_attribute("data-text", "large")
        page.wait_for_function(f"() => {PLOT}._fullLayout?.font.size === 12")


def assert_all_in_the_window(page: Page, size: tuple[int, int]) -> None:
    overflow = page.evaluate(
        """() => [document.documentElement, document.body, document.getElementById('explore')]
            .map((part) => [part.scrollWidth - part.clientWidth, part.scrollHeight - part.clientHeight])"""
    )
    assert np.max(overflow) <= 0, "the document would scroll"
    for panel in PANELS:
        box = page.locator(panel).bounding_box()
        assert box and box["x"] >= 0 and box["y"] >= 0
        assert box["x"] + box["width"] <= size[0] + 0.5 and box["y"] + box["height"] <= size[1] + 0.5
    # Nothing in a bar is cut off or lies over its neighbour.
    for bar in ("header", ".toolbar", "#pins-panel", ".slider-actions"):
        squeezed = page.locator(bar).evaluate(
            """bar => {
                const parts = [...bar.children].filter((part) => part.getClientRects().length)
                    .map((part) => part.getBoundingClientRect());
                const over = (part, last) => part.left < last.right - 0.5 && part.top < last.bottom - 1;
                const all = parts.slice(1).some((part, i) => over(part, parts[i]));
                const end = bar.getBoundingClientRect().right;
                return all || parts.some((part) => part.right > end + 0.5) || bar.scrollWidth > bar.clientWidth + 1;
            }"""
        )
        assert not squeezed, f"{bar} has no room for its parts"
    box = page.locator("#map-stage").bounding_box()
    assert box and box["width"] > 0.4 * size[0] and box["height"] > 0.6 * size[1]


def test_dark_and_light(page: Page, server: str) -> None:
    page.emulate_media(color_scheme="dark")
    open_map(page, server, "item=2")
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    dark = brightness(page)
    ink = map_ink(page)
    page.click("#theme")
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "light")
    page.wait_for_function(
        "ink => document.querySelector('#map .js-plotly-plot')._fullLayout.font.color !== ink", arg=ink
    )
    assert dark[0] < 60 < 200 < dark[1], "dark: ground dark and ink bright"
    light = brightness(page)
    assert light[0] > 200 > 80 > light[1]


def brightness(page: Page) -> tuple[float, float]:
    """Return how bright ground and ink of the page are, 0 to 255."""
    ground, ink = page.evaluate(
        """() => { const style = getComputedStyle(document.body);
            return [style.backgroundColor, style.color].map((c) => c.match(/[0-9.]+/g).slice(0, 3).map(Number)); }"""
    )
    return float(np.mean(ground)), float(np.mean(ink))


def map_ink(page: Page) -> str:
    return str(page.evaluate("document.querySelector('#map .js-plotly-plot')._fullLayout.font.color"))


def test_help_and_a_visible_focus(page: Page, server: str) -> None:
    open_map(page, server)
    page.keyboard.press("?")
    dialog = page.locator("#help-dialog")
    expect(dialog).to_be_visible()
    for word in ("slider", "lens", "undo", "Trust", "nats"):
        expect(dialog).to_contain_text(word)
    before = shown_text(page)
    page.keyboard.press("r")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert shown_text(page) == before, "keys went through the dialog"
    page.click("#help")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()

    met = set()
    for _ in range(18):
        page.keyboard.press("Tab")
        name, seen = page.evaluate(
            """() => {
                const part = document.activeElement;
                const look = () => {
                    const { outlineStyle, outlineWidth, borderColor, boxShadow } = getComputedStyle(part);
                    return [outlineStyle === 'none' ? '' : outlineWidth, borderColor, boxShadow].join('|');
                };
                const transition = part.style.transition;
                part.style.transition = 'none';
                const focused = look();
                part.blur();
                const plain = look();
                part.focus({ focusVisible: true });
                part.style.transition = transition;
                return [part.id || part.getAttribute('aria-label') || part.tagName, focused !== plain];
            }"""
        )
        assert seen, f"nothing shows that {name} has the focus"
        met.add(name)
    assert {"projection", "color-by", "find", "settings"} <= met
    assert len(met) >= 9, "the focus is caught"


def test_a_server_that_has_gone_is_told_where_only_the_colour_changes(page: Page, server: str) -> None:
    page.expected_errors += ["ERR_CONNECTION_REFUSED", "Callback failed"]  # type: ignore[attr-defined]
    open_map(page, server)
    lose_server(page)
    choose(page, "color-by", "rate (nats)")
    assert "server" in notice(page, "does not answer")


def test_a_server_that_has_gone_is_told_in_place(page: Page, server: str) -> None:
    page.expected_errors.append("ERR_CONNECTION_REFUSED")  # type: ignore[attr-defined]
    open_map(page, server, "item=2")
    picture = pixels(page)
    lose_server(page)
    page.click("#to-random")
    assert "server" in notice(page, "does not answer")
    expect(page.locator("#notice")).to_have_attribute("data-kind", "error")
    expect(page.locator("#map .js-plotly-plot .main-svg").first).to_be_visible()
    expect(page.locator(".item-head, #touched .empty").first).to_be_visible()
    assert np.array_equal(pixels(page), picture), "what was drawn stays"
    assert page.locator("[role=slider].latent").count() == 16

    page.unroute_all()
    before = shown_text(page)
    page.click("#to-prior-mean")
    wait_for_other_picture(page, before)
    assert_drawn(page, server)


def test_a_server_that_comes_back_is_asked_again(page: Page, server: str) -> None:
    open_map(page, server)
    page.expected_errors += ["ERR_CONNECTION_REFUSED", "Callback failed"]  # type: ignore[attr-defined]
    lose_server(page)
    choose(page, "projection", "UMAP")
    assert "server does not answer" in notice(page, "server")
    page.unroute_all()
    wait_for_map(page, "fashion", "umap")


def test_the_model_card_tells_how_the_model_is_understood(page: Page, server: str) -> None:
    open_map(page, server)
    page.click("#model-card")
    card = page.locator("#card-dialog")
    expect(card.locator("tr").filter(has_text="round trip")).to_contain_text("squared error")
    expect(card.locator("tr").filter(has_text="deterministic")).to_contain_text("yes")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    page.keyboard.press("m")
    expect(card).to_be_visible()
    card.get_by_role("button", name="Close").click()
    expect(card).to_be_hidden()
