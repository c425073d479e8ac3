"""A visitor's own picture, dropped onto the page."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.answering import hold, release
from tests.browser.driving import (
    assert_drawn,
    notice,
    open_map,
    pixels,
    post,
    shown,
    shown_text,
    wait_for_other_picture,
    wait_for_point,
    wait_for_quiet,
)


def drop(page: Page, content: bytes, name: str, kind: str) -> None:
    """Drop a file in the middle of the page, as the file manager does."""
    files = page.evaluate_handle(
        """([content, name, type]) => {
            const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], name, { type }));
            return transfer;
        }""",
        [base64.b64encode(content).decode(), name, kind],
    )
    page.dispatch_event("#map-stage", "dragenter", {"dataTransfer": files})
    expect(page.locator("#drop-veil")).to_be_visible()
    page.dispatch_event("#map-stage", "dragover", {"dataTransfer": files})
    page.dispatch_event("#map-stage", "drop", {"dataTransfer": files})
    expect(page.locator("#drop-veil")).to_be_hidden()


def a_shirt() -> Image.Image:
    """Return a bright T on black, in colour and larger than the model takes."""
    pixels = np.zeros((80, 60, 3), dtype=np.uint8)
    pixels[10:30, 5:55] = (200, 180, 160)
    pixels[10:72, 18:42] = (220, 200, 180)
    return Image.fromarray(pixels)


def test_a_dropped_picture_is_fitted_encoded_and_placed(page: Page, server: str) -> None:
    open_map(page, server)
    marker = page.locator("#here").get_attribute("style")
    before = shown_text(page)
    file = io.BytesIO()
    a_shirt().save(file, "PNG")

    drop(page, file.getvalue(), "shirt.png", "image/png")

    z = wait_for_other_picture(page, before)
    own = shown_text(page)
    expect(page.locator(".item-head strong")).to_have_text("Your picture")
    said = page.locator(".item-head p").inner_text()
    assert "60 × 80" in said and "28 × 28" in said and "grey" in said
    assert_drawn(page, server)
    fitted = pixels(page, ".trio canvas", 0)[..., 0]
    assert fitted.shape == (28, 28) and fitted[6:9, 13:15].min() > 150 and fitted[:, 0].max() < 40
    reconstruction = post(server, "fashion/decode", z[None])[0, ..., 0].astype(int)
    assert np.abs(pixels(page, ".trio canvas", 1)[..., 0] - reconstruction).max() <= 1
    expect(page.locator("#nearest .thumb")).to_have_count(12)
    expect(page.locator("#trust strong")).not_to_be_empty()
    page.wait_for_function("marker => document.getElementById('here').getAttribute('style') !== marker", arg=marker)
    expect(page.locator("#here")).to_be_visible()

    page.get_by_role("button", name="Invert its brightness").click()
    wait_for_other_picture(page, own)
    expect(page.locator(".item-head p")).to_contain_text("nverted")
    page.wait_for_function(
        "document.querySelector('.trio canvas').getContext('2d').getImageData(0, 0, 1, 1).data[0] > 200"
    )

    for wanted in (own, before):
        page.click("#undo")
        page.wait_for_function("wanted => document.getElementById('decoded').dataset.z === wanted", arg=wanted)


def test_a_picture_of_ones_own_stays_while_its_point_is_moved(page: Page, server: str) -> None:
    open_map(page, server)
    file = io.BytesIO()
    cut_out = a_shirt().convert("RGBA")
    cut_out.putalpha(cut_out.getchannel("R").point(lambda level: 255 * (level > 0)))
    cut_out.save(file, "PNG")
    before = shown_text(page)
    # Opened with the button, as on a screen without a file manager beside it.
    with page.expect_file_chooser() as chooser:
        page.click("#open-picture")
    chooser.value.set_files({"name": "cut out.png", "mimeType": "image/png", "buffer": file.getvalue()})
    own = wait_for_other_picture(page, before)
    head = page.locator(".item-head strong")
    expect(head).to_have_text("Your picture")
    expect(page.locator(".item-head p")).to_contain_text("aid on black, the background of the data")
    assert pixels(page, ".trio canvas", 0)[..., 0][[0, -1]].max() < 10, "no bright frame around it"
    page.locator(".latent").first.press("ArrowRight")
    wait_for_other_picture(page, ",".join(map(str, own)))
    expect(head).to_have_text("Your picture")
    page.keyboard.press("r")
    expect(head).to_have_count(0)
    page.get_by_role("button", name="Item", exact=True).click()
    expect(head).to_have_text("Your picture")
    wait_for_point(page, own, tolerance=0)
    # Left for an item and gone back to, also after a reload, it is judged as the picture it is, not as a bare point.
    judged = page.locator("#trust [data-indicator=faithful]")
    expect(judged).to_have_attribute("aria-label", re.compile("reconstructed"))
    page.locator("#nearest .thumb").first.click()
    expect(head).to_have_text(re.compile("Item "))
    page.reload()
    expect(head).to_have_text(re.compile("Item "))
    page.click("#undo")
    wait_for_point(page, own, tolerance=0)
    expect(head).to_have_text("Your picture")
    expect(judged).to_have_attribute("aria-label", re.compile("reconstructed"))
    # A picture that is answered too late goes nowhere.
    shown_own = shown_text(page)
    waiting = hold(page, "/encode/")
    page.set_input_files("#picture-file", {"name": "a.png", "mimeType": "image/png", "buffer": file.getvalue()})
    page.locator("#nearest .thumb").first.click()
    expect(head).to_have_text(re.compile("Item "))
    wait_for_other_picture(page, shown_own)
    item = shown_text(page)
    release(page, waiting)
    assert shown_text(page) == item
    expect(head).to_have_text(re.compile("Item "))


def test_what_is_no_picture_gets_a_sentence_and_nothing_is_lost(page: Page, server: str) -> None:
    page.expected_errors.append("status of 422")  # type: ignore[attr-defined]
    open_map(page, server, "item=6")
    expect(page.locator(".item-head strong")).to_have_text("Item 6")
    z = shown(page)
    drop(page, b"certainly no picture", "notes.png", "image/png")
    assert "not a readable picture" in notice(page, "picture")
    expect(page.locator("#notice")).to_have_attribute("data-kind", "error")
    assert np.array_equal(shown(page), z)
    expect(page.locator(".item-head strong")).to_have_text("Item 6")
    # A file of data is taken for a layer.
    drop(page, b"no data either", "notes.npz", "application/octet-stream")
    assert "notes.npz" in notice(page, r"notes\.npz")
    before = shown_text(page)
    page.click("#to-random")
    wait_for_other_picture(page, before)
    wait_for_quiet(page)
    assert_drawn(page, server)
