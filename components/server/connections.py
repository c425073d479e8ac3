"""The connections of a server: as many as the machine bears, idle ones hung up, bodies refused before they are read."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import sys
from collections.abc import Callable
from typing import Any

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.utilities import Error, RequestEntityTooLarge

from components.server.lanes import HEAVY_BODY, Lanes, party_of
from vae_core.jobs.bounds import VISITORS_OF_AN_ADDRESS
from vae_core.jobs.line import Party

#: Connections at once, where the system lets a program have so many.
MOST_CONNECTIONS = 4000
#: Open files left for everything else: workers, caches, data.
_SPARE_FILES = 256
#: Seconds until a connection over which nothing comes is hung up. Browsers open another without a word.
IDLE = 30
#: Largest bodies in bytes by the end of a path, and what to do about a larger one; all others have `_USUAL_BODY`.
_BODIES = (
    (re.compile(r"/api/spaces/[^/]+/layers$"), 64 * 2**20, "use 'python -m vae_core place'"),
    (re.compile(r"/api/spaces/[^/]+/encode/[^/]+$"), 32 * 2**20, "drop a smaller picture"),
    (
        re.compile(r"/api/spaces/[^/]+/(decode|trust|(invert|locate|believed|manifold|places)/[^/]+)$"),
        16 * 2**20,
        "send fewer points at a time",
    ),
    (re.compile(r"/api/views/[^/]+$|/_dash-update-component$"), 4 * 2**20, "send less"),
)
_USUAL_BODY = 2**20
#: Large bodies of one visitor on their way in or waiting for their answers; a page sends one or two.
MOST_BODIES = 12
#: And of all visitors of one address, whatever names they take.
MOST_BODIES_OF_AN_ADDRESS = MOST_BODIES * VISITORS_OF_AN_ADDRESS
_FULL = "This server has as many connections as it can bear; try again in a moment."


def most_connections() -> int:
    """Return how many connections this process may have at once, once it was given all the files it may have."""
    if sys.platform == "win32":
        return 400  # select() knows 512 sockets there
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + _SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(ValueError, OSError):  # some systems have another limit besides
            resource.setrlimit(
                resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(hard, wanted), hard)
            )
        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return MOST_CONNECTIONS if soft == resource.RLIM_INFINITY else max(16, min(MOST_CONNECTIONS, soft - _SPARE_FILES))


def largest_body(path: str) -> tuple[int, str]:
    """Return how many bytes the body of a request to a path may have, and what to do about a larger one."""
    return next(
        ((most, remedy) for pattern, most, remedy in _BODIES if pattern.search(path)), (_USUAL_BODY, "send less")
    )


class BoundedRequest(HTTPRequestParser):
    """A request whose body is refused by its announced size, before any of it is kept."""

    error: Any

    def __init__(self, adj: Any, refuse_large: Callable[[BoundedRequest], Error | None] = lambda _: None) -> None:
        super().__init__(adj)
        self._refuse_large = refuse_large
        self.is_large = False

    def received(self, data: bytes) -> int:
        """Take what came, and return how many bytes of it belong to this request."""
        consumed: int = super().received(data)
        if (
            self.headers_finished
            and not self.empty
            and (self.error is None or isinstance(self.error, RequestEntityTooLarge))
        ):
            most, remedy = largest_body(self.path)
            size = max(self.content_length, self.body_bytes_received)
            if size > most:
                self.error, self.completed = _TooLarge(most, remedy), True
            elif size > HEAVY_BODY and not self.is_large:
                refusal = self._refuse_large(self)
                self.is_large = refusal is None
                if refusal is not None:
                    self.error, self.completed = refusal, True
        return consumed


class _ToldAsJson(Error):  # noqa: N818 - an answer, not a defect
    """A refusal of what has not been read."""

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:  # noqa: ARG002 - theirs
        """Return status, headers and body of the answer."""
        body = json.dumps({"error": self.body}).encode() + b"\n"
        return f"{self.code} {self.reason}", [("Content-Type", "application/json")], body


class _TooLarge(_ToldAsJson, RequestEntityTooLarge):
    def __init__(self, most: int, remedy: str) -> None:
        super().__init__(f"What was sent is larger than {most // 2**20} MB; {remedy}.")


class _TooManyBodies(_ToldAsJson):
    code, reason = 429, "Too Many Requests"

    def __init__(self, most: int, whose: str) -> None:
        super().__init__(f"{most} large requests {whose} are under way; wait for an answer to one of them.")


class Connection(HTTPChannel):
    """A connection of one visitor."""

    server: Listener

    def parser_class(self, adj: Any) -> BoundedRequest:  # waitress names a class here, and calls it
        """Return what takes in the next request."""
        return BoundedRequest(adj, self._refuse_large)

    def _refuse_large(self, request: BoundedRequest) -> Error | None:
        party, under_way = party_of(request, self), self.server.large_bodies()
        if under_way.count(party) >= MOST_BODIES:
            return _TooManyBodies(MOST_BODIES, "of yours")
        if sum(one.address == party.address for one in under_way) >= MOST_BODIES_OF_AN_ADDRESS:
            return _TooManyBodies(MOST_BODIES_OF_AN_ADDRESS, "from your address")
        return None

    def large_bodies(self) -> list[Party]:
        """Return whose large bodies are on their way in here, or wait for their answers."""
        coming = [] if self.request is None else [self.request]
        return [party_of(one, self) for one in [*coming, *self.requests] if one.is_large]

    @property
    def idle(self) -> bool:
        """Whether nothing is asked, answered or sent over it."""
        return not self.requests and self.request is None and not self.total_outbufs_len


class Listener(TcpWSGIServer):
    """Serves an application on an open port.

    Parameters
    ----------
    application : callable
        As of WSGI.
    port : socket
        The open port.
    most : int, optional
        Connections at once, by default `most_connections`. When the house is full, the one that has been idle for the
        longest is hung up for the next; if none is idle, who comes is told so (503).
    """

    channel_class = Connection

    def __init__(self, application: Any, port: socket.socket, most: int | None = None) -> None:
        self.most = most_connections() if most is None else most
        settings = Adjustments(
            sockets=[port],
            ident=None,
            # Never reached: the house is full before, and says so.
            connection_limit=self.most + 1000,
            channel_timeout=IDLE,
            cleanup_interval=5,
            asyncore_use_poll=sys.platform != "win32",
            max_request_body_size=max(most for _, most, _ in _BODIES) + 1,
            # So that a connection that was hung up is noticed while its request is answered.
            channel_request_lookahead=1,
        )
        super().__init__(
            application,
            map={},
            _sock=port,
            dispatcher=Lanes(),
            adj=settings,
            bind_socket=False,
            sockinfo=(port.family, port.type, port.proto, port.getsockname()),
        )

    def run(self) -> None:
        """Serve until interrupted; whoever runs it ends its threads."""
        with contextlib.suppress(SystemExit, KeyboardInterrupt):
            self.asyncore.loop(
                timeout=self.adj.asyncore_loop_timeout, map=self._map, use_poll=self.adj.asyncore_use_poll
            )

    def large_bodies(self) -> list[Party]:
        """Return whose large bodies are on their way in, or wait for their answers; one entry a body."""
        return [party for channel in list(self.active_channels.values()) for party in channel.large_bodies()]

    def handle_accept(self) -> None:
        """Take a connection, and make room for it if need be."""
        if len(self.active_channels) >= self.most and not self._hang_up_idlest():
            self._turn_away()
        else:
            super().handle_accept()

    def _hang_up_idlest(self) -> bool:
        idle = [channel for channel in self.active_channels.values() if channel.idle]
        if idle:
            min(idle, key=lambda channel: channel.last_activity).handle_close()
        return bool(idle)

    def _turn_away(self) -> None:
        taken = self.accept()
        if taken is None:
            return
        visitor = taken[0]
        body = json.dumps({"error": _FULL}).encode() + b"\n"
        head = (
            "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nRetry-After: 2\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        with contextlib.suppress(OSError):  # who was turned away may be gone already
            visitor.setblocking(False)
            visitor.send(head.encode() + body)
        visitor.close()
