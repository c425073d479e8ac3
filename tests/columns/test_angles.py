"""Angles among the columns."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import vae_core
from tests.space.conftest import LinearModel, vectors
from vae_core.columns.angles import sectors, with_angles
from vae_core.columns.item_columns import ItemColumns, columns_of_items, number_column
from vae_core.interpret.meaning.along import along
from vae_core.interpret.meaning.relations import relations_of

N = 600


def test_sine_and_cosine_of_one_angle_are_one_column_in_degrees() -> None:
    axis = np.random.default_rng(0).uniform(0, np.pi, N)
    axis[3] = np.nan
    hue = np.random.default_rng(1).uniform(0, 2 * np.pi, N)
    made = [
        number_column("size", hue),
        number_column("direction sin 2θ", np.sin(2 * axis)),
        number_column("direction cos 2θ", np.cos(2 * axis)),
        number_column("hue_cos", np.cos(hue)),
        number_column("hue_sin", np.sin(hue)),
        number_column("wave sin", 2 * np.sin(hue)),
        number_column("wave cos", np.cos(hue)),
    ]
    found = with_angles(ItemColumns(tuple(column for column in made if not isinstance(column, str)))).columns
    assert [column.name for column in found] == ["size", "direction", "hue", "wave sin", "wave cos"]
    assert [column.turn for column in found] == [0, 180, 360, 0, 0]
    np.testing.assert_allclose(found[1].values, np.degrees(axis), atol=1e-9)
    assert found[1].parts == ("direction sin 2θ", "direction cos 2θ") and not found[1].has_numbers
    np.testing.assert_allclose(found[2].values, np.degrees(hue), atol=1e-9)
    codes, names = sectors(found[1])
    assert codes[3] == -1 and names[0] == "0–30°" and (codes[4:] == np.degrees(axis[4:]) // 30).all()


@pytest.mark.parametrize(
    ("name", "low", "high", "turn"),
    [
        ("orientation", 0, 2 * np.pi, 360),
        ("azimuth (°)", -180, 180, 360),
        ("phase (rad)", -np.pi, np.pi, 360),
        ("hue", 0, 1, 360),
        ("rotation", -0.4, 0.4, 0),  # nowhere does it meet from both sides
        ("angle", 0, 5000, 0),
        ("width", 0, 2 * np.pi, 0),
        ("temperature (°C)", 0, 300, 0),
    ],
)
def test_a_number_is_an_angle_if_it_says_so_and_goes_round(name: str, low: float, high: float, turn: float) -> None:
    values = np.random.default_rng(0).uniform(low, high, N)
    (found,) = with_angles(columns_of_items(pd.DataFrame({name: values}))).columns
    assert found.turn == turn and found.name == name
    if turn:
        np.testing.assert_allclose(found.values, (values * 360 / (high - low)) % 360)


def test_a_dimension_is_judged_by_the_angle_wherever_it_is_counted_from() -> None:
    random = np.random.default_rng(2)
    angle = random.uniform(0, 2 * np.pi, N)
    z = np.stack([np.cos(angle - 1), np.sin(2 * angle) + random.normal(size=N), random.normal(size=N)], axis=1)
    for shift in (0, 2):
        table = pd.DataFrame({"orientation": (angle + shift) % (2 * np.pi)})
        found = relations_of(z, with_angles(columns_of_items(table)))
        np.testing.assert_allclose(found.angular[0, 0], 1, atol=1e-6)
        assert found.angular[1, 0] == pytest.approx(1 / 3, abs=0.08), "half a turn: var sin 2θ is 0.5 of 1.5"
        assert found.angular[2, 0] < 0.03 and np.isnan(found.pearson).all()
        # Highest at 1 radian, 57°, from where it was counted.
        assert found.parts[0][found.told_most[0, 0]] == ("0–60°" if shift == 0 else "120–180°")


def test_along_a_dimension_an_angle_is_told_in_sectors() -> None:
    angle = np.linspace(0, 360, N, endpoint=False)
    (column,) = with_angles(columns_of_items(pd.DataFrame({"heading (°)": angle}))).columns
    told = along(angle, column, bins=6)
    assert told.kind == "angle" and told.categories[1] == "60–120°" and told.quantiles.shape == (0, 3)
    np.testing.assert_allclose(told.shares, np.eye(6), atol=0.02)


def test_the_old_name_of_a_part_opens_its_angle() -> None:
    from vae_core.interpret.meaning.along import along_dimension

    told = along_dimension(
        vae_core.demo("fashion"), dimension=6, column="direction cos 2θ", source="measured", items=300
    )
    assert told.column == "direction"
    space = vae_core.LatentSpace.build(LinearModel(), vectors(40))
    assert along_dimension(space, dimension=0, column="x0", source="measured").kind == "number"
