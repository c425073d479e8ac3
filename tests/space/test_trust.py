from __future__ import annotations

import time

import numpy as np

from tests.space.conftest import LinearModel, vectors
from vae_core.space import LatentSpace, trust
from vae_core.space.trust import TrustScale


def test_trust_falls_with_the_distance_from_the_data() -> None:
    space = LatentSpace.build(LinearModel(), vectors(2000))
    own = trust(space, space.mean)
    assert own.dtype == np.float32 and own.shape == (2000,)
    assert np.median(own) == 1
    direction = np.ones(4) / 2
    away = np.array([trust(space, space.mean.mean(axis=0)[None] + step * direction)[0] for step in range(0, 30, 3)])
    assert (np.diff(away) <= 0).all()
    assert away[0] > 0.95 and away[-1] < 0.01
    assert ((away >= 0) & (away <= 1)).all()


def test_half_trust_is_where_only_the_remotest_hundredth_of_the_items_are() -> None:
    mean = np.random.default_rng(0).normal(size=(3000, 5)).astype(np.float32)
    scale = TrustScale.measure(mean, np.full_like(mean, -4))
    points = mean * np.sqrt(scale.share)
    apart = np.sort(np.linalg.norm(points[:, None] - points[None, :], axis=2), axis=1)[:, 1:11].mean(axis=1)
    np.testing.assert_allclose(scale.quantiles[[50, 99]], np.percentile(apart, [50, 99]), rtol=1e-3)
    # Just outside the set, where the mean distance equals the 99th percentile, by bisection along a ray.
    low, high = np.zeros(5), np.full(5, 50.0)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if scale.distance(middle[None])[0] < scale.quantiles[99] else (low, middle)
    assert abs(float(scale.score(low[None])[0]) - 0.5) < 0.01


def test_a_dimension_the_model_does_not_use_takes_little_trust_away() -> None:
    random = np.random.default_rng(0)
    mean = random.normal(size=(2000, 4)).astype(np.float32)
    logvar = np.full_like(mean, -4)
    mean[:, 3] *= 0.01
    logvar[:, 3] = 0
    scale = TrustScale.measure(mean, logvar)
    unused, used = np.eye(4)[3] * 2.5, np.eye(4)[0] * 2.5
    assert scale.score(mean[:50] + unused).mean() > 0.8
    assert scale.score(mean[:50] + 3 * used).mean() < 0.3


def test_constant_latents_and_a_single_item() -> None:
    for count in (1, 30):
        mean = np.ones((count, 3), dtype=np.float32)
        scale = TrustScale.measure(mean, np.zeros_like(mean))
        assert scale.score(mean[:1])[0] == 1
        assert scale.score(mean[:1] + 1)[0] < 0.01


def test_trust_of_a_point_takes_less_than_a_millisecond() -> None:
    mean = np.random.default_rng(0).normal(size=(10_000, 16)).astype(np.float32)
    scale = TrustScale.measure(mean, np.full_like(mean, -3))
    seconds = []
    for row in mean[:50]:
        started = time.perf_counter()
        scale.score(row[None])
        seconds.append(time.perf_counter() - started)
    assert np.median(seconds) < 0.001
