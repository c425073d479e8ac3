"""Click on an empty spot of the map → new pixels, and the lens under a moving pointer."""

from __future__ import annotations

import json
import math
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.benchmarks.running import explorer, running
from tests.benchmarks.table import Row, both, p95
from tests.benchmarks.watching import OURS, chromium, heard, settled, times, watch
from tests.browser.pages import open_page
from tests.browser.serving import ROOT

OWED_MS = 50.0
MAPS = ("pca", "tsne", "umap")
_DRAWN = "() => document.querySelector('#map .js-plotly-plot')?._fullData?.some((trace) => trace.x?.length > 100)"
# Places in the plot, 12 pixels from its edge and no point within 12 pixels where `empty`, in the order of a seed.
_SPOTS = """([wanted, empty]) => {
    const plot = document.querySelector('#map .js-plotly-plot');
    const { xaxis, yaxis } = plot._fullLayout;
    const box = plot.getBoundingClientRect();
    const cell = 6;
    const taken = new Set();
    for (const trace of plot._fullData) for (let i = 0; i < (trace.x?.length ?? 0); i += 1) {
        const column = Math.floor(xaxis.c2p(trace.x[i]) / cell), row = Math.floor(yaxis.c2p(trace.y[i]) / cell);
        for (let a = -2; a <= 2; a += 1) for (let b = -2; b <= 2; b += 1) taken.add(`${column + a},${row + b}`);
    }
    const spots = [];
    let seed = 1;
    const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
    for (let tries = 0; tries < 50000 && spots.length < wanted; tries += 1) {
        const x = 12 + random() * (xaxis._length - 24), y = 12 + random() * (yaxis._length - 24);
        if (empty && taken.has(`${Math.floor(x / cell)},${Math.floor(y / cell)}`)) continue;
        const at = [box.left + xaxis._offset + x, box.top + yaxis._offset + y];
        if (plot.contains(document.elementFromPoint(...at))) spots.push(at);
    }
    return spots;
}"""


def run(clicks: int, moves: int, inverse_transform: bool) -> list[Row]:
    """Click and move over each of the three maps of the default demo.

    Clicks: the pointer goes to an empty spot, rests 60 ms, presses and releases; taken from the
    release to the pixels, clicks 0.4 to 0.8 s apart. Where a map has too few empty spots the rest are
    Alt + clicks, which decode exactly there. Lens: see `_lens`.
    """
    rows = []
    with tempfile.TemporaryDirectory() as folder, running(explorer(Path(folder))) as ours, chromium() as browser:
        for name in MAPS:
            page = _page(browser, f"{ours.url}/?space=fashion&projection={name}", "pointerup")
            rows.append(_row(f"click on an empty spot → pixels, {name}", _click(page, clicks)))
            rows.append(Row("  of it until the page heard of the release", both(heard(page))))
            page.close()
        for name in MAPS:
            page = _page(browser, f"{ours.url}/?space=fashion&projection={name}", "pointerrawupdate")
            rows.append(_row(f"lens: pointer → pixels, {name}", _lens(page, moves)))
            page.close()
    if inverse_transform:
        rows.append(_usual())
    return rows


def _row(what: str, taken: list[float]) -> Row:
    return Row(f"{what}, median / p95", both(taken), "", None, f"p95 ≤ {OWED_MS:g} ms", p95(taken) <= OWED_MS)


def _page(browser: Browser, address: str, event: str) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    open_page(page, address)
    page.wait_for_function(_DRAWN)
    page.wait_for_timeout(1500)
    watch(page, OURS, event)
    return page


def _click(page: Page, clicks: int) -> list[float]:
    pauses = random.Random(0)
    empty = page.evaluate(_SPOTS, [clicks, True])
    anywhere = page.evaluate(_SPOTS, [clicks - len(empty), False]) if len(empty) < clicks else []
    for count, (x, y) in enumerate([*empty, *anywhere], start=1):
        page.mouse.move(x, y)
        page.wait_for_timeout(60)
        if count > len(empty):
            page.keyboard.down("Alt")
        page.mouse.down()
        page.mouse.up()
        if count > len(empty):
            page.keyboard.up("Alt")
        settled(page, count, pauses.uniform(400, 800))
    return times(page)


def _lens(page: Page, moves: int) -> list[float]:
    """Return, for every move, the milliseconds until a picture of that place or a later one.

    L is held and the pointer runs on a curve all over the map, 16 ms a step, waiting for nothing. The page
    asks for the newest place only, so a picture belongs to the last move before its request was sent.
    """
    spots = page.evaluate(_SPOTS, [200, False])
    left, right = min(x for x, _ in spots), max(x for x, _ in spots)
    top, bottom = min(y for _, y in spots), max(y for _, y in spots)
    page.mouse.move((left + right) / 2, (top + bottom) / 2)
    page.keyboard.down("l")
    for step in range(moves):
        angle = 2 * math.pi * step / 240
        x = (left + right) / 2 + (right - left) / 2 * math.sin(3 * angle + 0.01 * step)
        y = (top + bottom) / 2 + (bottom - top) / 2 * math.sin(2 * angle)
        page.mouse.move(x, y)
        page.wait_for_timeout(16)
    page.wait_for_timeout(1000)
    page.keyboard.up("l")
    found = page.evaluate("({ at: bench.at, pictures: bench.pictures })")
    pictures = sorted((asked, drawn) for asked, drawn in found["pictures"] if asked is not None)
    taken = []
    for at in found["at"][1:]:
        answer = next((drawn for asked, drawn in pictures if asked >= at), None)
        if answer is not None:
            taken.append(answer - at)
    if len(taken) < 0.8 * moves:
        raise RuntimeError(f"the lens answered {len(taken)} of {moves} moves only")
    return taken


def _usual() -> Row:
    """Ask the library for the same: its first point, and its second, in a process of their own."""
    command = [sys.executable, "-m", "tests.benchmarks.usual_inverse"]
    answer = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(answer.stdout)
    text = f"first {found['first']:.0f} ms, second {found['second']:.0f} ms"
    return Row("  umap.inverse_transform alone, map of 2,000", "", text)
