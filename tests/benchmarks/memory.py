"""Memory of the server with 70,000 images open."""

from __future__ import annotations

import json
import subprocess
import tempfile
import urllib.request
from pathlib import Path

import numpy as np

from tests.benchmarks.running import Running, explorer, post, running
from tests.benchmarks.table import Row
from tests.benchmarks.watching import chromium
from tests.browser.pages import open_page
from tests.browser.serving import ROOT

OWED_BYTES = 1e9


def run(items: int) -> list[Row]:
    """Open Fashion-MNIST with the demo's checkpoint, use it, and ask the system for the resident memory.

    The first run on a machine encodes all items, which takes minutes; the workspace stays in the system's folder for
    temporary files, so that later runs start at once. The figure is always that of a server which found its cache:
    after the page was opened with its map, 200 touches and 20 decodes of 33 pictures.
    """
    folder = Path(tempfile.gettempdir()) / "latent-explorer-benchmark"
    if items < 70_000:
        data = folder / f"fashion-{items}.npz"
        _write(data, items)
        source = str(data)
    else:
        source, items = "fashion-mnist:all", 70_000
    command = explorer(folder / "workspace", "--model", str(ROOT / "vae_core/demos/fashion"), "--data", source)
    print(f"memory: opening {source}; encoded once, then kept in {folder}", flush=True)
    with running(command, patience=3600):
        pass
    with running(command) as server:
        idle = _resident(server.process.pid)
        _use(server)
        used = _resident(server.process.pid)
        workers = sum(_resident(pid) for pid in _children(server.process.pid))
        peak = _peak(server.process.pid)
    return [
        Row(f"memory with {items:,} images open", f"{used / 1e6:.0f} MB", "", None, f"< {OWED_BYTES / 1e6:.0f} MB",
            used < OWED_BYTES),
        Row("  at the start; at most; its workers besides",
            f"{idle / 1e6:.0f}; {peak / 1e6:.0f}; {workers / 1e6:.0f} MB"),
    ]  # fmt: skip


def _write(path: Path, items: int) -> None:
    if path.exists():
        return
    import vae_core

    data = vae_core.load_data("fashion-mnist:all")
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, images=data.values[:items, 0])


def _use(server: Running) -> None:
    with chromium() as browser:
        open_page(browser.new_page(), server.url)
    with urllib.request.urlopen(f"{server.url}/api/spaces", timeout=60) as answer:
        space = json.loads(answer.read())[0]
    address = f"{server.url}/api/spaces/{space['id']}"
    random = np.random.default_rng(0)
    for spot in random.normal(size=(200, 2)).astype("<f4"):
        post(f"{address}/touch/pca", spot.tobytes())
    for _ in range(20):
        post(f"{address}/decode", random.normal(size=(33, space["latent_dim"])).astype("<f4").tobytes())


def _resident(pid: int) -> float:
    return 1024.0 * float(subprocess.check_output(["ps", "-o", "rss=", "-p", str(pid)], text=True))


def _children(pid: int) -> list[int]:
    lines = subprocess.check_output(["ps", "-A", "-o", "pid=,ppid="], text=True).splitlines()
    pairs = [tuple(map(int, line.split())) for line in lines]
    found = [child for child, parent in pairs if parent == pid]
    return found + [below for child in found for below in _children(child)]


def _peak(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return float("nan")
    return next((1024.0 * int(line.split()[1]) for line in lines if line.startswith("VmHWM")), float("nan"))
