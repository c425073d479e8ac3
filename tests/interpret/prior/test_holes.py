from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import torch
from torch.distributions import Uniform

from tests.space.conftest import LinearModel, vectors
from vae_core.errors import InputError
from vae_core.interpret.prior.holes import Holes, aggregate_draws, holes, separate, shuffle_dimensions
from vae_core.progress import Stopped
from vae_core.space import LatentSpace
from vae_core.space.trust import TrustScale


def space_of(mean: np.ndarray, width: float = 0.1, variance: bool = True) -> LatentSpace:
    """A space with these means and posteriors of this width."""
    count, d = mean.shape
    model = LinearModel(latent_dim=d, size=d, variance=variance)
    model.encoder = torch.eye(d)
    model.logvar = torch.full((d,), 2 * math.log(width))
    return LatentSpace.build(model, dataclasses.replace(vectors(count, size=d), values=mean.astype(np.float32)))


def test_the_middle_of_a_ring_is_a_hole() -> None:
    random = np.random.default_rng(0)
    angle = random.uniform(0, 2 * np.pi, 2000)
    radius = 2 + 0.15 * random.normal(size=2000)
    space = space_of(radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1))
    told = holes(space, items=4000)
    assert np.linalg.norm(told.z[0]) < 0.2 and told.distance[0] == pytest.approx(1.8, abs=0.3)
    assert told.more_likely_than[0] > 0.95 and told.trust[0] < 0.01 and told.depth[0] > 10
    # All within some 3 sd of the ring's radius: P(|z| < r) = 1 − exp(−r²/2), lengths are Rayleigh's; and a rim outside.
    assert 1 - math.exp(-0.5 * 1.25**2) < told.share < 1 - math.exp(-0.5 * 1.65**2) + 0.05
    assert told.share_error == pytest.approx(math.sqrt(told.share * (1 - told.share) / 4000))
    assert told.share_by_chance is not None and told.share_by_chance < 0.04
    # Dealt out, coordinates of a ring fill their square: the middle is a hole of their dependence only.
    assert told.share_if_independent is not None and told.share_if_independent < 0.3 * told.share
    assert told.hole_share.sum() == pytest.approx(told.share) and told.hole_share[0] > 0.5 * told.share
    np.testing.assert_allclose(told.trust, space.trust_scale.score(told.z))
    apart = np.linalg.norm(space.mean - told.z[0], axis=1)
    assert apart[told.nearest_item[0]] == pytest.approx(apart.min(), rel=0.01)


def test_the_gap_between_two_clusters_is_a_hole_and_holes_are_separate() -> None:
    random = np.random.default_rng(0)
    side = np.where(np.arange(1000) % 2 == 0, -1.5, 1.5)
    space = space_of(np.stack([side, np.zeros(1000)], axis=1) + 0.2 * random.normal(size=(1000, 2)))
    told = holes(space, items=3000)
    assert 2 <= len(told.z) <= 12 and (np.diff(told.distance) <= 0).all()
    assert (np.abs(told.z[:, 0]) < 0.7).any()
    # This gap is one of a marginal, which dealing out leaves as it is.
    assert told.share_if_independent == pytest.approx(told.share, abs=0.05)
    apart = np.linalg.norm((told.z[:, None] - told.z[None]) * np.sqrt(space.trust_scale.share), axis=2)
    first, second = np.triu_indices(len(told.z), 1)
    assert (apart[first, second] >= told.distance[first] - 1e-5).all()
    assert (told.log_density >= told.least_log_density).all() and (told.more_likely_than >= 0.049).all()
    assert told.hole_share.sum() == pytest.approx(told.share)
    assert len(holes(space, items=3000, most=1).z) == 1


def filled(d: int, width: float, items: int) -> Holes:
    mean = math.sqrt(1 - width**2) * np.random.default_rng(2).normal(size=(3000, d))
    return holes(space_of(mean, width), items=items)


@pytest.mark.parametrize(("d", "width"), [(2, 0.3), (6, 0.1)])
def test_a_space_that_fills_the_prior_has_no_more_than_chance(d: int, width: float) -> None:
    told = filled(d, width, 3000)
    assert told.share_by_chance is not None and told.share_by_chance_error is not None
    assert abs(told.share - told.share_by_chance) < 4 * math.hypot(told.share_error, told.share_by_chance_error) + 0.005
    assert told.share < 0.04 and told.share_if_independent is not None and told.share_if_independent < 0.04


