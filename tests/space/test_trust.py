from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.stats import chi2

from tests.space.conftest import LinearModel, vectors
from vae_core.model.protocol import Capabilities
from vae_core.space import LatentSpace, Neighbours, trust
from vae_core.space.overlays.foreign import foreign_items
from vae_core.space.trust import TrustScale, assess_items, assess_points
from vae_core.space.trust.faithfulness import reconstruction_score, round_trip_score
from vae_core.space.trust.scale import AROUND, Calibration
from vae_core.space.trust.scores import combine_scores


def test_trust_falls_with_the_distance_from_the_data() -> None:
    space = LatentSpace.build(LinearModel(), vectors(2000))
    own = trust(space, space.mean)
    assert own.dtype == np.float32 and own.shape == (2000,)
    assert np.median(own) > 0.9
    assert (own > 0.5).mean() > 0.97
    direction = np.ones(4) / 2
    away = np.array([trust(space, space.mean.mean(axis=0)[None] + step * direction)[0] for step in range(0, 30, 3)])
    assert (np.diff(away) <= 0).all()
    assert away[0] > 0.95 and away[-1] < 0.01
    assert ((away >= 0) & (away <= 1)).all()


def test_half_trust_is_where_only_the_remotest_hundredth_of_the_items_are() -> None:
    mean = np.random.default_rng(0).normal(size=(3000, 5)).astype(np.float32)
    logvar = np.full_like(mean, -4)
    scale = TrustScale.measure(mean, logvar)
    drawn = mean + np.exp(-2) * np.random.default_rng(7).normal(size=mean.shape)
    away = np.linalg.norm((drawn[:, None] - mean[None, :]) * np.sqrt(scale.share), axis=2)
    np.fill_diagonal(away, np.inf)
    apart = np.sort(away, axis=1)[:, :10].mean(axis=1)
    # Other draws, so equal but for chance.
    np.testing.assert_allclose(scale.quantiles[[50, 99]], np.percentile(apart, [50, 99]), rtol=0.05)
    # Just outside the set, where the mean distance equals the 99th percentile, by bisection along a ray.
    low, high = np.zeros(5), np.full(5, 50.0)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if scale.distance(middle[None])[0] < scale.quantiles[99] else (low, middle)
    wide = np.repeat(np.array([-9e9, -1e9, 1e9, 9e9], dtype=np.float32)[:, None], 5, axis=1)
    nothing_else = Calibration(np.full(101, 50, dtype=np.float32), wide, 1.0)
    by_distance = TrustScale(mean, logvar, scale.share, scale.quantiles, np.full(101, np.nan), nothing_else)
    assert abs(float(by_distance.score(low[None])[0]) - 0.5) < 0.01
    assert scale.score(low[None])[0] < 0.5, "there the density is low too"


def test_a_dimension_the_model_does_not_use_takes_little_trust_away() -> None:
    random = np.random.default_rng(0)
    mean = random.normal(size=(2000, 4)).astype(np.float32)
    logvar = np.full_like(mean, -4)
    mean[:, 3] *= 0.01
    logvar[:, 3] = 0
    scale = TrustScale.measure(mean, logvar)
    unused, used = np.eye(4)[3] * 2.5, np.eye(4)[0] * 2.5
    assert scale.score(mean[:50] + unused).mean() > 0.75
    assert scale.score(mean[:50] + 3 * used).mean() < 0.3


def test_constant_latents_and_a_single_item() -> None:
    for count in (1, 30):
        mean = np.ones((count, 3), dtype=np.float32)
        scale = TrustScale.measure(mean, np.full_like(mean, -60))
        assert scale.score(mean[:1])[0] == 1
        assert scale.score(mean[:1] + 1)[0] < 0.01


def test_from_one_item_nearness_cannot_be_told() -> None:
    space = LatentSpace.build(LinearModel(), vectors(1))
    for assessed in (assess_points(space, space.mean + 3), assess_items(space, space.mean, space.distortion)):
        assert np.isnan(assessed.near).all() and np.isfinite(assessed.faithful).all()
        np.testing.assert_array_equal(assessed.headline, assessed.faithful)
    assert not foreign_items(space, space.mean + 3, space.distortion).remote.any()


