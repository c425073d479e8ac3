"""Notices: whole sentences that cover no control; what went wrong stays until it is dismissed."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.answering import lose_server
from tests.browser.driving import (
    choose,
    notice,
    open_map,
    shown_text,
    wait_for_other_picture,
)

LONG = "The link's " + ", ".join(f"part number {i}" for i in range(34)) + " could not be used here and was left out."
TELL = "async ([sentence, kind]) => (await import('./assets/core/notice.js')).tell(sentence, kind)"
COVERED = ("header", ".toolbar", "#map-view", "#quality", "#touched-panel", "#sliders-panel", "#pins-panel")


def tell(page: Page, sentence: str, kind: str = "info") -> Locator:
    page.evaluate(TELL, [sentence, kind])
    return page.locator(".notice").filter(has_text=sentence)


def test_a_long_error_is_seen_whole_and_stays_beside_what_is_needed(page: Page, server: str) -> None:
    open_map(page, server, "item=2")
    assert len(LONG) > 500
    error = tell(page, LONG, "error")
    for size in ((1280, 720), (1920, 1080)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        assert_beside(page, error, size)


def assert_beside(page: Page, error: Locator, size: tuple[int, int]) -> None:
    expect(page.locator("#notice")).to_have_attribute("data-kind", "error")
    expect(page.locator("#notice [role=alert]")).to_contain_text(LONG)
    cut = error.locator("p").evaluate("p => [p.scrollWidth - p.clientWidth, p.scrollHeight - p.clientHeight]")
    assert cut == [0, 0], "the sentence is cut"
    box = error.bounding_box()
    assert box and box["x"] >= 0 and box["y"] + box["height"] <= size[1]
    for selector in COVERED:
        other = page.locator(selector).bounding_box()
        assert other is not None
        beside = box["x"] + box["width"] <= other["x"] or other["x"] + other["width"] <= box["x"]
        apart = box["y"] + box["height"] <= other["y"] or other["y"] + other["height"] <= box["y"]
        assert beside or apart, f"{selector} is covered"


def test_what_went_wrong_stays_and_the_rest_goes_by_itself(page: Page, server: str) -> None:
    open_map(page, server)
    error = tell(page, "It went wrong.", "error")
    held = tell(page, "Under the pointer.")
    held.hover()
    passing = tell(page, "In passing.")
    expect(page.locator("#notice [role=status]")).to_contain_text("In passing.")
    # One that is told later and goes by itself shows that the time of the others is over.
    expect(passing).to_be_hidden()
    expect(held).to_be_visible()
    expect(error).to_be_visible()
    page.mouse.move(900, 400)
    expect(held).to_be_hidden()
    expect(error).to_be_visible()

    # Said twice it stands there once; progress takes the place of earlier progress, and of no error.
    tell(page, "It went wrong.", "error")
    expect(error).to_have_count(1)
    tell(page, "1 of 2", "hint")
    tell(page, "2 of 2", "hint")
    expect(page.locator(".notice[data-kind=hint]")).to_have_text("2 of 2")
    assert "It went wrong." in notice(page, "wrong")
    tell(page, "Two are done.")
    expect(page.locator(".notice[data-kind=hint]")).to_have_count(0)
    expect(error).to_be_visible()
    choose(page, "projection", "UMAP")  # an open list lies above them

    other = tell(page, "So did this.", "error")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.locator("#notice .dismiss").first.click()
    expect(error).to_have_count(0)
    expect(other).to_have_count(0)
    # The same key closes a panel first, if there is one.
    last = tell(page, "Once more.", "error")
    page.click("#jobs")
    page.keyboard.press("Escape")
    expect(page.locator("#jobs-panel")).to_be_hidden()
    expect(last).to_be_visible()
    last.get_by_role("button", name="Dismiss").click()
    expect(last).to_have_count(0)
    expect(page.locator("#notice")).not_to_have_attribute("data-kind", "error")


def test_that_the_server_does_not_answer_is_withdrawn_once_it_does(page: Page, server: str) -> None:
    page.expected_errors.append("ERR_CONNECTION_REFUSED")  # type: ignore[attr-defined]
    open_map(page, server)
    before = shown_text(page)
    lose_server(page)
    page.click("#to-random")
    notice(page, "does not answer")
    # Nothing else is asked for: the page looks for itself, and asks again for what was not answered.
    page.unroute_all()
    notice(page, "The server is back")
    wait_for_other_picture(page, before)
    expect(page.locator(".notice[data-kind=error]")).to_have_count(0)
