"""What is downloaded can be read again."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
from flask.testing import FlaskClient

from vae_core import LatentSpace


def test_the_table_with_coordinates(client: FlaskClient, grey: LatentSpace) -> None:
    for projection, axes in (("pca", 2), ("pca-3d", 3), ("z:1,3", 2)):
        answer = client.get(f"/api/spaces/grey/table.csv?projection={projection}")
        assert answer.mimetype == "text/csv"
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="grey-')
        table = pd.read_csv(io.BytesIO(answer.data), index_col="item")
        assert table.index.tolist() == grey.data.table.index.tolist()
        assert table["label"].tolist() == grey.data.table["label"].tolist()
        wanted = grey.cached_projection(projection)
        assert wanted is not None
        for axis in range(axes):
            np.testing.assert_allclose(table[f"{projection}_{axis + 1}"], wanted.points[:, axis], rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(table["rate"], grey.rate.sum(axis=1), rtol=1e-5)
        np.testing.assert_allclose(table["distortion"], grey.distortion, rtol=1e-5)


def test_no_column_of_the_data_is_lost_to_a_figure_of_ours(client: FlaskClient, grey: LatentSpace) -> None:
    table = grey.data.table
    table["rate"] = np.arange(60)
    try:
        taken = pd.read_csv(io.BytesIO(client.get("/api/spaces/grey/table.csv").data))
    finally:
        del table["rate"]
    assert taken["rate"].tolist() == list(range(60))
    np.testing.assert_allclose(taken["rate_"], grey.rate.sum(axis=1), rtol=1e-5)


def test_the_latents(client: FlaskClient, grey: LatentSpace) -> None:
    answer = client.get("/api/spaces/grey/latents.npz?projection=z:0,2")
    with np.load(io.BytesIO(answer.data), allow_pickle=False) as arrays:
        for name in ("mean", "logvar", "rate", "distortion"):
            np.testing.assert_array_equal(arrays[name], getattr(grey, name))
        np.testing.assert_array_equal(arrays["points"], grey.mean[:, [0, 2]])
        assert arrays["item"].tolist() == grey.data.table.index.tolist()


def test_a_map_that_is_not_there_cannot_be_taken(client: FlaskClient) -> None:
    for name in ("table.csv", "latents.npz"):
        assert client.get(f"/api/spaces/grey/{name}?projection=umap").status_code == 409
        assert client.get(f"/api/spaces/grey/{name}?projection=nonsense").status_code == 404
