"""Every text can be read: none is small, none is faint, on either ground; and one switch makes all of them larger."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import open_map, wait_until
from tests.browser.legibility import illegible

# The smallest text that was written on any canvas, in CSS pixels.
WRITTEN = """
const write = CanvasRenderingContext2D.prototype.fillText;
window.smallestWritten = Infinity;
CanvasRenderingContext2D.prototype.fillText = function (...told) {
    const scale = Math.abs(this.getTransform().d) / (window.devicePixelRatio || 1);
    const size = parseFloat(/([0-9.]+)px/.exec(this.font)[1]) * scale;
    if (this.canvas.closest?.('body')) window.smallestWritten = Math.min(window.smallestWritten, size);
    return write.apply(this, told);
};
"""
QUESTIONS = ("used", "components", "prior", "meaning", "items")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_text_is_small_or_faint(page: Page, server: str, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    page.add_init_script(WRITTEN)
    pins = f"a={','.join(['1'] * 16)}&b={','.join(['-1'] * 16)}"
    open_map(page, server, f"item=2&{pins}&rank=rate")
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", scheme)
    page.wait_for_selector("#nearest .thumb")
    page.locator("#touched summary").first.click()
    bad = {"explore": illegible(page)}
    for opener, seen in (("#jobs", "#jobs-panel"), ("#settings", "#new-seed"), ("#quality", "#quality-panel")):
        page.click(opener)
        page.wait_for_selector(f"{seen}:visible")
        wait_until(page, "() => document.getAnimations().every((one) => one.playState !== 'running')")
        bad[opener] = illegible(page)
        page.click(opener)
        page.wait_for_selector(seen, state="hidden")
    for key, seen in (("?", "#help-dialog"), ("m", "#card-dialog")):
        page.keyboard.press(key)
        page.wait_for_selector(f"{seen}[open]")
        bad[seen] = illegible(page)
        page.keyboard.press("Escape")
    page.keyboard.press("i")
    for question in QUESTIONS:
        page.click(f"#study-tab-{question}")
        wait_until(page, "() => document.querySelector('#study-cards > .cards:not([hidden]) .card') !== null")
        wait_until(page, "() => !document.querySelector('#study-cards > .cards:not([hidden]) .busy')")
        bad[question] = illegible(page)
    written = page.evaluate("window.smallestWritten")
    assert 12 <= written < 100, f"a text of {written} px on a canvas"
    assert not any(bad.values()), "\n".join(f"{where}: {line}" for where, lines in bad.items() for line in lines)
