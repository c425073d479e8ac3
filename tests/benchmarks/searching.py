"""What a touch feels of a visitor who types in the search field of a million items, and of one who opens Interpret.

A server of its own, with three spaces, is started as::

    python -m tests.benchmarks.searching FOLDER ITEMS --port PORT
"""

from __future__ import annotations

import contextlib
import http.client
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import numpy as np
import pandas as pd

from tests.benchmarks.crowd import OWED_MS, touches_of
from tests.benchmarks.running import running
from tests.benchmarks.table import Row, both, p95
from tests.browser.serving import ROOT

_WORDS = ("boot", "12345", "set 17", "picture no. 0004", "sandal-4", "0.25", "e")
_WARM = 8.0


def run(items: int, touches: int) -> list[Row]:
    """Touch the map of the demo alone, and beside both visitors."""
    with tempfile.TemporaryDirectory() as folder:
        print(f"searching: making {items:,} items", flush=True)
        command = [sys.executable, "-m", "tests.benchmarks.searching", folder, str(items)]
        with running(command, patience=600) as server:
            where = urlsplit(server.url)
            host, port = str(where.hostname), int(where.port or 0)
            time.sleep(_WARM)
            alone = touches_of(host, port, touches)
            first = _ask(host, port, "GET", "/api/spaces/million/find?q=zz")
            with _typing(host, port) as keys, _interpreting(host, port):
                beside = touches_of(host, port, touches)
    owed = f"p95 ≤ {OWED_MS:g} ms"
    return [
        Row("touch over HTTP, alone, median / p95", both(alone), "", None, owed, p95(alone) <= OWED_MS),
        Row(f"  beside a search in {items:,} items and Interpret elsewhere, median / p95", both(beside),
            f"{len(keys)} keys answered", None, owed, p95(beside) <= OWED_MS),
        Row("  a key of that search beside them, median / p95", both(keys), f"the first one {first / 1e3:.1f} s",
            None, "", None),
    ]  # fmt: skip


def _ask(host: str, port: int, method: str, path: str, body: bytes | None = None) -> float:
    line = http.client.HTTPConnection(host, port, timeout=300)
    begun = time.perf_counter()
    line.request(method, path, body, {"Content-Type": "application/json"} if body else {})
    answer = line.getresponse()
    answer.read()
    line.close()
    assert answer.status < 300, (path, answer.status)
    return 1e3 * (time.perf_counter() - begun)


@contextlib.contextmanager
def _typing(host: str, port: int) -> Iterator[list[float]]:
    """Type words letter by letter, as the page asks for them, and list the milliseconds each answer took."""
    over, taken = threading.Event(), []

    def type_on() -> None:
        while not over.is_set():
            for word in _WORDS:
                for end in range(1, len(word) + 1):
                    if over.is_set():
                        return
                    taken.append(_ask(host, port, "GET", f"/api/spaces/million/find?q={quote(word[:end])}"))
                    time.sleep(0.15)

    thread = threading.Thread(target=type_on, daemon=True)
    thread.start()
    yield taken
    over.set()
    thread.join(300)


@contextlib.contextmanager
def _interpreting(host: str, port: int) -> Iterator[None]:
    """Open the pages of Interpret on a space that nobody has opened yet."""

    def open_pages() -> None:
        _ask(host, port, "GET", "/api/spaces/sprites")
        for study in ("collapse", "relations", "wrong_items", "probes"):
            _ask(host, port, "POST", f"/api/spaces/sprites/studies/{study}", b"{}")

    thread = threading.Thread(target=open_pages, daemon=True)
    thread.start()
    yield
    thread.join(300)


def serve(folder: Path, items: int, port: int) -> None:
    """Serve the demo, a space of so many items with five columns, and the other demo."""
    from components.server.http import Server, listen
    from vae_core import Catalogue, demo

    catalogue = Catalogue()
    catalogue.add("fashion", "Fashion", demo("fashion"))
    catalogue.add("million", f"{items:,}", build(folder, items))
    catalogue.add("sprites", "Sprites", lambda: demo("sprites"))
    Server(catalogue, folder / "jobs", listen("127.0.0.1", port), "127.0.0.1", ROOT / "assets").run()


def build(folder: Path, items: int) -> Any:
    """Return a space of so many items whose table has classes, whole numbers, numbers, and two columns of texts."""
    from tests.benchmarks import million

    space = million.build(folder, items)
    random = np.random.default_rng(0)
    words = space.data.table["label"].astype(str).to_numpy()
    table = space.data.table
    table["digit"] = random.integers(0, 10, items)
    table["size"] = random.normal(size=items)
    table["note"] = [f"Picture No. {i:07d} of set {i % 97}" for i in range(items)]
    table["where"] = pd.Series(words, index=table.index) + "-" + pd.Series(random.integers(0, 5000, items)).astype(str)
    return space


if __name__ == "__main__":
    _, place, count, _, number = sys.argv
    sys.path.insert(0, str(ROOT))
    serve(Path(place), int(count), int(number))
