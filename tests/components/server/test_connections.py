"""As many connections as there is room for, and bodies refused before they are read."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from components.server import connections
from components.server.connections import Listener, largest_body, most_connections
from components.server.http import listen
from tests.patience import PATIENCE, looks

Open = Callable[..., http.client.HTTPConnection]


def _application(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    size = len(environ["wsgi.input"].read())
    start("200 OK", [("Content-Type", "text/plain")])
    return [str(size).encode()]


@pytest.fixture
def opened() -> Iterator[tuple[Listener, Open]]:
    """A server with room for three, and what opens a connection to it."""
    port = listen("127.0.0.1", 0)
    server = Listener(_application, port, most=3)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    lines: list[http.client.HTTPConnection] = []

    def connect() -> http.client.HTTPConnection:
        line = http.client.HTTPConnection("127.0.0.1", port.getsockname()[1], timeout=PATIENCE)
        line.connect()
        lines.append(line)
        return line

    yield server, connect
    for line in lines:
        line.close()
    server.trigger.pull_trigger(lambda: server.asyncore.close_all(server._map))
    server.task_dispatcher.shutdown()
    thread.join(30)


def ask(line: http.client.HTTPConnection, path: str = "/", body: bytes = b"") -> tuple[int, bytes]:
    line.request("POST", path, body)
    answer = line.getresponse()
    return answer.status, answer.read()


def test_the_idlest_connection_makes_room(opened: tuple[Listener, Open]) -> None:
    _, connect = opened
    first, second, third = (connect() for _ in range(3))
    for line in (second, first, third):
        assert ask(line)[0] == 200
    assert ask(connect())[0] == 200
    assert second.sock is not None and second.sock.recv(1) == b"", "who asked longest ago is hung up"
    assert ask(first)[0] == 200 and ask(third)[0] == 200


def test_a_full_house_says_so(opened: tuple[Listener, Open]) -> None:
    server, connect = opened
    for _ in range(3):
        # The beginning of a request: these connections are not idle.
        connect().sock.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab")
    while sum(channel.request is not None for channel in list(server.active_channels.values())) < 3:
        threading.Event().wait(0.01)
    late = connect()
    answer = http.client.HTTPResponse(late.sock)
    answer.begin()
    assert answer.status == 503 and answer.headers["Retry-After"] and "try again" in json.loads(answer.read())["error"]


def test_a_body_is_refused_by_its_announced_size(opened: tuple[Listener, Open]) -> None:
    _, connect = opened
    line = connect()
    line.putrequest("POST", "/api/spaces/a/ranking")
    line.putheader("Content-Length", str(2**40))
    line.endheaders()
    answer = line.getresponse()
    assert (
        answer.status == 413 and json.loads(answer.read())["error"] == "What was sent is larger than 1 MB; send less."
    )


def test_a_body_in_chunks_is_refused_once_it_is_too_large(opened: tuple[Listener, Open]) -> None:
    _, connect = opened
    line = connect()
    line.putrequest("POST", "/api/spaces/a/ranking")
    line.putheader("Transfer-Encoding", "chunked")
    line.endheaders()
    piece = b"10000\r\n" + bytes(2**16) + b"\r\n"
    with pytest.raises((BrokenPipeError, ConnectionResetError)):  # noqa: PT012 - which of them fails is left to chance
        for _ in range(4096):
            line.send(piece)


def test_a_body_within_its_bound_arrives_whole(opened: tuple[Listener, Open]) -> None:
    _, connect = opened
    assert ask(connect(), "/api/spaces/a/ranking", bytes(2**20)) == (200, b"1048576")
    assert ask(connect(), "/x/api/spaces/a/locate/umap", bytes(2**22)) == (200, b"4194304")


def test_large_bodies_of_one_visitor_are_bounded(
    opened: tuple[Listener, Open], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, connect = opened
    server.most = 10
    monkeypatch.setattr(connections, "MOST_BODIES", 2)
    path = "/api/spaces/a/decode"
    begun = f"POST {path}?visitor=ann HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nab".encode()
    coming = [connect() for _ in range(2)]
    for line in coming:
        line.sock.sendall(begun)
    while sum(channel.request is not None for channel in list(server.active_channels.values())) < 2:
        threading.Event().wait(0.01)
    late = connect()
    late.sock.sendall(begun)
    answer = http.client.HTTPResponse(late.sock)
    answer.begin()
    assert answer.status == 429 and json.loads(answer.read())["error"].endswith("wait for an answer to one of them.")
    assert ask(connect(), f"{path}?visitor=ben", bytes(10**6)) == (200, b"1000000"), "others are not concerned"
    assert ask(connect(), path, bytes(10**6))[0] == 200
    assert ask(connect(), f"{path}?visitor=ann", bytes(10**4))[0] == 200, "nor is what is small"
    coming[0].sock.sendall(bytes(10**6 - 2))
    answer = http.client.HTTPResponse(coming[0].sock)
    answer.begin()
    assert answer.status == 200
    answer.read()
    again = (ask(connect(), f"{path}?visitor=ann", bytes(10**6))[0] == 200 for _ in looks())
    assert any(again), "there is room again"  # a moment after the answer


def test_a_new_name_for_each_large_body_does_not_help(
    opened: tuple[Listener, Open], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, connect = opened
    server.most = 10
    monkeypatch.setattr(connections, "MOST_BODIES_OF_AN_ADDRESS", 2)
    head = "POST /api/spaces/a/decode?visitor={} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nab"
    coming = [connect() for _ in range(2)]
    for name, line in zip("ab", coming, strict=True):
        line.sock.sendall(head.format(name).encode())
    while sum(channel.request is not None for channel in list(server.active_channels.values())) < 2:
        threading.Event().wait(0.01)
    late = connect()
    late.sock.sendall(head.format("c").encode())
    answer = http.client.HTTPResponse(late.sock)
    answer.begin()
    assert answer.status == 429
    assert "2 large requests from your address are under way" in json.loads(answer.read())["error"]


def test_a_refused_body_names_the_remedy() -> None:
    assert largest_body("/api/spaces/a/encode/pca")[1] == "drop a smaller picture"
    assert "vae_core place" in largest_body("/api/spaces/a/layers")[1]


@pytest.mark.parametrize(
    ("path", "megabytes"),
    [
        ("/api/spaces/a/layers", 64),
        ("/x/api/spaces/a/encode/pca", 32),
        ("/api/spaces/a/decode", 16),
        ("/api/spaces/a/believed/umap", 16),
        ("/_dash-update-component", 4),
        ("/api/spaces/a/selection", 1),
        ("/api/spaces/a/layers/decode/x", 1),
        ("/", 1),
    ],
)
def test_bodies_are_bounded_by_what_they_are_for(path: str, megabytes: int) -> None:
    assert largest_body(path)[0] == megabytes * 2**20


def test_a_machine_bears_at_least_some_connections() -> None:
    assert 16 <= most_connections() <= 4000
    with socket.socket() as still:
        assert still.fileno() > 0
