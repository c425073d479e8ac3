"""Pixels, colours and words for the eye."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import torch

from vae_core import LatentSpace
from vae_core.drawing.palette import MANY, MISSING, OKABE_ITO, SYMBOLS, category_style
from vae_core.drawing.pictures import decode, image_shape, originals, reduced, to_bytes


def test_pixels_are_clamped_and_rounded() -> None:
    values = np.array([-1, 0, 0.5 / 255, 0.51 / 255, 0.5, 1, 9], np.float32).reshape(1, 1, 1, 7)
    assert to_bytes(values).tolist() == [[[[0], [0], [0], [1], [128], [255], [255]]]]
    assert to_bytes(np.zeros((2, 3, 4, 5))).shape == (2, 4, 5, 3)


def test_large_pictures_are_averaged_in_blocks() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (3, 9, 13, 2), dtype=np.uint8)
    assert reduced(pixels, 13) is pixels
    small = reduced(pixels, 5)
    assert small.shape == (3, 3, 4, 2)
    assert abs(float(small[1, 2, 3, 1]) - pixels[1, 6:9, 9:12, 1].mean()) <= 0.5
    flat = reduced(pixels[:, :1], 4)
    assert flat.shape == (3, 1, 3, 2)
    assert abs(float(flat[0, 0, 0, 0]) - pixels[0, 0, :4, 0].mean()) <= 0.5


def test_shapes(grey: LatentSpace, colour: LatentSpace, vectors: LatentSpace) -> None:
    assert image_shape(grey.data) == (8, 8, 1)
    assert image_shape(colour.data) == (9, 7, 3)
    assert image_shape(vectors.data) is None
    np.testing.assert_array_equal(originals(grey.data, np.array([3, 1]))[..., 0], grey.data.values[[3, 1], 0])


def test_decoding_from_many_threads_gives_what_one_gives(grey: LatentSpace) -> None:
    """The gradient mode is each thread's own, the weights are everybody's."""
    points = np.random.default_rng(0).normal(size=(8, 6, 4)).astype(np.float32)
    wanted = [decode(grey, z) for z in points]
    wrong: list[int] = []

    def work(at: int) -> None:
        right = [np.array_equal(decode(grey, points[at]), wanted[at]) and torch.is_grad_enabled() for _ in range(20)]
        if not all(right):
            wrong.append(at)

    threads = [threading.Thread(target=work, args=(at,)) for at in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize("of", [1, 8, 9, 20, 50])
def test_categories_can_be_told_apart(of: int) -> None:
    styles = [category_style(position, of) for position in range(of)]
    assert len(set(styles)) == of
    assert all(symbol == "circle" for _, symbol in styles) or of > len(OKABE_ITO)
    assert {colour for colour, _ in styles} <= set(OKABE_ITO) | set(MANY)
    assert {symbol for _, symbol in styles} <= set(SYMBOLS) and MISSING not in MANY