def test_what_the_decoder_learnt_from_is_trusted_however_dense_the_items_lie() -> None:
    mean = np.stack(np.meshgrid(np.linspace(-1, 1, 60), np.linspace(-1, 1, 60)), axis=-1).reshape(-1, 2)
    mean = mean.astype(np.float32)  # 0.03 apart, where the posteriors are 0.3 wide
    scale = TrustScale.measure(mean, np.full_like(mean, 2 * np.log(0.3)))
    drawn = mean + 0.3 * np.random.default_rng(1).normal(size=mean.shape).astype(np.float32)
    scores = scale.score(drawn)
    assert (scores > 0.5).mean() > 0.97 and np.median(scores) > 0.95
    assert scale.score(np.full((1, 2), 4.0))[0] < 0.05


def test_trust_of_a_point_takes_less_than_a_millisecond() -> None:
    mean = np.random.default_rng(0).normal(size=(10_000, 16)).astype(np.float32)
    scale = TrustScale.measure(mean, np.full_like(mean, -3))
    seconds = []
    for row in mean[:50]:
        started = time.perf_counter()
        scale.score(row[None])
        seconds.append(time.perf_counter() - started)
    assert np.median(seconds) < 0.001


def test_the_density_is_that_of_the_aggregate_posterior() -> None:
    random = np.random.default_rng(3)
    mean = random.normal(size=(AROUND, 3)).astype(np.float32)
    logvar = random.uniform(0, 1, size=(AROUND, 3)).astype(np.float32)
    # Items that all coincide for the yardstick of steps between them: no posterior is widened.
    scale = TrustScale(mean, logvar, np.ones(3), np.zeros(101))
    z = random.normal(size=(5, 3)).astype(np.float32)
    index, _ = Neighbours(mean).query(z, AROUND)
    from torch import from_numpy, logsumexp
    from torch.distributions import Independent, Normal

    posteriors = Independent(Normal(from_numpy(mean), from_numpy(np.exp(0.5 * logvar))), 1)
    exact = [float(logsumexp(posteriors.log_prob(from_numpy(point)), 0)) for point in z]
    constant = 1.5 * np.log(2 * np.pi)
    np.testing.assert_allclose(scale._log_density(z, index) - constant, exact, atol=1e-4)


def test_what_lies_between_two_islands_is_rare_and_little_trusted() -> None:
    random = np.random.default_rng(0)
    mean = (random.normal(size=(2000, 2)) * 0.3 + np.where(np.arange(2000)[:, None] % 2, 3, -3)).astype(np.float32)
    scale = TrustScale.measure(mean, np.full_like(mean, -4))
    assert scale.score(mean).mean() > 0.85
    assert scale.score(np.zeros((1, 2)))[0] < 0.01


@pytest.mark.parametrize("widths", [(0.3, 0.3, 0.3), (0.1, 0.3, 0.6)], ids=["alike", "unlike"])
@pytest.mark.parametrize(("n", "d"), [(400, 2), (3000, 8), (1000, 32)])
def test_gaps_of_a_known_mixture_are_not_near_and_held_out_items_are(n: int, d: int, widths: tuple[float, ...]) -> None:
    random = np.random.default_rng(1)
    radius = np.sqrt(chi2.ppf(0.99, d))  # of a cluster, in standard deviations
    centres = np.zeros((3, d))
    centres[1, 0] = 1.6 * radius * (widths[0] + widths[1])
    centres[2, 1] = 1.6 * radius * (widths[0] + widths[2])
    label = random.integers(0, 3, n + 1000)
    z = centres[label] + np.array(widths)[label, None] * random.standard_normal((n + 1000, d))
    z = z.astype(np.float32)
    scale = TrustScale.measure(z[:n], np.full((n, d), 2 * np.log(0.05), dtype=np.float32))
    assert (scale.score(z[n:]) > 0.5).mean() >= 0.95
    for other in (1, 2):
        way = centres[other] - centres[0]
        length = np.linalg.norm(way)
        rims = radius * widths[0] / length, 1 - radius * widths[other] / length
        gap = centres[0] + way * (rims[0] + rims[1]) / 2
        assert scale.score(gap[None])[0] < 0.2, f"between clusters 0 and {other}"


