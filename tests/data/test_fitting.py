"""Pictures fitted to a model's shape: sizes and channels against Pillow and by hand, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from vae_core.data import Dataset, from_arrays, load_data
from vae_core.data.fitting import Fitter, Mode, fit_pixels, parse_fit
from vae_core.errors import InputError

NOISE = np.random.default_rng(0)


def noise(*shape: int) -> np.ndarray:
    return NOISE.integers(0, 256, shape, dtype=np.uint8)


def test_resizing_is_that_of_pillow() -> None:
    pixels = noise(3, 20, 30)
    fitted, steps = fit_pixels(pixels, (3, 12, 10), "resize")
    image = Image.fromarray(np.moveaxis(pixels, 0, 2)).resize((10, 12), Image.Resampling.LANCZOS)
    np.testing.assert_array_equal(np.moveaxis(fitted, 0, 2), np.asarray(image))
    assert steps == ["scaled from 30 × 20 to 10 × 12"]


def test_cropping_is_that_of_pillow() -> None:
    pixels = noise(1, 30, 20)
    fitted, steps = fit_pixels(pixels, (1, 10, 10), "crop")
    scaled = Image.fromarray(pixels[0]).resize((10, 15), Image.Resampling.LANCZOS)
    # Of an odd surplus the smaller half is cut above or below.
    assert any((fitted[0] == np.asarray(scaled)[cut : cut + 10]).all() for cut in (2, 3))
    assert steps == ["scaled from 20 × 30 to 10 × 15", "cut to 10 × 10"]


def test_padding_leaves_small_pictures_their_pixels() -> None:
    pixels = noise(1, 28, 28)
    pixels[:, [0, -1]] = pixels[:, :, [0, -1]] = 7
    fitted, steps = fit_pixels(pixels, (1, 32, 32), "pad")
    np.testing.assert_array_equal(fitted[0], np.pad(pixels[0], 2, constant_values=7))
    assert steps == ["centred on 32 × 32"]


def test_padding_scales_large_pictures_down_until_they_fit() -> None:
    pixels = np.full((1, 10, 40), 200, np.uint8)
    pixels[:, 3:7, 10:30] = 0
    fitted, steps = fit_pixels(pixels, (1, 8, 8), "pad")
    assert steps == ["scaled from 40 × 10 to 8 × 2", "centred on 8 × 8"]
    assert (fitted[0, [0, 1, 2, 5, 6, 7]] == 200).all() and fitted[0, 3:5, 3:5].max() < 120


def test_colour_becomes_grey_as_pillow_does_it_and_grey_is_repeated() -> None:
    colour = noise(3, 16, 16)
    grey, steps = fit_pixels(colour, (1, 16, 16), "pad")
    np.testing.assert_array_equal(grey[0], np.asarray(ImageOps.grayscale(Image.fromarray(np.moveaxis(colour, 0, 2)))))
    assert steps == ["turned grey"]
    floats, _ = fit_pixels(colour / np.float32(255), (1, 16, 16), "pad", (0, 1))
    np.testing.assert_allclose(floats * 255, grey, atol=0.6)
    np.testing.assert_array_equal(fit_pixels(grey, (3, 16, 16), "pad")[0], np.repeat(grey, 3, 0))


def test_transparent_pictures_are_laid_on_white() -> None:
    pixels = np.zeros((4, 2, 2), np.float32)
    pixels[3, 0] = 0.25
    fitted, _ = fit_pixels(pixels, (3, 2, 2), "pad", (0, 1))
    assert fitted[:, 0].tolist() == [[0.75, 0.75]] * 3 and (fitted[:, 1] == 1).all()


@settings(max_examples=60, deadline=None)
@given(
    size=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    shape=st.tuples(st.sampled_from([1, 3]), st.integers(1, 20), st.integers(1, 20)),
    channels=st.sampled_from([1, 3, 4]),
    mode=st.sampled_from(["resize", "pad", "crop"]),
    dtype=st.sampled_from([np.uint8, np.float32, np.float64]),
    level=st.integers(0, 255),
)
def test_any_size_fits_any_shape_and_one_level_stays_one_level(
    size: tuple[int, int], shape: tuple[int, int, int], channels: int, mode: Mode, dtype: type, level: int
) -> None:
    pixels: np.ndarray = np.full((channels, *size), level).astype(dtype)
    pixels[3:] = 255
    fitted, _ = fit_pixels(pixels, shape, mode)
    assert fitted.shape == shape and fitted.dtype == dtype
    np.testing.assert_allclose(fitted.astype(float), level, atol=1e-3 if dtype != np.uint8 else 0)


def test_scaling_stays_in_the_range() -> None:
    edges = np.kron([[0, 1], [1, 0]], np.ones((6, 6))).astype(np.float32)[None]
    fitted, _ = fit_pixels(edges, (1, 9, 9), "resize", (0, 1))
    assert fitted.min() >= 0 and fitted.max() <= 1


def save(path: Path, pixels: np.ndarray) -> None:
    Image.fromarray(pixels).save(path)


def test_a_folder_of_pictures_of_different_sizes(tmp_path: Path) -> None:
    save(tmp_path / "a.png", noise(30, 20))
    save(tmp_path / "b.png", noise(16, 16, 3))
    data = load_data(tmp_path, fit="pad", shape=(1, 16, 16))
    assert data.sample_shape == (1, 16, 16)
    assert data.notes == ("Fitted 2 shapes to 16 × 16 grey by padding.",)
    assert load_data(tmp_path, fit="crop:8x12").sample_shape == (3, 8, 12)
    assert load_data(tmp_path, fit="crop:8x12x1").sample_shape == (1, 8, 12)


def test_a_table_of_pictures_of_different_sizes(tmp_path: Path) -> None:
    save(tmp_path / "a.png", noise(30, 20))
    save(tmp_path / "b.png", noise(16, 16))
    (tmp_path / "t.csv").write_text("file\na.png\nb.png\n")
    assert load_data(tmp_path / "t.csv", fit="resize:16x16").sample_shape == (1, 16, 16)


def test_a_data_set_in_an_array_and_its_name_by_content(tmp_path: Path) -> None:
    images = noise(5, 3, 32, 32)
    np.save(tmp_path / "a.npy", images)
    data = load_data(tmp_path / "a.npy", fit="resize", shape=(1, 28, 28))
    assert data.notes == ("Fitted 32 × 32 colour to 28 × 28 grey by resizing.",)
    by_hand = from_arrays(np.stack([fit_pixels(one, (1, 28, 28), "resize")[0] for one in images]))
    assert data.fingerprint == by_hand.fingerprint != load_data(tmp_path / "a.npy").fingerprint
    same = load_data(tmp_path / "a.npy", fit="pad", shape=(3, 32, 32))
    assert same.notes == () and isinstance(same.values, np.memmap)


@pytest.mark.parametrize("text", ["", "stretch", "pad:28", "pad:0x3", "pad:28x28x2", "pad:-1x3", "PAD", "pad:28x28 "])
def test_what_is_no_way_of_fitting(text: str) -> None:
    with pytest.raises(InputError, match="--fit takes resize, pad, crop, or one of them with a size"):
        parse_fit(text)


def test_what_cannot_be_fitted() -> None:
    with pytest.raises(InputError, match="--fit pad needs a size, since no model says one"):
        Fitter.of("pad", None)
    with pytest.raises(InputError, match=r"but the model takes items of shape \(7,\)"):
        Fitter.of("pad:3x3", (7,))
    vectors: Dataset = from_arrays(np.ones((2, 3)))
    with pytest.raises(InputError, match="these are vector data"):
        Fitter.of("pad:3x3", None).fit(vectors)
