"""Pictures of very many points, beside what counting them one by one gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_core.drawing.point_density import View, draw_classes, draw_values

VIEW = View(-2.0, 6.0, 1.0, 5.0, 16, 8)  # two pixels per unit
INKS = np.array([[255, 0, 0], [0, 200, 10], [7, 8, 90]], dtype=np.uint8)
GREYS = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
MISSING = np.array([200, 100, 50], dtype=np.uint8)
# Halves of pixels: no point lies on a border, where rounding decides.
ACROSS, DOWN = st.integers(0, 15), st.integers(0, 7)


def at(places: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    """Map coordinates of the middles of pixels (from the left, from above)."""
    across, down = np.array(places, dtype=np.float32).reshape(-1, 2).T
    return VIEW.left + (across + 0.5) / 2, VIEW.top - (down + 0.5) / 2


def reach(grown: int) -> list[tuple[int, int]]:
    """Steps within a disc."""
    steps = range(-grown, grown + 1)
    return [(a, b) for a in steps for b in steps if np.hypot(a, b) <= grown + 0.5]


@given(st.lists(st.tuples(ACROSS, DOWN, st.integers(0, 2)), max_size=60), st.integers(0, 2))
def test_classes_mix_and_grow_as_counted_one_by_one(points: list[tuple[int, int, int]], grown: int) -> None:
    x, y = at([(across, down) for across, down, _ in points])
    codes = np.array([code for *_, code in points], dtype=np.int16)
    image = draw_classes(x, y, codes, INKS, VIEW, grown)
    lying: dict[tuple[int, int], list[int]] = {}
    for across, down, code in points:
        for right, below in reach(grown):
            if 0 <= across + right < 16 and 0 <= down + below < 8:
                lying.setdefault((down + below, across + right), []).append(code)
    assert {tuple(place) for place in np.argwhere(image[..., 3] > 0)} == set(lying)
    for place, codes_there in lying.items():
        assert np.abs(image[place][:3] - INKS[codes_there].mean(axis=0)).max() <= 0.5 + 1e-9
    opacity = {len(codes_there): int(image[place][3]) for place, codes_there in lying.items()}
    assert sorted(opacity.values()) == [opacity[many] for many in sorted(opacity)], "more is not fainter"
    assert not opacity or (max(opacity.values()) == 255 and min(opacity.values()) > 70)


@given(
    st.lists(st.tuples(ACROSS, DOWN, st.one_of(st.floats(0, 1), st.just(np.nan))), max_size=60),
    st.booleans(),
)
def test_numbers_have_the_colour_of_their_mean(points: list[tuple[int, int, float]], circular: bool) -> None:
    x, y = at([(across, down) for across, down, _ in points])
    shares = np.array([share for *_, share in points], dtype=np.float32)
    image = draw_values(x, y, shares, GREYS, MISSING, VIEW, circular=circular)
    for down in range(8):
        for across in range(16):
            here = [np.float32(share) for a, d, share in points if (a, d) == (across, down)]
            known = np.array([share for share in here if np.isfinite(share)], dtype=np.float64)
            if not here:
                assert image[down, across].tolist() == [0, 0, 0, 0]
            elif not len(known):
                assert image[down, across].tolist() == [*MISSING, 255]
            elif not circular:
                assert abs(image[down, across, 0] / 255 - known.mean()) <= 0.5 / 255 + 1e-9
            elif abs(resultant := np.exp(2j * np.pi * known).mean()) > 1e-6:
                apart = abs(image[down, across, 0] / 255 - np.angle(resultant) / (2 * np.pi) % 1)
                assert min(apart, 1 - apart) <= 0.5 / 255 + 1e-6


@pytest.mark.parametrize(("x", "y", "place"), [(-2, 1, (7, 0)), (6, 5, (0, 15)), (-2, 5, (0, 0)), (6, 1, (7, 15))])
def test_what_lies_on_the_frame_is_in_the_picture(x: float, y: float, place: tuple[int, int]) -> None:
    xs, ys = np.array([x], dtype=np.float32), np.array([y], dtype=np.float32)
    assert VIEW.contains(xs, ys).all()
    image = draw_classes(xs, ys, np.zeros(1, dtype=np.int16), INKS, VIEW)
    assert np.argwhere(image[..., 3]).tolist() == [list(place)]
