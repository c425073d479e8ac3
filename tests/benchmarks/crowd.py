"""What others feel of visitors who ask for much, and of connections over which nothing comes."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from tests.benchmarks.running import explorer, running
from tests.benchmarks.table import Row, both, p95

OWED_MS = 50.0
_HEAVY_CLIENTS, _IDLE, _WARM = 8, 500, 8.0
_ROWS = 100_000


def run(touches: int) -> list[Row]:
    """Touch the map of the demo alone, beside eight heavy clients, and beside 500 idle connections."""
    with tempfile.TemporaryDirectory() as folder, running(explorer(Path(folder))) as server:
        where = urlsplit(server.url)
        host, port = str(where.hostname), int(where.port or 0)
        time.sleep(_WARM)  # what is warmed up after the start is there by now
        alone = touches_of(host, port, touches)
        with _heavy_clients(host, port) as answered:
            beside = touches_of(host, port, touches)
        many = len(answered)
        with _idle_connections(host, port) as held:
            silent = touches_of(host, port, touches)
    owed = f"p95 ≤ {OWED_MS:g} ms"
    return [
        Row("touch over HTTP, alone, median / p95", both(alone), "", None, owed, p95(alone) <= OWED_MS),
        Row(f"  beside {_HEAVY_CLIENTS} clients with {_ROWS:,} rows each, median / p95", both(beside),
            f"{many} of theirs answered", None, owed, p95(beside) <= OWED_MS),
        Row(f"  beside {held} idle connections, median / p95", both(silent), "", None, owed, p95(silent) <= OWED_MS),
    ]  # fmt: skip


def touches_of(host: str, port: int, count: int) -> list[float]:
    """Return the milliseconds of so many touches, one after the other, over one connection."""
    random = np.random.default_rng(0)
    line = http.client.HTTPConnection(host, port, timeout=120)
    taken = []
    for _ in range(count):
        begun = time.perf_counter()
        line.request("POST", "/api/spaces/fashion/touch/umap", random.uniform(0, 8, 2).astype("<f4").tobytes())
        answer = line.getresponse()
        answer.read()
        taken.append(1e3 * (time.perf_counter() - begun))
        assert answer.status == 200, answer.status
        time.sleep(0.05)  # a hand, not a hammer
    line.close()
    return taken


@contextlib.contextmanager
def _heavy_clients(host: str, port: int) -> Iterator[list[int]]:
    """Keep clients at work who send as many rows as one request may have, and list what they were answered."""
    about = _json(host, port, "/api/spaces/fashion")
    body = np.random.default_rng(1).normal(size=(_ROWS, about["latent_dim"])).astype("<f4").tobytes()
    over, answered = threading.Event(), []

    def ask() -> None:
        while not over.is_set():
            line = http.client.HTTPConnection(host, port, timeout=300)
            with contextlib.suppress(OSError, http.client.HTTPException):
                line.request("POST", "/api/spaces/fashion/locate/umap", body)
                answer = line.getresponse()
                answer.read()
                answered.append(answer.status)
            line.close()

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(_HEAVY_CLIENTS)]
    for thread in threads:
        thread.start()
    time.sleep(2)
    yield answered
    over.set()
    for thread in threads:
        thread.join(300)


@contextlib.contextmanager
def _idle_connections(host: str, port: int) -> Iterator[int]:
    held = [socket.create_connection((host, port), timeout=30) for _ in range(_IDLE)]
    yield len(held)
    for one in held:
        one.close()


def _json(host: str, port: int, path: str) -> dict[str, int]:
    line = http.client.HTTPConnection(host, port, timeout=120)
    line.request("GET", path)
    found: dict[str, int] = json.loads(line.getresponse().read())
    line.close()
    return found
