"""Sprites: the grid of factors and what each of them does to the picture."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from vae_core.data import load_data, sprites
from vae_core.data.dataset import Dataset
from vae_core.data.sprites import parse_sprites
from vae_core.errors import InputError
from vae_core.progress import Stopped

ROWS, COLUMNS = np.mgrid[:64, :64]


def areas(data: Dataset) -> np.ndarray:
    return np.asarray(data.values.reshape(len(data), -1).sum(axis=1) / 255)


def centres(data: Dataset) -> tuple[np.ndarray, np.ndarray]:
    weights = data.values[:, 0].astype(float)
    total = weights.sum(axis=(1, 2))
    return (weights * COLUMNS).sum(axis=(1, 2)) / total, (weights * ROWS).sum(axis=(1, 2)) / total


def test_the_default_subset() -> None:
    data = load_data("sprites")
    assert data.values.shape == (9000, 1, 64, 64)
    assert data.values.dtype == np.uint8
    assert (data.kind, data.value_range, data.name) == ("image", (0, 255), "sprites")
    table = data.table
    assert list(table.columns) == ["shape", "scale", "orientation", "x", "y"]
    assert list(table["shape"].cat.categories) == ["square", "ellipse", "heart"]
    np.testing.assert_allclose(sorted(table["scale"].unique()), [0.5, 0.7, 1])  # of 0.5, 0.6 … 1
    np.testing.assert_allclose(sorted(table["orientation"].unique()), np.arange(10) * np.pi / 5)
    assert table["x"].min() == 0 and table["x"].max() == 1
    assert table["y"].nunique() == 10
    assert not table.duplicated().any()
    assert (data.values.reshape(9000, -1).max(axis=1) == 255).all()
    assert data.fingerprint == sprites().fingerprint


def test_order_and_ids_are_those_of_the_full_grid() -> None:
    part = sprites(["heart", "square"], [1, 5], [0, 7], [2, 31], [4, 9])
    assert part.table.index.tolist() == sorted(part.table.index)
    last = part.table.iloc[-1]
    assert (last["shape"], last["scale"], last["x"]) == ("heart", 1.0, 1.0)
    assert last["orientation"] == pytest.approx(7 * 2 * np.pi / 40)
    assert last["y"] == pytest.approx(9 / 31)
    assert part.table.index[-1] == (((2 * 6 + 5) * 40 + 7) * 32 + 31) * 32 + 9
    whole = sprites(3, [1, 5], [0, 7], [2, 3, 31], [4, 9])
    same = whole.take(whole.table.index.get_indexer(part.table.index))
    assert np.array_equal(same.values, part.values)


@pytest.mark.parametrize("shape", ["square", "ellipse", "heart"])
def test_area_grows_with_the_square_of_the_scale(shape: str) -> None:
    data = sprites([shape], 6, 5, 1, 1)
    area = areas(data).reshape(6, 5)
    assert (np.diff(area, axis=0) > 20).all()
    np.testing.assert_allclose(area, np.linspace(0.5, 1, 6)[:, None] ** 2 * area[-1:], rtol=0.03)


def test_the_known_areas() -> None:
    square, ellipse, heart = areas(sprites(3, [5], [0], 1, 1))
    assert square == pytest.approx(20**2, rel=0.01)
    assert ellipse == pytest.approx(np.pi * 14 * 9, rel=0.01)
    assert heart == pytest.approx(15**2 * (1 + np.pi / 4), rel=0.01)


def test_the_centre_follows_x_and_y() -> None:
    data = sprites(3, [0, 5], 5, 4, 4)
    across, down = centres(data)
    np.testing.assert_allclose(across, 16 + 31 * data.table["x"], atol=0.05)
    np.testing.assert_allclose(down, 16 + 31 * data.table["y"], atol=0.05)


def test_orientation_turns_counter_clockwise() -> None:
    data = sprites(["ellipse"], [5], 40, 1, 1)
    across, down = centres(data)
    weights = data.values[:, 0].astype(float)
    right = COLUMNS - across[:, None, None]
    up = down[:, None, None] - ROWS
    xx, yy, xy = ((weights * part).sum(axis=(1, 2)) for part in (right**2, up**2, right * up))
    angle = 0.5 * np.arctan2(2 * xy, xx - yy)  # of the long axis, known up to half a turn
    difference = (angle - data.table["orientation"] + np.pi / 2) % np.pi - np.pi / 2
    np.testing.assert_allclose(difference, 0, atol=0.03)


def test_a_quarter_turn_is_exact_and_the_heart_points_down() -> None:
    upright, quarter, half, _ = sprites(["heart"], [5], 4, [15], [15]).values[:, 0]
    patch = np.s_[16:47, 16:47]  # its centre of mass is at pixel 31
    assert np.array_equal(quarter[patch], np.rot90(upright[patch]))
    assert np.array_equal(half[patch], np.rot90(upright[patch], 2))
    assert np.array_equal(upright[:, 16:47], upright[:, 16:47][:, ::-1])
    filled = np.flatnonzero(upright.max(axis=1) > 127)
    assert (upright[filled[2]] > 127).sum() > 2 * (upright[filled[-3]] > 127).sum()


def test_shapes_are_solid_and_never_touch_the_border() -> None:
    data = sprites(3, 6, 40, [0, 31], [0, 31])
    pictures = data.values[:, 0]
    assert pictures[:, [0, -1]].max() == 0 and pictures[:, :, [0, -1]].max() == 0
    centre = 16 + np.rint(31 * data.table[["y", "x"]].to_numpy()).astype(int)
    for down in (-1, 0, 1):
        for across in (-1, 0, 1):
            assert (pictures[np.arange(len(data)), centre[:, 0] + down, centre[:, 1] + across] == 255).all()


def test_subset_by_name() -> None:
    data = load_data("sprites:scales=2,orientations=8,xs=4,ys=3")
    assert len(data) == 3 * 2 * 8 * 4 * 3
    assert sorted(data.table["scale"].unique()) == [0.5, 1.0]
    assert parse_sprites("full") == {"shapes": 3, "scales": 6, "orientations": 40, "xs": 32, "ys": 32}
    assert set(load_data("sprites:shapes=square+heart,scales=1,xs=1,ys=1").table["shape"]) == {"square", "heart"}


def test_colour() -> None:
    grey = sprites(3, 1, 4, 1, 1)
    data = sprites(3, 1, 4, 1, 1, hues=3)
    assert data.values.shape == (36, 3, 64, 64)
    assert data.table["hue"].tolist() == pytest.approx([0] * 12 + [1 / 3] * 12 + [2 / 3] * 12)
    assert data.table.columns[0] == "hue"
    for hue in range(3):  # red, green, blue
        part = data.values[12 * hue : 12 * hue + 12]
        assert np.array_equal(part[:, hue], grey.values[:, 0])
        assert part[:, [channel for channel in range(3) if channel != hue]].max() == 0
    assert not set(data.table.index) & set(grey.table.index)


def test_into_a_file(tmp_path: Path) -> None:
    path = tmp_path / "sprites.npy"
    data = sprites(2, 2, 4, 3, 3, file=path)
    assert isinstance(data.values, np.memmap)
    assert data.fingerprint == sprites(2, 2, 4, 3, 3).fingerprint
    assert [entry.name for entry in tmp_path.iterdir()] == ["sprites.npy"]
    with pytest.raises(InputError, match="exists already"):
        sprites(2, 2, 4, 3, 3, file=path)
    with pytest.raises(InputError, match="cannot be written"):
        sprites(1, 1, 1, 1, 1, file=tmp_path / "none" / "sprites.npy")


def test_stopping(tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        sprites(1, 1, 1, 3, 3, file=tmp_path / "s.npy", progress=lambda step, of, note="", preview=None: False)
    assert list(tmp_path.iterdir()) == []


def test_too_large_for_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules["vae_core.data.sprites"]  # as an attribute of the room, this name is the function
    monkeypatch.setattr(module, "free_memory", lambda: 10**7)
    with pytest.raises(InputError, match="9,000 pictures take 37 MB but only 10 MB of memory are free; give fewer"):
        sprites()


@pytest.mark.parametrize(
    "subset",
    [
        "",
        "half",
        "scales",
        "scales=",
        "scales=two",
        "scales=-1",
        "size=3",
        "scales=2,scales=3",
        "scales=2,",
        "xs=²",
        "shapes=",
    ],
)
def test_bad_subsets(subset: str) -> None:
    with pytest.raises(InputError, match="this is not a subset of the sprites; give sprites:full"):
        load_data(f"sprites:{subset}")


@pytest.mark.parametrize("subset", ["scales=7", "scales=0", "orientations=41", "xs=33", "hues=13", "shapes=4"])
def test_more_values_than_there_are(subset: str) -> None:
    with pytest.raises(
        InputError, match=r"cannot be \d+; choose between 1 and" if subset != "scales=0" else "cannot be 0"
    ):
        load_data(f"sprites:{subset}")


def test_bad_arguments() -> None:
    with pytest.raises(InputError, match="there is no shape circle; choose among square, ellipse, heart"):
        load_data("sprites:shapes=circle")
    with pytest.raises(InputError, match="different numbers between 0 and 5"):
        sprites(scales=[0, 6])
    with pytest.raises(InputError, match="different numbers"):
        sprites(xs=[1, 1])
    with pytest.raises(InputError, match="must be a number or a list"):
        sprites(xs=[])
    with pytest.raises(InputError, match="must be a number or a list"):
        sprites(ys=[0.5])  # type: ignore[list-item]
