"""Measures of pictures of which they are known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from vae_core.columns.picture_measures import picture_measures


def one(picture: np.ndarray) -> dict[str, float]:
    told = picture_measures(picture[None, None] if picture.ndim == 2 else picture[None])
    return {name.split(" (")[0]: float(values[0]) for name, values in told.items()}


def rectangle(
    height: int = 40, width: int = 50, rows: slice = slice(5, 9), columns: slice = slice(10, 40)
) -> np.ndarray:
    picture = np.zeros((height, width), np.float32)
    picture[rows, columns] = 1
    return picture


def test_a_bar_has_the_measures_of_a_bar() -> None:
    told = one(rectangle())
    assert told["brightness"] == pytest.approx(120 / 2000)
    assert told["contrast"] == pytest.approx(np.sqrt(0.06 * 0.94), rel=1e-4)
    assert (told["centre x"], told["centre y"]) == pytest.approx((24.5, 6.5), abs=1e-5)
    # Variances of 30 and 4 places a pixel apart: (k² − 1) / 12.
    across, down = 899 / 12, 15 / 12
    assert told["extent"] == pytest.approx(np.sqrt(across + down), rel=1e-5)
    assert told["elongation"] == pytest.approx(1 - np.sqrt(down / across), rel=1e-4)
    assert (told["direction cos 2θ"], told["direction sin 2θ"]) == pytest.approx((1, 0), abs=1e-4)
    # Twice the area over the perimeter 68, a corner of which is a diagonal step.
    assert told["stroke thickness"] == pytest.approx(2 * 120 / 68, rel=0.02)
    assert told["symmetry left–right"] == pytest.approx(1, abs=1e-5)
    assert told["symmetry up–down"] == pytest.approx(-0.06 / 0.94, abs=1e-4)


def test_a_dark_figure_on_bright_is_read_like_a_bright_one_on_dark() -> None:
    bright, dark = one(rectangle()), one(1 - rectangle())
    for name in set(bright) - {"brightness"}:
        assert dark[name] == pytest.approx(bright[name], abs=1e-4), name
    assert dark["brightness"] == pytest.approx(1 - bright["brightness"])


@pytest.mark.parametrize("angle", [0, 30, 80, 120])
def test_direction_follows_a_turned_ellipse_and_thickness_of_a_disc_is_its_radius(angle: float) -> None:
    y, x = np.mgrid[30:-31:-1, -30:31].astype(np.float32)
    t = np.radians(angle)
    level = np.hypot((np.cos(t) * x + np.sin(t) * y) / 20, (np.cos(t) * y - np.sin(t) * x) / 8)
    told = one(np.clip((1 - level) * 10 + 0.5, 0, 1).astype(np.float32))
    expected = (np.sin(2 * t), np.cos(2 * t))
    assert (told["direction sin 2θ"], told["direction cos 2θ"]) == pytest.approx(expected, abs=0.01)
    assert told["elongation"] == pytest.approx(0.6, abs=0.01)
    disc = one(np.clip(15 - np.hypot(x, y) + 0.5, 0, 1).astype(np.float32))
    assert disc["stroke thickness"] == pytest.approx(15, rel=0.03)
    assert disc["extent"] == pytest.approx(15 / np.sqrt(2), rel=0.01)
    assert np.isnan(disc["direction sin 2θ"])


def test_random_pictures_are_measured_as_by_loops() -> None:
    pictures = np.random.default_rng(0).random((5, 2, 9, 7)).astype(np.float32)
    told = picture_measures(pictures)
    for at, grey in enumerate(pictures.mean(axis=1).astype(np.float64)):
        border = np.concatenate([grey[0], grey[-1], grey[1:-1, 0], grey[1:-1, -1]])
        figure = np.abs(grey - np.median(border))
        assert told["centre y (pixels)"][at] == pytest.approx(ndimage.center_of_mass(figure)[0], abs=1e-4)
        assert told["centre x (pixels)"][at] == pytest.approx(ndimage.center_of_mass(figure)[1], abs=1e-4)
        y, x = np.mgrid[:9, :7]
        covariance = np.cov(x.ravel(), y.ravel(), aweights=figure.ravel(), bias=True)
        assert told["extent (pixels)"][at] == pytest.approx(np.sqrt(np.trace(covariance)), rel=1e-4)
        low, high = np.linalg.eigvalsh(covariance)
        assert told["elongation"][at] == pytest.approx(1 - np.sqrt(low / high), abs=1e-4)
        assert told["contrast"][at] == pytest.approx(grey.std(), rel=1e-4)
        laplacian = ndimage.laplace(grey)[1:-1, 1:-1]
        assert told["sharpness"][at] == pytest.approx(laplacian.var(), rel=1e-4)
        mirrored = np.corrcoef(grey.ravel(), grey[:, ::-1].ravel())[0, 1]
        assert told["symmetry left–right"][at] == pytest.approx(mirrored, abs=1e-5)


def test_colours_have_saturation_and_hue() -> None:
    colours = np.array([[1, 0, 0], [0, 0.5, 0], [0.2, 0.2, 1.0], [0.4, 0.4, 0.4]], np.float32)
    told = picture_measures(np.broadcast_to(colours[:, :, None, None], (4, 3, 5, 5)))
    np.testing.assert_allclose(told["saturation"], [1, 1, 0.8, 0], atol=1e-6)
    angles = np.radians([0, 120, 240])
    np.testing.assert_allclose(told["hue sin"], [*np.sin(angles), np.nan], atol=1e-6)
    np.testing.assert_allclose(told["hue cos"], [*np.cos(angles), np.nan], atol=1e-6)


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 1, 1), (4, 1, 6), (1, 2, 2)])
def test_even_pictures_of_any_size_have_no_place_and_no_direction(shape: tuple[int, ...]) -> None:
    for level in (0.0, 0.37, 1.0):
        told = one(np.full(shape, level, np.float32))
        assert told["brightness"] == pytest.approx(level)
        assert told["contrast"] == pytest.approx(0, abs=1e-6)
        for name in ("centre x", "extent", "elongation", "direction sin 2θ", "stroke thickness", "symmetry up–down"):
            assert np.isnan(told[name]), name
