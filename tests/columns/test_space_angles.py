"""The angles of all items of a space."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from tests.space.conftest import LinearModel, vectors
from vae_core.columns.angles import with_angles
from vae_core.columns.item_columns import columns_of_items
from vae_core.columns.measures import measured_columns
from vae_core.columns.space_angles import angles_of_space, degrees_in_table, degrees_measured
from vae_core.space import LatentSpace

N = 200


def test_they_are_those_of_the_columns_under_the_same_names(grey: LatentSpace) -> None:
    random = np.random.default_rng(0)
    wind, axis = random.uniform(0, 2 * np.pi, N), random.uniform(0, np.pi, N)
    axis[5] = np.nan
    table = pd.DataFrame(
        {
            "wind cos": np.cos(wind),
            "wind sin": np.sin(wind),
            "wind": random.normal(size=N),
            "sin 2θ": np.sin(2 * axis),
            "cos 2θ": np.cos(2 * axis),
            "heading": wind - np.pi,
            "wave sin": 2 * np.sin(wind),
            "wave cos": np.cos(wind),
            "size": random.normal(size=N),
        }
    )
    space = LatentSpace.build(LinearModel(), replace(vectors(N), table=table))
    found = {angle.name: angle for angle in angles_of_space(space)}
    columns = {one.name: one for one in with_angles(columns_of_items(table)).columns if one.turn}
    assert set(found) == set(columns) == {"wind (angle)", "angle", "heading"}
    assert [(one.degrees, one.turn) for one in found.values()] == [(360, 360), (180, 180), (360, 2 * np.pi)]
    for name in ("wind (angle)", "angle"):
        np.testing.assert_allclose(degrees_in_table(table, found[name]), columns[name].values)
    # Of pictures nothing is measured to find them.
    (direction,) = angles_of_space(grey)
    (column,) = [one for one in with_angles(measured_columns(grey.data, np.arange(len(grey)))).columns if one.turn]
    assert (direction.name, direction.degrees) == (column.name, column.turn) == ("direction", 180)
    told = degrees_measured(grey, direction)
    assert told is not None and np.nanmin(told) >= 0 and np.nanmax(told) < 180
    np.testing.assert_allclose(told, column.values)
