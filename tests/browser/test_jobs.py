"""The list of long work in the page: seen, cancelled, started again, found after a restart of the server."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, Route, expect

from tests.browser.answering import intercept
from tests.browser.driving import (
    PLOT,
    choose,
    empty_spots,
    get,
    notice,
    open_map,
    post,
    run_timers,
    shown_text,
    wait_for_address,
    wait_for_map,
    wait_for_other_picture,
    wait_for_point,
    wait_until,
)
from tests.browser.driving import asked as asked_of
from tests.browser.serving import serve

# How much of the time of a job lies on its title, in pixels.
OVERLAP = """root => {
    const [a, b] = ["strong", ".small"].map((one) => root.querySelector(one).getBoundingClientRect());
    const across = (low, high) => Math.min(a[high], b[high]) - Math.max(a[low], b[low]);
    return Math.max(0, across("left", "right")) * Math.max(0, across("top", "bottom"));
}"""


def measure_nothing(page: Page) -> None:
    """Answer for the quality of maps, whose measuring is work as well."""
    page.route(re.compile("/quality/"), lambda route: route.fulfill(json={"state": "missing"}))


def test_long_work_is_listed_cancelled_and_started_again(page: Page, server: str) -> None:
    measure_nothing(page)
    open_map(page, server)
    expect(page.locator("#jobs-panel")).to_be_hidden()
    choose(page, "projection", "UMAP")
    wait_for_map(page, "fashion", "umap")
    expect(page.locator("#map-stage")).not_to_have_attribute("aria-busy", "true")
    choose(page, "projection", "t-SNE 3-D")
    page.click("#jobs")
    row = page.locator(".job").filter(has_text="t-SNE 3-D of Fashion-MNIST test").first
    expect(row).to_have_attribute("data-state", re.compile("waiting|running"))
    expect(page.locator("#jobs .count")).to_have_text("1")
    expect(page.locator("#cancel-all")).to_be_hidden()
    expect(row.locator(".small")).to_have_text(
        re.compile(r"layout · KL divergence .* · \d+ s · about \d+ (s|min) left of this step"), timeout=60_000
    )
    page.wait_for_function("Number(document.getElementById('moving')?.dataset.drawn) > 3")  # in depth too
    for width in (1280, 900):
        page.set_viewport_size({"width": width, "height": 720})
        for place in ("#map-state", ".job"):
            assert page.locator(place).first.evaluate(OVERLAP) == 0
    page.set_viewport_size({"width": 1280, "height": 720})
    # A touch while the points move is answered, and a step of the history of its own.
    page.keyboard.press("Escape")
    page.mouse.click(330, 300)
    assert "still moving" in notice(page, "points")
    before = shown_text(page)
    page.keyboard.press("r")
    wait_for_other_picture(page, before)
    # Cancelled, the map one came from is there again; undone, what was cancelled does not begin anew.
    page.reload()
    page.click("#jobs")
    row.get_by_role("button", name="Cancel").click()
    expect(row).to_have_attribute("data-state", "cancelled")
    assert "Cancelled" in notice(page, "goes on from where it was")
    expect(row).to_contain_text("started again it goes on from there")
    expect(page.locator("#map-state")).to_be_hidden()
    expect(page.locator("#projection")).to_have_value("UMAP")
    wait_for_map(page, "fashion", "umap")
    expect(page.locator("#jobs .count")).to_have_text("")
    drawn = shown_text(page)
    page.go_back()
    page.go_back()
    wait_for_other_picture(page, drawn)
    wait_for_address(page, "projection=umap")
    expect(page.locator("#map-state")).to_be_hidden()
    # Two at once are cancelled at once, and named.
    row.get_by_role("button", name="Start again").click()
    expect(row).to_have_attribute("data-state", re.compile("waiting|running"))
    choose(page, "projection", "UMAP 3-D")
    page.click("#jobs")
    page.get_by_role("button", name="Cancel all 2").click()
    told = notice(page, "Cancelled 2")
    assert "t-SNE 3-D of Fashion" in told and "UMAP 3-D of Fashion" in told
    for title in ("t-SNE 3-D", "UMAP 3-D"):
        ended = page.locator(".job").filter(has_text=title)
        expect(ended).to_have_attribute("data-state", "cancelled")
        ended.get_by_role("button", name="Remove").click()
        expect(ended).to_have_count(0)
    expect(page.locator("#cancel-all")).to_be_hidden()
    expect(page.locator("#projection")).to_have_value("UMAP")
    expect(page.locator("#jobs-panel .empty")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#jobs-panel")).to_be_hidden()


def test_the_points_move_while_a_map_is_computed_and_can_be_stopped(page: Page, server: str) -> None:
    measure_nothing(page)
    open_map(page, server)
    page.click("#settings")
    page.fill("#new-perplexity", "7")
    page.get_by_role("button", name="Compute").click()
    page.wait_for_function("Number(document.getElementById('moving')?.dataset.drawn) > 5")
    stop = page.get_by_role("button", name="Stop here")
    expect(stop).to_be_visible()
    # Another colour meanwhile is no error, and the slider does not wait.
    choose(page, "color-by", "rate (nats)")
    page.wait_for_function("Number(document.getElementById('moving').dataset.drawn) > 10")
    stop.click()
    page.wait_for_selector("#moving", state="detached")
    expect(page.locator("#projection")).to_have_value(re.compile(r"t-SNE · perplexity 7 · stopped at step \d+"))
    # Its long name is told in full on hover, and leaves the search field its room.
    expect(page.locator("#projection")).to_have_attribute("title", re.compile(r"t-SNE · perplexity 7 · stopped at"))
    assert page.locator("#find").evaluate("field => field.clientWidth") >= 90
    page.wait_for_function(f"{PLOT}._fullLayout.uirevision.includes('tsne-')")
    assert page.evaluate(f"{PLOT}._fullData[0].x.length") == 10_000
    # Its way back is learnt behind it, and then its empty spots are touched.
    before = shown_text(page)
    spot = empty_spots(page)[0]
    page.mouse.click(spot["x"], spot["y"])
    wait_for_other_picture(page, before)
    expect(page.locator("#way-back")).to_be_hidden()
    # What was computed can be removed, which takes one more question; what came with the space cannot.
    page.click("#settings")
    row = page.locator("[data-map]")
    expect(row).to_have_count(1)
    row.get_by_role("button", name="Remove").click()
    row.get_by_role("button", name="Keep").click()
    row.get_by_role("button", name="Remove").click()
    row.get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)
    expect(page.locator("#projection")).to_have_value("PCA")
    page.wait_for_function(f"{PLOT}._fullLayout.uirevision === 'fashion/pca'")
    expect(page.locator("#computed-maps")).to_be_hidden()
    info = get(server, "fashion")
    assert {"pca", "tsne", "umap"} <= set(info["projections"])
    assert not any("perplexity 7" in title for title in info["titles"].values())


def test_a_spot_touched_before_the_way_back_is_known_is_decoded_then(page: Page, server: str) -> None:
    learning = {"id": "umap", "state": "running", "there": True, "note": "learning the inverse", "job": "x"}
    told = json.dumps({**learning, "title": "UMAP", "step": 1, "of": 4, "seconds": 2, "left": 6, "preview": 0})
    answer = {"status": 202, "content_type": "application/json", "body": told}
    asked = re.compile(r"/api/spaces/fashion/projections(/umap)?(\?|$)")
    page.route(asked, lambda route: route.fulfill(**answer))
    touches: list[str] = []
    page.on("request", lambda request: touches.append(request.url) if "/touch/" in request.url else None)
    open_map(page, server, "projection=umap&shade=1", projection="umap")
    expect(page.locator("#way-back")).to_contain_text("Learning the inverse")
    expect(page.locator("#way-back")).to_contain_text("about 6 s left")
    before = shown_text(page)
    # Away from the notice, which lies over the upper left of the map.
    below = [one for one in empty_spots(page) if one["y"] > 360]
    spot, last = below[0], below[-1]
    for one in (last, spot):  # the second takes the place of the first
        page.mouse.click(one["x"], one["y"])
        run_timers(page, 350)  # Plotly takes two clicks within 300 ms for a double one, wherever they are
    assert "still being learnt" in notice(page, "inverse")
    expect(page.locator("#pulse")).to_be_visible()
    # Items are touched meanwhile as ever.
    assert touches == [] and shown_text(page) == before
    page.unroute(asked)
    wait_for_other_picture(page, before)
    assert len(touches) == 1
    expect(page.locator("#way-back")).to_be_hidden()
    expect(page.locator("#pulse")).to_have_count(0)
    at = [float(part) for part in asked_of(page)["spot"].split(",")]
    np.testing.assert_allclose(at, spot["at"], rtol=1e-4, atol=1e-4)


def test_every_choice_is_acknowledged_before_the_server_answers(page: Page, server: str) -> None:
    open_map(page, server)
    held: list[Route] = []
    holding = False

    def hold() -> None:
        nonlocal holding
        holding = True

    def let_go(awaited: str, lost: bool = False) -> None:
        """Let all go, or lose it, once the request with this in its address is among it."""
        nonlocal holding
        wait_until(page, lambda: any(awaited in route.request.url for route in held))
        holding = False
        while held:
            route = held.pop(0)
            route.abort() if lost else route.continue_()

    intercept(
        page,
        re.compile(r"/api/|/_dash-update-component"),
        lambda route: held.append(route) if holding else route.continue_(),
    )
    page.expected_errors.append("ERR_FAILED")  # type: ignore[attr-defined]
    busy = page.locator("[aria-busy=true]")
    stage = page.locator("#map-stage[aria-busy=true]")
    # What is seen is touched, though another map has been chosen: the one that is drawn answers.
    spot = empty_spots(page)[0]
    wanted = post(server, "fashion/invert/pca", np.array([spot["at"]]))[0]
    hold()
    choose(page, "projection", "UMAP")
    expect(stage).to_be_visible()
    page.mouse.click(spot["x"], spot["y"])
    expect(page.locator("#pulse")).to_be_visible()
    expect(page.locator("#decoded-host[aria-busy=true]")).to_be_visible()
    let_go("/touch/")
    wait_for_map(page, "fashion", "umap")
    wait_for_point(page, wanted, 1e-3)
    expect(busy).to_have_count(0)
    assert "spot" not in asked_of(page), "a spot of another map than the one on show"
    hold()
    choose(page, "color-by", "rate (nats)")
    expect(stage).to_be_visible()
    let_go("/_dash-update-component")
    expect(busy).to_have_count(0)
    hold()
    page.click("#settings")
    page.click("#compute")
    expect(page.locator("#compute[aria-busy=true]")).to_be_visible()
    let_go("/spaces/fashion/projections?", lost=True)
    expect(busy).to_have_count(0)
    page.keyboard.press("Escape")
    page.click("#page-interpret")
    expect(page.locator("#study-collapse .verdict")).to_be_visible()
    hold()
    page.click("#report")
    expect(page.locator("#study-actions[aria-busy=true] progress")).to_be_visible()
    let_go("/report", lost=True)
    page.click("#page-explore")
    hold()
    choose(page, "space", "Sprites")
    expect(page.locator("#explore[aria-busy=true]")).to_be_visible()
    let_go("/spaces/sprites/same?")
    wait_for_map(page, "sprites", "umap")


def test_work_interrupted_by_a_restart_says_so(page: Page, tmp_path: Path) -> None:
    with serve(tmp_path) as first:
        open_map(page, first.url)
        choose(page, "projection", "t-SNE 3-D")
        page.wait_for_selector("#map-state progress")
        page.goto("about:blank")
    with serve(tmp_path) as second:
        open_map(page, second.url)
        page.click("#jobs")
        row = page.locator(".job").filter(has_text="t-SNE 3-D")
        expect(row).to_have_attribute("data-state", "interrupted")
        expect(row).to_contain_text("was interrupted: its server ended before it.")
        row.get_by_role("button", name="Start again").click()
        expect(row).to_have_attribute("data-state", re.compile("waiting|running"))
        row.get_by_role("button", name="Cancel").click()
        expect(row).to_have_attribute("data-state", "cancelled")
        page.goto("about:blank")
