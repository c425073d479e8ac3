"""Against scikit-learn, closed forms and brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from tests.space.conftest import LinearModel, vectors
from vae_core.errors import InputError
from vae_core.interpret.components import latent_components as module
from vae_core.interpret.components.latent_components import components, principal_components
from vae_core.progress import Stopped
from vae_core.space import LatentSpace

SPECTRUM = np.array([4.0, 2.0, 1.0, 0.5])


def gaussian(n: int, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    basis, _ = np.linalg.qr(random.normal(size=(4, 4)))
    return np.asarray(random.normal(size=(n, 4)) * np.sqrt(SPECTRUM) @ basis + 3, dtype=np.float32)


def test_figures_agree_with_scikit_learn() -> None:
    points = gaussian(500)
    found = principal_components(points)
    reference = PCA().fit(points.astype(np.float64))
    assert np.allclose(found.variance * 500 / 499, reference.explained_variance_, rtol=1e-9)
    assert np.allclose(found.share, reference.explained_variance_ratio_, rtol=1e-9)
    assert np.allclose(found.cumulative, np.cumsum(reference.explained_variance_ratio_))
    assert np.allclose(np.abs((found.axes * reference.components_).sum(axis=1)), 1)
    scores = (points - found.centre) @ found.axes.T
    assert np.allclose(found.deviation, scores.std(axis=0), rtol=1e-6)
    assert np.allclose(found.quantiles, np.quantile(scores, [0.001, 0.5, 0.999], axis=0).T, atol=1e-6)
    assert np.allclose(found.correlation, np.corrcoef(scores.T, points.T)[:4, 4:], atol=1e-6)
    order = np.argsort(scores, axis=0)
    assert (found.lowest == order[:6].T).all()
    assert (found.highest == order[::-1][:6].T).all()


def test_standard_errors_of_a_gaussian_are_those_of_anderson() -> None:
    n = 40_000
    found = principal_components(gaussian(n), draws=20)
    assert np.allclose(found.variance_error, found.variance * np.sqrt(2 / n), rtol=0.05)
    assert (np.abs(found.variance - SPECTRUM) < 4 * found.variance_error).all()
    p = SPECTRUM / SPECTRUM.sum()
    # Independent eigenvalues of variance 2λ²/n, through the derivative of λ_i / Σλ.
    expected = p * np.sqrt(2 / n * ((1 - p) ** 2 + (p**2).sum() - p**2))
    assert np.allclose(found.share_error, expected, rtol=0.05)
    assert found.cumulative_error[-1] == pytest.approx(0, abs=1e-12)


def test_standard_errors_of_a_flat_distribution_are_those_of_a_bootstrap() -> None:
    random = np.random.default_rng(3)
    points = random.uniform(-1, 1, size=(400, 3)) * [3, 2, 1]
    found = principal_components(points)
    again = [principal_components(points[random.integers(0, 400, 400)], draws=20).share for _ in range(200)]
    assert np.allclose(found.share_error, np.std(again, axis=0), rtol=0.2)


def test_standardised_components_are_those_of_the_correlation_matrix() -> None:
    points = gaussian(300) * [1, 10, 0, 0.1]
    found = principal_components(points, standardised=True)
    varying = points[:, [0, 1, 3]].astype(np.float64)
    expected = np.linalg.eigvalsh(np.corrcoef(varying.T))[::-1]
    assert np.allclose(found.variance, [*expected, 0], atol=1e-9)
    # One deviation along a component moves its score by one and leaves the others.
    unit = np.where(points.std(axis=0) > 0, points.std(axis=0), 1)
    steps = found.deviation[:, None] * found.directions / unit
    assert np.allclose(steps @ found.axes.T, np.diag(found.deviation), atol=1e-9)
    assert (found.correlation[:, 2] == 0).all()
    scores = (points - found.centre) / unit @ found.axes.T
    assert np.allclose(found.correlation[0, [0, 1, 3]], np.corrcoef(scores[:, 0], varying.T)[0, 1:], atol=1e-6)


def test_parallel_analysis_finds_what_was_planted_and_nothing_in_noise() -> None:
    random = np.random.default_rng(1)
    noise = random.normal(size=(500, 8))
    assert principal_components(noise).above == 0
    planted = noise + random.normal(size=(500, 2)) @ random.normal(size=(2, 8)) * 2
    found = principal_components(planted, standardised=True)
    assert found.above == 2
    assert found.shuffled_by == "permutation"
    assert found.shuffled.sum() == pytest.approx(1)


def test_drawn_correlations_stand_for_shuffled_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    # With so many dimensions an eigenvalue depends on more than the size of the correlations.
    points = np.random.default_rng(0).uniform(-1, 1, size=(400, 40)) * np.linspace(1, 2, 40)
    shuffled = principal_components(points)
    monkeypatch.setattr(module, "_SHUFFLED", 0)
    drawn = principal_components(points)
    assert drawn.shuffled_by == "wishart"
    assert np.allclose(drawn.shuffled, shuffled.shuffled, rtol=0.02)
    assert np.allclose(drawn.shuffled_high, shuffled.shuffled_high, rtol=0.04)


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 30), st.integers(1, 4), st.integers(0, 1000))
def test_ends_never_share_an_item(n: int, d: int, seed: int) -> None:
    points = np.random.default_rng(seed).integers(0, 3, size=(n, d)).astype(np.float32)
    points[0], points[-1] = 0, 1
    found = principal_components(points, draws=20)
    for low, high in zip(found.lowest.tolist(), found.highest.tolist(), strict=True):
        assert len({*low, *high}) == 2 * min(6, n // 2)
    scores = (points - found.centre) @ found.axes.T
    assert np.allclose(np.take_along_axis(scores, found.lowest.T, 0), np.sort(scores, axis=0)[: len(found.lowest[0])])
    assert all(np.isfinite(getattr(found, name)).all() for name in ("share_error", "correlation", "quantiles"))


def test_a_space_has_the_components_of_its_map(space: LatentSpace) -> None:
    found = components(space)
    pca = space.projection("pca")
    scores = (space.mean - found.centre) @ found.axes[:2].T
    assert np.allclose(pca.points, scores, atol=1e-5)
    assert pca.explained is not None and np.allclose(found.share[:2], pca.explained)
    some = components(space, items=50, seed=4)
    assert (some.items, some.of) == (50, 300)
    again = components(space, items=50, seed=4)
    assert (some.highest == again.highest).all()
    score = (space.mean - some.centre) @ some.axes[0]
    assert (np.diff(score[some.lowest[0]]) >= 0).all()


def test_what_has_no_components_is_told() -> None:
    with pytest.raises(InputError, match="same latent mean"):
        principal_components(np.ones((5, 3)))
    with pytest.raises(InputError, match="two are the fewest"):
        principal_components(np.ones((1, 3)))
    with pytest.raises(Stopped):
        principal_components(gaussian(10), progress=lambda *_: False)


@pytest.fixture
def space() -> LatentSpace:
    return LatentSpace.build(LinearModel(), vectors(300))
