"""Relations of dimensions and columns, against closed forms, scipy, scikit-learn and loops."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import pearsonr, rankdata, spearmanr
from sklearn.metrics import mutual_info_score

from tests.space.conftest import LinearModel
from vae_core.columns.item_columns import columns_of_items
from vae_core.data.dataset import Dataset
from vae_core.errors import InputError
from vae_core.interpret.meaning.relations import Relations, relations, relations_of
from vae_core.progress import Stopped
from vae_core.space import LatentSpace


def test_gaussian_information_is_the_closed_form() -> None:
    random = np.random.default_rng(0)
    z = random.normal(size=(60_000, 3))
    r = np.array([0.0, 0.5, 0.8])
    noise = random.normal(size=z.shape)
    table = pd.DataFrame(r * z + np.sqrt(1 - r**2) * noise, columns=["a", "b", "c"])
    found = relations_of(z, columns_of_items(table))
    exact = -0.5 * np.log(1 - r**2)
    # 20 bins lose a few per cent of it.
    np.testing.assert_allclose(found.information.diagonal(), exact, atol=0.002 + 0.06 * exact.max())
    np.testing.assert_allclose(found.information.diagonal()[1:], exact[1:], rtol=0.06)
    np.testing.assert_allclose(found.pearson.diagonal(), r, atol=0.02)
    # Of ranks: Pearson 1907.
    np.testing.assert_allclose(found.spearman.diagonal(), 6 / np.pi * np.arcsin(r / 2), atol=0.02)
    np.testing.assert_array_equal(found.significant, np.diag(r > 0))


def test_figures_are_those_of_loops_with_missing_values_and_ties() -> None:
    random = np.random.default_rng(1)
    n = 500
    z = random.normal(size=(n, 3)).astype(np.float32)
    z[:, 2] = np.round(z[:, 2])
    number = z[:, 0] ** 3 + random.normal(size=n)
    number[random.random(n) < 0.2] = np.nan
    kind = pd.Series(np.array(["a", "b", "c"])[(z[:, 1] > 0).astype(int) + (random.random(n) < 0.2)]).astype(object)
    kind[random.random(n) < 0.1] = None
    steps = np.clip(np.round(2 * z[:, 2] + random.normal(size=n)), -3, 3).astype(int)
    table = pd.DataFrame({"number": number, "kind": kind, "steps": steps})
    found = relations_of(z, columns_of_items(table), draws=12, seed=4)
    # Bins: n^(1/3) = 7; the rounded dimension has as many values, the steps are 7 categories.
    bins = [cut_equally(z[:, j]) for j in range(2)]
    bins.append(np.unique(z[:, 2], return_inverse=True)[1])
    assert found.bins == 7
    assert len(np.unique(bins[2])) == 7
    known = [np.isfinite(number), kind.notna().to_numpy(), np.ones(n, dtype=bool)]
    assert found.known.tolist() == [mask.sum() for mask in known]
    cut = [cut_equally(number[known[0]]), kind[known[1]].to_numpy().astype(str), steps]
    for c, mask in enumerate(known):
        for j in range(3):
            assert found.plug_in[j, c] == pytest.approx(mutual_info_score(cut[c], bins[j][mask]), abs=1e-12)
    for c, values in ((0, number), (2, steps)):
        for j in range(3):
            assert found.pearson[j, c] == pytest.approx(pearsonr(z[known[c], j], values[known[c]])[0], abs=1e-6)
            assert found.spearman[j, c] == pytest.approx(spearmanr(z[known[c], j], values[known[c]])[0], abs=1e-12)
    assert np.isnan(found.pearson[:, 1]).all()
    assert np.isnan(found.ratio[:, 0]).all()
    for j in range(3):
        of = pd.Series(z[known[1], j].astype(np.float64)).groupby(cut[1])
        between = (of.size() * (of.mean() - z[known[1], j].mean()) ** 2).sum()
        total = np.square(z[known[1], j] - z[known[1], j].mean(), dtype=np.float64).sum()
        assert found.ratio[j, 1] == pytest.approx(between / total, rel=1e-5)
    assert found.ratio_chance[1] == pytest.approx(2 / (known[1].sum() - 1))
    assert (found.null_highest >= found.null_mean).all()
    np.testing.assert_array_equal(found.significant, np.eye(3, dtype=bool))


def cut_equally(values: np.ndarray) -> np.ndarray:
    return np.asarray(np.floor((rankdata(values) - 0.5) * 7 / len(values)).astype(int))


def test_on_shuffled_data_nothing_is_found() -> None:
    random = np.random.default_rng(2)
    wrong = 0
    for seed in range(40):
        z = random.normal(size=(300, 4))
        rare, many = random.random(300) < 0.02, random.integers(0, 40, 300)
        table = pd.DataFrame({"number": random.normal(size=300), "many": many, "rare": rare})
        found = relations_of(z, columns_of_items(table), seed=seed)
        wrong += bool(found.significant.any())
        assert found.share.max() < 0.25
        assert abs(found.score.mean()) < 1.5
    # 1 % each: 4 or more of 40 have a chance of 0.1 %.
    assert wrong < 4


def test_a_column_that_a_dimension_settles_has_a_share_of_one() -> None:
    z = np.arange(2000.0)[:, None] - 1000
    found = relations_of(z, columns_of_items(pd.DataFrame({"half": z[:, 0] >= 0, "itself": z[:, 0]})))
    np.testing.assert_allclose(found.share, 1, atol=1e-12)
    np.testing.assert_allclose(found.entropy, [np.log(2), np.log(found.bins)], atol=0.01)


def test_the_same_seed_gives_the_same_and_another_another_null() -> None:
    z = np.random.default_rng(0).normal(size=(200, 2))
    columns = columns_of_items(pd.DataFrame({"a": z[:, 0] ** 2}))
    once, again, other = (relations_of(z, columns, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(once.null_mean, again.null_mean)
    assert (once.null_mean != other.null_mean).any()


@pytest.mark.parametrize(("n", "d"), [(2, 1), (3, 1), (40, 512)])
def test_odd_sizes_and_dimensions_that_do_not_vary_give_finite_figures(n: int, d: int) -> None:
    z = np.random.default_rng(0).normal(size=(n, d)).astype(np.float32)
    z[:, -1] = 7
    table = pd.DataFrame(
        {"a": np.arange(n) * 1e200, "b": np.arange(n) % 2, "c": [1.5, 2.5] + [np.nan] * (n - 2), "same": 1}
    )
    found = relations_of(z, columns_of_items(table))
    assert found.columns == ("a", "b", "c")
    assert found.left_out == ("same",)
    for field in fields(Relations):
        value = getattr(found, field.name)
        if isinstance(value, np.ndarray) and field.name not in ("ratio", "ratio_chance", "angular"):
            assert np.isfinite(value).all(), field.name
    assert not found.significant[-1].any()
    assert (found.pearson[-1] == 0).all()


def test_no_columns_give_no_cells() -> None:
    found = relations_of(np.zeros((5, 2)), [])
    assert found.information.shape == found.significant.shape == (2, 0)


def test_too_few_permutations_and_columns_of_other_items_are_refused() -> None:
    columns = columns_of_items(pd.DataFrame({"a": [1.5, 2.5]}))
    with pytest.raises(InputError, match="9 permutations"):
        relations_of(np.zeros((2, 1)), columns, draws=9)
    with pytest.raises(InputError, match="not one of 3 items"):
        relations_of(np.zeros((3, 1)), columns)


@pytest.fixture
def space() -> LatentSpace:
    values = np.random.default_rng(1).normal(size=(300, 6)).astype(np.float32)
    table = pd.DataFrame({"first": values[:, 0] > 0, "label": np.arange(300) % 3})
    return LatentSpace.build(LinearModel(), Dataset(values, "vector", (-10.0, 10.0), table, "vectors"))


def test_a_space_has_columns_of_its_table_and_of_what_is_measured(space: LatentSpace, tmp_path: Path) -> None:
    heard: list[str] = []

    def hear(step: int, of: int, note: str = "", preview: object = None) -> bool:
        heard.append(f"{note} {step}/{of}")
        return True

    found = relations(space, progress=hear)
    assert found.columns == ("first", "label", "x0", "x1", "x2", "x3", "x4", "x5")
    assert found.sources == ("table",) * 2 + ("measured",) * 6
    assert heard[0] == "measuring items 300/300"
    assert heard[-1] == "relations 8/8"
    drawn = relations(space, items=50, measured=False)
    assert (drawn.items, drawn.columns) == (50, ("first", "label"))


def test_work_can_be_stopped(space: LatentSpace) -> None:
    with pytest.raises(Stopped):
        relations(space, progress=lambda step, of, note="", preview=None: note != "relations")
