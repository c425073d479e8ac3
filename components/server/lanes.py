"""Which threads answer what: quick requests have threads that slow ones cannot take."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qs

from waitress.task import ThreadedTaskDispatcher

from vae_core.jobs.line import FairLine, Party

LaneName = Literal["quick", "ordinary", "heavy"]
#: Threads of each lane. Quick answers take milliseconds, ordinary ones up to a second, heavy ones seconds.
THREADS: dict[LaneName, int] = {"quick": 6, "ordinary": 6, "heavy": 2}
#: Bodies in bytes from which on a request counts as heavy: 8,000 spots of a map, 1,000 points of 16 dimensions.
HEAVY_BODY = 64 * 2**10
#: How much lower the priority of heavy threads is, as of `nice`.
_NICE = 10
#: What the hand waits for, below ``/api/spaces/<id>/``: answered within a frame or two whatever the set.
_QUICK = re.compile(
    r"/api/(spaces|spaces/[^/]+|jobs(/.*)?|views/.*|spaces/[^/]+/"
    r"((touch|look|invert|locate|pick|projections)/[^/]+|decode|trust|items/.*|names|model|layers/[^/]+/.*))$"
)
#: A picture of a visitor's own, encoded and decoded once.
_PICTURE = re.compile(r"/api/spaces/[^/]+/encode/[^/]+$")
#: Parts of the page itself that compute: Dash draws the map's figure.
_DRAWING = "/_dash-update-component"


@dataclass(frozen=True)
class RequestFacts:
    """What is known of a request before it is answered.

    Attributes
    ----------
    path : str
        Its path.
    body : int
        Size of its body in bytes.
    """

    path: str
    body: int


def lane_of(asked: RequestFacts) -> LaneName:
    """Return the lane whose threads answer a request."""
    if _PICTURE.search(asked.path):
        return "ordinary"  # a file of megabytes, but one item
    if asked.body > HEAVY_BODY:
        return "heavy"
    if asked.path.endswith(_DRAWING):
        return "ordinary"
    if "/api/" not in asked.path or _QUICK.search(asked.path):
        return "quick"
    return "ordinary"


class Lanes:
    """The threads of a server, lane by lane, with the interface of waitress's own dispatcher.

    Parameters
    ----------
    choose : callable
        Gives the lane of a request.
    """

    def __init__(self, choose: Callable[[RequestFacts], LaneName] = lane_of) -> None:
        self._choose = choose
        self._lanes: dict[LaneName, ThreadedTaskDispatcher] = {}
        for name, count in THREADS.items():
            lane = _PoliteThreads() if name == "heavy" else ThreadedTaskDispatcher()
            lane.queue = _Turns()
            lane.set_thread_count(count)
            self._lanes[name] = lane

    def add_task(self, channel: Any) -> None:
        """Have the next request of a connection answered."""
        self._lanes[self._lane(channel)].add_task(channel)

    def shutdown(self, cancel_pending: bool = True, timeout: float = 2) -> bool:
        """End all threads once they have answered what they are at; wait so many seconds for that in all."""
        for lane in self._lanes.values():
            lane.set_thread_count(0)
        end = time.monotonic() + timeout
        # Of all of them, whatever the first says.
        ended = [lane.shutdown(cancel_pending, max(0.0, end - time.monotonic())) for lane in self._lanes.values()]
        return all(ended)

    def _lane(self, channel: Any) -> LaneName:
        request = channel.requests[0]
        if request.error:
            return "quick"
        return self._choose(RequestFacts(request.path, max(request.content_length, request.body_bytes_received)))


def party_of(request: Any, channel: Any) -> Party:
    """Return whose request it is: a page names itself, a program without a name is known by its address alone."""
    named: list[str] = parse_qs(getattr(request, "query", "") or "").get("visitor", [""])
    address = getattr(channel, "addr", None)
    return Party(named[0], str(address[0]) if isinstance(address, tuple) else "")


class _Turns:
    """What waits for the threads of a lane, as they ask for it: each visitor has his turn."""

    def __init__(self) -> None:
        self._line: FairLine[Any] = FairLine()

    def __len__(self) -> int:
        return len(self._line)

    def append(self, channel: Any) -> None:
        self._line.add(party_of(channel.requests[0], channel), channel)

    def popleft(self) -> Any:
        return self._line.take()


class _PoliteThreads(ThreadedTaskDispatcher):
    """Threads of a lower priority than all others of the server."""

    def handler_thread(self, thread_no: int) -> None:
        if sys.platform == "linux":  # there each thread has a priority of its own; torch's helpers take their parent's
            os.setpriority(os.PRIO_PROCESS, 0, min(19, os.getpriority(os.PRIO_PROCESS, 0) + _NICE))
        super().handler_thread(thread_no)
