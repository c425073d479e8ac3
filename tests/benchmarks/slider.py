"""Slider key → new pixels, against callbacks that return a Plotly figure or a PNG."""

from __future__ import annotations

import json
import random
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page

from tests.benchmarks.fast_keys import fast_keys
from tests.benchmarks.running import explorer, running
from tests.benchmarks.table import Row, both, median, p95
from tests.benchmarks.watching import FIGURE, OURS, PNG, chromium, heard, settled, times, watch
from tests.browser.pages import open_page

OWED_MS = 5.0
OWED_RATIO = 20.0
ROUNDS = 4


def run(presses: int) -> list[Row]:
    """Press arrow keys on the slider of the dimension with the most rate, on all three pages in turn.

    Real key presses, 40 to 160 ms apart and each after the last one's pixels, in four rounds of
    one page after the other, so that whatever else the machine does hits all three alike. Our page
    goes on with everything it does besides: the exact decode, trust, neighbours, the other strips.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        running(explorer(Path(folder))) as ours,
        urllib.request.urlopen(f"{ours.url}/api/spaces/fashion", timeout=60) as answer,
    ):
        about = json.loads(answer.read())
        dimension = about["order"][0]
        ends = about["dimensions"][dimension]
        grid = [float(np.float32(x)) for x in np.linspace(ends["low"], ends["high"], about["steps"])]
        usual = [sys.executable, "-m", "tests.benchmarks.usual_page", "--dimension", str(dimension)]
        usual += ["--grid", *map(str, grid)]
        with running(usual, "/figure/") as other, chromium() as browser:
            address = f"{ours.url}/?space=fashion&z={','.join(['0'] * about['latent_dim'])}"
            pages = {
                "ours": focused_page(browser, address, OURS, f"#latent-{dimension}"),
                "figure": focused_page(browser, f"{other.url}/figure/", FIGURE, "[role=slider]"),
                "png": focused_page(browser, f"{other.url}/png/", PNG, "[role=slider]"),
            }
            taken = _press_in_turns(pages, presses, len(grid))
            differences = fast_keys(pages["ours"], ours.url, dimension, grid)
    return [*_rows(taken), *differences]


def focused_page(browser: Browser, address: str, target: tuple[str, str], slider: str) -> Page:
    """Open a page, focus its slider and begin to watch."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    if target is OURS:
        open_page(page, address)
    else:
        page.goto(address)
    page.focus(slider)
    page.keyboard.press("Home")
    page.wait_for_timeout(1500)  # the strips come, and whatever the page does at first
    watch(page, target, "keydown")
    return page


def _press_in_turns(pages: dict[str, Page], presses: int, steps: int) -> dict[str, list[float]]:
    pauses = random.Random(0)
    walk = ["ArrowRight"] * (steps - 1) + ["ArrowLeft"] * (steps - 1)
    done = 0
    for turn in range(ROUNDS):
        until = presses * (turn + 1) // ROUNDS
        for page in pages.values():
            page.bring_to_front()
            for press in range(done, until):
                page.keyboard.press(walk[press % len(walk)])
                settled(page, press + 1, pauses.uniform(40, 160))
        done = until
    return {name: times(page) for name, page in pages.items()} | {"heard": heard(pages["ours"])}


def _rows(taken: dict[str, Any]) -> list[Row]:
    ours, figure, png = taken["ours"], taken["figure"], taken["png"]
    middle, tail = median(figure) / median(ours), p95(figure) / p95(ours)
    return [
        Row("slider key → pixels, median / p95", both(ours), "", None, f"p95 ≤ {OWED_MS:g} ms", p95(ours) <= OWED_MS),
        Row("  of it until the page heard of the key", both(taken["heard"])),
        Row("  a callback returning a figure, median", f"{median(ours):.1f} ms", f"{median(figure):.1f} ms", middle,
            f"≥ {OWED_RATIO:g} ×", middle >= OWED_RATIO),
        Row("  a callback returning a figure, p95", f"{p95(ours):.1f} ms", f"{p95(figure):.1f} ms", tail,
            f"≥ {OWED_RATIO:g} ×", tail >= OWED_RATIO),
        Row("  a callback returning a PNG, median / p95", both(ours), both(png), median(png) / median(ours)),
    ]  # fmt: skip
