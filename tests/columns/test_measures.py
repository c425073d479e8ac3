"""Measures of the items of data sets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from vae_core.columns.measures import measured_columns, measures, most_measured
from vae_core.columns.series_measures import series_measures
from vae_core.data.dataset import Dataset
from vae_core.data.features import Features
from vae_core.progress import Stopped


def dataset(values: np.ndarray, kind: str, features: Features | None = None, top: float = 255.0) -> Dataset:
    return Dataset(values, kind, (0.0, top), pd.DataFrame(index=range(len(values))), "set", features)  # type: ignore[arg-type]


def test_pictures_on_disk_are_measured_in_pieces_as_they_are_together(tmp_path: Path) -> None:
    values = np.random.default_rng(0).integers(0, 256, (700, 1, 28, 28), dtype=np.uint8)
    np.save(tmp_path / "pictures.npy", values)
    data = dataset(np.load(tmp_path / "pictures.npy", mmap_mode="r"), "image")
    index = np.arange(0, 700, 2)
    found = measures(data, index)
    np.testing.assert_allclose(found["brightness"], values[index].mean(axis=(1, 2, 3)) / 255, rtol=1e-5)
    as_floats = measures(dataset(values / np.float32(51), "image", top=5.0), index)
    for name, figures in found.items():
        np.testing.assert_allclose(as_floats[name], figures, rtol=1e-3, atol=1e-5, err_msg=name)
    with pytest.raises(Stopped):
        measures(data, index, progress=lambda step, of, note="", preview=None: False)


def test_large_pictures_are_measured_on_fewer_items() -> None:
    assert most_measured(dataset(np.zeros((1, 1, 28, 28), np.uint8), "image")) == 2**28 // 784
    assert most_measured(dataset(np.zeros((1, 3, 1024, 1024), np.uint8), "image")) == 1000


def test_what_no_picture_has_is_left_out_with_the_reason() -> None:
    found = measured_columns(dataset(np.full((4, 1, 6, 6), 9, np.uint8), "image"), np.arange(4))
    assert found.columns == ()
    told = dict(zip(found.left_out, found.reasons, strict=True))
    assert told["centre x (pixels)"] == "all values are missing"
    assert told["contrast"] == "all values are the same (0)"


def test_values_of_a_vector_are_columns_by_their_names() -> None:
    values = np.random.default_rng(0).normal(size=(9, 2)).astype(np.float32)
    found = measures(dataset(values, "vector", Features(("length", "kind"), ("cm", ""))), np.arange(9))
    assert list(found) == ["length (cm)", "kind"]
    np.testing.assert_array_equal(found["length (cm)"], values[:, 0])


def test_spectra_are_measured_like_series() -> None:
    along = np.linspace(400, 700, 61)
    peaks = np.array([430.0, 600.0])
    values = np.exp(-np.square((along - peaks[:, None]) / 20)).astype(np.float32)
    data = dataset(values, "vector", Features(("light",), along=tuple(along), axis="wavelength", axis_unit="nm"))
    assert measures(data, np.arange(2))["peak position (wavelength, nm)"].tolist() == peaks.tolist()


def test_series_have_the_measures_of_waves_and_noise() -> None:
    t = np.arange(200) * 0.5
    noise = np.random.default_rng(0).normal(size=(1, 200))
    wave = 3 + np.cos(2 * np.pi * 0.1 * t)[None]
    found = series_measures(np.stack([wave, noise, np.full((1, 200), 0.1)]), t, "time", "s")
    assert found["mean"][0] == pytest.approx(3)
    assert found["spread"][0] == pytest.approx(np.sqrt(0.5))
    assert found["dominant frequency (per s)"][0] == pytest.approx(0.1)
    # Var of a difference of a wave: 2 − 2 cos(ω Δt), in units of its variance.
    assert found["roughness"][0] == pytest.approx(2 - 2 * np.cos(0.1 * np.pi), rel=0.02)
    assert found["roughness"][1] == pytest.approx(2, abs=0.3)
    assert found["peak position (time, s)"][:2].tolist() == [0, t[noise.argmax()]]
    for name in ("roughness", "dominant frequency (per s)", "peak position (time, s)"):
        assert np.isnan(found[name][2])


def test_short_series_have_fewer_measures() -> None:
    found = series_measures(np.ones((2, 3, 1)), np.zeros(1))
    assert found["mean"].tolist() == [1, 1]
    assert "roughness" not in found
