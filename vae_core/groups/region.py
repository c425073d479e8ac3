"""Which points of a map lie inside a polygon or a box."""

from __future__ import annotations

import numpy as np


def in_box(points: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return which points lie in a box, its rim included.

    Parameters
    ----------
    points : ndarray
        ``[n, 2]`` map coordinates.
    low, high : ndarray
        ``[2]`` its corners.

    Returns
    -------
    ndarray
        ``[n]`` bool.
    """
    x, y = points[:, 0], points[:, 1]
    return np.asarray((x >= low[0]) & (x <= high[0]) & (y >= low[1]) & (y <= high[1]))


def in_polygon(points: np.ndarray, polygon: np.ndarray) -> np.ndarray:
    """Return which points lie inside a polygon by the even-odd rule.

    A point is inside if a ray from it to the right crosses the outline an odd number of times. Every edge holds its
    lower end and not its upper one, and a point on an edge counts as right of it: of two polygons that share an edge
    a point on it is in exactly one. Whatever crosses itself is outside where it covers a place twice.

    Points are sorted by height once, so that every edge looks only at the points between its ends: of a hand's
    outline, which crosses few heights more than twice, each point is looked at a few times however many corners
    there are.

    Parameters
    ----------
    points : ndarray
        ``[n, 2]`` map coordinates.
    polygon : ndarray
        ``[m, 2]`` corners in order; the last is joined to the first. Fewer than three enclose nothing.

    Returns
    -------
    ndarray
        ``[n]`` bool.
    """
    inside = np.zeros(len(points), dtype=bool)
    corners = np.asarray(polygon, dtype=np.float64)
    if len(corners) < 3 or len(points) == 0:
        return inside
    near = np.flatnonzero(in_box(points, corners.min(axis=0), corners.max(axis=0)))
    near = near[np.argsort(points[near, 1])]
    x, y = points[near].astype(np.float64).T
    odd = np.zeros(len(near), dtype=bool)
    starts, ends = corners, np.roll(corners, -1, axis=0)
    rising = starts[:, 1] < ends[:, 1]
    low, high = np.where(rising[:, None], starts, ends), np.where(rising[:, None], ends, starts)
    first, last = np.searchsorted(y, low[:, 1]), np.searchsorted(y, high[:, 1])
    for (x0, y0), (x1, y1), begin, end in zip(low, high, first, last, strict=True):
        if begin == end:
            continue
        part = slice(begin, end)
        # The sign of the area of edge and point, which no division rounds.
        odd[part] ^= (x1 - x0) * (y[part] - y0) > (x[part] - x0) * (y1 - y0)
    inside[near] = odd
    return inside
