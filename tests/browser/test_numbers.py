"""Numbers are written alike by the page's scripts and by the cards, and alike everywhere on the page."""

from __future__ import annotations

import numpy as np
from playwright.sync_api import Page, expect

from tests.browser.driving import PLOT, open_map
from vae_core.drawing import numbers

WRITE = """async ([name, calls]) => {
    const written = await import('./assets/draw/numbers.js');
    return calls.map((call) => written[name](...call));
}"""


def written(page: Page, name: str, calls: list[list[float | None]]) -> list[str]:
    texts: list[str] = page.evaluate(WRITE, [name, calls])
    return texts


def test_scripts_and_cards_write_numbers_alike(page: Page, server: str) -> None:
    open_map(page, server, "item=2&color=distortion")
    rng = np.random.default_rng(0)
    # Halves are left out: the two languages round them each in its own way.
    drawn = rng.choice([-1, 1], 300) * 10 ** rng.uniform(-7, 10, 300)
    values: list[float | None] = [0.0, -1e-9, 1234.56, -12345.678, 999.96, 1e7, -1019.6, 0.00012, None, *drawn.tolist()]
    for digits in (2, 3, 4):
        assert written(page, "plain", [[v, digits] for v in values]) == [numbers.plain(v, digits) for v in values]
        assert written(page, "fixed", [[v, digits] for v in values]) == [numbers.fixed(v, digits) for v in values]
    whole: list[float | None] = [0, 7, 999, 1000, 70000, 1234567, -4321]
    assert written(page, "count", [[v] for v in whole]) == [numbers.count(int(v or 0)) for v in whole]
    shares: list[float | None] = [0, 1, 0.077, 0.5, 0.9999, 1e-5, 0.2034, None]
    assert written(page, "percent", [[v] for v in shares]) == [numbers.percent(v) for v in shares]
    short: list[list[float | None]] = [[0], [-0.5], [120000], [-1234.6], [2e-5], [1.5e9], [0.25, 3]]
    assert written(page, "short", short) == ["0", "−0.5", "120,000", "−1,235", "2·10⁻⁵", "1.5·10⁹", "0.25"]
    assert written(page, "tidy", [[None], [-1019.6], [10000], [0.1234]]) == ["missing", "−1,020", "10,000", "0.123"]

    # On the page: the item's figures, the ticks of the colours, no hyphen before a digit in any text.
    expect(page.locator("#touched .figures")).to_contain_text("−1,0")
    page.wait_for_function(f"() => {PLOT}.querySelector('.cbaxis text')")
    ticks = page.locator("#map .cbaxis text").all_text_contents()
    assert any("," in tick for tick in ticks), ticks
    page.locator("#touched summary").first.click()
    raw = page.evaluate(
        """() => document.body.innerText.split('\\n').filter((line) => /(^|[^\\w-])-[0-9]|[0-9]{5}/.test(line))"""
    )
    assert raw == []
