"""Starts the explorer as its users do: ``python app.py`` in a process of its own."""

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

from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]


#: Ports of servers that have ended: at the same address a browser has the page's scripts compiled already.
_left: list[int] = []


@dataclass(frozen=True)
class Server:
    """A running explorer: its address without a trailing slash, the file of what it printed, and its process's id."""

    url: str
    log: Path
    process: int

    def output(self) -> str:
        """Return what it has printed so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")


@contextmanager
def serve(folder: Path, *arguments: str, patience: float = PATIENCE) -> Iterator[Server]:
    """Start ``app.py`` on a free port with its workspace and log in `folder`, and stop it in the end.

    Raises
    ------
    RuntimeError
        If ``/health`` does not answer 200 within `patience` seconds; with the output of the process.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port = _left.pop() if _left else _free_port()
    written = folder / "server.log"
    command = [sys.executable, str(ROOT / "app.py"), "--port", str(port), "--workspace", str(folder / "workspace")]
    command.append("--cold")  # most tests want no long work, and two cores are few
    with written.open("wb") as log:
        process = subprocess.Popen(
            [*command, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=folder,  # not the source tree: assets must be found from anywhere
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            start_new_session=True,
        )
    server = Server(f"http://127.0.0.1:{port}", written, process.pid)
    try:
        _wait_until_healthy(server, process, patience)
        yield server
    finally:
        _stop(process)
        _left.append(port)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_healthy(server: Server, process: subprocess.Popen[bytes], patience: float) -> None:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"app.py ended with code {process.returncode}:\n{server.output()}")
        try:
            with urllib.request.urlopen(f"{server.url}/health", timeout=PATIENCE) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass  # not listening yet, or not ready
        time.sleep(0.1)
    raise RuntimeError(f"app.py did not answer /health within {patience:.0f} s:\n{server.output()}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the server to end, then end it; its workers share its process group and go with it."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
