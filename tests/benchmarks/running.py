"""A server process whose start is timed and whose memory is read."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.browser.serving import ROOT


@dataclass(frozen=True)
class Running:
    """A server: its address, its process, and how long it took from there to a first answer of 200."""

    url: str
    process: subprocess.Popen[bytes]
    seconds: float


def explorer(workspace: Path, *arguments: str) -> list[str]:
    """Return the command line of the explorer, its port to be added."""
    return [sys.executable, str(ROOT / "app.py"), "--workspace", str(workspace), *arguments]


@contextmanager
def running(command: list[str], ready: str = "/health", patience: float = 120.0) -> Iterator[Running]:
    """Start a server on a free port, wait until the path `ready` answers 200, and stop it in the end.

    The clock runs from just before the process is made. A connection is tried every 10 ms; once
    the port is open, the request waits for its answer, so that nothing is lost between two tries.

    Raises
    ------
    RuntimeError
        If it ends or does not answer within `patience` seconds.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    begun = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--port", str(port)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not _answers(url + ready, patience):
            if process.poll() is not None:
                raise RuntimeError(f"{' '.join(command)} ended with code {process.returncode}")
            if time.perf_counter() - begun > patience:
                raise RuntimeError(f"{' '.join(command)} did not answer within {patience:.0f} s")
            time.sleep(0.01)
        yield Running(url, process, time.perf_counter() - begun)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # its workers; the group is its own


def post(url: str, body: bytes) -> bytes:
    """Send bytes and return the answer's."""
    with urllib.request.urlopen(urllib.request.Request(url, data=body, method="POST"), timeout=60) as answer:
        return bytes(answer.read())


def _answers(url: str, patience: float) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=patience) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
