"""On points whose dimension is known, and against loops in float64."""

from __future__ import annotations

import numpy as np
import pytest

from tests.space.conftest import LinearModel, vectors
from vae_core.errors import InputError
from vae_core.interpret.components.intrinsic_dimension import (
    distinct_points,
    intrinsic_dimension,
    likelihood_dimension,
    participation_dimension,
    two_nn_dimension,
)
from vae_core.space import LatentSpace, Neighbours


def nearest(points: np.ndarray, k: int) -> np.ndarray:
    exact = points.astype(np.float64)
    distance = np.sqrt(np.square(exact[:, None] - exact).sum(axis=2))
    np.fill_diagonal(distance, np.inf)
    return np.sort(distance, axis=1)[:, :k]


@pytest.mark.parametrize("d", [1, 2, 3])
def test_a_torus_has_as_many_dimensions_as_angles(d: int) -> None:
    # Unlike a cube it has no faces, near which neighbours are missing.
    angles = np.random.default_rng(d).uniform(0, 2 * np.pi, size=(3000, d))
    distance = Neighbours(np.hstack([np.cos(angles), np.sin(angles)])).table(10)[1]
    for value, error in (two_nn_dimension(distance), likelihood_dimension(distance)):
        assert value is not None and error is not None
        assert abs(value - d) < 4 * error + 0.01 * d
        assert error < 0.05 * d


def test_standard_errors_are_those_of_sets_made_anew() -> None:
    random = np.random.default_rng(0)
    found = []
    for _ in range(40):
        distance = Neighbours(random.normal(size=(500, 3))).table(10)[1]
        found.append([two_nn_dimension(distance), likelihood_dimension(distance)])
    values, errors = np.moveaxis(np.array(found), 2, 0)
    # Items are taken as independent, though neighbours have neighbours in common.
    assert ((errors.mean(axis=0) / values.std(axis=0) > 0.6) & (errors.mean(axis=0) / values.std(axis=0) < 1.5)).all()


def test_estimates_agree_with_loops() -> None:
    points = np.random.default_rng(5).normal(size=(60, 3))
    distance = nearest(points, 6)
    inverse = [np.mean([np.log(row[5] / row[j]) for j in range(5)]) for row in distance]
    assert likelihood_dimension(distance)[0] == pytest.approx(1 / np.mean(inverse), rel=1e-12)
    x = np.sort([np.log(row[1] / row[0]) for row in distance])[:54]
    y = np.array([-np.log(1 - i / 60) for i in range(1, 55)])
    assert two_nn_dimension(distance)[0] == pytest.approx(np.linalg.lstsq(x[:, None], y, rcond=None)[0][0], rel=1e-9)


def test_exponential_ratios_give_their_rate() -> None:
    ratios = np.exp(np.random.default_rng(2).exponential(1 / 7, 20_000))
    value, error = two_nn_dimension(np.stack([np.ones(20_000), ratios], axis=1))
    assert value is not None and error is not None
    assert abs(value - 7) < 4 * error < 1


def test_participation_ratio_of_a_known_spectrum() -> None:
    points = np.random.default_rng(1).normal(size=(20_000, 3)) * np.sqrt([4.0, 2.0, 1.0])
    value, error = participation_dimension(points)
    assert abs(value - 49 / 21) < 4 * error < 0.1
    signs = np.array([[x, y] for x in (-1, 1) for y in (-1, 1)], dtype=float)
    assert participation_dimension(signs)[0] == pytest.approx(2)
    assert participation_dimension(signs * [1, 0])[0] == pytest.approx(1)
    some = points[:400]
    random = np.random.default_rng(0)
    again = [participation_dimension(some[random.integers(0, 400, 400)])[0] for _ in range(200)]
    assert participation_dimension(some)[1] == pytest.approx(np.std(again), rel=0.2)


def test_points_that_coincide_are_left_out_once_each() -> None:
    random = np.random.default_rng(3)
    points = random.normal(size=(400, 5)).astype(np.float32)
    copies = points[:50] + random.normal(size=(50, 5)).astype(np.float32) * 1e-7
    kept = distinct_points(np.concatenate([points, points[:100], copies]))
    assert len(kept) == 400
    item = np.concatenate([np.arange(400), np.arange(100), np.arange(50)])
    assert sorted(item[kept]) == list(range(400))
    assert len(distinct_points(np.ones((5, 2), dtype=np.float32))) == 1


def test_neighbours_that_are_equally_far_have_no_dimension() -> None:
    assert two_nn_dimension(np.ones((9, 3))) == (None, None)
    assert likelihood_dimension(np.ones((9, 3))) == (None, None)


def test_a_space_of_two_dimensions_among_four() -> None:
    data = vectors(400)
    model = LinearModel()
    with_two = LatentSpace.build(model, data)
    values = np.random.default_rng(0).normal(size=(400, 2)).astype(np.float32)
    with_two.mean = np.concatenate([values, np.zeros((400, 1), np.float32), values[:, :1]], axis=1)
    found = intrinsic_dimension(with_two, items=200)
    assert (found.items, found.among, found.of, found.varying, found.duplicates) == (200, 400, 400, 3, 0)
    for estimate in (found.two_nn, found.maximum_likelihood):
        assert estimate.value is not None and estimate.gaussian is not None
        # A linear image of a Gaussian plane is one like its comparison.
        assert abs(estimate.value - estimate.gaussian) < 0.6
        assert 1.5 < estimate.value < 2.5
    assert found == intrinsic_dimension(with_two, items=200)


def test_few_items_are_told_apart() -> None:
    space = LatentSpace.build(LinearModel(), vectors(3))
    found = intrinsic_dimension(space)
    assert (found.items, found.nearest) == (3, 2)
    assert found.two_nn.value is None or found.two_nn.value > 0
    with pytest.raises(InputError, match="three are the fewest"):
        intrinsic_dimension(LatentSpace.build(LinearModel(), vectors(2)))
