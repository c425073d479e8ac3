"""The shade of the map: from the click on *Trust* to the first coarse layer, and to the whole."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.benchmarks.running import explorer, running
from tests.benchmarks.table import Row, median
from tests.benchmarks.watching import chromium
from tests.browser.pages import open_page

COARSE_S, WHOLE_S = 0.5, 3.0
_DRAWN = "() => document.querySelector('#map .js-plotly-plot')?._fullData?.some((trace) => trace.x?.length > 100)"
# Seconds from switching the shade on until something lies under the map, and until nothing more is asked for.
_SHADE = """async () => {
    const tool = document.querySelector('[data-toggle=shade]');
    const under = document.getElementById('underlay');
    const until = (condition) => new Promise((resolve) => {
        const look = () => (condition() ? resolve(performance.now()) : setTimeout(look, 5));
        look();
    });
    const began = performance.now();
    tool.click();
    await until(() => tool.getAttribute('aria-busy') === 'true');
    const coarse = await until(() => getComputedStyle(under).visibility === 'visible');
    const whole = await until(() => tool.getAttribute('aria-busy') === 'false');
    tool.click();
    await until(() => getComputedStyle(under).visibility === 'hidden');
    return [(coarse - began) / 1000, (whole - began) / 1000];
}"""


def run(times: int = 3) -> list[Row]:
    """Shade the maps of both demos, each so many times; the first time of each is left out."""
    rows = []
    with tempfile.TemporaryDirectory() as folder, running(explorer(Path(folder))) as ours, chromium() as browser:
        for space in ("fashion", "sprites"):
            for projection in ("pca", "tsne", "umap"):
                page = browser.new_page(viewport={"width": 1280, "height": 720})
                open_page(page, f"{ours.url}/?space={space}&projection={projection}")
                page.wait_for_function(_DRAWN)
                page.wait_for_timeout(1500)
                taken = []
                for _ in range(times + 1):
                    taken.append(page.evaluate(_SHADE))
                    page.wait_for_timeout(300)
                page.close()
                coarse, whole = (median([one[i] for one in taken[1:]]) for i in (0, 1))
                rows.append(
                    Row(f"shade, {space} {projection}: first layer / whole", f"{coarse:.2f} / {whole:.2f} s", "", None,
                        f"≤ {COARSE_S:g} / {WHOLE_S:g} s", coarse <= COARSE_S and whole <= WHOLE_S)
                )  # fmt: skip
    return rows
