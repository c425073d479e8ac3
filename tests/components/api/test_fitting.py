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

from components.api.fitting import fit_picture
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


@pytest.mark.parametrize("size", [(1, 49_999_999), (49_999_999, 1), (2**15 + 1, 1)])
def test_a_picture_as_long_as_a_thread_is_refused_unread(size: tuple[int, int]) -> None:
    with pytest.raises(InputError, match="32,768 a side"):
        fit_picture(bomb(*size), GREY)


def test_models_of_other_channels_are_told_so() -> None:
    with pytest.raises(InputError, match="4 channels"):
        fit_picture(file(RAMP), (4, 8, 8))


BLACK, TEAL = np.zeros(1, np.float32), np.array([0, 128, 128], np.float32) / 255


def test_transparency_is_laid_on_the_background_of_the_data() -> None:
    rgba = np.full((8, 8, 4), 200, np.uint8)
    rgba[..., 3] = 0
    rgba[2:6, 2:6, 3] = 255
    dark = fit_picture(file(rgba), GREY, background=BLACK)
    assert dark.how == "Laid on black, the background of the data, turned grey."
    wanted = np.zeros((8, 8), np.float32)
    wanted[2:6, 2:6] = 200 / 255
    np.testing.assert_allclose(dark.values[0], wanted, atol=1e-6)
    # Inverting changes the picture, not what it is laid on.
    inverted = fit_picture(file(rgba), GREY, invert=True, background=BLACK)
    np.testing.assert_allclose(inverted.values[0], np.where(wanted > 0, 55 / 255, 0), atol=1e-6)
    assert inverted.how == "Inverted, laid on black, the background of the data, turned grey."
    coloured = fit_picture(file(rgba), COLOUR, background=TEAL)
    assert "the colour #008080, the background" in coloured.how
    np.testing.assert_allclose(coloured.values[:, 0, 0], TEAL, atol=1e-6)
    np.testing.assert_allclose(coloured.values[:, 3, 3], 200 / 255, atol=1e-6)
    assert "laid on grey (128 of 255)" in fit_picture(file(rgba), GREY, True, np.full(1, 0.5)).how
    # What is wholly opaque is laid on nothing, and half a pixel is half of each.
    rgba[..., 3] = 255
    assert fit_picture(file(rgba), COLOUR, background=TEAL).how == "Taken as it is."
    rgba[..., 3] = 128
    np.testing.assert_allclose(fit_picture(file(rgba), GREY, background=BLACK).values, 100 / 255, atol=2 / 255)


def test_what_was_cut_out_is_padded_with_the_background_even_where_it_meets_the_rim() -> None:
    wide = np.full((4, 16, 4), 200, np.uint8)
    wide[..., 3] = 255
    wide[0, 0, 3] = 0
    fitted = fit_picture(file(wide), GREY, background=BLACK)
    assert (fitted.values[0, [0, 1, 6, 7]] == 0).all() and fitted.values[0, 3:5].max() > 0.7
    wide[..., 3] = 255  # a picture with a rim of its own keeps it
    assert fit_picture(file(wide), GREY, background=BLACK).values.min() > 0.7


def keyed(depth: int, kind: int, rows: list[bytes], key: bytes, width: int) -> bytes:
    """A PNG in which one colour stands for transparent."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, len(rows), depth, kind, 0, 0, 0)
    content = zlib.compress(b"".join(b"\0" + row for row in rows))
    parts = ((b"IHDR", header), (b"tRNS", key), (b"IDAT", content), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


@pytest.mark.parametrize(
    ("content", "opaque"),
    [
        (keyed(16, 0, [struct.pack(">3H", 0x9234, 0x8000, 0xFFFF)] * 3, struct.pack(">H", 0x9234), 3), (0, 1)),
        (
            keyed(16, 2, [struct.pack(">9H", *[0x9234] * 3, *[0x8000] * 6)] * 3, struct.pack(">3H", *[0x9234] * 3), 3),
            0.5,
        ),
        (keyed(8, 0, [bytes([146, 128, 255])] * 3, struct.pack(">H", 146), 3), (128 / 255, 1)),
        (keyed(4, 0, [bytes([0x98, 0xF0])] * 3, struct.pack(">H", 9), 3), (136 / 255, 1)),
        (keyed(1, 0, [bytes([0b01100000])] * 3, struct.pack(">H", 0), 3), (1, 1)),
        (keyed(8, 2, [bytes([9, 9, 9, 128, 128, 128, 255, 255, 255])] * 3, struct.pack(">3H", 9, 9, 9), 3), (0.5, 1)),
    ],
)
def test_a_colour_that_stands_for_transparent_is_found_at_every_depth(content: bytes, opaque: Any) -> None:
    for shape in ((1, 3, 3), (3, 3, 3)):
        fitted = fit_picture(content, shape, background=np.full(shape[0], 0.2, np.float32))
        assert "laid on grey (51 of 255), the background of the data" in fitted.how.lower()
        np.testing.assert_allclose(fitted.values[:, :, 0], 0.2, atol=0.003)
        np.testing.assert_allclose(fitted.values[0, 0, 1:], opaque, atol=0.003)


def test_alpha_channels_of_grey_deep_and_palette_pictures() -> None:
    grey = Image.fromarray(np.dstack([RAMP, np.where(RAMP > 100, 255, 0).astype(np.uint8)]), "LA")
    wanted = np.where(RAMP > 100, RAMP, 0) / 255
    np.testing.assert_allclose(fit_picture(file(grey), GREY, background=BLACK).values[0], wanted, atol=1e-6)
    deep = np.stack([RAMP.astype(">u2") * 257, np.where(RAMP > 100, 65535, 0).astype(">u2")], axis=2)
    rows = [np.ascontiguousarray(row).tobytes() for row in deep]
    content = keyed(16, 4, rows, b"", 8).replace(
        struct.pack(">I", 0) + b"tRNS" + struct.pack(">I", zlib.crc32(b"tRNS")), b""
    )
    np.testing.assert_allclose(fit_picture(content, GREY, background=BLACK).values[0], wanted, atol=0.003)
    palette = Image.fromarray(RAMP // 64).convert("P")
    palette.putpalette([value for level in (10, 90, 170, 250) for value in (level, level, level)])
    shares = bytes([255, 0, 255, 128])
    laid = fit_picture(file(palette, transparency=shares), GREY, background=BLACK).values[0]
    for level, grey_level in enumerate((10, 0, 170, 125.5)):
        np.testing.assert_allclose(laid[level == RAMP // 64], grey_level / 255, atol=0.003)
