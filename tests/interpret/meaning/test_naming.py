"""Names of dimensions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import vae_core
from tests.space.conftest import LinearModel, vectors
from vae_core.columns.angles import with_angles
from vae_core.columns.item_columns import ItemColumns, columns_of_items, number_column
from vae_core.interpret.meaning.distinct_words import short
from vae_core.interpret.meaning.naming import dimension_names, names_of
from vae_core.interpret.meaning.relations import relations_of
from vae_core.space import LatentSpace


def test_dimensions_are_named_after_what_they_are_clearly_linked_to() -> None:
    random = np.random.default_rng(0)
    z = random.normal(size=(2000, 6))
    noise = random.normal(size=(3, 2000))
    table = pd.DataFrame(
        {
            "size": -0.8 * z[:, 0] + 0.6 * noise[0],
            "kind": np.array(["a", "b"])[(np.abs(z[:, 1]) > 0.67).astype(int)],
            "weak": 0.2 * z[:, 2] + noise[1],
            "unrelated": noise[2],
        }
    )
    nearly = number_column("size seen (pixels)", -0.8 * z[:, 0] + 0.58 * noise[0])
    better = number_column("angle (°)", z[:, 3])
    assert not isinstance(nearly, str) and not isinstance(better, str)
    columns = columns_of_items(table) + ItemColumns((nearly, better))
    found = relations_of(z, columns)
    told = names_of(found, np.array([False] * 5 + [True]))
    r = np.corrcoef(z[:, 0], table["size"])[0, 1]
    assert told.names[0] == f"size, r = −{abs(r):.2f}"
    assert told.names[1] == f"kind, nmi = {found.share[1, 1]:.2f}"
    assert told.names[2:] == ("", "angle, r = 1.00", "", "off")
    assert (told.columns[0], told.sources[0], told.statistics[0], told.known[0]) == ("size", "table", "r", 2000)
    assert told.values[0] == found.pearson[0, 0]
    assert told.errors[0] == (1 - found.pearson[0, 0] ** 2) / np.sqrt(1999)
    assert (told.columns[3], told.sources[3]) == ("angle (°)", "measured")
    assert told.also[0] == ""  # the measure says the same
    assert told.off.tolist() == [False] * 5 + [True]


def test_positions_of_the_sprites_are_named_rightly() -> None:
    space = vae_core.demo("sprites")
    told = dimension_names(space, items=1000)
    by_column = {name: [j for j, column in enumerate(told.columns) if column == name] for name in ("x", "y", "scale")}
    for name, dimensions in by_column.items():
        assert 1 <= len(dimensions) <= 2, name
    # What is named x hangs together with x more than with y, over all items and by another measure: variance explained
    # by a cubic.
    factors = space.data.table[["x", "y", "scale"]]
    for name, dimensions in by_column.items():
        for j in dimensions:
            explained = {one: cubic(space.mean[:, j], factors[one].to_numpy()) for one in factors}
            assert max(explained, key=lambda one: explained[one]) == name, (j, explained)
    assert [name for name in told.names if name == "off"] == ["off"] * int((space.rate.mean(axis=0) < 0.1).sum())


@pytest.mark.parametrize("name", ["fashion", "sprites"])
def test_no_two_dimensions_of_a_demo_have_the_same_name(name: str) -> None:
    space = vae_core.demo(name)
    told = dimension_names(space, items=1500)
    words = [word for word, off in zip(told.words, told.off, strict=True) if word and not off]
    assert len(words) > 4 and len(set(words)) == len(words)
    assert not [word for word in words if "sin" in word or "cos" in word], "an angle is one thing"
    for column in {one for one in told.columns if one}:
        same = [j for j in range(space.latent_dim) if told.columns[j] == column and not told.off[j]]
        assert sum(told.words[j] == short(column) for j in same) == 1, column


def test_dimensions_of_one_column_are_told_apart_by_what_sets_them_apart() -> None:
    random = np.random.default_rng(0)
    n = 3000
    x, y, angle = random.uniform(size=(3, n))
    kinds = np.array(["a", "b", "c"])[random.integers(3, size=n)]
    noise = 0.15 * random.normal(size=(8, n))
    z = np.stack(
        [
            x + noise[0] / 2,
            x + 0.6 * y + noise[1],
            np.where(x < 0.3, x, 0.3) + noise[2] / 2,
            -x + 1.5 * noise[3],
            np.cos(2 * np.pi * angle) + noise[4],
            np.sin(2 * np.pi * angle) + 3 * noise[5],
            (kinds == "a") + noise[6] / 2,
            (kinds == "c") + noise[7],
        ],
        axis=1,
    )
    table = pd.DataFrame({"x": x, "y": y, "orientation": 2 * np.pi * angle, "kind": kinds})
    told = names_of(relations_of(z, with_angles(columns_of_items(table))), np.zeros(8, dtype=bool))
    assert told.words == (
        "x",
        "x with y",
        "x (low)",
        "x, after z0",
        "orientation",
        "orientation at 60–120°",
        "kind",
        "kind (c)",
    )
    assert told.statistics[4] == "R²" and told.values[4] > 0.9


def cubic(z: np.ndarray, values: np.ndarray) -> float:
    fitted = np.polynomial.Polynomial.fit(z, values, 6)(z)
    return float(1 - ((values - fitted) ** 2).sum() / ((values - values.mean()) ** 2).sum())


def test_without_rates_a_dimension_that_does_not_vary_is_off() -> None:
    model = LinearModel(variance=False)
    model.encoder[2] = 0
    told = dimension_names(LatentSpace.build(model, vectors(300)), items=200)
    assert told.off.tolist() == [False, False, True, False]
    assert told.names[2] == "off"


def test_long_names_are_cut_and_lose_their_units() -> None:
    assert short("extent (pixels)") == "extent"
    assert short("a" * 50) == "a" * 31 + "…"
