"""Measures of a map against scikit-learn, naive definitions and closed forms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr
from sklearn.manifold import trustworthiness

from vae_core import InputError, Stopped
from vae_core.space import Neighbours
from vae_core.space.cache import SpaceCache
from vae_core.space.maps.quality import Quality, kept_neighbours, measure


def a_map(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Encodings and a noisy map of them, without ties."""
    random = np.random.default_rng(seed)
    z = random.normal(size=(n, 5)).astype(np.float32)
    return z, (z[:, :2] + 0.5 * random.normal(size=(n, 2))).astype(np.float32)


def measured(z: np.ndarray, points: np.ndarray) -> Quality:
    return measure(z, points, Neighbours(z))


def ranks(points: np.ndarray) -> np.ndarray:
    """Naive: ``[n, n]`` the rank of j by distance from i, oneself 0."""
    exact = points.astype(np.float64)
    distance = np.square(exact[:, None] - exact[None]).sum(axis=2)
    np.fill_diagonal(distance, -1)
    return np.argsort(np.argsort(distance, axis=1), axis=1)


def test_trustworthiness_and_continuity_are_those_of_scikit_learn() -> None:
    z, points = a_map(600)
    quality = measured(z, points)
    assert quality.counts.tolist() == [5, 15, 50, 150]
    for k, trusted, continued in zip(
        quality.counts, quality.figures.trustworthiness, quality.figures.continuity, strict=True
    ):
        assert trusted == pytest.approx(trustworthiness(z, points, n_neighbors=int(k)), abs=1e-6)
        assert continued == pytest.approx(trustworthiness(points, z, n_neighbors=int(k)), abs=1e-6)


def test_preservation_and_kept_neighbours_are_those_counted_one_by_one() -> None:
    z, points = a_map(300)
    quality = measured(z, points)
    in_space, on_map = ranks(z), ranks(points)
    others = ~np.eye(300, dtype=bool)
    for k, preserved in zip(quality.counts, quality.figures.preservation, strict=True):
        shared = ((in_space <= k) & (on_map <= k) & others).sum(axis=1) / k
        assert preserved == pytest.approx(shared.mean(), abs=1e-9)
    one_by_one = ((in_space <= 15) & (on_map <= 15) & others).sum(axis=1) / 15
    np.testing.assert_allclose(quality.kept, one_by_one, atol=1e-6)


def test_the_shepard_correlation_is_spearmans_over_all_pairs() -> None:
    z, points = a_map(200)
    upper = np.triu_indices(200, 1)
    distances = [np.linalg.norm(values[upper[0]] - values[upper[1]], axis=1) for values in (z, points)]
    assert measured(z, points).figures.shepard == pytest.approx(spearmanr(*distances).statistic, abs=1e-4)


def test_a_perfect_map_has_every_neighbour_and_a_shuffled_one_what_chance_gives() -> None:
    z = np.random.default_rng(1).normal(size=(1200, 2)).astype(np.float32)
    quality = measured(z, 3 * z)
    for of in (quality.figures.trustworthiness, quality.figures.continuity, quality.figures.preservation, quality.kept):
        np.testing.assert_allclose(of, 1, atol=1e-6)
    assert quality.figures.shepard == pytest.approx(1, abs=1e-6)
    # Of k neighbours chance gives k · k / (n − 1); ranks are uniform.
    np.testing.assert_allclose(quality.shuffled.preservation, quality.counts / 1199, atol=0.01)
    n, k = 1200, quality.counts
    by_chance = 1 - (n - 1 - k) * (n - k) / ((n - 1) * (2 * n - 3 * k - 1))
    np.testing.assert_allclose(quality.shuffled.trustworthiness, by_chance, atol=0.015)
    assert abs(quality.shuffled.shepard) < 0.03


def test_a_sample_estimates_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    z, points = a_map(800)
    whole = measured(z, points)
    monkeypatch.setattr("vae_core.space.maps.quality.MEASURED", 250)
    sample = measured(z, points)
    assert len(sample.rows) == 250
    assert sample.among == 800
    np.testing.assert_allclose(sample.figures.trustworthiness, whole.figures.trustworthiness, atol=0.02)
    np.testing.assert_allclose(sample.figures.preservation, whole.figures.preservation, atol=0.02)
    monkeypatch.setattr("vae_core.space.maps.quality.AMONG", 400)
    assert measured(z, points).among == 400


def test_labels_agree_as_counted_one_by_one() -> None:
    z, points = a_map(300)
    codes = np.random.default_rng(2).integers(-1, 4, 300)
    on_map, in_space, shuffled = measured(z, points).label_agreement(codes)
    for value, rank in ((on_map, ranks(points)), (in_space, ranks(z))):
        shares = []
        for i in np.flatnonzero(codes >= 0):
            near = [j for j in range(300) if 1 <= rank[i, j] <= 15 and codes[j] >= 0]
            shares.append(np.mean([codes[j] == codes[i] for j in near]))
        assert value == pytest.approx(np.mean(shares), abs=1e-9)
    pairs = [codes[i] == codes[j] for i in range(300) for j in range(300) if i != j and codes[i] >= 0 and codes[j] >= 0]
    assert shuffled == pytest.approx(np.mean(pairs), abs=1e-9)
    assert np.isnan(measured(z, points).label_agreement(np.full(300, -1))).all()


@settings(max_examples=30, deadline=None)
@given(
    st.integers(3, 40),
    st.integers(1, 4),
    st.sampled_from(["same", "twice", "apart"]),
    st.sampled_from(["same", "apart"]),
)
def test_duplicates_constants_and_tiny_sets_give_sensible_figures(n: int, d: int, latents: str, spots: str) -> None:
    random = np.random.default_rng(n)
    z = {
        "same": np.ones((n, d)),
        "twice": np.repeat(random.normal(size=(n, d)), 2, axis=0)[:n],
        "apart": random.normal(size=(n, d)),
    }[latents].astype(np.float32)
    points = (np.zeros((n, 2)) if spots == "same" else random.normal(size=(n, 2))).astype(np.float32)
    quality = measured(z, points)
    for of in (quality.figures.trustworthiness, quality.figures.continuity, quality.figures.preservation, quality.kept):
        assert np.isfinite(of).all()
        assert (of >= -1e-9).all()
        assert (of <= 1 + 1e-9).all()
    assert np.isnan(quality.figures.shepard) or abs(quality.figures.shepard) <= 1 + 1e-9


def test_two_items_cannot_be_measured() -> None:
    with pytest.raises(InputError, match="three are the fewest"):
        measured(*a_map(2))


def test_measuring_can_be_stopped() -> None:
    z, points = a_map(300)
    with pytest.raises(Stopped):
        measure(z, points, Neighbours(z), progress=lambda *_: False)
    with pytest.raises(Stopped):
        kept_neighbours(points, Neighbours(z), progress=lambda *_: False)


def test_figures_are_kept_for_the_map_they_belong_to(tmp_path: Path) -> None:
    cache = SpaceCache(tmp_path)
    z, points = a_map(100)
    quality = measured(z, points)
    cache.keep_quality("z:1,0", points, quality)
    found = cache.quality("z:1,0", points)
    assert found is not None
    for name, array in quality.arrays().items():
        np.testing.assert_array_equal(found.arrays()[name], array)
    assert cache.quality("z:1,0", points + 1) is None
    assert cache.quality("z:0,1", points) is None
