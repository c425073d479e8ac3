from __future__ import annotations

import pickle
import threading

import numpy as np
import pytest

from vae_core.errors import InputError
from vae_core.progress import Stopped
from vae_core.space import Neighbours


def brute_force(points: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    distance = np.linalg.norm(points[:, None].astype(np.float64) - points[None], axis=2)
    np.fill_diagonal(distance, np.inf)
    index = np.argsort(distance, axis=1)[:, :k]
    return index, np.take_along_axis(distance, index, axis=1)


def test_neighbours_are_those_of_brute_force() -> None:
    points = (np.random.default_rng(0).normal(size=(400, 7)) + 50).astype(np.float32)
    neighbours = Neighbours(points)
    index, distance = brute_force(points, 90)
    np.testing.assert_allclose(neighbours.distance, distance, rtol=1e-4)
    assert (neighbours.index == index).mean() > 0.999
    assert neighbours.index.dtype == np.int32
    assert neighbours.distance.dtype == np.float32


def test_a_query_finds_an_item_at_distance_zero_in_any_batch() -> None:
    points = (np.random.default_rng(0).normal(size=(3000, 5)) + 100).astype(np.float32)
    neighbours = Neighbours(points)
    for batch in (points[:1], points[:500]):
        index, distance = neighbours.query(batch, 3)
        np.testing.assert_array_equal(index[:, 0], np.arange(len(batch)))
        assert (distance[:, 0] == 0).all()
        assert (np.diff(distance, axis=1) >= 0).all()


def test_more_neighbours_than_shared_are_computed_anew_and_fewer_are_the_first() -> None:
    points = np.random.default_rng(0).normal(size=(300, 3)).astype(np.float32)
    neighbours = Neighbours(points)
    assert not neighbours.ready
    first = neighbours.index.copy()
    more, _ = neighbours.table(150)
    assert more.shape == (300, 150)
    np.testing.assert_array_equal(more[:, :90], first)
    assert neighbours.table(5)[0].shape == (300, 5)


def test_duplicates_and_tiny_sets() -> None:
    same = Neighbours(np.ones((200, 2), dtype=np.float32))
    assert (same.distance == 0).all()
    assert not (same.index == np.arange(200)[:, None]).any()
    assert Neighbours(np.zeros((1, 2), dtype=np.float32)).index.shape == (1, 0)
    assert Neighbours(np.eye(3, dtype=np.float32)).index.shape == (3, 2)


def test_neighbours_travel_to_another_process_whole() -> None:
    neighbours = Neighbours(np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32))
    index = neighbours.index
    copy = pickle.loads(pickle.dumps(neighbours))
    assert copy.ready
    np.testing.assert_array_equal(copy.index, index)
    np.testing.assert_array_equal(copy.query(copy.points[:4], 1)[0][:, 0], np.arange(4))


def test_stop_and_bad_points() -> None:
    points = np.zeros((10, 2), dtype=np.float32)
    with pytest.raises(Stopped):
        Neighbours(points).table(progress=lambda *_, **__: False)
    points[3, 0] = np.inf
    with pytest.raises(InputError, match="1 points are not finite"):
        Neighbours(points)


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """Clusters on a surface in 16 dimensions, taken for too many to be compared with one another."""
    monkeypatch.setattr("vae_core.space.neighbours.index.EXACT_UP_TO", 500)
    random = np.random.default_rng(0)
    plane = random.normal(size=(3, 4))[random.integers(0, 3, 1200)] + 0.3 * random.normal(size=(1200, 4))
    return (plane @ random.normal(size=(4, 16)) + 3).astype(np.float32)


def test_a_graph_finds_the_neighbours_of_very_many_items_and_says_how_many(many: np.ndarray) -> None:
    neighbours = Neighbours(many)
    index, distance = neighbours.table(90)
    truth, true_distance = brute_force(many, 90)
    found = np.mean([np.isin(a, b).mean() for a, b in zip(truth, index, strict=True)])
    assert found >= 0.99
    assert neighbours.recall == pytest.approx(found, abs=0.005)
    assert not (index == np.arange(1200)[:, None]).any()
    assert (np.diff(distance, axis=1) >= 0).all()
    assert (distance >= true_distance - 1e-4).all()
    again = Neighbours(many).table(90)
    np.testing.assert_array_equal(again[0], index)


def test_where_a_graph_misses_too_many_all_are_compared(many: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vae_core.space.neighbours.hnsw._SEARCH_EFFORTS", (1,))
    monkeypatch.setattr("vae_core.space.neighbours.hnsw._BUILD_EFFORT", 1)
    apart = np.random.default_rng(1).normal(size=(900, 64)).astype(np.float32)
    neighbours = Neighbours(apart)
    assert neighbours.recall == 1
    assert (neighbours.index == brute_force(apart, 90)[0]).mean() > 0.999


def test_a_graph_stands_duplicates_and_stops_when_asked(many: np.ndarray) -> None:
    many[:400] = many[0]
    neighbours = Neighbours(many)
    assert (neighbours.distance[:400, 0] == 0).all()
    assert not (neighbours.index == np.arange(1200)[:, None]).any()
    for allowed in (0, 1):
        left = iter([True] * allowed)
        with pytest.raises(Stopped):
            Neighbours(many).table(progress=lambda *_, left=left: next(left, False))


def test_a_stored_table_is_read_when_it_is_needed_and_not_before() -> None:
    points = np.random.default_rng(0).normal(size=(300, 3)).astype(np.float32)
    table = Neighbours(points).table()
    reads = []

    def read() -> tuple[np.ndarray, np.ndarray, float]:
        reads.append(1)
        return *table, 0.995

    neighbours = Neighbours(points, read)
    neighbours.query(points[:3], 5)
    assert not reads
    assert neighbours.ready
    assert neighbours.table(7)[0].shape == (300, 7)
    assert neighbours.recall == 0.995
    assert len(reads) == 1


def test_what_is_read_late_does_not_take_the_place_of_what_was_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that finds no file, and comes back after the table was computed, used to wipe it."""
    released, entered = threading.Event(), threading.Event()

    def stored() -> None:
        if not entered.is_set():
            entered.set()
            assert released.wait(60)

    points = np.random.default_rng(0).normal(size=(30, 3)).astype(np.float32)
    neighbours = Neighbours(points, stored)
    compute = neighbours._compute
    monkeypatch.setattr(neighbours, "_compute", lambda k, progress: (*compute(k, progress)[:2], 0.97))
    reader = threading.Thread(target=lambda: neighbours.ready)
    reader.start()
    assert entered.wait(60)
    computing = threading.Thread(target=neighbours.table)
    computing.start()
    computing.join(0.5)  # it may be done by now, or wait for the reader
    released.set()
    reader.join(60)
    computing.join(60)
    assert neighbours.ready and neighbours.recall == 0.97
