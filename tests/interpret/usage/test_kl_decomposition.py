from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import torch
from torch.distributions import Independent, Laplace

from tests.space.conftest import LinearModel, vectors
from vae_core.errors import InputError
from vae_core.interpret.usage import kl_decomposition as module
from vae_core.interpret.usage.gaussian_correlation import gaussian_total_correlation
from vae_core.interpret.usage.kl_decomposition import IndexCode, index_code
from vae_core.progress import Stopped
from vae_core.space import LatentSpace

#: Spread of the means about 0 and width of the posteriors of the Gaussian space below, and their correlation.
SPREAD, WIDTH, TIED = 1.5, 0.8, 0.7


def gaussian_space(count: int = 4000, tied: float = TIED) -> LatentSpace:
    """q(z|x) = N(x, WIDTH²) with x Gaussian, two of three dimensions correlated: q(z) is nearly Gaussian."""
    model = LinearModel(latent_dim=3, size=3)
    model.encoder = torch.eye(3)
    model.logvar = torch.full((3,), 2 * math.log(WIDTH))
    data = vectors(count, size=3)
    covariance = SPREAD**2 * np.array([[1, tied, 0], [tied, 1, 0], [0, 0, 1]])
    x = np.random.default_rng(3).multivariate_normal(np.zeros(3), covariance, size=count)
    return LatentSpace.build(model, dataclasses.replace(data, values=x.astype(np.float32)))


@pytest.fixture(scope="module")
def gaussian() -> IndexCode:
    return index_code(gaussian_space(), items=1500)


def near(value: float | None, error: float | None, expected: float, besides: float = 0.0) -> bool:
    assert value is not None and error is not None and 0 < error < 0.1
    return abs(value - expected) < 4 * error + besides


def test_parts_of_a_gaussian_are_those_in_closed_form(gaussian: IndexCode) -> None:
    """The mixture of 4,000 posteriors is Gaussian but for 0.02 nats."""
    total = SPREAD**2 + WIDTH**2
    r = TIED * SPREAD**2 / total
    covariance = total * np.array([[1, r, 0], [r, 1, 0], [0, 0, 1]])
    information = 0.5 * (np.linalg.slogdet(covariance)[1] - 3 * math.log(WIDTH**2))
    assert near(gaussian.mutual_information, gaussian.mutual_information_error, information, 0.02)
    assert near(gaussian.total_correlation, gaussian.total_correlation_error, -0.5 * math.log(1 - r**2), 0.02)
    assert near(
        gaussian.gaussian_total_correlation, gaussian.gaussian_total_correlation_error, -0.5 * math.log(1 - r**2)
    )
    chance, error = gaussian.total_correlation_by_chance, gaussian.total_correlation_by_chance_error
    assert near(chance, error, 0.0, 0.02)
    kl = 0.5 * (total - math.log(total) - 1)
    assert near(gaussian.dimension_kl_total, gaussian.dimension_kl_total_error, 3 * kl, 0.02)
    assert gaussian.dimension_kl is not None and gaussian.dimension_kl_error is not None
    assert (np.abs(gaussian.dimension_kl - kl) < 4 * gaussian.dimension_kl_error + 0.01).all()
    assert gaussian.dimension_information is not None and gaussian.dimension_information_error is not None
    one = 0.5 * math.log(total / WIDTH**2)
    assert (np.abs(gaussian.dimension_information - one) < 4 * gaussian.dimension_information_error + 0.01).all()


def test_parts_add_up_to_the_rate(gaussian: IndexCode) -> None:
    parts = (gaussian.mutual_information, gaussian.total_correlation, gaussian.dimension_kl_total)
    assert gaussian.rate is not None and gaussian.residual is not None and gaussian.residual_error is not None
    assert sum(part for part in parts if part is not None) == pytest.approx(gaussian.rate + gaussian.residual)
    assert abs(gaussian.residual) < 4 * gaussian.residual_error < 0.5
    assert gaussian.ceiling == pytest.approx(math.log(4000)) and gaussian.note == ""


def test_items_that_can_all_be_told_apart_are_at_the_ceiling_and_unused_dimensions_at_0() -> None:
    space = gaussian_space(50)
    space.mean = np.arange(50, dtype=np.float32)[:, None] * np.array([100, 100, 0], dtype=np.float32)
    space.logvar = np.tile(np.array([-4, -4, 0], dtype=np.float32), (50, 1))
    told = index_code(space)
    assert (told.items, told.draws) == (50, 6)
    assert told.mutual_information == pytest.approx(math.log(50)) and "ceiling" in told.note
    assert told.total_correlation == pytest.approx(math.log(50))
    assert told.total_correlation_by_chance == pytest.approx(math.log(50))
    assert told.dimension_information is not None
    np.testing.assert_allclose(told.dimension_information, [math.log(50), math.log(50), 0.0], atol=1e-9)


