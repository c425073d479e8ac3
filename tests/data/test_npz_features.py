"""What values are called: stated in an .npz file, or made up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vae_core.data import load_data
from vae_core.data.features import Features
from vae_core.errors import InputError


def loaded(folder: Path, **arrays: Any) -> Features:
    np.savez(folder / "a.npz", **arrays)
    data = load_data(folder / "a.npz")
    assert data.features is not None and not set(data.table) & {"feature_names", "along", "axis"}
    return data.features


TABLE, SPECTRA, SERIES = np.eye(3), np.eye(5), np.arange(30.0).reshape(3, 2, 5) * 100


def test_names_and_units_of_a_table(tmp_path: Path) -> None:
    stated = loaded(tmp_path, x=TABLE, feature_names=["a (m)", "b", "c"], feature_units=["cm", "s", ""])
    assert (stated.names, stated.units, stated.along) == (("a (m)", "b", "c"), ("cm", "s", ""), None)
    assert loaded(tmp_path, x=TABLE, feature_names=["a (m)", "b", "c [s]"]) == Features(("a", "b", "c"), ("m", "", "s"))


def test_spectra_along_an_axis(tmp_path: Path) -> None:
    places = np.linspace(400, 800, 5)
    stated = loaded(tmp_path, vectors=SPECTRA, along=places, axis="wavelength (nm)", feature_names=["absorbance (%)"])
    assert stated == Features(("absorbance",), ("%",), tuple(places), "wavelength", "nm")
    assert loaded(tmp_path, vectors=SPECTRA, along=places) == Features(("value",), ("",), tuple(places), "position")
    assert loaded(tmp_path, vectors=SPECTRA, feature_names=["v"]).along == (0, 1, 2, 3, 4)


def test_channels_of_series(tmp_path: Path) -> None:
    stated = loaded(tmp_path, series=SERIES, feature_names=["u", "i"], feature_units=["V", "A"], axis="time (s)")
    assert stated == Features(("u", "i"), ("V", "A"), (0, 1, 2, 3, 4), "time", "s")
    assert loaded(tmp_path, series=SERIES, axis="time (s)").names == ("channel 0", "channel 1")


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        ({"x": TABLE, "feature_names": ["a", "b"]}, "2 names for 3 values; give one each"),
        ({"x": TABLE, "feature_units": ["a"]}, r"a\.npz: There are 3 names but 1 units"),
        ({"x": SPECTRA, "along": np.arange(4)}, "4 places along the axis for 5 values"),
        ({"x": SPECTRA, "along": [1.0, 3.0, 2.0, 4.0, 5.0]}, "all rise or all fall"),
        ({"x": SPECTRA, "along": [1, 2, 3, 4, float("nan")]}, "must be finite"),
        ({"x": SPECTRA, "along": list("abcde")}, "along holds the 5 places of the values on their axis, as numbers"),
    ],
)
def test_parts_that_do_not_fit(tmp_path: Path, arrays: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        loaded(tmp_path, **arrays)


def test_pictures_have_factors_of_any_name(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", images=np.ones((4, 8, 8), np.uint8), along=np.arange(4.0))
    data = load_data(tmp_path / "a.npz")
    assert data.features is None and data.table["along"].tolist() == [0, 1, 2, 3]
