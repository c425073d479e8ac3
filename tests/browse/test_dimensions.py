"""What a slider needs to know of its dimension."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vae_core import LatentSpace
from vae_core.browse.dimensions import dimension_figures


def space_of(mean: Any, logvar: float = -2.0, rate: float = 1.0) -> Any:
    means = np.asarray(mean, np.float32)
    full = np.full_like(means, logvar)
    return SimpleNamespace(mean=means, logvar=full, rate=np.full_like(means, rate), latent_dim=means.shape[1])


def digits(value: float) -> int:
    """Significant digits of a number as it reads."""
    return len(f"{value!r}".split("e")[0].replace("-", "").replace(".", "").strip("0"))


def test_sliders_span_what_the_posteriors_span(grey: LatentSpace) -> None:
    for j, figures in enumerate(dimension_figures(grey)):
        means = grey.mean[:, j].astype(float)
        spread = np.sqrt(means.var() + np.exp(grey.logvar[:, j].astype(float)).mean())
        assert figures.low <= means.mean() - 3 * spread and figures.high >= means.mean() + 3 * spread
        assert figures.mean == pytest.approx(means.mean(), rel=1e-5)
        assert figures.std == pytest.approx(means.std(), rel=1e-5)
        assert figures.rate == pytest.approx(grey.rate[:, j].mean(), rel=1e-5)
        assert len(figures.histogram) == 48 and sum(figures.histogram) == 60


@settings(max_examples=100, deadline=None)
@given(
    centre=st.floats(-1e6, 1e6, width=32),
    spread=st.floats(0, 1e3, width=32),
    logvar=st.floats(-30, 20),
    count=st.integers(1, 40),
)
def test_bounds_hold_for_any_encodings(centre: float, spread: float, logvar: float, count: int) -> None:
    noise = np.random.default_rng(0).normal(size=(count, 2))
    (figures, constant) = dimension_figures(space_of(centre + noise * [spread, 0], logvar))
    for told in (figures, constant):
        assert np.isfinite([told.low, told.high, told.mean, told.std, told.rate]).all()
        assert told.low < told.mean < told.high
        assert digits(told.low) <= 2 and digits(told.high) <= 2
        assert sum(told.histogram) <= count


@pytest.mark.parametrize("value", [0.0, 1.0, -1.0, 1.1, 10.0, 1e-9, -0.3, 12345.0])
def test_a_constant_latent_without_any_width_has_a_slider(value: float) -> None:
    (figures,) = dimension_figures(space_of([[value]] * 5, logvar=-1000.0))
    assert figures.low < value < figures.high and sum(figures.histogram) == 5


def test_a_few_outliers_do_not_stretch_a_slider() -> None:
    means = np.random.default_rng(0).normal(size=(20_000, 1))
    means[:3] = 50
    (figures,) = dimension_figures(space_of(means))
    assert figures.high < 10 and sum(figures.histogram) > 20_000 * 0.998


def test_a_model_without_a_variance_has_no_rate() -> None:
    (figures,) = dimension_figures(space_of([[0.0], [1.0]], rate=np.nan))
    assert figures.rate == 0
