"""The map and its legend by keyboard alone, and the help that tells of it."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from components.elements.trust_wording import INDICATORS
from tests.browser.driving import PLOT, asked, open_map, shown_text, wait_for_address, wait_for_other_picture

FRAME = f"[...{PLOT}._fullLayout.xaxis.range, ...{PLOT}._fullLayout.yaxis.range]"


def frame(page: Page) -> np.ndarray:
    return np.array(page.evaluate(FRAME))


def wait_for_frame(page: Page, wanted: np.ndarray) -> None:
    page.wait_for_function(
        f"wanted => {FRAME}.every((end, i) => Math.abs(end - wanted[i]) < 1e-3)", arg=wanted.tolist()
    )


def tab_to(page: Page, selector: str) -> None:
    """Go there with the Tab key alone."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never comes to {selector}")


def test_the_map_and_its_legend_are_used_by_keyboard(page: Page, server: str) -> None:
    open_map(page, server)
    page.focus("#settings")
    tab_to(page, "#map")
    label = page.locator("#map").get_attribute("aria-label") or ""
    assert "Arrow keys" in label and "Enter" in label
    whole = frame(page)
    width, height = whole[1] - whole[0], whole[3] - whole[2]
    page.keyboard.press("ArrowRight")
    wait_for_frame(page, whole + 0.1 * width * np.array([1, 1, 0, 0]))
    page.keyboard.press("ArrowDown")
    moved = whole + 0.1 * np.array([width, width, -height, -height])
    wait_for_frame(page, moved)
    page.keyboard.press("+")
    middle = np.array([moved[:2].mean(), moved[2:].mean()])
    near = np.repeat(middle, 2) + (moved - np.repeat(middle, 2)) / 1.25
    wait_for_frame(page, near)
    before = shown_text(page)
    page.keyboard.press("Enter")
    wait_for_other_picture(page, before)
    assert [float(part) for part in asked(page)["spot"].split(",")] == pytest.approx(middle, abs=1e-3)

    tab_to(page, ".legend .traces")
    entry = page.locator(".legend .traces:focus")
    expect(entry).to_have_attribute("aria-label", "Show T-shirt/top")
    page.keyboard.press("ArrowRight")
    expect(entry).to_have_attribute("aria-label", "Show Trouser")
    expect(entry).to_have_attribute("aria-checked", "true")
    page.keyboard.press("Enter")
    wait_for_address(page, "hidden=.*Trouser")
    expect(entry).to_have_attribute("aria-label", "Show Trouser")
    expect(entry).to_have_attribute("aria-checked", "false")
    page.keyboard.press("Space")
    page.wait_for_function("() => !location.search.includes('hidden=')")
    expect(entry).to_have_attribute("aria-checked", "true")
    page.keyboard.press("End")
    expect(entry).to_have_attribute("aria-label", "Show Ankle boot")


def test_help_opens_at_its_beginning_and_explains_every_sign(page: Page, server: str) -> None:
    open_map(page, server)
    page.click("#help")
    dialog = page.locator("#help-dialog")
    expect(dialog).to_be_visible()
    assert dialog.evaluate("dialog => dialog.scrollTop") == 0
    expect(dialog.locator("h2").first).to_be_in_viewport()
    signs = (
        *("red bar", "●●●", "nmi", "σ", "lock", "hills above a slider", "coloured band", "diamonds", "neighbours"),
        *("rate", "distortion", "pseudo-likelihood", "+ and − zoom", "legend"),
    )
    text = dialog.inner_text().lower()
    assert [sign for sign in signs if sign.lower() not in text] == []
    # Trust is defined in the words that stand beside the picture.
    for name, sentence in INDICATORS.values():
        expect(dialog.locator("#help-trust")).to_contain_text(f"{name}. {sentence}")