def test_one_dimension_among_many_that_misses_the_prior_leaves_all_of_it_empty() -> None:
    """z0 of the data is N(4, 0.4²): of the prior's z0 hardly any lies there, whatever the other 47 do."""
    mean = math.sqrt(1 - 0.3**2) * np.random.default_rng(0).normal(size=(1500, 48))
    mean[:, 0] = 4 + 0.27 * np.random.default_rng(1).normal(size=1500)
    told = holes(space_of(mean, 0.3), items=400)
    assert told.share > 0.93 and told.share_outside > 0.93 and told.dimension_share.argmax() == 0
    assert told.share_if_independent is not None and told.share_if_independent > 0.93
    assert told.share_by_chance is not None and told.share_by_chance < 0.07
    assert (told.outside == 0).all() and 2 < told.low[0] < 3.2 and 4.8 < told.high[0] < 6
    # A dimension that tells no items apart may take any value.
    off = holes(space_of(mean[:300, :2] * np.array([1, 1e-3]), 0.3), items=200)
    assert off.dimension_share[1] == 0 and off.high[1] < 1.5


def test_the_same_seed_gives_the_same_holes_and_another_prior_is_asked() -> None:
    space = space_of(np.random.default_rng(3).normal(size=(400, 2)) * 0.3)
    first, again, other = holes(space, items=500), holes(space, items=500), holes(space, items=500, seed=1)
    np.testing.assert_array_equal(first.z, again.z)
    assert first.share == again.share and not np.array_equal(first.z, other.z)
    space.model.prior = Uniform(torch.full((2,), -0.2), torch.full((2,), 0.2))  # type: ignore[misc]
    told = holes(space, items=500)
    assert told.share == 0 and told.z.shape == (0, 2) and told.nearest_item.shape == told.hole_share.shape == (0,)


@pytest.mark.parametrize(("count", "d", "variance"), [(1, 2, True), (2, 2, True), (3, 1, False), (20, 40, True)])
def test_few_items_and_points_give_figures(count: int, d: int, variance: bool) -> None:
    mean = np.random.default_rng(4).normal(size=(count, d))
    told = holes(space_of(mean, variance=variance), items=200)
    for value in vars(told).values():
        assert not isinstance(value, float | np.ndarray) or np.isfinite(value).all()
    assert (told.share_by_chance is None) == (count == 1)


def test_items_that_coincide_have_no_usual_distance() -> None:
    same = holes(space_of(np.zeros((5, 2)), variance=False), items=50)
    assert "coincide" in same.note
    np.testing.assert_array_equal(same.depth, same.distance)


def test_draws_of_the_aggregate_posterior_take_every_item_once_before_any_twice() -> None:
    mean = np.arange(10.0)[:, None] * np.ones(2)
    z, own = aggregate_draws(mean, np.full((10, 2), -20.0), 25, seed=0)
    counts = np.bincount(own, minlength=10)
    assert counts.sum() == 25 and counts.min() == 2 and counts.max() == 3
    np.testing.assert_allclose(z, mean[own], atol=1e-3)


def test_dealing_out_keeps_the_marginals_and_not_the_pairs() -> None:
    mean = np.arange(50.0)[:, None] * np.ones(2)
    dealt, logvar = shuffle_dimensions(mean, -mean, seed=0)
    np.testing.assert_array_equal(np.sort(dealt, axis=0), mean)
    np.testing.assert_array_equal(logvar, -dealt)
    assert abs(np.corrcoef(dealt.T)[0, 1]) < 0.5


def test_every_point_goes_to_the_nearest_of_those_chosen() -> None:
    points = np.random.default_rng(5).normal(size=(200, 3))
    stretch = np.array([1.0, 0.5, 0.1])
    chosen, nearest = separate(points, np.full(200, 0.8), stretch, 12)
    apart = np.linalg.norm((points[:, None] - points[chosen][None]) * stretch, axis=2)
    np.testing.assert_array_equal(nearest, apart.argmin(axis=1))
    assert len(chosen) > 2


def test_a_draw_can_be_scored_without_the_item_it_is_of() -> None:
    mean = np.random.default_rng(6).normal(size=(300, 2)).astype(np.float32)
    mean[7] = 30
    scale = TrustScale.measure(mean, np.full_like(mean, -4))
    point = mean[[7, 8]]
    both, alone = scale.score(point), scale.score(point, np.array([7, 8]))
    others = np.delete(mean, 7, axis=0)
    without = TrustScale(
        others, np.full_like(others, -4), scale.share, scale.quantiles, scale.density, scale.calibration
    )
    np.testing.assert_allclose(alone[0], without.score(point[:1])[0], rtol=1e-4)
    assert alone[0] < 1e-3 and (alone <= both + 1e-6).all()
    index, distance = scale.nearest(point + 0.01)
    np.testing.assert_array_equal(index, [7, 8])
    np.testing.assert_allclose(distance, scale.length(np.full((2, 2), 0.01)), rtol=1e-3)


def test_it_stops_and_refuses_no_draws() -> None:
    space = space_of(np.random.default_rng(0).normal(size=(30, 2)))
    with pytest.raises(Stopped):
        holes(space, progress=lambda step, of, note="", preview=None: False)
    with pytest.raises(InputError, match="At least one point"):
        holes(space, items=0)
