"""The map: every way to draw it, colour it, look closer, and have another one computed."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from PIL import Image
from playwright.sync_api import Page, Response, expect

from tests.browser.driving import (
    PLOT,
    asked,
    assert_drawn,
    choose,
    empty_spots,
    get,
    lone_items,
    notice,
    open_map,
    pixels,
    post,
    shown,
    shown_text,
    wait_for_address,
    wait_for_ink,
    wait_for_map,
    wait_for_other_picture,
    wait_for_quiet,
    wait_until,
)
from tests.browser.serving import serve
from vae_core import VAE, Dataset, VAEConfig, load_data
from vae_core.train import TrainSettings, train


def span(page: Page) -> list[float]:
    """Return the ranges of both axes."""
    found = page.evaluate(f"(() => {{ const l = {PLOT}._fullLayout; return [...l.xaxis.range, ...l.yaxis.range]; }})()")
    return [float(value) for value in found]


def wait_for_other_span(page: Page, before: list[float]) -> list[float]:
    page.wait_for_function(
        f"""before => {{
            const {{ xaxis, yaxis }} = {PLOT}._fullLayout;
            return [...xaxis.range, ...yaxis.range].some((value, i) => Math.abs(value - before[i]) > 1e-9);
        }}""",
        arg=before,
    )
    return span(page)


def colours_in_view(page: Page) -> int:
    """Return how many different colours the middle of the map has, as a person sees it."""
    image = Image.open(io.BytesIO(page.locator("#map-stage").screenshot())).convert("RGB")
    inner = np.asarray(image)[20:-60, 40:-20].reshape(-1, 3)
    return len(np.unique(inner, axis=0))


def test_every_kind_of_map_is_drawn(page: Page, server: str) -> None:
    open_map(page, server, "item=2")
    for option, projection in [("t-SNE", "tsne"), ("UMAP", "umap"), ("PCA", "pca"), ("PCA 3-D", "pca-3d")]:
        if option != "PCA" or asked(page).get("projection") != "pca":
            choose(page, "projection", option)
        wait_for_map(page, "fashion", projection)
        assert count(page) == 10_000
        assert colours_in_view(page) > 100
        wait_for_address(page, f"projection={projection}(&|$)")
        assert page.evaluate(f"Boolean({PLOT}._fullLayout.scene)") == projection.endswith("3d")

    order = get(server, "fashion")["order"]
    choose(page, "projection", "Raw pair")
    wait_for_map(page, "fashion", f"z:{order[0]},{order[1]}")
    expect(page.locator("#axes")).to_be_visible()
    choose(page, "axis-y", f"z{order[5]}")
    raw = f"z:{order[0]},{order[5]}"
    wait_for_map(page, "fashion", raw)
    assert count(page) == 10_000
    # Once it has a name, as its slider has it.
    assert re.match(rf"z{order[5]}( · |$)", page.evaluate(f"{PLOT}._fullLayout.yaxis.title.text"))

    # An empty spot of a raw pair sets these two coordinates; the others come from the base point, here that on show.
    page.click("#off-plane")
    wait_for_address(page, "offPlane=1")
    start, before = shown(page), shown_text(page)
    spot = empty_spots(page)[0]
    page.mouse.click(spot["x"], spot["y"])
    z = wait_for_other_picture(page, before)
    assert np.allclose(z[[order[0], order[5]]], spot["at"], atol=1e-3)
    others = [j for j in range(16) if j not in (order[0], order[5])]
    assert np.array_equal(z[others], start[others])
    assert_drawn(page, server)


def count(page: Page) -> int:
    return int(page.evaluate(f"{PLOT}._fullData.reduce((sum, trace) => sum + (trace.customdata?.length ?? 0), 0)"))


def test_pca_says_how_much_it_explains(page: Page, server: str) -> None:
    open_map(page, server)
    with_share = page.evaluate(f"[{PLOT}._fullLayout.xaxis.title.text, {PLOT}._fullLayout.yaxis.title.text]")
    mean = np.load(io.BytesIO(page.request.get(f"{server}/api/spaces/fashion/latents.npz").body()))["mean"]
    variance = np.linalg.eigvalsh(np.cov(mean.T))[::-1] / np.trace(np.cov(mean.T))
    for axis in range(2):
        assert with_share[axis] == f"PC {axis + 1} · {100 * variance[axis]:.0f}\N{NO-BREAK SPACE}% of variance"


def test_looking_closer_recolouring_and_hiding(page: Page, server: str) -> None:
    open_map(page, server, "item=12")
    whole = span(page)
    choose(page, "color-by", "distortion (nats)")
    page.wait_for_function(f"{PLOT}.data.some((trace) => trace.marker.colorscale)")
    assert_same_view(span(page), whole)
    middle = page.locator("#map-stage").bounding_box()
    assert middle
    page.mouse.move(middle["x"] + middle["width"] / 2, middle["y"] + middle["height"] / 2)
    page.mouse.wheel(0, -400)
    zoomed = wait_for_other_span(page, whole)
    assert zoomed[1] - zoomed[0] < whole[1] - whole[0]

    choose(page, "color-by", "rate (nats)")
    page.wait_for_function(f"{PLOT}.data.some((trace) => trace.marker.colorscale)")
    assert_same_view(span(page), zoomed)
    choose(page, "color-by", "label")
    page.wait_for_function(f"{PLOT}._fullData.length === 10")
    assert_same_view(span(page), zoomed)
    wait_for_address(page, "frame=")
    page.reload()
    wait_for_map(page, "fashion", "pca")
    assert_same_view(span(page), zoomed)
    zoomed = span(page)  # as the address has it, in float32

    hidden = page.locator("#map .legendtext").first.text_content()
    page.locator("#map .legendtoggle").first.click()
    page.wait_for_function(
        f"name => {PLOT}._fullData.find((trace) => trace.name === name).visible === 'legendonly'", arg=hidden
    )
    assert page.evaluate(f"{PLOT}._fullData.filter((trace) => trace.visible === true).length") == 9
    wait_for_address(page, "hidden=")

    # To the point on show, and back to all.
    page.keyboard.press("h")
    near = wait_for_other_span(page, zoomed)
    x, y = post(server, "fashion/locate/pca", shown(page)[None])[0]
    assert abs((near[0] + near[1]) / 2 - x) < 1e-3 and abs((near[2] + near[3]) / 2 - y) < 1e-3
    page.get_by_role("button", name="Show the whole map").click()
    again = wait_for_other_span(page, near)
    assert_same_view(again, whole)
    page.wait_for_function("!location.search.includes('frame=')")


def assert_same_view(found: list[float], wanted: list[float]) -> None:
    """Neither the legend nor the colour bar may take room from the map."""
    np.testing.assert_allclose(found, wanted, rtol=1e-6, err_msg="recolouring moved the map")


def test_size_and_opacity_of_the_points(page: Page, server: str) -> None:
    open_map(page, server)
    assert markers(page) == (5, 0.75)
    page.click("#settings")
    size, opacity = page.locator("#point-size [role=slider]"), page.locator("#point-opacity [role=slider]")
    expect(size).to_be_visible()

    def largest() -> bool:
        size.press("End")  # the settings may take the focus once they have opened
        return markers(page)[0] == 12

    wait_until(page, largest)
    opacity.press("Home")
    page.wait_for_function(f"{PLOT}._fullData[0].marker.opacity === 0.05")
    wait_for_address(page, "pointSize=12")
    wait_for_address(page, "pointOpacity=0.05")
    page.reload()
    wait_for_map(page, "fashion", "pca")
    page.wait_for_function(f"{PLOT}._fullData.every((t) => t.marker.size === 12 && t.marker.opacity === 0.05)")


def markers(page: Page) -> tuple[float, float]:
    found = page.evaluate(f"[{PLOT}._fullData[0].marker.size, {PLOT}._fullData[0].marker.opacity]")
    return found[0], found[1]


def test_the_decoded_grid_lies_over_the_map_and_follows_it(page: Page, server: str) -> None:
    open_map(page, server, "projection=umap", projection="umap")
    page.keyboard.press("g")
    wait_for_ink(page, "#underlay", least=50_000)
    wait_for_address(page, "manifold=1")
    before = page.evaluate("document.getElementById('underlay').toDataURL()")
    whole = span(page)
    middle = page.locator("#map-stage").bounding_box()
    assert middle
    width = whole[1] - whole[0]
    # Asked for anew for the closer view; an answer about the whole map may still be under way.
    with page.expect_response(lambda answer: 0 < np.ptp(grid_of(answer)[:, 0]) < 0.9 * width):
        page.mouse.move(middle["x"] + middle["width"] / 3, middle["y"] + middle["height"] / 2)
        page.mouse.wheel(0, -500)
    near = span(page)
    assert near[1] - near[0] < 0.95 * width
    wait_for_ink(page, "#underlay", least=50_000)
    assert page.evaluate("document.getElementById('underlay').toDataURL()") != before
    page.keyboard.press("g")
    wait_for_ink(page, "#underlay", most=0)


def grid_of(answer: Response) -> np.ndarray:
    """Return the spots that were to be decoded for the grid, ``[m, 2]``; one of zeros for any other request."""
    body = answer.request.post_data_buffer if "/manifold/" in answer.url else None
    return np.frombuffer(body or bytes(8), dtype="<f4").reshape(-1, 2)


def test_another_space_and_back(page: Page, server: str) -> None:
    open_map(page, server, "item=3")
    choose(page, "space", "Sprites")
    wait_for_map(page, "sprites", "pca")
    page.wait_for_function("document.getElementById('decoded').dataset.z.split(',').length === 10")
    expect(page.locator("#space-facts")).to_contain_text("9,000 items · 10 latent dimensions · 64 × 64")
    assert page.locator("[role=slider].latent").count() == 10
    assert pixels(page).shape[:2] == (64, 64)
    typical = int(get(server, "sprites")["typical_item"])
    expect(page.locator(".item-head strong")).to_have_text(f"Item {typical}")
    point = lone_items(page)[0]
    page.mouse.click(point["x"], point["y"])
    expect(page.locator(".item-head")).to_contain_text("orientation")
    wait_for_quiet(page)
    assert_drawn(page, server, "sprites")

    choose(page, "space", "Fashion")
    wait_for_map(page, "fashion", "pca")
    page.wait_for_function("document.getElementById('decoded').dataset.z.split(',').length === 16")
    page.go_back()
    wait_for_map(page, "sprites", "pca")
    expect(page.locator(".item-head strong")).to_have_text(f"Item {point['index']}")


# ---- maps that have to be computed, on a model of the user's own ----


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an explorer on a small model trained here, given on the command line."""
    folder = tmp_path_factory.mktemp("own")
    data: Dataset = load_data("digits").take(np.arange(300))
    torch.manual_seed(0)
    model = VAE(VAEConfig(data.sample_shape, latent_dim=4, architecture="mlp", channels=(), hidden=(32,)))
    train(model, data, TrainSettings(epochs=1), folder=folder / "tiny")
    np.savez(folder / "digits.npz", images=data.values, labels=data.table["label"].to_numpy())
    with serve(folder, "--model", str(folder / "tiny"), "--data", str(folder / "digits.npz")) as running:
        yield running.url


