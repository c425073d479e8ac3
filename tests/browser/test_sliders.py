"""The sliders: keys, the mouse, typed numbers, locks, and the points they can be set to."""

from __future__ import annotations

import json
import random

import numpy as np
from playwright.sync_api import Page, expect

from tests.browser.driving import (
    assert_drawn,
    get,
    open_map,
    post,
    press_all,
    shown,
    shown_text,
    steps_of,
    wait_for_other_picture,
    wait_for_point,
    wait_for_quiet,
)


def wait_for_strips(page: Page, *dimensions: int) -> None:
    """Wait until the filmstrips of these dimensions are true of the point on show."""
    page.wait_for_function(
        "ids => ids.every((j) => document.querySelector(`#latent-${j} .strip`).style.opacity === '1')",
        arg=list(dimensions),
    )


def values(page: Page) -> np.ndarray:
    """Return what the sliders say, in the order of the dimensions."""
    found = page.locator("[role=slider].latent").evaluate_all(
        "all => all.map((s) => [Number(s.id.slice(7)), Number(s.getAttribute('aria-valuenow'))])"
    )
    return np.array([value for _, value in sorted(found)], dtype=np.float32)


def test_a_key_moves_one_step_and_draws_in_the_same_task(page: Page, server: str) -> None:
    open_map(page, server, "item=8")
    info = get(server, "fashion")
    j, k = info["order"][:2]
    steps = steps_of(info, j)
    wait_for_strips(page, j)
    start = shown(page)

    page.focus(f"#latent-{j}")
    page.keyboard.press("ArrowRight")
    right = wait_for_other_picture(page, ",".join(map(str, start)))
    wanted = start.copy()
    wanted[j] = steps[np.searchsorted(steps, start[j] + 1e-4)]
    wait_for_point(page, wanted, tolerance=1e-6)
    right = shown(page)
    assert_drawn(page, server)

    wait_for_strips(page, j, k)
    (one, two) = press_all(page, [(f"latent-{j}", "ArrowRight"), (f"latent-{j}", "ArrowLeft")])
    further = right.copy()
    further[j] = steps[np.searchsorted(steps, right[j] + 1e-4)]
    for answer, z in [(one, further), (two, right)]:
        drawn = np.array([float(part) for part in answer["z"].split(",")], dtype=np.float32)
        assert np.allclose(drawn, z, atol=1e-6), "not drawn in the task of the key"
        assert abs(answer["now"] - z[j]) < 1e-6
        decoded = post(server, "fashion/decode", z[None])[0, ..., 0].ravel().astype(int)
        assert np.abs(decoded - np.array(answer["grey"])).max() <= 1
    assert one["grey"] != two["grey"]


def test_fifty_fast_presses_end_on_the_last_value(page: Page, server: str) -> None:
    open_map(page, server, "item=8")
    info = get(server, "fashion")
    chosen = random.Random(4)
    keys = ["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End"]
    wanted = shown(page)
    for press in range(50):
        if press % 5 == 0:
            j = chosen.choice(info["order"][:6])
            page.focus(f"#latent-{j}")
        key = chosen.choice(keys)
        page.keyboard.press(key)
        steps = steps_of(info, j)
        at = int(np.searchsorted(steps, wanted[j] + 1e-4)) - 1  # the last step at or below
        exact = abs(steps[max(at, 0)] - wanted[j]) < 1e-4
        target = {
            **dict.fromkeys(("ArrowRight", "ArrowUp"), at + 1),
            **dict.fromkeys(("ArrowLeft", "ArrowDown"), at - 1 if exact else at),
            "PageUp": at + 4,
            "PageDown": at - 4 if exact else at - 3,
            "Home": 0,
            "End": len(steps) - 1,
        }[key]
        wanted[j] = steps[min(max(target, 0), len(steps) - 1)]
    wait_for_point(page, wanted, tolerance=1e-5)
    assert np.allclose(values(page), wanted, atol=1e-5)
    assert_drawn(page, server)
    wait_for_quiet(page)
    wait_for_point(page, wanted, tolerance=1e-5)
    assert_drawn(page, server)


