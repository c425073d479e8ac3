"""Maps of more items than are fitted: a sample is, the rest is placed; encodings that are mapped, not read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.space.conftest import LinearModel, vectors
from vae_core import Stopped
from vae_core.space import LatentSpace, Neighbours, ProjectionSettings, compute, compute_in_folder
from vae_core.space.cache import SpaceCache
from vae_core.space.maps.compute import stored_map
from vae_core.space.maps.neighbour_map import fitted_sample
from vae_core.space.maps.pca import principal_axes
from vae_core.space.maps.quality import measure

SETTINGS = ProjectionSettings.of("tsne", perplexity=10)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """Three clusters of 900 items, taken for more than are fitted."""
    monkeypatch.setattr("vae_core.space.maps.neighbour_map.FITTED_UP_TO", 500)
    monkeypatch.setattr("vae_core.space.maps.neighbour_map.SAMPLE", 300)
    random = np.random.default_rng(0)
    return (5 * np.eye(3, 6)[np.arange(900) % 3] + random.normal(size=(900, 6))).astype(np.float32)


def test_a_sample_is_fitted_and_the_rest_lies_with_its_like(large: np.ndarray, tmp_path: Path) -> None:
    notes = []

    def hear(step: int, of: int, note: str = "", preview: object = None) -> bool:
        notes.append(note)
        return True

    made = compute(SETTINGS, large, progress=hear)
    sample = fitted_sample(SETTINGS, 900)
    assert sample is not None and len(sample) == 300
    assert made.points.shape == (900, 2)
    assert made.details["fitted"] == 300
    assert "placing the rest" in notes
    np.testing.assert_allclose(made.locate(large), made.points, atol=1e-5)
    rest = np.setdiff1d(np.arange(900), sample)
    nearest, _ = made.nearest(made.points[rest], 6)
    assert (nearest % 3 == rest[:, None] % 3).mean() > 0.98
    # The way back goes by the fitted ones and finds each cluster.
    back = made.invert(made.points[rest])
    assert (back[:, :3].argmax(axis=1) == rest % 3).mean() > 0.98
    cache = SpaceCache(tmp_path)
    made.save(tmp_path / "projections" / f"{SETTINGS.id}.npz", _latents(large))
    again = stored_map(SETTINGS.id, large, Neighbours(large), cache)
    assert again is not None
    np.testing.assert_array_equal(again.invert(made.points[rest]), back)


def _latents(mean: np.ndarray) -> str:
    from vae_core.space.maps.projection import latent_fingerprint

    return latent_fingerprint(mean)


def test_a_large_map_can_be_stopped_and_kept(large: np.ndarray, tmp_path: Path) -> None:
    class Stopper:
        wish = "keep"

        def __call__(self, step: int, of: int, note: str = "", preview: object = None) -> bool:
            return not (note.startswith("KL") and step >= 20)

    space = LatentSpace.build(LinearModel(6, 6), vectors(900), tmp_path)
    assert space.folder is not None
    name = compute_in_folder(SETTINGS.to_json(), str(space.folder), progress=Stopper())
    kept = space.cached_projection(name)
    assert kept is not None and kept.points.shape == (900, 2)
    with pytest.raises(Stopped):
        compute(SETTINGS, large, progress=lambda step, of, note="", preview=None: note != "placing the rest")


def test_large_encodings_are_mapped_and_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vae_core.space.cache.MAPPED_FROM", 1000)
    model, data = LinearModel(), vectors(300)
    space = LatentSpace.build(model, data, tmp_path)
    assert not (tmp_path / "encodings.npz").exists()
    encoded = model.encoded
    again = LatentSpace.open(model, data, tmp_path)
    assert again is not None and model.encoded == encoded
    assert isinstance(again.mean, np.memmap)
    np.testing.assert_array_equal(again.mean, space.mean)
    np.testing.assert_array_equal(again.projection("pca").points, space.projection("pca").points)
    next(tmp_path.glob("encodings/mean-*.npy")).write_bytes(b"cut short")
    assert LatentSpace.open(model, data, tmp_path) is None


def test_principal_axes_in_parts_are_those_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    points = np.random.default_rng(0).normal(size=(1000, 5)).astype(np.float32) * [3, 2, 1, 1, 1] + 7
    whole = principal_axes(points, 3)
    monkeypatch.setattr("vae_core.space.maps.pca._ROWS", 77)
    for one, other in zip(whole, principal_axes(points, 3), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-9)


def test_of_very_many_items_some_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vae_core.space.maps.quality.AMONG", 200)
    z = np.random.default_rng(0).normal(size=(500, 2)).astype(np.float32)
    quality = measure(z, z, Neighbours(z))
    known = np.isfinite(quality.kept)
    assert known.sum() == quality.among == 200
    np.testing.assert_allclose(quality.kept[known], 1)
    assert known[quality.rows].all() and known[quality.near].all()
