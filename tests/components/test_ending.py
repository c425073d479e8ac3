"""A program that ends, asked to or killed, while a t-SNE and studies are under way: nothing of it stays behind."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.browser.serving import Server, serve
from tests.jobs.test_queue import has_ended, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")


def descendants(process: int) -> set[int]:
    found: set[int] = set()
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, children.read_text().split()):
            found |= {child} | descendants(child)
    return found


def ask(server: Server, path: str, body: dict[str, Any] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(f"{server.url}/api/{path}", data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(asked, timeout=60) as answer:
        return json.load(answer)


def set_to_work(server: Server) -> None:
    """Have a t-SNE computed and studies refined, and wait until they are under way."""
    ask(server, "spaces/fashion/projections", {"method": "tsne", "perplexity": 7})
    for study in ("evidence", "prior_fit", "wrong_items"):
        ask(server, f"spaces/fashion/studies/{study}", {})
    assert until(
        lambda: {"projection", "study"} <= {job["kind"] for job in ask(server, "jobs") if job["state"] == "running"}
    )
    assert until(lambda: any("KL" in job["note"] for job in ask(server, "jobs")))


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_everything_ends_with_the_server(tmp_path: Path, how: signal.Signals) -> None:
    with serve(tmp_path) as server:
        set_to_work(server)
        workers = descendants(server.process)
        assert workers
        began = time.monotonic()
        os.kill(server.process, how)
        # Within 0.5 s of a kill and 3 s of Ctrl-C on a busy machine of two cores; slower ones have their time here.
        assert until(lambda: all(map(has_ended, {server.process, *workers})), 30)
        print(f"{how.name}: all of {1 + len(workers)} processes had ended after {time.monotonic() - began:.2f} s")
        assert "Traceback" not in server.output()
