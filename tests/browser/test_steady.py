"""Nothing jumps: what stands on the page keeps its place while words and figures around it come and change."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.driving import open_map, shown_text, wait_for_other_picture

Box = dict[str, float]


def box(page: Page, selector: str) -> Box:
    found = page.locator(selector).first.bounding_box()
    assert found is not None
    return {name: found[name] for name in ("x", "y")}


def test_what_is_below_the_words_of_trust_stays_where_it_is(page: Page, server: str) -> None:
    open_map(page, server)
    at, words = box(page, "#touched"), page.locator("#trust .words")
    for far in (0.6, 2.9, 9.9):
        before = shown_text(page)
        value = page.locator("[aria-label='Value of latent dimension 9']")
        value.fill(str(far))
        value.press("Tab")
        wait_for_other_picture(page, before)
        page.wait_for_function("() => document.querySelector('#trust .words')?.textContent")
        assert box(page, "#touched") == at
    # The longest sentence that is said of trust needs no third line.
    words.evaluate("words => { words.textContent = 'reconstructed worse than 99.9 % of the items'; }")
    assert box(page, "#touched") == at


def test_controls_of_cards_and_gallery_stay_where_they_are(page: Page, server: str) -> None:
    open_map(page, server, "page=used")
    expect(page.locator("#study-collapse .verdict")).to_be_visible()
    take = "#study-collapse .take"
    at = box(page, take)
    # Every state a card can be in: words, a bar, a long sentence.
    for words in ("looking …", "first figures · refining", "first figures · waiting for other work", ""):
        page.locator("#study-collapse .card-state").evaluate(
            """(state, words) => state.replaceChildren(
                ...(words ? [Object.assign(document.createElement('span'), { textContent: words }),
                             document.createElement('progress')] : []))""",
            words,
        )
        assert box(page, take) == at, words
    page.click("#study-tab-items")
    expect(page.locator("#gallery-place")).to_contain_text("of 10,000")
    controls = ("#rank-by", "#rank-way", "#gallery-pictures", "#gallery-frame")
    places = [box(page, one) for one in controls]
    page.click("#rank-way")
    expect(page.locator("#rank-way")).to_contain_text("best")
    for words in ("1–45 of 10,000", "9,955–10,000 of 10,000 of the classes shown · known of 9,999"):
        page.locator("#gallery-place").evaluate("(place, words) => { place.textContent = words; }", words)
        assert [box(page, one) for one in controls] == places, words
