"""How long the cards of Interpret let a reader wait, what they cost a slider, and relations at full size."""

from __future__ import annotations

import json
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser

from tests.benchmarks.running import explorer, running
from tests.benchmarks.slider import OWED_MS, focused_page
from tests.benchmarks.table import Row, both, p95
from tests.benchmarks.watching import OURS, chromium, settled, times
from tests.browser.pages import open_page

FIRST_OWED, RELATIONS_OWED = 1.0, 60.0
_WARM = 8.0
_PRESSES = 60
_PAGES = ("used", "components", "prior", "meaning")
#: Notes, from the click on, when a card has its first figures and when it has the whole ones.
_WATCH = """() => {
    window.first = {}; window.whole = {};
    new MutationObserver(() => {
        for (const card of document.querySelectorAll('.card')) {
            const now = performance.now() - window.asked;
            if (!(card.id in first) && card.querySelector('.verdict, .first-look')) first[card.id] = now;
            if (!(card.id in whole) && card.dataset.state === 'done') whole[card.id] = now;
        }
    }).observe(document.body, { childList: true, subtree: true, attributes: true });
}"""
_ALL_WHOLE = """cards => {
    const all = [...document.querySelectorAll(cards)];
    return all.length > 0 && all.every((card) => card.id in whole);
}"""
_TIMES = "cards => [...document.querySelectorAll(cards)].map((card) => [first[card.id], whole[card.id]])"


def run(presses: int = _PRESSES) -> list[Row]:
    """Open every page in a fresh server, move a slider while studies are refined, and relate 100,000 × 64 × 40."""
    with tempfile.TemporaryDirectory() as folder, running(explorer(Path(folder))) as server, chromium() as browser:
        rows = _waited(browser, server.url)
        rows.append(_slider(browser, server.url, presses))
    return [*rows, _relations()]


def _waited(browser: Browser, url: str) -> list[Row]:
    page = open_page(browser.new_page(viewport={"width": 1280, "height": 720}), f"{url}/?space=fashion")
    time.sleep(_WARM)  # what is warmed up after the start is there by now
    page.evaluate(_WATCH)
    rows = []
    for name in _PAGES:
        where = "#page-interpret" if name == "used" else f"[data-page={name}]"
        page.evaluate("where => { window.asked = performance.now(); document.querySelector(where).click(); }", where)
        cards = f".cards[data-page={name}] .card"
        page.wait_for_function(_ALL_WHOLE, arg=cards, timeout=300_000)
        told = page.evaluate(_TIMES, cards)
        first, whole = max(one for one, _ in told) / 1e3, max(one for _, one in told) / 1e3
        rows.append(
            Row(f"Interpret, {name}: last of {len(told)} cards has its first figures, its whole ones", f"{first:.2f} s",
                f"{whole:.1f} s", None, f"first ≤ {FIRST_OWED:g} s", first <= FIRST_OWED)
        )  # fmt: skip
    page.close()
    return rows


def _slider(browser: Browser, url: str, presses: int) -> Row:
    space = f"{url}/api/spaces/fashion"
    about = _json(space)
    for question in ("evidence?samples=1000", "evidence?samples=256", "swap?convention=aggregate"):
        _json(f"{space}/studies/{question}", post=True)
    zero = ",".join(["0"] * about["latent_dim"])
    page = focused_page(browser, f"{url}/?space=fashion&z={zero}", OURS, f"#latent-{about['order'][0]}")
    for press in range(presses):
        page.keyboard.press("ArrowRight" if press % 64 < 32 else "ArrowLeft")
        settled(page, press + 1, 80)
    taken = times(page)
    still = _json(f"{space}/studies/evidence?samples=1000")["state"]
    assert still == "running", f"the studies ended before the measurement: {still}"
    return Row("slider key → pixels while three studies are refined, median / p95", both(taken), "", None,
               f"p95 ≤ {OWED_MS:g} ms", p95(taken) <= OWED_MS)  # fmt: skip


def _relations() -> Row:
    from vae_core.columns.item_columns import number_column
    from vae_core.interpret.meaning.relations import relations_of

    random = np.random.default_rng(0)
    mean = random.normal(size=(100_000, 64)).astype(np.float32)
    made = [number_column(f"c{k}", mean[:, k] + random.normal(size=len(mean)), "table") for k in range(40)]
    columns = [one for one in made if not isinstance(one, str)]
    begun = time.perf_counter()
    found = relations_of(mean, columns, draws=10)
    taken = time.perf_counter() - begun
    assert found.share.shape == (64, 40)
    return Row("relations of 100,000 items × 64 dimensions × 40 columns, 10 permutations", f"{taken:.1f} s", "", None,
               f"≤ {RELATIONS_OWED:g} s", taken <= RELATIONS_OWED)  # fmt: skip


def _json(url: str, post: bool = False) -> Any:
    request = urllib.request.Request(url, method="POST" if post else "GET")
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.load(answer)
