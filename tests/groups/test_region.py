"""Points inside polygons and boxes, beside rules that are counted in another way."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_core.groups.region import in_box, in_polygon

SMALL = st.integers(-4, 4)
CORNER = st.tuples(SMALL, SMALL)
GRID = np.array([(x / 2, y / 2) for x in range(-10, 11) for y in range(-10, 11)])


def crossings(point: np.ndarray, polygon: list[tuple[int, int]]) -> int:
    """Count, in fractions, which edges a ray to the right crosses; an edge holds its lower end only."""
    x, y = (Fraction(float(value)) for value in point)
    found = 0
    for (ax, ay), (bx, by) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        if (ay <= y) != (by <= y):
            found += x < ax + (y - ay) * Fraction(bx - ax, by - ay)
    return found


@given(st.lists(CORNER, min_size=3, max_size=9))
def test_it_is_the_even_odd_rule_to_the_last_bit(polygon: list[tuple[int, int]]) -> None:
    """Degenerate, collinear and self-crossing ones among them, and points on corners and edges."""
    wanted = [crossings(point, polygon) % 2 == 1 for point in GRID]
    assert in_polygon(GRID, np.array(polygon, dtype=float)).tolist() == wanted


def in_triangle(points: np.ndarray, a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """Tell by the signs of three areas."""

    def side(p: np.ndarray, q: np.ndarray) -> np.ndarray:
        return np.asarray((q[0] - p[0]) * (points[:, 1] - p[1]) - (q[1] - p[1]) * (points[:, 0] - p[0]) > 0)

    first, second, third = side(a, b), side(b, c), side(c, a)
    return np.asarray((first == second) & (second == third))


@given(st.integers(3, 40), st.integers(0, 10**6))
def test_it_is_the_parity_of_a_fan_of_triangles(corners: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    polygon, points = random.normal(size=(corners, 2)), random.normal(size=(300, 2)).astype(np.float32)
    odd = np.zeros(len(points), dtype=bool)
    for b, c in pairwise(polygon[1:]):
        odd ^= in_triangle(points, polygon[0], b, c)
    assert in_polygon(points, polygon).tolist() == odd.tolist()


def test_of_neighbouring_polygons_exactly_one_holds_a_point_on_their_edge() -> None:
    whole = in_polygon(GRID, np.array([(-4, -4), (4, -4), (4, 4), (-4, 4)]))
    left = in_polygon(GRID, np.array([(-4, -4), (1, -4), (-1, 4), (-4, 4)]))
    right = in_polygon(GRID, np.array([(1, -4), (4, -4), (4, 4), (-1, 4)]))
    assert (left ^ right).tolist() == whole.tolist() and not (left & right).any()


def test_the_share_of_points_inside_is_the_area() -> None:
    random = np.random.default_rng(0)
    angles = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    polygon = np.column_stack([np.cos(angles), np.sin(angles)]) * (0.7 + 0.2 * np.sin(5 * angles))[:, None]
    (x, y), (u, v) = polygon.T, np.roll(polygon, -1, axis=0).T
    area = abs((x * v - u * y).sum()) / 2
    points = random.uniform(-1, 1, (200_000, 2)).astype(np.float32)
    assert in_polygon(points, polygon).mean() == pytest.approx(area / 4, abs=4 * 0.5 / np.sqrt(200_000))


@pytest.mark.parametrize("polygon", [np.empty((0, 2)), np.zeros((1, 2)), np.array([(0, 0), (1, 1)]), np.ones((5, 2))])
def test_what_encloses_nothing_holds_nothing(polygon: np.ndarray) -> None:
    assert not in_polygon(GRID, polygon).any()
    assert in_polygon(np.empty((0, 2), dtype=np.float32), np.array([(0, 0), (1, 0), (0, 1)])).shape == (0,)


def test_a_box_has_its_rim() -> None:
    points = np.array([(0, 0), (1, 2), (1.001, 1), (0.5, -0.001), (0.5, 1)])
    assert in_box(points, np.array([0, 0]), np.array([1, 2])).tolist() == [True, True, False, False, True]
