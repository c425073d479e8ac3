"""How long a visitor waits for UMAP, warmed up and asked for at once, and what a running t-SNE costs the others."""

from __future__ import annotations

import itertools
import json
import tempfile
import time
import urllib.request
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.running import explorer, running
from tests.benchmarks.slider import OWED_MS, focused_page
from tests.benchmarks.table import Row, both, median, p95
from tests.benchmarks.watching import OURS, chromium, settled, times
from tests.browser.serving import ROOT

WARM_OWED, FRESH_OWED = 1.2, 20.0
_PRESSES = 60
_POLL = 0.1


def run(pairs: int) -> list[Row]:
    """Ask a server for UMAP of 10,000 points; beside it the library in this process, warm, turn by turn."""
    mean = _demo_mean()
    library = _library()
    library(mean[:2000], 0)
    with tempfile.TemporaryDirectory() as folder, running(explorer(Path(folder))) as server:
        fresh = _wait_for(server.url, {"method": "umap", "seed": 1})
        ours, theirs = [], []
        for seed in range(2, 2 + pairs):
            ours.append(_wait_for(server.url, {"method": "umap", "seed": seed}))
            begun = time.perf_counter()
            library(mean, seed)
            theirs.append(time.perf_counter() - begun)
    ratio = median([one / other for one, other in zip(ours, theirs, strict=True)])
    return [
        Row(f"UMAP of {len(mean):,}, warmed up, until it can be shown, median of {pairs}", f"{median(ours):.1f} s",
            f"{median(theirs):.1f} s (umap-learn, warm)", ratio, f"≤ {WARM_OWED}", ratio <= WARM_OWED),
        Row("  asked for at once in a fresh server", f"{fresh:.1f} s", "", None, f"≤ {FRESH_OWED:g} s",
            fresh <= FRESH_OWED),
    ]  # fmt: skip


def run_beside(items: int) -> list[Row]:
    """Move a slider and measure a map while a t-SNE of all of Fashion-MNIST runs.

    The workspace is that of the memory benchmark, which encodes the set once and takes minutes to do so.
    """
    folder = Path(tempfile.gettempdir()) / "latent-explorer-benchmark"
    source = "fashion-mnist:all" if items >= 70_000 else "fashion-mnist:test"
    command = explorer(folder / "workspace", "--model", str(ROOT / "vae_core/demos/fashion"), "--data", source)
    with running(command, patience=3600) as server, chromium() as browser:
        about = _json(f"{server.url}/api/spaces")[0]
        space = f"{server.url}/api/spaces/{about['id']}"
        dimension = _json(space)["order"][0]
        seed = int(time.time()) % 2**31
        pairs = _not_measured(space, about["latent_dim"])
        alone = _measured(space, next(pairs))
        job = _json(f"{space}/projections", {"method": "tsne", "seed": seed})
        while "KL" not in (told := _json(f"{space}/projections/{job['id']}"))["note"]:
            assert told["state"] in ("waiting", "running"), told
            time.sleep(_POLL)
        zero = ",".join(["0"] * about["latent_dim"])
        page = focused_page(browser, f"{server.url}/?space={about['id']}&z={zero}", OURS, f"#latent-{dimension}")
        for press in range(_PRESSES):
            page.keyboard.press("ArrowRight" if press % 64 < 32 else "ArrowLeft")
            settled(page, press + 1, 80)
        taken = times(page)
        beside = _measured(space, next(pairs))
        still = _json(f"{space}/projections/{job['id']}")["state"]
        urllib.request.urlopen(urllib.request.Request(f"{space}/projections/{job['id']}", method="DELETE"), timeout=60)
    assert still == "running", "the t-SNE ended before the measurement"
    return [
        Row(f"slider key → pixels while a t-SNE of {about['count']:,} runs, median / p95", both(taken), "", None,
            f"p95 ≤ {OWED_MS:g} ms", p95(taken) <= OWED_MS),
        Row("  quality of another map meanwhile, and alone", f"{beside:.1f} s", f"{alone:.1f} s", beside / alone),
    ]  # fmt: skip


def _not_measured(space: str, latent_dim: int) -> Iterator[str]:
    """Raw maps that no earlier run on this workspace has measured."""
    for axes in itertools.permutations(range(latent_dim), 3):
        name = "z:" + ",".join(map(str, axes))
        if _json(f"{space}/quality/{name}")["state"] != "done":
            yield name


def _measured(space: str, pair: str) -> float:
    """Seconds until a raw map is measured."""
    begun = time.perf_counter()
    told = _json(f"{space}/quality/{pair}", {})
    while told["state"] in ("waiting", "running"):
        time.sleep(_POLL)
        told = _json(f"{space}/quality/{pair}")
    assert told["state"] == "done", told
    return time.perf_counter() - begun


def _demo_mean() -> np.ndarray:
    from vae_core import demo

    return demo("fashion").mean


def _library() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import umap

    def fit(mean: np.ndarray, seed: int) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return umap.UMAP(random_state=seed).fit_transform(mean)

    return fit


def _wait_for(url: str, settings: dict[str, Any]) -> float:
    """Seconds from asking for a map to its being there."""
    begun = time.perf_counter()
    told = _json(f"{url}/api/spaces/fashion/projections", settings)
    while told["state"] in ("waiting", "running"):
        time.sleep(_POLL)
        told = _json(f"{url}/api/spaces/fashion/projections/{told['id']}")
    assert told["state"] == "done", told
    return time.perf_counter() - begun


def _json(url: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)
