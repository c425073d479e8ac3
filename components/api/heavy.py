"""Work on very many points: done piece by piece, bounded by how long it would take, left when its visitor has gone."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from flask import request

from components.api.encoding import ApiError

#: Most seconds of a processor that one request may take.
MOST_SECONDS = 20.0
#: What is done of a request that nobody waits for any more: the status of servers that log such things (nginx).
_GONE = 499


def in_pieces(work: Callable[[np.ndarray], np.ndarray], points: np.ndarray, piece: int) -> np.ndarray:
    """Apply work to so many points at a time, and put its results together.

    Parameters
    ----------
    work : callable
        Points ``[k, …]`` to results ``[k, …]``, each of its own point alone.
    points : ndarray
        ``[m, …]``.
    piece : int
        Points at a time.

    Raises
    ------
    ApiError
        413 if, by what the first piece took, all of them would take more than `MOST_SECONDS`; 499 if the visitor has
        hung up meanwhile.
    """
    parts: list[np.ndarray] = []
    for start in range(0, len(points), piece):
        if _visitor_has_gone():
            raise ApiError(_GONE, "The visitor has gone.")
        begun = time.thread_time()
        parts.append(work(points[start : start + piece]))
        if start == 0 and len(points) > piece:
            _refuse_if_too_long(time.thread_time() - begun, len(points), piece)
    return np.concatenate(parts)


def _refuse_if_too_long(seconds: float, count: int, piece: int) -> None:
    most = max(piece, int(MOST_SECONDS / max(seconds, 1e-9) * piece))
    if count > most:
        raise ApiError(
            413,
            f"{count:,} points would take about {seconds * count / piece:,.0f} s here, and a request may take "
            f"{MOST_SECONDS:.0f} s; send at most {most:,} at a time.",
        )


def _visitor_has_gone() -> bool:
    hung_up: Callable[[], bool] | None = request.environ.get("waitress.client_disconnected")
    return hung_up is not None and hung_up()
