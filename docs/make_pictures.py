"""Takes the README's pictures of the page: ``make pictures``.

The explorer is started on the shipped demos, driven as a person would, and its page saved light and dark.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
import urllib.request
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.driving import open_map  # noqa: E402
from tests.browser.find_chromium import find  # noqa: E402
from tests.browser.pages import CHROMIUM_ARGUMENTS  # noqa: E402
from tests.browser.serving import serve  # noqa: E402

FOLDER = ROOT / "docs" / "pictures"
SIZE = (1280, 720)
MAP = "tsne"
#: Items of Fashion-MNIST's test set between which the strip leads, and the one on show.
FROM, TO, SHOWN = 23, 19, 42


def main() -> int:
    """Take every picture; return the exit code."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=CHROMIUM_ARGUMENTS)
        for scheme in ("light", "dark"):
            page = browser.new_page(
                viewport={"width": SIZE[0], "height": SIZE[1]},
                color_scheme=scheme,
            )
            _save(_explore(page, server.url), FOLDER / f"explore-{scheme}.png")
            page.close()
        browser.close()
    return 0


def _explore(page: Page, url: str) -> bytes:
    """Show the map with its shade, an item, and the way from a shirt to a boot."""
    ends = "&".join(f"{name}={','.join(map(str, _latents(url, item)))}" for name, item in (("a", FROM), ("b", TO)))
    open_map(page, url, f"projection={MAP}&item={SHOWN}&shade=1&{ends}", projection=MAP)
    page.wait_for_selector("#line:visible")
    page.wait_for_selector(".item-head")
    page.wait_for_selector("[data-toggle=shade][aria-busy=false]")
    page.wait_for_function("document.querySelectorAll('#nearest img').length > 0")
    # Filmstrips, names and the map's figures come one after the other; a picture wants them all.
    page.wait_for_function("document.getElementById('quality')?.textContent.includes('neighbours')", timeout=120_000)
    page.wait_for_load_state("networkidle")
    page.mouse.move(2, SIZE[1] - 2)
    return page.screenshot()


def _latents(url: str, item: int) -> list[float]:
    with urllib.request.urlopen(f"{url}/api/spaces/fashion/items/{item}", timeout=30) as answer:
        return [round(float(value), 5) for value in json.load(answer)["z"]]


def _save(shot: bytes, path: Path) -> None:
    # All colours: of few, the green of trust and the red of doubt became grey and pink.
    Image.open(io.BytesIO(shot)).convert("RGB").save(path, optimize=True)
    print(path.relative_to(ROOT))


if __name__ == "__main__":
    sys.exit(main())
