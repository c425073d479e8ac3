"""Answers that come late: whatever has been gone on from meanwhile must not be written over."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.browser.answering import hold, release
from tests.browser.driving import (
    choose,
    empty_spots,
    lone_items,
    open_map,
    wait_for_address,
    wait_for_map,
    wait_until,
)
from tests.patience import PATIENCE

Deed = Callable[[Page], object]

# The page's own modules, for what is looked at after every change and in every frame.
_MODULES = """async paths => {
    window.parts = {};
    for (const path of paths) window.parts[path.split('/')[1]] = await import(`./assets/${path}.js`);
}"""
_USED = [
    "core/store",
    "point/strips",
    "map/grid",
    "map/shade",
    "map/links",
    "item/nearest",
    "item/panel",
    "gallery/gallery",
]
_WATCH = """([stale, ready]) => {
    const { parts } = window, { state } = parts.store;
    const shown = (selector) => Boolean(document.querySelector(selector)?.checkVisibility());
    const text = (selector) => document.querySelector(selector)?.textContent;
    const drawn = () => document.getElementById('decoded').dataset.z;
    const told = (words) => new Function('state', 'parts', 'shown', 'text', 'drawn', `return ${words}`)
        .bind(null, state, parts, shown, text, drawn);
    const wrong = told(stale);
    window.ready = told(ready);
    window.overwritten = false;
    const note = () => { if (wrong()) window.overwritten = true; };
    const observer = new MutationObserver(note);
    observer.observe(document.body, { attributes: true, childList: true, characterData: true, subtree: true });
    let frame = requestAnimationFrame(function next() { note(); frame = requestAnimationFrame(next); });
    window.unwatch = () => { observer.disconnect(); cancelAnimationFrame(frame); note(); return window.overwritten; };
}"""
_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Late(NamedTuple):
    """A request that is answered late."""

    pattern: str  #: of its address
    ask: Deed
    go_on: Deed
    stale: str  #: JavaScript that is true once the late answer has been written
    ready: str = "true"  #: and what is true once what was gone on to is there
    first: Deed = lambda _: None  #: what has to be there before


def press(key: str) -> Deed:
    return lambda page: page.keyboard.press(key)


def click(selector: str) -> Deed:
    return lambda page: page.locator(selector).first.click()


def slider(key: str) -> Deed:
    return lambda page: page.locator("#sliders .latent").first.press(key)


def touch(page: Page) -> None:
    spot = empty_spots(page)[0]
    page.mouse.click(spot["x"], spot["y"])


def type_value(value: str) -> Deed:
    def deed(page: Page) -> None:
        field = page.locator("#sliders input.value").first
        field.fill(value)
        field.press("Enter")
        field.blur()

    return deed


def find(text: str) -> Deed:
    return lambda page: page.locator("#find").fill(text)


def over_an_item(page: Page) -> None:
    item = lone_items(page)[0]
    page.mouse.move(item["x"] - 3, item["y"])
    page.mouse.move(item["x"], item["y"])


def all_deeds(*deeds: Deed) -> Deed:
    def deed(page: Page) -> None:
        for one in deeds:
            one(page)

    return deed


def with_colour(name: str) -> Deed:
    return lambda page: choose(page, "color-by", name)


def to_map(title: str, projection: str) -> Deed:
    def deed(page: Page) -> None:
        choose(page, "projection", title)
        wait_for_map(page, "fashion", projection)

    return deed


def to_space(title: str, space: str) -> Deed:
    def deed(page: Page) -> None:
        choose(page, "space", title)
        wait_for_map(page, space, "pca")

    return deed


def lens(page: Page) -> None:
    page.keyboard.down("l")
    first, second = empty_spots(page)[:2]
    page.mouse.move(first["x"], first["y"])
    page.mouse.move(second["x"], second["y"])
    page.keyboard.up("l")


def picture(page: Page) -> None:
    file = io.BytesIO()
    Image.fromarray(np.full((28, 28), 200, dtype=np.uint8)).save(file, "PNG")
    page.set_input_files("#picture-file", {"name": "a.png", "mimeType": "image/png", "buffer": file.getvalue()})


def is_dropped(page: Page, late: Late) -> bool:
    """Have an answer come after something else was gone to; whether it left no trace."""
    late.first(page)
    held = hold(page, late.pattern)
    late.ask(page)
    wait_for_held(page, held)
    late.go_on(page)
    page.evaluate(_WATCH, [late.stale, late.ready])
    release(page, held)
    page.wait_for_function("window.ready()")
    page.evaluate(_FRAMES)
    return not page.evaluate("window.unwatch()")


def wait_for_held(page: Page, held: list[Route]) -> None:
    page.wait_for_function("true")  # what was asked for just now is among them
    end = time.monotonic() + PATIENCE
    while not held:
        page.evaluate(_FRAMES)
        assert time.monotonic() < end, "nothing was asked for"


def noted(deed: Deed, what: str = "window.parts.store.state.z.join()") -> Deed:
    """Have the page remember what it was asked about."""
    return all_deeds(deed, lambda page: page.evaluate(f"window.asked = {what}"))


def at_an_item(page: Page) -> None:
    """Stand where the nearest items are known to be those of the point on show."""
    page.evaluate("async () => (await import('./assets/item/go_to.js')).goToItem(7)")
    wait_until(page, "() => window.parts.panel.itemOnShow()?.index === 7")


def lines(page: Page) -> None:
    """Draw lines to the neighbours, and remember where the farthest of them lies."""
    page.keyboard.press("n")
    items = page.evaluate("window.parts.nearest.nearestItems().map((item) => item.index)")
    body = np.array(items, dtype="<f4").tobytes()
    answer = page.request.post(page.url.split("?")[0] + "api/spaces/fashion/places/pca", data=body)
    page.evaluate("place => { window.asked = place.join(); }", np.frombuffer(answer.body(), "<f4")[-2:].tolist())


def select_all(page: Page) -> None:
    page.keyboard.press("s")
    page.get_by_role("button", name="All shown").click()
    wait_for_address(page, "chosen=")
    page.keyboard.press("s")


def undo_selection(page: Page) -> None:
    page.keyboard.press("Control+z")
    wait_until(page, "() => window.parts.store.state.chosen === null")


def histogram(key: str) -> Deed:
    return lambda page: page.get_by_role("slider", name="Histogram of z9").press(key)


def cell(nth: int) -> Deed:
    return lambda page: page.locator("#study-relations td[data-relation]").nth(nth).click()


def tab(name: str) -> Deed:
    return click(f"#study-tabs [data-page={name}]")


DRAWN = "drawn() === state.z.join()"
DIMENSION = "parts.store.current.info.order[0]"
FIRST_TILE = "window.parts.gallery.tilesInView()[0]?.item?.index"

EXPLORE = {
    "a touch, then a slider": Late("/touch/", touch, slider("ArrowRight"), "state.spot !== null", DRAWN),
    "a touch, then an item": Late("/touch/", touch, click("#nearest .thumb"), "state.spot !== null", DRAWN),
    "the lens, then a slider": Late("/touch/", lens, slider("ArrowLeft"), "state.spot !== null", DRAWN),
    "a picture": Late("/look/", noted(type_value("1.5")), press("0"), "drawn() === window.asked", DRAWN),
    "an item": Late(r"/items/\d+$", click("#nearest .thumb"), press("0"), "state.item !== null", DRAWN),
    "what is told of an item": Late("/pictures$", click("#nearest .thumb"), press("0"), "shown('.item-head')", DRAWN),
    "an item found": Late("/find", all_deeds(find("7"), press("Enter")), slider("End"), "state.item !== null", DRAWN),
    "a picture of one's own": Late("/encode/", picture, press("0"), "shown('.item-head')", DRAWN),
    "strips": Late(
        "/decode$",
        noted(press("r")),
        press("0"),
        f"parts.strips.anyStrip({DIMENSION}).base.join() === window.asked",
        f"parts.strips.strip({DIMENSION}) !== null",
    ),
    "a search": Late("/find", find("bag"), find("7"), "text('#found').includes('bag')", "shown('#found')"),
    "hits": Late("/within/", find("coat"), press("Escape"), "shown('#hits')"),
    "the row of an item": Late(
        r"/items/\d+$", over_an_item, lambda page: page.mouse.move(5, 5), "document.querySelector('#hover-card dd')"
    ),
    "the path from A to B": Late(
        "/decode$", all_deeds(press("r"), press("Shift+B")), click("[data-pin=b] .clear"), "shown('#line')"
    ),
    "a selection": Late("/selection$", press("v"), undo_selection, "state.chosen !== null", first=select_all),
    "lines to neighbours": Late(
        "/places/",
        lines,
        press("0"),
        "parts.links.linkedPlaces().some((place) => place.join() === window.asked)",
        DRAWN,
        first=at_an_item,
    ),
    "a shade": Late("/believed/", press("t"), press("t"), "parts.shade.isShaded()"),
    "a grid": Late("/manifold/", press("g"), press("g"), "parts.grid.hasGrid()"),
    "a grid from another base": Late(
        "/manifold/",
        noted(press("g")),
        slider("ArrowRight"),
        "parts.grid.gridTiles()?.query === `?base=${window.asked}`",
        "parts.grid.gridTiles()?.query === `?base=${state.z.join()}`",
        first=click("#off-plane"),
    ),
}
INTERPRET = {
    "the order of the gallery": Late(
        "/ranking$",
        click("#rank-way"),
        click("#rank-way"),
        f"{FIRST_TILE} !== undefined && {FIRST_TILE} !== window.asked",
        f"{FIRST_TILE} === window.asked",
        first=noted(lambda page: wait_until(page, f"() => {FIRST_TILE} !== undefined"), FIRST_TILE),
    ),
    "a part of the items": Late(
        "/within/",
        all_deeds(histogram("ArrowRight"), histogram("Enter")),
        histogram("Enter"),
        "shown('#within')",
        first=tab("prior"),
    ),
    "a relation": Late(
        "/relations/",
        noted(cell(0), "document.querySelector('#study-relations td[data-relation]').dataset.column"),
        cell(1),
        "text('.relation-detail h3')?.startsWith(window.asked)",
        "text('.relation-detail h3')",
        first=tab("meaning"),
    ),
    "a card": Late(
        "/studies/components", tab("components"), click("#page-explore"), "shown('#study-components .take')"
    ),
    "a model card": Late("/model$", press("m"), to_space("Sprites", "sprites"), "shown('#card-dialog')"),
}


def test_nothing_that_has_been_gone_on_from_is_written_over(page: Page, server: str) -> None:
    open_map(page, server, "item=4")
    page.evaluate(_MODULES, _USED)
    page.keyboard.press("Shift+A")
    written = [name for name, late in EXPLORE.items() if not is_dropped(page, late)]
    page.click("#page-interpret")
    page.click("#study-tab-items")
    expect(page.locator("#gallery-place")).to_contain_text("of 10,000")
    written += [name for name, late in INTERPRET.items() if not is_dropped(page, late)]
    assert not written, "late answers were written over what had been gone on to"
