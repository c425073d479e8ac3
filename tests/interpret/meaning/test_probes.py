"""Probes against scikit-learn's own cross-validation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_predict, cross_val_score
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tests.space.conftest import LinearModel, vectors
from vae_core.columns.angles import with_angles
from vae_core.columns.item_columns import columns_of_items
from vae_core.interpret.meaning.probe_scores import balanced_accuracy
from vae_core.interpret.meaning.probes import probes, probes_of
from vae_core.progress import Stopped
from vae_core.report.cards.probes import card
from vae_core.space import LatentSpace


@pytest.fixture(scope="module")
def z() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(400, 5)) * [1, 30, 0.01, 1, 0]


def test_scores_are_those_of_scikit_learn(z: np.ndarray) -> None:
    random = np.random.default_rng(1)
    number = 1e6 + z[:, 0] + z[:, 2] * 100 + random.normal(size=400)
    kind = np.digitize(z[:, 1] + 10 * random.normal(size=400), [-40, 0])
    part = np.where(random.random(400) < 0.3, np.nan, z[:, 3] ** 2)
    table = pd.DataFrame({"number": number, "other": z[:, 0] * z[:, 3], "kind": kind, "part": part})
    found = probes_of(z, columns_of_items(table), seed=3)
    linear, nearest = Ridge(), KNeighborsRegressor(10)
    known = np.isfinite(part)
    for at, (x, y) in {0: (z, number), 1: (z, table["other"]), 3: (z[known], part[known])}.items():
        folds = KFold(5, shuffle=True, random_state=3)
        for probe, mean, error in (
            (linear, found.linear, found.linear_error),
            (nearest, found.nearest, found.nearest_error),
        ):
            told, guess = (
                cross_val_predict(one, x, y, cv=folds)
                for one in (make_pipeline(StandardScaler(), probe), DummyRegressor())
            )
            missed, whole = np.square(y - told), np.square(y - guess)
            assert mean[at] == pytest.approx(1 - missed.sum() / whole.sum(), abs=1e-7)
            # The jackknife over folds is another estimate of the same error.
            left = [1 - missed[train].sum() / whole[train].sum() for train, _ in folds.split(x)]
            assert error[at] == pytest.approx(np.sqrt(4 / 5 * np.square(np.subtract(left, mean[at])).sum()), rel=0.25)
    folds = StratifiedKFold(5, shuffle=True, random_state=3)
    for probe, mean in ((LogisticRegression(), found.linear), (KNeighborsClassifier(10), found.nearest)):
        pipeline = make_pipeline(StandardScaler(), probe)
        scores = cross_val_score(pipeline, z, kind, cv=folds, scoring="balanced_accuracy")
        assert mean[2] == pytest.approx(scores.mean(), abs=0.005)
    assert found.measures == ("R²", "R²", "balanced accuracy", "R²")
    assert found.used.tolist() == [400, 400, 400, known.sum()]
    assert found.chance.tolist() == [0, 0, 1 / 3, 0]


def test_on_a_shuffled_column_scores_are_those_of_chance(z: np.ndarray) -> None:
    even, uneven = np.arange(400) % 4, (np.arange(400) % 20 == 0).astype(int)
    found = probes_of(z, columns_of_items(pd.DataFrame({"sum": z[:, 0] + z[:, 3], "even": even, "uneven": uneven})))
    assert found.linear[0] > 0.95
    assert found.chance.tolist() == [0, 0.25, 0.5]
    np.testing.assert_allclose(found.linear_shuffled, found.chance, atol=0.08)
    np.testing.assert_allclose(found.nearest_shuffled, found.chance, atol=0.2)
    np.testing.assert_allclose(found.linear[1:], found.chance[1:], atol=0.08)


def test_balanced_accuracy_is_that_of_scikit_learn() -> None:
    random = np.random.default_rng(0)
    labels, told = random.integers(0, 5, 200), random.integers(0, 5, 200)
    assert balanced_accuracy(labels, told) == pytest.approx(balanced_accuracy_score(labels, told))
    assert balanced_accuracy(np.array([3, 3, 1]), np.array([3, 0, 4])) == 0.25


def test_rare_classes_and_useless_columns_are_told_of() -> None:
    random = np.random.default_rng(0)
    n = 3000
    z = random.normal(size=(n, 3))
    names = pd.Series(random.integers(60, 1200, n)).astype(str)
    names[:60] = "b"
    names[60:120] = "c"
    rare = np.where(np.arange(n) < 3, "odd", np.where(z[:, 0] > 0, "up", "down"))
    few = np.full(n, np.nan)
    few[:9] = np.arange(9) + 0.5
    spikes = np.where(np.arange(n) < 3, z[:, 0], 0.0)
    table = pd.DataFrame(
        {"names": names, "rare": rare, "few": few, "one": "a", "alone": np.arange(n) == 0, "spikes": spikes}
    )
    found = probes_of(z, columns_of_items(table))
    assert found.columns == ("names", "rare")
    assert "others" not in found.notes[0] and "not used" in found.notes[0]
    assert found.notes[1] == "3 items of rare classes are not used"
    assert (found.classes[1], found.used[1]) == (2, n - 3)
    reasons = dict(zip(found.left_out, found.reasons, strict=True))
    assert reasons["few"] == "only 9 items have a value; 10 are needed"
    assert reasons["alone"] == "fewer than two classes have 5 items or more"
    assert "same" in reasons["one"]
    assert reasons["spikes"] == "only 3 of 3,000 items differ from the most frequent value; 5 are needed"
    for figures in (found.linear, found.nearest_error, found.linear_shuffled):
        assert np.isfinite(figures).all()


def test_a_space_is_probed_on_drawn_items() -> None:
    space = LatentSpace.build(LinearModel(), vectors(300))
    found = probes(space, items=120, seed=1)
    assert found.items == 120
    assert found.columns == ("label", "x0", "x1", "x2", "x3", "x4", "x5")
    tiny = probes(space, items=3)
    assert (tiny.columns, len(tiny.left_out)) == ((), 7)
    with pytest.raises(Stopped):
        probes(space, items=120, progress=lambda step, of, note="", preview=None: note != "probes")


def test_a_guess_scores_nothing_and_never_runs_away() -> None:
    """Folds without a value that differs have no variance of their own, and ten items hardly any."""
    z = np.random.default_rng(3).normal(size=(1000, 4))
    spikes = np.zeros(1000)
    spikes[[1, 2, 3, 500, 900]] = [1.7, 2.3, 0.9, 1.1, 2.0]
    found = probes_of(z, columns_of_items(pd.DataFrame({"spikes": spikes})))
    assert -0.2 < found.linear[0] < 0.05 and -0.2 < found.nearest[0] < 0.05
    assert found.linear_error[0] < 0.1
    tiny = probes_of(z[:10], columns_of_items(pd.DataFrame({"tiny": z[:10, 0] * z[:10, 1]})))
    assert tiny.neighbours.tolist() == [8]
    # All that can be asked are asked, which tells their mean.
    assert (tiny.nearest[0], tiny.nearest_error[0]) == (0, 0)
    assert tiny.linear[0] > -2


def test_the_card_says_only_where_a_straight_line_does_not_do() -> None:
    space = LatentSpace.build(LinearModel(), vectors(300))
    z = np.random.default_rng(0).normal(size=300)
    table = {"bent": z + 0.8 * np.abs(z), "folded": np.abs(z), "straight": z}
    told = {
        name: card(space, probes_of(z[:, None], columns_of_items(pd.DataFrame({name: values})))).said
        for name, values in table.items()
    }
    assert "bent better from nearest items (" in told["bent"] and "with a linear fit" in told["bent"]
    assert "folded well only from nearest items (" in told["folded"]
    assert told["straight"].endswith("with a linear fit.")


def test_an_angle_is_read_as_sine_and_cosine_together_wherever_it_is_counted_from() -> None:
    random = np.random.default_rng(4)
    angle = random.uniform(0, 2 * np.pi, 600)
    # A code that tells one coordinate of the circle well and the other badly.
    z = np.stack([np.cos(angle), np.sin(angle) + random.normal(size=600), random.normal(size=600)], axis=1)
    found = []
    for shift in (0.0, 1.0):
        turned = (angle + shift) % (2 * np.pi)
        table = pd.DataFrame({"wind sin": np.sin(turned), "wind cos": np.cos(turned), "size": z[:, 2]})
        found.append(probes_of(z, with_angles(columns_of_items(table)), seed=1))
    assert found[0].columns == ("wind", "size") and found[0].made_of[0] == ("wind sin", "wind cos")
    assert found[0].measures == ("R² of sine and cosine together", "R²")
    assert found[0].linear[0] == pytest.approx(found[1].linear[0], abs=1e-6), "no half depends on where 0° is"
    y = np.stack([np.sin(angle), np.cos(angle)], axis=1)
    folds = KFold(5, shuffle=True, random_state=1)
    told = cross_val_predict(make_pipeline(StandardScaler(), Ridge()), z, y, cv=folds)
    guess = cross_val_predict(DummyRegressor(), z, y, cv=folds)
    assert found[0].linear[0] == pytest.approx(1 - np.square(y - told).sum() / np.square(y - guess).sum(), abs=1e-7)
    space = LatentSpace.build(LinearModel(), vectors(600))
    drawn = str(card(space, found[0]))
    assert drawn.count("wind") >= 1 and "wind sin" not in drawn and "angle:wind" in drawn
