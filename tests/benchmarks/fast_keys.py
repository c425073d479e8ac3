"""Fifty fast key presses: is the picture that is left that of the last value?"""

from __future__ import annotations

import numpy as np
from playwright.sync_api import Page

from tests.benchmarks.running import post
from tests.benchmarks.table import Row

_KEYS = ["ArrowRight"] * 30 + ["ArrowLeft"] * 20  # from step 0 to step 10
_LAST = 10
_PIXELS = """() => {
    const canvas = document.getElementById('decoded');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return { z: canvas.dataset.z.split(',').map(Number), pixels: Array.from(data.filter((_, i) => i % 4 === 0)) };
}"""
_IN_ONE_TASK = """(keys) => {
    for (const key of keys) {
        document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    }
}"""


def fast_keys(page: Page, url: str, dimension: int, grid: list[float]) -> list[Row]:
    """Press fifty keys as fast as the browser takes them, then dispatch fifty in one task.

    The canvas is read straight after the last key and again at rest, and compared with what
    ``/api/…/decode`` answers for the value the slider should stand at: greatest difference in levels of 255.
    """
    rows = []
    page.bring_to_front()
    for name in ("real presses", "in one task"):
        page.focus(f"#latent-{dimension}")
        page.keyboard.press("Home")
        page.wait_for_timeout(1500)
        if name == "real presses":
            for key in _KEYS:
                page.keyboard.press(key)
        else:
            page.evaluate(_IN_ONE_TASK, _KEYS)
        at_once = _difference(page.evaluate(_PIXELS), url, dimension, grid[_LAST])
        page.wait_for_timeout(2000)
        at_rest = _difference(page.evaluate(_PIXELS), url, dimension, grid[_LAST])
        text = f"{at_once}, at rest {at_rest} of 255"
        rows.append(
            Row(f"  50 fast keys ({name}): differs by", text, "", None, "≤ 1, then 0", at_once <= 1 and not at_rest)
        )
    return rows


def _difference(shown: dict[str, list[float]], url: str, dimension: int, value: float) -> int:
    z = np.array(shown["z"], dtype="<f4")
    if z[dimension] != np.float32(value):
        return 255  # the picture of another value, however alike
    direct = np.frombuffer(post(f"{url}/api/spaces/fashion/decode", z.tobytes()), dtype=np.uint8)
    return int(np.abs(direct.astype(int) - np.array(shown["pixels"], dtype=int)).max())
