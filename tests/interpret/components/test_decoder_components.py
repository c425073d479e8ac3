"""Of a linear decoder these are the principal components of its pictures."""

from __future__ import annotations

import numpy as np
import pytest

from tests.space.conftest import LinearModel, vectors
from vae_core.errors import InputError
from vae_core.interpret.components.decoder_components import decoder_components, weighted_components
from vae_core.interpret.components.latent_components import spectrum
from vae_core.interpret.usage.sensitivity import PullbackMetric, picture_spread
from vae_core.space import LatentSpace


def test_a_linear_decoder_gives_the_components_of_its_pictures() -> None:
    model = LinearModel()
    space = LatentSpace.build(model, vectors(300))
    found = decoder_components(space, items=10)
    weight = model.weight.numpy().astype(np.float64) / picture_spread(space.data)[:, None]
    pictures = space.mean.astype(np.float64) @ weight.T
    values, vectors_ = np.linalg.eigh(np.cov(pictures.T, bias=True))
    values, vectors_ = values[::-1][:4], vectors_[:, ::-1][:, :4]
    assert np.allclose(found.share, values / values.sum(), rtol=1e-4)
    assert np.allclose(found.change, np.sqrt(values / 6), rtol=1e-4)
    # One step along a direction moves the picture by one deviation along a principal axis.
    assert np.allclose(np.abs(weight @ found.directions.T), np.abs(vectors_ * np.sqrt(values)), atol=1e-3)
    # Each plain component carries the variance of the pictures along its own way.
    _, axes, variance = spectrum(space.mean)
    moved = np.square(weight @ (axes * np.sqrt(variance)[:, None]).T).sum(axis=0)
    assert np.allclose(found.plain_share, moved / moved.sum(), rtol=1e-4)
    assert (found.share_error < 1e-5).all()
    assert found.even == 0.25


def test_directions_are_one_deviation_long_and_scores_uncorrelated() -> None:
    space = LatentSpace.build(LinearModel(), vectors(300))
    found = decoder_components(space, items=10)
    scores = (space.mean - found.centre) @ found.readout.T
    assert np.allclose(np.cov(scores.T, bias=True), np.eye(4), atol=1e-4)
    assert np.allclose(found.directions @ found.readout.T, np.eye(4), atol=1e-6)
    centre, axes, _ = spectrum(space.mean)
    plain = (space.mean - centre) @ axes.T
    assert np.allclose(found.correlation, np.corrcoef(scores.T, plain.T)[:4, 4:], atol=1e-4)
    assert np.allclose(np.square(found.correlation).sum(axis=1), 1)
    unit = found.directions / found.length[:, None]
    assert np.allclose(found.cosine, unit @ axes.T)
    assert (np.take_along_axis(found.directions, np.abs(found.directions).argmax(1)[:, None], 1) > 0).all()


def test_standard_errors_are_those_of_a_bootstrap() -> None:
    random = np.random.default_rng(2)
    jacobian = random.normal(size=(200, 5, 3)) * [3, 2, 1]
    each = np.einsum("npi,npj->nij", jacobian, jacobian).astype(np.float32)
    plain = np.zeros(3), np.eye(3), np.array([3.0, 2.0, 1.0])

    def of(rows: np.ndarray) -> np.ndarray:
        metric = PullbackMetric(each[rows], rows, 5, 5, 0.01, 0.0)
        return weighted_components(metric, *plain, 200).share

    found = weighted_components(PullbackMetric(each, np.arange(200), 5, 5, 0.01, 0.0), *plain, 200)
    again = [of(random.integers(0, 200, 200)) for _ in range(200)]
    assert np.allclose(found.share_error, np.std(again, axis=0), rtol=0.25)


def test_dimensions_without_variance_are_no_components() -> None:
    space = LatentSpace.build(LinearModel(), vectors(50))
    space.mean = space.mean.copy()
    space.mean[:, 3] = 2
    found = decoder_components(space)
    assert found.share.shape == (3,)
    assert found.directions.shape == (3, 4)
    assert found.even == pytest.approx(1 / 3)
    assert np.allclose(found.directions[:, 3], 0)


def test_what_changes_nothing_is_told() -> None:
    model = LinearModel()
    space = LatentSpace.build(model, vectors(50))
    model.weight[:] = 0
    with pytest.raises(InputError, match="same picture"):
        decoder_components(space)
    space.mean = np.ones_like(space.mean)
    with pytest.raises(InputError, match="same latent mean"):
        decoder_components(space)


def test_one_latent_dimension() -> None:
    found = decoder_components(LatentSpace.build(LinearModel(latent_dim=1), vectors(50)))
    assert found.share == pytest.approx([1])
    assert found.correlation == pytest.approx(np.ones((1, 1)))