def test_a_map_with_parameters_of_ones_own_is_computed(page: Page, own_server: str) -> None:
    page.goto(own_server)
    space = page.request.get(f"{own_server}/api/spaces").json()[0]
    assert (space["count"], space["latent_dim"], space["image_shape"]) == (300, 4, [8, 8, 1])
    wait_for_map(page, space["id"], "pca")
    page.click("#settings")
    expect(page.locator("#new-start")).to_be_disabled()
    page.fill("#new-perplexity", "")
    page.click("#compute")
    expect(page.locator("#notice")).to_contain_text("perplexity must be a number")
    page.fill("#new-perplexity", "12")
    page.fill("#new-seed", "3")
    page.click("#compute")
    expect(page.locator("#map-state")).to_be_visible()
    expect(page.locator("#map-state")).to_contain_text("t-SNE")
    wait_for_address(page, "projection=tsne-")
    projection = asked(page)["projection"]
    # The rest of the page goes on meanwhile.
    before = shown_text(page)
    page.click("#to-random")
    wait_for_other_picture(page, before)
    assert_drawn(page, own_server, space["id"])

    wait_for_map(page, space["id"], projection)
    expect(page.locator("#map-state")).to_be_hidden()
    assert count(page) == 300
    expect(page.locator("#projection")).to_have_value("t-SNE · perplexity 12 · seed 3")
    # New parameters go on from the map on show, or from nothing where that is wanted.
    page.click("#settings")
    page.fill("#new-perplexity", "20")
    page.click("#compute")
    expect(page.locator("#projection")).to_have_value("t-SNE · perplexity 20 · seed 3 · from an earlier map")
    wait_for_map(page, space["id"], asked(page)["projection"])
    page.go_back()
    wait_for_map(page, space["id"], projection)
    spot = empty_spots(page)[0]
    before = shown_text(page)
    page.mouse.click(spot["x"], spot["y"])
    z = wait_for_other_picture(page, before)
    assert np.allclose(z, post(own_server, f"{space['id']}/invert/{projection}", np.array([spot["at"]]))[0], atol=1e-3)
    assert_drawn(page, own_server, space["id"])
    # It keeps its name for whoever comes later.
    page.reload()
    wait_for_map(page, space["id"], projection)
    expect(page.locator("#projection")).to_have_value("t-SNE · perplexity 12 · seed 3")


def test_a_map_under_way_can_be_cancelled(page: Page, own_server: str) -> None:
    space = page.request.get(f"{own_server}/api/spaces").json()[0]
    page.goto(f"{own_server}/?projection=umap-3d&item=5")
    panel = page.locator("#map-state")
    panel.get_by_role("button", name="Cancel").click()
    notice(page, "Cancelled")
    path = f"{own_server}/api/spaces/{space['id']}/projections/umap-3d"
    # The page does not wait for the work to stop.
    wait_until(page, lambda: page.request.get(path).json()["state"] != "running")
    assert page.request.get(path).json()["state"] == "cancelled"
    # What does not need the map is there all the same.
    expect(page.locator(".item-head strong")).to_have_text("Item 5")
    page.wait_for_selector("#decoded[data-z]")
    assert_drawn(page, own_server, space["id"])
    choose(page, "projection", "PCA")
    wait_for_map(page, space["id"], "pca")
    expect(panel).to_be_hidden()
