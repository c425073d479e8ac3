"""Against brute force over all pairs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import percentileofscore

from tests.space.conftest import LinearModel, vectors
from vae_core.errors import InputError
from vae_core.interpret.items import wrong_items as module
from vae_core.interpret.items.wrong_items import percentiles, rank, wrong_items
from vae_core.model.protocol import Capabilities
from vae_core.progress import Stopped
from vae_core.space import LatentSpace


@pytest.fixture
def space() -> LatentSpace:
    return LatentSpace.build(LinearModel(), vectors(300))


def test_figures_of_every_item_agree_with_brute_force(space: LatentSpace) -> None:
    found = wrong_items(space)
    exact = space.mean.astype(np.float64)
    distance = np.sqrt(np.square(exact[:, None] - exact).sum(axis=2))
    np.fill_diagonal(distance, np.inf)
    order = np.argsort(distance, axis=1)[:, :10]
    away = np.take_along_axis(distance, order, axis=1).mean(axis=1)
    assert np.allclose(found.rarity, away / np.median(away), rtol=1e-4)
    assert found.usual_distance == pytest.approx(np.median(away), rel=1e-5)
    labels = space.data.table["label"].to_numpy()
    assert found.disagreement is not None and found.without is None
    expected = [np.mean([labels[j] != labels[i] for j in order[i]]) for i in range(300)]
    assert np.allclose(found.disagreement.values, expected)
    assert found.disagreement.chance == pytest.approx(1 - 99 / 299)
    assert found.distortion is not None and (found.distortion == space.distortion).all()
    assert found.mean_distortion == pytest.approx(space.distortion.mean(dtype=np.float64))
    assert (found.nearest, found.recall, found.items, found.of) == (10, 1.0, 300, 300)
    table, _ = space.neighbours.table(10)
    assert (wrong_items(space).rarity == found.rarity).all() and table.shape == (300, 10)


def test_a_decoder_alone_has_no_distortion(space: LatentSpace) -> None:
    space.model.can = Capabilities(encode=False, variance=False)  # type: ignore[misc]
    found = wrong_items(space)
    assert found.distortion is None and found.distortion_error is None
    assert found.mean_distortion is None and found.distortion_percentile is None
    assert np.isfinite(found.rarity).all()


def test_some_items_stand_for_all(space: LatentSpace, monkeypatch: pytest.MonkeyPatch) -> None:
    full = wrong_items(space)
    found = wrong_items(space, items=50, seed=3)
    looked = np.isfinite(found.rarity)
    assert looked.sum() == found.items == 50
    assert np.allclose(found.rarity[looked] * found.usual_distance, full.rarity[looked] * full.usual_distance)
    assert found.disagreement is not None and found.disagreement.items == 50
    assert set(rank(found.rarity)[:50]) == set(np.flatnonzero(looked))
    monkeypatch.setattr(module, "ALL_UP_TO", 100)
    monkeypatch.setattr(module, "_SAMPLED", 40)
    assert wrong_items(space).items == 40


def test_columns_that_are_missing_are_told_or_left_out(space: LatentSpace) -> None:
    with pytest.raises(InputError, match="no column"):
        wrong_items(space, column="shape")
    bare = LatentSpace.build(LinearModel(), vectors(20))
    del bare.data.table["label"]
    found = wrong_items(bare)
    assert found.disagreement is None and found.disagreement_percentile is None
    assert found.without is not None and "no column of its table holds classes" in found.without
    bare.data.table["size"], bare.data.table["kind"] = np.linspace(0, 1, 20), ["a", "b"] * 10
    other = wrong_items(bare).disagreement
    assert other is not None and other.column == "kind"


def test_three_items_and_items_that_coincide() -> None:
    assert wrong_items(LatentSpace.build(LinearModel(), vectors(3))).nearest == 2
    space = LatentSpace.build(LinearModel(), vectors(30))
    space.mean = np.ones_like(space.mean)
    found = wrong_items(space)
    assert (found.rarity == 0).all() and found.usual_distance == 0
    assert (found.rarity_percentile == 50).all()
    with pytest.raises(Stopped):
        wrong_items(LatentSpace.build(LinearModel(), vectors(30)), progress=lambda *_: False)


def test_order_is_stable_and_the_missing_come_last() -> None:
    values = np.array([1.0, np.nan, 3.0, 1.0, np.nan, 3.0])
    assert rank(values).tolist() == [2, 5, 0, 3, 1, 4]
    assert rank(values, worst=False).tolist() == [0, 3, 2, 5, 1, 4]
    known = values[np.isfinite(values)]
    expected = [percentileofscore(known, value, kind="mean") for value in known]
    assert np.allclose(percentiles(values)[np.isfinite(values)], expected)
    assert np.isnan(percentiles(values)[[1, 4]]).all()
