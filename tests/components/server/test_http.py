"""A server of its own: its port, and how it ends."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.server.http import Server, answered_hosts, listen
from tests.components.conftest import ASSETS
from tests.patience import PATIENCE
from vae_core import Catalogue, InputError


@pytest.fixture
def server(catalogue: Catalogue, tmp_path: Path) -> Iterator[Server]:
    made = Server(catalogue, tmp_path, listen("127.0.0.1", 0), "127.0.0.1", ASSETS, warm=False)
    made.start()
    yield made
    made.close()


@pytest.mark.parametrize(
    ("host", "address", "names"),
    [
        ("127.0.0.1", "127.0.0.1", {"127.0.0.1"}),
        ("Box.example", "192.0.2.7", {"box.example", "192.0.2.7"}),
        ("0.0.0.0", "0.0.0.0", None),
        ("::", "::", None),
    ],
)
def test_the_names_it_answers_to_follow_the_address_asked_for(host: str, address: str, names: set[str] | None) -> None:
    assert answered_hosts(host, address) == names


def test_a_port_that_is_taken_is_said(server: Server) -> None:
    with pytest.raises(InputError, match="another port"):
        listen("127.0.0.1", server.port)


def test_closing_gives_back_port_connections_and_threads(server: Server) -> None:
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    line.request("GET", "/health")
    assert line.getresponse().read() == b'{"status":"ok"}\n'
    served_by = {thread for thread in threading.enumerate() if thread.name.startswith("waitress-")}
    assert len(served_by) >= 8
    server.close()
    assert line.sock is not None and line.sock.recv(1) == b"", "a connection that is kept open is hung up"
    line.close()
    listen("127.0.0.1", server.port).close()
    assert server._thread is not None and not server._thread.is_alive()
    assert sum(thread.is_alive() for thread in served_by) <= len(served_by) - 8
    server.close()


def test_an_answer_under_way_is_waited_for(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def slowly() -> list[object]:
        begun.set()
        go_on.wait(10)
        done.set()
        return []

    monkeypatch.setattr(server._jobs, "all_jobs", slowly)
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    line.request("GET", "/api/jobs")
    assert begun.wait(10)
    threading.Timer(0.2, go_on.set).start()
    server.close()
    assert done.is_set()
    line.close()