def test_one_coordinate_far_off_is_told_among_many() -> None:
    random = np.random.default_rng(0)
    mean = random.standard_normal((2000, 128)).astype(np.float32)
    scale = TrustScale.measure(mean, np.full_like(mean, -4))
    # As draws of the posteriors lie: new points of the same law.
    z = random.standard_normal((300, 128)).astype(np.float32)
    assert (scale.score(z) > 0.5).mean() >= 0.95
    z[:, 77] = 7
    assert scale.score(z).max() < 0.1
    assert (scale.doubts(z).dimension == 77).all()


def test_the_calibration_is_kept_beside_the_encodings(tmp_path: Path) -> None:
    model, data = LinearModel(), vectors(300)
    space = LatentSpace.build(model, data, tmp_path)
    kept = tmp_path / "trust.npz"
    assert kept.is_file()
    z = np.random.default_rng(0).normal(0, 2, (40, 4)).astype(np.float32)
    wanted = space.trust_scale.score(z)
    opened = LatentSpace.open(model, data, tmp_path)
    assert opened is not None and opened.trust_scale._calibration is not None
    np.testing.assert_array_equal(opened.trust_scale.score(z), wanted)
    # A folder of an earlier version, or a damaged file: it is measured again, and kept.
    for content in (None, b"no archive"):
        kept.unlink() if content is None else kept.write_bytes(content)
        again = LatentSpace.open(model, data, tmp_path)
        assert again is not None
        np.testing.assert_array_equal(again.trust_scale.score(z), wanted)
        assert kept.stat().st_size > 1000


def test_an_item_is_faithful_by_its_distortion_beside_all_items() -> None:
    usual = np.linspace(-700, 300, 101)
    scores = reconstruction_score(np.array([-900.0, -200, 250, 1403, np.nan]), usual)
    np.testing.assert_allclose(scores[:4], [1, 1, 0.5, 1 / (1 + (1603 / 450) ** 3)], atol=1e-4)
    assert np.isnan(scores[4])
    assert reconstruction_score(np.array([5.0, 5.1]), np.full(101, 5.0)).round(6).tolist() == [1, 0]


def test_a_point_without_a_picture_does_not_take_the_others_along() -> None:
    space = LatentSpace.build(LinearModel(), vectors(300))
    real = space.model.likelihood

    def refusing(z: torch.Tensor) -> torch.distributions.Distribution:
        return real(torch.where(z.abs().sum(1, keepdim=True) > 1e6, torch.nan, z))

    space.model.likelihood = refusing  # type: ignore[method-assign]
    z = np.concatenate([space.mean[:5], np.full((1, 4), 1e7, dtype=np.float32)])
    found = assess_points(space, z)
    assert (found.faithful[:5] > 0.5).all() and found.faithful[5] < 1e-9
    assert found.headline[5] < 1e-9


def test_scores_together_add_their_doubts() -> None:
    t = np.array([0.0, 0.3, 2.0])
    scores = [1 / (1 + t**3), 1 / (1 + (2 * t) ** 3)]
    np.testing.assert_allclose(combine_scores(*scores), 1 / (1 + t**3 + (2 * t) ** 3), rtol=1e-5)
    assert combine_scores(np.ones(3), np.zeros(3)).max() < 1e-6


def test_a_round_trip_is_the_models_own_and_scored_by_what_is_usual() -> None:
    model = LinearModel(variance=False)
    space = LatentSpace.build(model, vectors(600))
    # Encoder and decoder are inverse to each other here: everything comes back.
    back, score = space.round_trip(space.mean[:20] * 5)
    np.testing.assert_allclose(back, space.mean[:20] * 5, atol=1e-4)
    usual = np.linspace(0, 1, 101)
    np.testing.assert_allclose(round_trip_score(np.array([0.2, 0.9, 0.99, 9.0, np.nan]), usual),
                               [1, 1, 0.5, 0, 0], atol=1e-2)  # fmt: skip
    assert score.shape == (20,)
    assert space.shipped is None
    model.can = Capabilities(encode=False)
    assert space.round_trip(space.mean[:3])[1].tolist() == [1, 1, 1]
