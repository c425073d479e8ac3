"""Work on very many points: piece by piece, bounded, left when nobody waits for it."""

from __future__ import annotations

import time

import numpy as np
import pytest
from flask import Flask

from components.api import heavy
from components.api.encoding import ApiError
from components.api.heavy import in_pieces

POINTS = np.arange(20.0).reshape(10, 2)


def test_pieces_make_the_whole() -> None:
    sizes: list[int] = []
    with Flask(__name__).test_request_context():
        found = in_pieces(lambda z: sizes.append(len(z)) or z.sum(axis=1), POINTS, 4)  # type: ignore[func-returns-value]
    np.testing.assert_array_equal(found, POINTS.sum(axis=1))
    assert sizes == [4, 4, 2]


def test_what_would_take_too_long_is_refused_with_what_would_not(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 3.0])
    monkeypatch.setattr(time, "thread_time", lambda: next(clock))
    with Flask(__name__).test_request_context(), pytest.raises(ApiError, match="at most 26 at a time") as refused:
        in_pieces(lambda z: z, np.zeros((100, 2)), 4)
    assert refused.value.status == 413 and "about 75 s" in str(refused.value)


def test_the_first_piece_is_always_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heavy, "MOST_SECONDS", 0.0)
    with Flask(__name__).test_request_context():
        assert len(in_pieces(lambda z: z, POINTS, 10)) == 10


def test_it_ends_when_the_visitor_has_gone() -> None:
    done: list[int] = []
    environ = {"waitress.client_disconnected": lambda: len(done) >= 2}
    with Flask(__name__).test_request_context(environ_overrides=environ), pytest.raises(ApiError, match="has gone"):
        in_pieces(lambda z: done.append(1) or z, POINTS, 1)  # type: ignore[func-returns-value]
    assert len(done) == 2
