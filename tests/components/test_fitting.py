"""A visitor's picture becomes what the model takes, or one sentence."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from components.fitting import fit_picture
from vae_core import InputError

RAMP = np.arange(64, dtype=np.uint8).reshape(8, 8) * 4
GREY, COLOUR = (1, 8, 8), (3, 8, 8)


def file(image: Image.Image | np.ndarray, format: str = "PNG", **options: Any) -> bytes:
    target = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(target, format, **options)
    return target.getvalue()


def test_a_picture_of_the_right_shape_is_taken_as_it_is() -> None:
    for format in ("PNG", "BMP", "TIFF", "GIF"):
        fitted = fit_picture(file(RAMP, format), GREY)
        np.testing.assert_array_equal(fitted.values, RAMP[None].astype(np.float32) / 255)
        assert fitted.values.dtype == np.float32 and fitted.values.flags.c_contiguous
    assert fit_picture(file(RAMP), GREY).how == "Taken as it is."
    rgb = np.stack([RAMP, RAMP.T, 255 - RAMP], axis=2)
    np.testing.assert_array_equal(
        fit_picture(file(rgb), COLOUR).values, rgb.transpose(2, 0, 1).astype(np.float32) / 255
    )


def test_colour_turns_grey_and_grey_turns_to_colour() -> None:
    red = np.zeros((8, 8, 3), np.uint8)
    red[..., 0] = 255
    fitted = fit_picture(file(red), GREY)
    assert fitted.how == "Turned grey." and fitted.values == pytest.approx(76 / 255)  # ITU-R 601 luma
    fitted = fit_picture(file(RAMP), COLOUR)
    assert fitted.values.shape == (3, 8, 8) and (fitted.values[0] == fitted.values[2]).all()


def test_transparency_is_laid_on_white() -> None:
    rgba = np.zeros((8, 8, 4), np.uint8)
    rgba[:4, :, 3] = 255
    fitted = fit_picture(file(rgba), GREY)
    assert fitted.how == "Laid on white, turned grey."
    assert (fitted.values[0, :4] == 0).all() and (fitted.values[0, 4:] == 1).all()
    la = fit_picture(file(Image.fromarray(rgba).convert("LA")), GREY)
    assert la.how == "Laid on white." and (la.values == fitted.values).all()
    palette = Image.fromarray(RAMP // 128, mode=None).convert("P")
    palette.putpalette([0, 0, 0, 255, 255, 255])
    clear = fit_picture(file(palette, transparency=0), GREY)
    assert (clear.values == 1).all() and clear.how.startswith("Laid on white")


def test_palettes_and_single_bits() -> None:
    two = Image.fromarray(RAMP > 100)
    wanted = (RAMP > 100).astype(np.float32)
    for image in (two, two.convert("P")):
        np.testing.assert_array_equal(fit_picture(file(image), GREY).values[0], wanted)


@pytest.mark.parametrize("dtype", ["<u2", ">u2", "<i4", "<f4"])
def test_deep_pictures_are_stretched_to_8_bits(dtype: str) -> None:
    deep = (RAMP.astype(np.float64) * 200 + 1000).astype(dtype)
    fitted = fit_picture(file(Image.fromarray(deep), "TIFF"), GREY)
    assert fitted.how == "Stretched to 8 bits."
    assert fitted.values.min() == 0 and fitted.values.max() == 1
    np.testing.assert_allclose(fitted.values[0], RAMP / 252, atol=0.003)
    if dtype == "<u2":
        np.testing.assert_array_equal(fit_picture(file(Image.fromarray(deep)), GREY).values, fitted.values)
        flat = fit_picture(file(Image.fromarray(np.full((8, 8), 700, np.uint16))), GREY)
        assert np.ptp(flat.values) == 0


def test_floats_that_are_not_finite_are_black() -> None:
    odd = np.linspace(0, 1, 64, dtype=np.float32).reshape(8, 8)
    odd[0, :2] = np.nan
    assert np.isfinite(fit_picture(file(Image.fromarray(odd), "TIFF"), GREY).values).all()


def test_a_turned_photograph_stands_upright() -> None:
    image = Image.fromarray(RAMP)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned a quarter clockwise
    fitted = fit_picture(file(image, exif=exif), GREY)
    np.testing.assert_array_equal(fitted.values[0], np.rot90(RAMP, -1).astype(np.float32) / 255)


def test_inverting() -> None:
    fitted = fit_picture(file(RAMP), GREY, invert=True)
    np.testing.assert_allclose(fitted.values[0], 1 - RAMP / 255, atol=1e-6)
    assert fitted.how == "Inverted."


def test_other_sizes_are_scaled_and_centred_on_the_rims_colour() -> None:
    wide = np.full((10, 40), 200, np.uint8)
    wide[3:7, 10:30] = 0
    fitted = fit_picture(file(wide), GREY)
    assert fitted.how == "Scaled from 40 × 10 to 8 × 2, centred on 8 × 8."
    assert fitted.values[0, [0, 1, 6, 7]] == pytest.approx(200 / 255)
    assert fitted.values[0, 3:5, 3:5].max() < 0.4
    assert fit_picture(file(wide), (3, 9, 7)).values.shape == (3, 9, 7)
    assert fit_picture(file(np.zeros((4, 4), np.uint8)), GREY).how == "Scaled from 4 × 4 to 8 × 8."


@settings(max_examples=40, deadline=None)
@given(
    w=st.integers(1, 60),
    h=st.integers(1, 60),
    height=st.integers(1, 20),
    width=st.integers(1, 20),
    c=st.sampled_from([1, 3]),
)
def test_any_size_fits_any_shape(w: int, h: int, height: int, width: int, c: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (h, w, 3), dtype=np.uint8)
    fitted = fit_picture(file(pixels), (c, height, width))
    assert fitted.values.shape == (c, height, width)
    assert fitted.values.min() >= 0 and fitted.values.max() <= 1


@pytest.mark.parametrize(
    "content", [b"", b"\x00", b"GIF89a", b"<svg/>", b"%PDF-1.4", b"II*\x00\xff\xff\xff\xff", b"\x89PNG\r\n\x1a\n"]
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(InputError, match="drop"):
        fit_picture(content, GREY)


@settings(max_examples=80, deadline=None)
@given(format=st.sampled_from(["PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF"]), data=st.data())
def test_damaged_files_are_read_or_refused(format: str, data: st.DataObject) -> None:
    content = bytearray(file(RAMP, format))
    for _ in range(data.draw(st.integers(0, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(0, len(content))) :]
    try:
        fitted = fit_picture(bytes(content), COLOUR)
    except InputError as error:
        assert str(error).endswith(".")
    else:
        assert fitted.values.shape == COLOUR and np.isfinite(fitted.values).all()


@pytest.mark.parametrize("format", ["PNG", "JPEG"])
def test_a_truncated_picture_is_refused(format: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8)
    content = file(noise, format)
    with pytest.raises(InputError, match="not a readable picture"):
        fit_picture(content[: len(content) // 2], GREY)


def bomb(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds next to nothing."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [7_072, 10_000, 14_000, 60_000])
def test_a_decompression_bomb_is_refused_unread(side: int) -> None:
    with pytest.raises(InputError, match="50 million pixels"):
        fit_picture(bomb(side, side), GREY)


def test_models_of_other_channels_are_told_so() -> None:
    with pytest.raises(InputError, match="4 channels"):
        fit_picture(file(RAMP), (4, 8, 8))
