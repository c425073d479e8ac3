"""Which threads answer what."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from components.server.lanes import HEAVY_BODY, THREADS, LaneName, Lanes, RequestFacts, lane_of
from tests.patience import PATIENCE


@pytest.mark.parametrize(
    ("path", "body", "lane"),
    [
        ("/", 0, "quick"),
        ("/health", 0, "quick"),
        ("/x/assets/style.css", 0, "quick"),
        ("/api/spaces/a/touch/umap", 8, "quick"),
        ("/x/api/spaces/a/look/pca", 64, "quick"),
        ("/api/spaces/a/decode", 33_000, "quick"),
        ("/api/spaces/a/items/3.png", 0, "quick"),
        ("/api/spaces/a/projections/tsne-12ab", 0, "quick"),
        ("/api/jobs", 0, "quick"),
        ("/api/spaces/a/find", 0, "ordinary"),
        ("/api/spaces/a/part/umap", 90, "ordinary"),
        ("/api/spaces/a/studies/collapse", 0, "ordinary"),
        ("/api/spaces/a/believed/umap", 900, "ordinary"),
        ("/_dash-update-component", 900, "ordinary"),
        ("/api/spaces/a/decode", HEAVY_BODY + 1, "heavy"),
        ("/api/spaces/a/locate/umap", 10**7, "heavy"),
        ("/api/spaces/a/layers", 10**7, "heavy"),
        ("/api/spaces/a/encode/pca", 10**7, "ordinary"),
    ],
)
def test_a_request_has_its_lane(path: str, body: int, lane: str) -> None:
    assert lane_of(RequestFacts(path, body)) == lane


class _Connection:
    """What waitress hands to the threads: answers by calling `work`."""

    def __init__(self, path: str, work: Any) -> None:
        self.requests = [SimpleNamespace(path=path, error=None, content_length=0, body_bytes_received=0)]
        self.service, self.cancelled = work, False

    def cancel(self) -> None:
        self.cancelled = True


def test_slow_requests_cannot_take_the_threads_of_quick_ones() -> None:
    names: tuple[LaneName, ...] = ("heavy", "ordinary", "quick")
    lanes = Lanes(lambda asked: next(name for name in names if name in asked.path))
    go_on, answered = threading.Event(), threading.Event()
    waiting = [
        _Connection(name, lambda: go_on.wait(60)) for name in ("heavy", "ordinary") for _ in range(3 * THREADS[name])
    ]
    for connection in waiting:
        lanes.add_task(connection)
    lanes.add_task(_Connection("quick", answered.set))
    assert answered.wait(30)
    go_on.set()
    lanes.shutdown()


def test_a_request_that_could_not_be_read_is_answered_at_once() -> None:
    lanes = Lanes(lambda asked: pytest.fail("it has no path"))
    answered = threading.Event()
    broken = _Connection("", answered.set)
    broken.requests[0].error = "431"
    lanes.add_task(broken)
    assert answered.wait(30)
    lanes.shutdown()


def test_what_waits_is_cancelled_at_the_end() -> None:
    lanes = Lanes(lambda asked: "heavy")
    begun, go_on = threading.Semaphore(0), threading.Event()

    def work() -> None:
        begun.release()
        go_on.wait(60)

    under_way = [_Connection("", work) for _ in range(THREADS["heavy"])]
    waiting = _Connection("", work)
    for connection in (*under_way, waiting):
        lanes.add_task(connection)
    for _ in under_way:
        assert begun.acquire(timeout=PATIENCE)
    threading.Timer(0.2, go_on.set).start()
    lanes.shutdown()
    assert waiting.cancelled and not any(connection.cancelled for connection in under_way)


def test_each_visitor_has_his_turn() -> None:
    lanes = Lanes(lambda asked: "heavy")
    go_on, order, done = threading.Event(), [], threading.Event()

    def request(query: str, address: str) -> _Connection:
        def answer() -> None:
            order.append(query or address)
            if len(order) == 8:
                done.set()

        connection = _Connection("/", answer)
        connection.requests[0].query, connection.addr = query, (address, 1)  # type: ignore[attr-defined]
        return connection

    for _ in range(THREADS["heavy"]):
        lanes.add_task(_Connection("/", lambda: go_on.wait(60)))
    for query, address in [("visitor=ann", "a")] * 6 + [("visitor=ben", "a"), ("", "b")]:
        lanes.add_task(request(query, address))
    go_on.set()
    assert done.wait(60)
    assert set(order[:4]) >= {"visitor=ann", "visitor=ben", "b"}, order
    lanes.shutdown()