def test_a_drag_is_followed(page: Page, server: str) -> None:
    open_map(page, server, "item=8")
    info = get(server, "fashion")
    j = info["order"][1]
    wait_for_strips(page, j)
    steps = steps_of(info, j)
    start = shown(page)
    marker = page.locator("#here").get_attribute("style")
    box = page.locator(f"#latent-{j}").bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    for share in (0.4, 0.6, 0.85):
        page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
        wanted = start.copy()
        wanted[j] = steps[round(share * (len(steps) - 1))]
        wait_for_point(page, wanted, tolerance=1e-6)
    page.mouse.up()
    page.mouse.move(box["x"] + 0.1 * box["width"], box["y"] + box["height"] / 2)
    assert_drawn(page, server)
    wait_for_point(page, wanted, tolerance=1e-6)
    # The marker on the map follows.
    page.wait_for_function("marker => document.getElementById('here').getAttribute('style') !== marker", arg=marker)
    # Nearest items and trust are those of the new point.
    with page.expect_response("**/look/pca") as answer:
        page.locator(f"#latent-{j}").press("End")
    about = json.loads(answer.value.body().split(b"\n", 1)[0])
    expect(page.locator("#trust strong")).to_have_text(f"{about['believed']:.2f}")
    page.wait_for_function(
        "items => items.every((item, i) => document.querySelectorAll('#nearest .thumb')[i].dataset.index === item)",
        arg=[str(item["index"]) for item in about["nearest"]],
    )


def test_a_typed_number_is_decoded_exactly_and_nonsense_is_refused(page: Page, server: str) -> None:
    open_map(page, server, "item=8")
    info = get(server, "fashion")
    j = info["order"][2]
    field = page.locator(f"[data-dimension='{j}'] input.value")
    before = shown(page)

    field.fill("1.2345")
    field.press("Enter")
    wanted = before.copy()
    wanted[j] = 1.2345
    wait_for_point(page, wanted, tolerance=0)
    wait_for_quiet(page)
    assert_drawn(page, server)

    for nonsense in ("two", "1e999", "1e9", ""):
        field.fill(nonsense)
        field.press("Enter")
        assert field.evaluate("input => input.validationMessage"), f"{nonsense!r} was taken without a word"
        assert np.array_equal(shown(page), wanted)
        assert np.array_equal(values(page), wanted)
    field.blur()
    expect(field).to_have_value("1.23")

    field.fill("−0,5")
    field.press("Enter")
    wanted[j] = -0.5
    wait_for_point(page, wanted, tolerance=0)
    assert field.evaluate("input => input.validationMessage") == ""


def test_locks_and_the_points_the_sliders_can_be_set_to(page: Page, server: str) -> None:
    open_map(page, server, "item=8")
    expect(page.locator(".item-head strong")).to_have_text("Item 8")
    j = get(server, "fashion")["order"][0]
    item = shown(page)
    lock = page.locator(f"[data-dimension='{j}'] .lock")

    lock.click()
    expect(lock).to_have_attribute("aria-pressed", "true")
    before = shown_text(page)
    page.click("#to-random")
    drawn = wait_for_other_picture(page, before)
    assert drawn[j] == item[j]
    assert (np.delete(drawn, j) != np.delete(item, j)).all()
    before = shown_text(page)
    page.click("#to-random")
    again = wait_for_other_picture(page, before)
    assert again[j] == item[j]
    assert (np.delete(again, j) != np.delete(drawn, j)).all(), "the same draw twice"

    page.click("#unlock")
    expect(lock).to_have_attribute("aria-pressed", "false")
    page.click("#to-prior-mean")
    wait_for_point(page, np.zeros(16), tolerance=0)
    assert_drawn(page, server)
    page.click("#to-item")
    wait_for_point(page, item, tolerance=0)
    expect(page.locator(".item-head strong")).to_have_text("Item 8")


def test_units_ends_order_and_names(page: Page, server: str) -> None:
    open_map(page, server, "item=8")
    info = get(server, "fashion")
    order = page.locator("[role=slider].latent").evaluate_all("all => all.map((s) => Number(s.id.slice(7)))")
    rates = [info["dimensions"][j]["rate"] for j in order]
    assert sorted(order) == list(range(16))
    assert rates == sorted(rates, reverse=True)

    j = order[3]
    dimension = info["dimensions"][j]
    slider = page.locator(f"#latent-{j}")
    for key, end in [("End", "high"), ("Home", "low")]:
        slider.press(key)
        assert abs(values(page)[j] - dimension[end]) < 1e-5
        said = slider.get_attribute("aria-valuemax" if end == "high" else "aria-valuemin")
        assert abs(float(said or "nan") - dimension[end]) < 1e-5
    assert slider.get_attribute("tabindex") == "0"
    assert "σ" in (slider.get_attribute("aria-valuetext") or "")
    assert slider.get_attribute("aria-label") == f"Latent dimension {j}"

    field = page.locator(f"[data-dimension='{j}'] input.value")
    page.locator("#units").get_by_text("σ").click()
    sigma = (values(page)[j] - dimension["mean"]) / dimension["std"]
    expect(field).to_have_value(f"{sigma:.2f}".replace("-", "−"))
    field.fill("2")
    field.press("Enter")
    wanted = values(page)
    assert abs(wanted[j] - (dimension["mean"] + 2 * dimension["std"])) < 1e-5
    wait_for_point(page, wanted, tolerance=0)
