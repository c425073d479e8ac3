"""The pages of Interpret: questions beside the map, linked both ways, kept in the address."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import Page, Route, expect

from tests.browser.driving import choose, open_map, wait_for_address, wait_for_map, wait_until

AXES = "new URLSearchParams(location.search).get('projection').slice(2)"
AUTOMATIC = "x with y, r = 0.57"  # never that of first figures

# Goes through a heat map by keys, all at once since its card may be drawn anew; [role, column, row] after each key.
WALK = """async keys => {
    const { state } = await import('./assets/core/store.js');
    const item = state.item, grid = document.querySelector('#study-relations table[role=grid]');
    grid.querySelector("[tabindex='0']").focus();
    const places = keys.map(([key, ctrlKey]) => {
        document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, ctrlKey, bubbles: true }));
        const { cellIndex, parentElement } = document.activeElement;
        return [document.activeElement.getAttribute('role'), cellIndex, parentElement.rowIndex];
    });
    return { places, stops: grid.querySelectorAll("[tabindex='0']").length, stayed: state.item === item,
        touched: document.activeElement.dataset };
}"""


# Notes what is sent so that it outlives the page.
KEPT_ALIVE = """const send = window.fetch;
window.fetch = (path, options = {}) => {
    if (options.keepalive) localStorage.said = `${localStorage.said ?? ""}${options.method} ${path} `;
    return send(path, options);
};"""


def test_a_dimension_touched_in_a_card_is_shown_everywhere(page: Page, server: str) -> None:
    open_map(page, server, "space=sprites", space="sprites")
    page.click("#page-interpret")
    row = page.locator("#study-collapse .bar-row[data-dimension='3']")
    expect(page.locator("#study-collapse .verdict")).to_contain_text("7 of 10 dimensions carry 98")
    row.click()
    expect(row).to_have_class("bar-row on")
    expect(page.locator("#latent-3")).to_be_visible()
    expect(page.locator("#latent-1")).to_be_hidden()
    expect(page.locator("#color-by")).to_have_value(re.compile("^z3( ·|$)"))
    assert "page=used" in page.url and "dimension=3" in page.url
    page.go_back()
    expect(page.locator("#latent-3")).to_be_hidden()
    page.go_back()
    expect(page.locator("#study-panel")).to_be_hidden()
    expect(page.locator("#latent-1")).to_be_visible()


def test_a_card_is_touched_by_keyboard_and_the_questions_by_arrows(page: Page, server: str) -> None:
    open_map(page, server, "page=used")
    page.locator("#study-collapse .bar-row[data-dimension='9']").press("Enter")
    expect(page.locator("#latent-9")).to_be_visible()
    # What a figure means stands beside it, for the pointer and for the keyboard.
    units, rate = (page.locator("#study-collapse .term", has_text=text) for text in ("active units", "rate of all"))
    note = page.get_by_role("tooltip")
    units.focus()
    expect(note).to_contain_text("posterior mean varies from item to item")
    expect(units).to_have_attribute("aria-describedby", "explained")
    word, beside = units.bounding_box(), note.bounding_box()
    assert word and beside and abs(beside["x"] - word["x"]) < 2 and abs(beside["y"] - word["y"]) < 120
    assert beside["width"] < 400 and beside["y"] + beside["height"] < 720, "beside its word, within the window"
    units.press("Escape")
    expect(note).to_be_hidden()
    # Of a word that the keyboard has to scroll to as well.
    page.locator("#study-tab-used").focus()
    page.locator("#study-scroll").evaluate("panel => { panel.scrollTop = panel.scrollHeight; }")
    units.focus()
    expect(units).to_be_in_viewport()
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(note).to_be_visible()
    units.press("Escape")

    def told_to_the_pointer() -> bool:
        page.locator("#study-question").hover()
        rate.hover()  # a card that is drawn anew just then, or scrolled, takes the words with it
        told = note.text_content() if note.is_visible() else None
        return "an encoder that ignores the items spends 0" in (told or "")

    wait_until(page, told_to_the_pointer)
    page.locator("#study-question").hover()
    expect(note).to_be_hidden()
    page.locator("#study-tabs [data-page=used]").press("ArrowRight")
    expect(page.locator("#study-tabs [data-page=components]")).to_be_focused()
    expect(page.get_by_role("tabpanel", name="Components")).to_contain_text("Which directions")


def test_a_part_of_the_items_is_marked_on_the_map_and_let_go(page: Page, server: str) -> None:
    open_map(page, server, 'within={"column":"z9","low":0.5,"high":1}')
    chip = page.locator("#within")
    # Its name stands there too, once it is found.
    expect(chip).to_contain_text(re.compile(r"z9( · \w+)? from 0\.5 to 1 · 1,265 items"))
    ink = page.evaluate(
        """() => { const { width, height } = document.getElementById('overlay');
        const { data } = document.getElementById('overlay').getContext('2d').getImageData(0, 0, width, height);
        return data.filter((value, i) => i % 4 === 3 && value > 0).length; }"""
    )
    assert ink > 1000
    chip.get_by_role("button").click()
    expect(chip).to_be_hidden()
    assert "within" not in page.url
    # By keyboard: the bar right of the middle one of a histogram.
    page.click("#page-interpret")
    page.click("#study-tabs [data-page=prior]")
    histogram = page.get_by_role("slider", name="Histogram of z9")
    histogram.press("ArrowRight")
    histogram.press("Enter")
    expect(chip).to_contain_text(re.compile(r"z9( · \w+)? from"))
    expect(histogram).to_have_attribute("aria-valuetext", re.compile(r"\d"))


def test_a_link_to_what_is_not_there_says_so(page: Page, server: str) -> None:
    open_map(page, server, 'page=nothing&dimension=99&within={"column":"nope","value":"a"}')
    expect(page.locator("#notice")).to_contain_text("page, dimension, part of the items could not be used here")
    assert "page=" not in page.url and "dimension" not in page.url


def test_the_map_fits_its_place_on_either_page(page: Page, server: str) -> None:
    open_map(page, server)
    wide = page.locator("#map-stage").bounding_box()
    page.click("#page-interpret")
    expect(page.locator("#study-collapse .verdict")).to_be_visible()
    page.wait_for_function("() => document.querySelector('#map .main-svg').clientWidth < 430")
    assert wide is not None and wide["width"] > 500
    wait_for_map(page, "fashion", "pca")
    page.click("#page-explore")
    page.wait_for_function(
        "wide => Math.abs(document.querySelector('#map .main-svg').clientWidth - wide) < 2", arg=wide["width"]
    )


def test_studies_of_a_page_that_was_left_are_let_go_and_asked_for_again(page: Page, server: str) -> None:
    """Those that refine: here all whose first answer is there, for as long as the server is said to be at work."""
    asked: list[tuple[str, str]] = []

    def answer(route: Route) -> None:
        request = route.request
        study = urlsplit(request.url).path.rpartition("/")[2]
        first = "begin=first" in request.url
        if request.method != "GET" and not first:
            asked.append((request.method, study))
        html = {"html": f"<p>First figures of {study}</p>"} if "have=first" not in request.url else {}
        # A first answer tells of no work yet; asked for whole it is refined for ever.
        state = {"state": "missing"} if first else {"state": "running", "step": 1, "of": 4, "note": "refining"}
        route.fulfill(json={"have": "first", **state, **html})

    page.route(re.compile(r"/spaces/fashion/studies/\w+\?"), answer)

    def wait_for(method: str, study: str, times: int = 1) -> None:
        wait_until(page, lambda: asked.count((method, study)) >= times)

    page.add_init_script(KEPT_ALIVE)
    open_map(page, server, "page=components")
    card = page.locator("#study-components")
    expect(card.locator(".card-state")).to_contain_text("refining")
    assert ("DELETE", "components") not in asked
    page.click("#study-tabs [data-page=used]")  # another page
    wait_for("DELETE", "components")
    expect(page.locator("#study-collapse .card-state")).to_contain_text("refining")
    page.click("#page-explore")  # no page of Interpret
    wait_for("DELETE", "collapse")
    page.click("#page-interpret")
    wait_for("POST", "collapse", 2)
    expect(page.locator("#study-collapse .card-state")).to_contain_text("refining")
    expect(page.locator("#study-collapse")).to_contain_text("First figures of collapse")
    # What a page says as its last word no route hears.
    before = page.evaluate("localStorage.getItem('said')").count("/collapse?")
    page.reload()  # and what is loaded anew
    wait_for("POST", "collapse", 3)
    assert page.evaluate("localStorage.getItem('said')").count("/collapse?") == before + 1
    expect(page.locator("#study-collapse .card-state")).to_contain_text("refining")
    page.goto(f"{server}/health")  # and a page that is gone
    assert page.evaluate("localStorage.getItem('said')").count("/collapse?") == before + 2


def test_a_relation_opens_and_a_dimension_gets_a_name(page: Page, server: str) -> None:
    open_map(page, server, "space=sprites", space="sprites")
    name = page.locator("#sliders .row[data-dimension='6'] .meaning")
    expect(name).to_have_text(AUTOMATIC)  # once all items have been measured and related
    page.click("#page-interpret")
    page.click("#study-tabs [data-page=meaning]")
    expect(page.locator("#study-relations .verdict")).to_contain_text(f"z6: {AUTOMATIC}")
    cell = page.locator("#study-relations [data-relation][data-dimension='6'][data-column='x']").first
    cell.click()
    detail = page.locator(".relation-detail h3")
    expect(detail).to_have_text("x along z6")
    expect(detail).to_be_in_viewport()
    right, chart = cell.bounding_box(), page.locator(".relation-detail").bounding_box()
    assert right and chart and chart["x"] > right["x"] + right["width"] and abs(chart["y"] - right["y"]) < 300
    expect(page.locator("#latent-6")).to_be_visible()
    expect(page.locator("#color-by")).to_have_value("x")
    expect(name).to_have_text(AUTOMATIC)
    name.dblclick()
    page.keyboard.type("left to right")
    page.keyboard.press("Enter")
    expect(name).to_have_text("left to right")
    expect(page.locator("#study-relations .names [data-name-of='6']")).to_have_text("left to right")
    assert "relation=6,table,x" in page.url
    # As it stands beside bars, in heat maps and in menus, and undone like any other step, after a reload as well.
    row = page.locator("#study-relations .heat-map th[data-dimension='6']").first
    expect(row.locator(".called")).to_have_text("left to right")
    page.click("#color-by")
    expect(page.locator("[role=option]:visible").filter(has_text="z6 · left to right")).to_be_visible()
    page.keyboard.press("Escape")
    page.reload()
    expect(name).to_have_text("left to right")
    page.click("#undo")
    expect(name).to_have_text(AUTOMATIC)
    page.click("#redo")
    expect(name).to_have_text("left to right")
    page.locator("body").press("Control+z")
    expect(name).to_have_text(AUTOMATIC)
    page.locator("body").press("Control+Shift+z")
    expect(name).to_have_text("left to right")
    page.reload()
    expect(page.locator("#sliders .row[data-dimension='6'] .meaning")).to_have_text("left to right")
    expect(page.locator(".relation-detail h3")).to_have_text("x along z6")
    page.locator("#study-relations .names [data-name-of='6']").press("F2")
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    expect(page.locator("#sliders .row[data-dimension='6'] .meaning")).to_have_text(AUTOMATIC)
    heads = page.locator("#study-relations table[role=grid] thead th").count()
    rows = page.locator("#study-relations table[role=grid] tbody th").count()
    expected = {
        ("Home", True): ["columnheader", 1, 0],
        ("ArrowUp", False): ["columnheader", 1, 0],
        ("ArrowDown", False): ["gridcell", 1, 1],
        ("ArrowRight", False): ["gridcell", 2, 1],
        ("Home", False): ["rowheader", 0, 1],
        ("ArrowLeft", False): ["rowheader", 0, 1],
        ("End", True): ["gridcell", heads, rows],
        ("Enter", False): ["gridcell", heads, rows],
    }
    walked = page.evaluate(WALK, list(expected))
    assert walked["places"] == list(expected.values())
    assert walked["stops"] == 1 and walked["stayed"], "one stop of the keyboard; arrows step through no neighbours"
    last = f"{walked['touched']['column']} along z{walked['touched']['dimension']}"
    expect(page.locator(".relation-detail h3")).to_have_text(last)
    # Where there is no room beside the cells the chart lies over the last of them, and never over the one touched.
    page.set_viewport_size({"width": 900, "height": 700})
    touched = page.locator("#study-relations [data-relation][data-dimension='3'][data-column='x']").first
    touched.click()
    expect(page.locator(".relation-detail h3")).to_have_text("x along z3")
    expect(page.locator(".relation-detail .filmstrip")).to_be_in_viewport(ratio=1)
    seen = """cell => {
        const { left, right, top, bottom } = cell.getBoundingClientRect();
        return document.elementFromPoint((left + right) / 2, (top + bottom) / 2) === cell;
    }"""
    assert touched.evaluate(seen), "the cell touched is hidden"
    page.set_viewport_size({"width": 1280, "height": 720})
    # Wherever a dimension is told of it has the name it has at its slider, and the new one at once.
    choose(page, "color-by", "z6")
    scale = page.locator("#map .cbtitle")
    expect(scale).to_have_text("z6 · x with y")
    page.locator("#study-relations .names [data-name-of='6']").press("F2")
    page.keyboard.type("a < b")
    page.keyboard.press("Enter")
    expect(scale).to_have_text("z6 · a < b")
    page.click("#study-tabs [data-page=items]")
    for menu in ("rank-by", "filter-column"):
        expect(page.locator(f"#{menu} option[value=z6]")).to_have_text("z6 · a < b")
    choose(page, "projection", "Raw pair")
    wait_for_address(page, "projection=z(:|%3A)")
    wait_for_map(page, "sprites", f"z:{page.evaluate(AXES)}")
    titles = page.locator("#map .infolayer").locator(".g-xtitle, .g-ytitle")
    expect(titles.first).to_have_text(re.compile(r"^z\d · "))
    page.request.put(f"{server}/api/spaces/sprites/names/6", data={"name": ""})


def test_what_is_chosen_of_a_card_is_in_the_address_and_can_be_undone(page: Page, server: str) -> None:
    # As long as the server does not answer a card says so, and goes on by itself once it does.
    page.expected_errors.append("ERR_FAILED")  # type: ignore[attr-defined]
    gone = re.compile(r"/studies/components\?")
    page.route(gone, lambda route: route.abort())
    open_map(page, server, 'page=components&choices={"components.standardised":"yes"}')
    expect(page.locator("#study-components .card-body")).to_contain_text("The server does not answer.")
    page.unroute(gone)
    select = page.locator("#study-components select")
    expect(select).to_have_value("yes")
    verdict = page.locator("#study-components .verdict")
    expect(verdict).to_contain_text("6 components")
    select.select_option("no")
    expect(verdict).to_contain_text("5 components")
    assert "choices" not in page.url
    page.go_back()
    expect(select).to_have_value("yes")
    expect(verdict).to_contain_text("6 components")


def test_a_slider_of_a_component_moves_the_point_and_follows_it(page: Page, server: str) -> None:
    open_map(page, server, "page=components")
    slider = page.locator("#study-components input.along").first
    expect(slider).to_be_visible()
    before = page.get_attribute("#decoded", "data-z")
    slider.press("End")
    page.wait_for_function("before => document.getElementById('decoded').dataset.z !== before", arg=before)
    assert float(slider.input_value()) > 1.5
    expect(page.locator("#touched")).to_contain_text("A latent point of your own.")
    page.keyboard.press("Control+z")
    page.wait_for_function("before => document.getElementById('decoded').dataset.z === before", arg=before)
    expect(page.locator(".item-head strong")).to_contain_text("Item ")
    page.locator("#study-components .ends-items [data-item]").first.click()
    page.wait_for_function("() => Number(document.querySelector('#study-components input.along').value) < -1.5")
    page.locator("#study-components [data-biplot]").click()
    assert "biplot=1" in page.url
    page.set_viewport_size({"width": 390, "height": 844})  # its strip has the card's width on a phone
    assert float(slider.evaluate("slider => slider.clientWidth")) > 280


def test_cards_are_those_of_the_space_on_show(page: Page, server: str) -> None:
    open_map(page, server, 'page=items&choices={"wrong_items.column":"shape"}&space=sprites', space="sprites")
    expect(page.locator("#gallery-place")).to_contain_text("of 9,000")
    verdict = page.locator("#study-wrong_items :is(.verdict, .first-look)")
    expect(verdict).to_contain_text("another shape")
    page.click("#page-explore")
    choose(page, "space", "Fashion")
    expect(page.locator("#space-facts")).to_contain_text("10,000 items")
    choose(page, "space", "Sprites")
    expect(page.locator("#space-facts")).to_contain_text("9,000 items")
    page.click("#page-interpret")
    expect(page.locator("#gallery-place")).to_contain_text("of 9,000")
    assert page.locator("#rank-by option").count() > 10
    expect(verdict).to_contain_text("another shape")
    # From one space's page to the other's.
    choose(page, "space", "Fashion")
    expect(page.locator("#gallery-place")).to_contain_text("of 10,000")
    expect(verdict).to_contain_text("another label")
    assert "/fashion/" in str(page.locator("#study-wrong_items .take").get_attribute("href"))