def test_drawn_components_bound_the_information_from_both_sides(monkeypatch: pytest.MonkeyPatch) -> None:
    space = gaussian_space(2000, tied=0.0)
    whole = index_code(space, items=200)
    monkeypatch.setattr(module, "COMPONENTS", 300)
    drawn = index_code(space, items=200)
    assert (drawn.components, drawn.population, whole.components) == (300, 2000, 2000)
    assert "300 of 2,000" in drawn.note and drawn.ceiling == whole.ceiling == pytest.approx(math.log(2000))
    assert whole.mutual_information_least == whole.mutual_information
    assert None not in (drawn.mutual_information_least, whole.mutual_information, drawn.mutual_information)
    assert drawn.mutual_information_least < whole.mutual_information < drawn.mutual_information  # type: ignore[operator]


def test_the_same_seed_gives_the_same_figures_and_another_prior_is_asked() -> None:
    space = gaussian_space(300)
    first, again, other = index_code(space, items=50), index_code(space, items=50), index_code(space, items=50, seed=1)
    assert first.mutual_information == again.mutual_information != other.mutual_information
    space.model.prior = Independent(Laplace(torch.zeros(3), torch.full((3,), 2.0)), 1)  # type: ignore[misc]
    laplace = index_code(space, items=50)
    assert first.dimension_kl is not None and laplace.dimension_kl is not None
    assert laplace.mutual_information == first.mutual_information
    assert not np.allclose(laplace.dimension_kl, first.dimension_kl)
    space.model.prior = torch.distributions.MultivariateNormal(torch.zeros(3), torch.eye(3))  # type: ignore[misc]
    with pytest.raises(InputError, match="factorises"):
        index_code(space, items=50)


def test_points_few_items_and_one_dimension() -> None:
    points = index_code(LatentSpace.build(LinearModel(variance=False), vectors(100)))
    assert points.mutual_information is None and points.rate is None and points.dimension_kl is None
    assert "not finite" in points.note
    assert points.gaussian_total_correlation is not None and points.ceiling == pytest.approx(math.log(100))
    assert index_code(gaussian_space(30), items=1).items == 2
    for count, d in ((1, 1), (3, 4), (2, 1)):
        told = index_code(LatentSpace.build(LinearModel(latent_dim=d), vectors(count)))
        for value in vars(told).values():
            assert not isinstance(value, float | np.ndarray) or np.isfinite(value).all()
        assert told.mutual_information is not None and -1e-9 <= told.mutual_information <= math.log(count) + 1e-9


@pytest.mark.parametrize(("items", "draws"), [(300, 2), (150, 2), (20, 1)])
def test_errors_are_those_of_other_seeds(items: int, draws: int) -> None:
    """Posteriors of very different widths: where every item is looked at, only the draws are by chance."""
    space = gaussian_space(300)
    space.logvar = np.repeat(np.linspace(-6, 0, 300, dtype=np.float32)[:, None], 3, axis=1)
    space.rate = 0.5 * (space.mean**2 + np.exp(space.logvar) - space.logvar - 1)
    told = [index_code(space, items=items, seed=seed) for seed in range(25)]
    assert told[0].draws == draws
    for name in ("residual", "mutual_information", "total_correlation"):
        spread = np.std([getattr(one, name) for one in told], ddof=1)
        error = np.mean([getattr(one, f"{name}_error") for one in told])
        # The spread of 25 is known to 14 %.
        assert 0.65 < error / spread < 1.5, name


def test_it_stops_and_refuses_no_items() -> None:
    space = gaussian_space(30)
    with pytest.raises(Stopped):
        index_code(space, progress=lambda step, of, note="", preview=None: False)
    with pytest.raises(InputError, match="At least one item"):
        index_code(space, items=0)


def test_gaussian_total_correlation_by_chance_is_what_independent_columns_give() -> None:
    random = np.random.default_rng(0)
    for m, d in ((200, 6), (30, 20)):
        told = [gaussian_total_correlation(random.normal(size=(m, d))) for _ in range(300)]
        values = np.array([value for value, _, _ in told], dtype=float)
        chance = told[0][2]
        assert chance is not None and abs(values.mean() - chance) < 4 * values.std() / math.sqrt(300)
    # Of large samples it is d(d − 1)/4m.
    assert gaussian_total_correlation(random.normal(size=(10_000, 6)))[2] == pytest.approx(30 / 40_000, rel=1e-3)
    column = random.normal(size=(100, 1))
    assert gaussian_total_correlation(np.hstack([column, column])) == (None, None, None)
    assert gaussian_total_correlation(np.hstack([column, 0 * column])) == (0, 0, 0)
    assert gaussian_total_correlation(column[:2]) == (None, None, None)
