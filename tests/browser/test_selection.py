"""Selecting on the map: by lasso, box and search; told, followed everywhere, taken back, taken away."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, expect

from tests.browser.driving import PLOT, asked, choose, open_map, wait_for_address, wait_for_ink, wait_for_map

COUNT = "#selection strong"
# Where every item of a flat map is seen, in client pixels: [x, y] in the order of the items.
_SEEN = """() => {
    const { xaxis, yaxis } = PLOT._fullLayout, box = PLOT.getBoundingClientRect(), places = [];
    const [left, top] = [box.left + xaxis._offset, box.top + yaxis._offset];
    for (const trace of PLOT._fullData) (trace.customdata ?? []).forEach((index, k) => {
        places[index] = [left + xaxis.c2p(trace.x[k]), top + yaxis.c2p(trace.y[k])];
    });
    return places;
}""".replace("PLOT", PLOT)


def drag(page: Page, corners: np.ndarray, key: str = "") -> None:
    """Draw with the mouse from corner to corner, with a key held."""
    if key:
        page.keyboard.down(key)
    (x, y), *others = corners.tolist()
    page.mouse.move(x, y)
    page.mouse.down()
    for x, y in others:
        page.mouse.move(x, y)
    page.mouse.up()
    if key:
        page.keyboard.up(key)


def circle(middle: np.ndarray, radius: float) -> np.ndarray:
    turns = np.linspace(0, 2 * np.pi, 33)
    return middle + radius * np.column_stack([np.cos(turns), np.sin(turns)])


def taken(page: Page, which: str, path: Path) -> list[int]:
    """Return the items of the file that is taken away."""
    with page.expect_download() as download:
        page.locator("#selection a").get_by_text(which).click()
    download.value.save_as(path)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["index", "item"]
    return [int(row["index"]) for row in rows]


def ranges(page: Page) -> list[float]:
    found: list[float] = page.evaluate(f"[...{PLOT}._fullLayout.xaxis.range, ...{PLOT}._fullLayout.yaxis.range]")
    return found


def test_a_lasso_selects_what_it_goes_round_and_everything_follows(page: Page, server: str, tmp_path: Path) -> None:
    open_map(page, server)
    places, before = np.array(page.evaluate(_SEEN)), ranges(page)
    middle, radius = np.median(places, axis=0), 70.0
    page.keyboard.press("s")
    expect(page.locator("[data-tool=lasso]")).to_have_attribute("aria-pressed", "true")
    drag(page, circle(middle, radius))
    wait_for_address(page, "chosen=new_lasso_pca_")
    expect(page.locator(COUNT)).to_contain_text(" of 10,000 items")
    assert ranges(page) == before, "a drag with the lasso must not move the map"
    away = np.linalg.norm(places - middle, axis=1)
    lasso = set(taken(page, "selected", tmp_path / "selected.csv"))
    # The line has 32 corners, which lie up to half a hundredth of the radius inside the circle.
    assert set(np.flatnonzero(away < 0.99 * radius - 1)) <= lasso <= set(np.flatnonzero(away <= radius + 1))
    assert set(taken(page, "the rest", tmp_path / "rest.csv")) == set(range(10_000)) - lasso
    expect(page.locator(COUNT)).to_have_text(f"{len(lasso):,} of 10,000 items")
    expect(page.locator("#selection .shares li")).to_have_count(10)
    wait_for_ink(page, "#overlay", least=1000)
    expect(page.locator("#map-stage")).to_have_attribute("data-selected", "")

    # A key adds or takes away; Escape leaves the tool and keeps what is selected.
    page.keyboard.press("b")
    drag(page, middle + np.array([[0, 0], [20, 200], [120, 160]]), "Shift")
    wait_for_address(page, "add_box_pca_")
    x, y = (places - middle).T
    box = set(np.flatnonzero((x >= 0) & (x <= 120) & (y >= 0) & (y <= 160)))
    more = set(taken(page, "selected", tmp_path / "more.csv"))
    assert abs(len(more ^ (lasso | box))) <= 5, "rounding may move an item at the rim"
    drag(page, middle + np.array([[-90, -90], [0, 0], [140, 180]]), "Alt")
    wait_for_address(page, "sub_box_pca_")
    less = set(taken(page, "the rest", tmp_path / "less.csv"))
    assert less > more, "everything near the middle was taken away"
    page.keyboard.press("Escape")
    expect(page.locator("[data-tool=box]")).to_have_attribute("aria-pressed", "false")
    page.mouse.move(*middle)
    page.mouse.wheel(0, -300)
    wait_for_address(page, "frame=")

    # Undo, redo, a reload and a link lead to the same items.
    page.keyboard.press("Control+z")
    expect(page.locator(COUNT)).to_have_text(f"{len(more):,} of 10,000 items")
    page.keyboard.press("Control+z")
    expect(page.locator(COUNT)).to_have_text(f"{len(lasso):,} of 10,000 items")
    page.reload()
    wait_for_map(page, "fashion", "pca")
    expect(page.locator(COUNT)).to_have_text(f"{len(lasso):,} of 10,000 items")
    wait_for_ink(page, "#overlay", least=1000)

    # The map shows them alone, also after another one; by colour; in the gallery; and their inverse.
    page.click("[data-do=only]")
    wait_for_address(page, "only=1")
    drawn = f"{PLOT}._fullData.reduce((sum, trace) => sum + (trace.customdata?.length ?? 0), 0)"
    page.wait_for_function(f"{drawn} === {len(lasso)}")
    choose(page, "projection", "t-SNE")
    wait_for_map(page, "fashion", "tsne")
    page.wait_for_function(f"{drawn} === {len(lasso)}")
    page.click("[data-do=only]")
    page.wait_for_function(f"{drawn} === 10_000")
    page.click("[data-do=colour]")
    page.wait_for_function(f"{PLOT}._fullData.map((trace) => trace.name).join() === 'selected,others'")
    assert page.evaluate(f"{PLOT}._fullData[0].customdata.length") == len(lasso)
    page.click("[data-do=invert]")
    wait_for_address(page, r"\*flip")
    page.wait_for_function(f"{PLOT}._fullData[0].customdata.length === {10_000 - len(lasso)}")
    page.click("[data-do=invert]")
    expect(page.locator(COUNT)).to_have_text(f"{len(lasso):,} of 10,000 items")
    page.click("[data-do=gallery]")
    expect(page.locator("#gallery-place")).to_contain_text(f"of {len(lasso):,} selected")
    page.locator("#gallery-among button").click()
    expect(page.locator("#gallery-place")).to_contain_text("of 10,000")
    page.click("[data-do=clear]")
    expect(page.locator("#selection")).to_be_hidden()
    assert not {"chosen", "only", "among"} & set(asked(page)) and asked(page)["color"] == "label"


def test_only_what_is_shown_is_selected_and_nothing_is_said_plainly(page: Page, server: str) -> None:
    open_map(page, server, "hidden=%5B%22Bag%22%2C%22Sneaker%22%5D&page=explore")
    page.click("[data-tool=box]")
    page.get_by_role("button", name="All shown").click()
    expect(page.locator(COUNT)).to_have_text("8,000 of 10,000 items")
    expect(page.locator("#selection .left-out")).to_contain_text("Bag, Sneaker")
    stage = page.locator("#map-stage").bounding_box()
    assert stage
    corner = np.array([stage["x"] + 60, stage["y"] + 40])
    drag(page, corner + np.array([[0, 0], [8, 4], [14, 12]]))
    expect(page.locator(COUNT)).to_have_text("No item is selected")
    expect(page.locator("#map-stage")).not_to_have_attribute("data-selected", "")
    choose(page, "projection", "PCA 3-D")
    wait_for_map(page, "fashion", "pca-3d")
    expect(page.locator("#lasso-strip")).to_be_hidden()
    page.keyboard.press("s")
    expect(page.locator("#notice")).to_contain_text("needs a flat map")


def test_all_hits_of_a_search_are_on_the_map_and_can_be_selected(page: Page, server: str) -> None:
    page.expected_errors.append("status of 422")  # type: ignore[attr-defined]
    open_map(page, server, "projection=tsne&chosen=nonsense&color=:selection&only=1", projection="tsne")
    expect(page.locator("#notice")).to_contain_text("selection could not be used here and was left out")
    page.wait_for_function("!/chosen|only|:selection/.test(location.search)")
    page.fill("#find", "ankle")
    expect(page.locator("#hits")).to_contain_text("“ankle” · 1,000 found")
    wait_for_ink(page, "#overlay", least=2000)
    expect(page.locator("#found .total")).to_contain_text("1,000 found")
    page.fill("#find", "bag")
    expect(page.locator("#hits")).to_contain_text("“bag”")
    page.locator("#found").get_by_role("button", name="Select all 1,000").click()
    wait_for_address(page, "chosen=new_find_bag")
    expect(page.locator(COUNT)).to_have_text("1,000 of 10,000 items")
    expect(page.locator("#selection .shares li").first).to_contain_text("Bag100 %")
    expect(page.locator("#hits")).to_be_hidden()
    expect(page.locator("#find")).to_have_value("")
    page.fill("#find", "nothing of this")
    expect(page.locator("#found .total")).to_have_text("nothing found")
    expect(page.locator("#hits")).to_be_hidden()
