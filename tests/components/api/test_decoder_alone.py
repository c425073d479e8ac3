"""What a page is told of a decoder alone: prior samples, and nothing that would need an encoder."""

from __future__ import annotations

import io
import json

import numpy as np
import pandas as pd
import pytest
from flask.testing import FlaskClient

from components.server.dash_app import create_dash
from tests.components.conftest import ASSETS
from vae_core import Catalogue, LatentSpace
from vae_core.jobs import Jobs
from vae_core.model.decoder_alone import DecoderAlone
from vae_core.space.encodings.prior_samples import prior_samples


@pytest.fixture(scope="module")
def space(grey: LatentSpace) -> LatentSpace:
    decoder = DecoderAlone(grey.model)
    return LatentSpace.build(decoder, prior_samples(decoder, 80))


@pytest.fixture(scope="module")
def client(space: LatentSpace, grey: LatentSpace, jobs: Jobs) -> FlaskClient:
    catalogue = Catalogue()
    catalogue.add("decoder", "Decoder", space)
    catalogue.add("grey", "Grey", grey)
    server = create_dash(catalogue, jobs, ASSETS).server
    server.config["PROPAGATE_EXCEPTIONS"] = False
    made: FlaskClient = server.test_client()
    return made


def test_what_it_cannot_do_is_absent_with_a_word_why(client: FlaskClient) -> None:
    told = client.get("/api/spaces/decoder").get_json()
    assert (told["count"], told["can"]["encode"], told["can"]["variance"]) == (80, False, False)
    assert [column["name"] for column in told["columns"][:2]] == ["norm", "kept"]
    assert told["default_column"] == "norm"
    assert {column["name"] for column in told["columns"]}.isdisjoint({"rate", "distortion"})
    # Dimensions in the order of what they decide, since there is no rate.
    shares = [told["variance_shares"][j] for j in told["order"]]
    assert shares == sorted(shares, reverse=True) and shares[-1] > 0
    assert client.get("/api/spaces/grey").get_json()["variance_shares"] is None
    card = client.get("/api/spaces/decoder/model").get_json()
    assert sum("without an encoder" in sentence for sentence in card["can"]) == 1
    assert not any("gives no variance" in sentence for sentence in card["can"])
    assert "none: draws from the prior" in {f["subject"]: f["value"] for f in card["findings"]}["data"]


def test_an_item_is_its_draw(client: FlaskClient, space: LatentSpace) -> None:
    told = client.get("/api/spaces/decoder/items/7").get_json()
    np.testing.assert_allclose(told["z"], space.mean[7], rtol=1e-6)
    assert told["rate"] is None and told["distortion"] is None and len(told["nearest"]) == 12
    about, _, pixels = client.get("/api/spaces/decoder/items/7/pictures").data.partition(b"\n")
    drawn, decoded = np.frombuffer(pixels, np.uint8).reshape(2, 8, 8).astype(int)
    assert np.abs(drawn - decoded).max() <= 1, about
    # A spot of the map far from all draws is decoded all the same, and not believed.
    for spot, believed in (((0.0, 0.0), True), ((40.0, 0.0), False)):
        body = np.array([spot], "<f4").tobytes()
        line = client.post("/api/spaces/decoder/touch/pca", data=body).data.partition(b"\n")[0]
        assert (json.loads(line)["believed"] > 0.5) == believed


def test_a_tile_of_the_gallery_has_room_for_its_label(client: FlaskClient) -> None:
    asked = {"by": "rarity", "worst": True, "offset": 0, "count": 20}
    labels = [item["label"] for item in client.post("/api/spaces/decoder/ranking", json=asked).get_json()["items"]]
    assert all(0 < float(label) < 9 and len(label) <= 5 for label in labels), "of the norm four digits"


def test_what_is_brought_along_is_refused_in_a_sentence(client: FlaskClient) -> None:
    answer = client.post("/api/spaces/decoder/encode/pca", data=b"a picture")
    assert answer.status_code == 400 and "no encoder" in answer.get_json()["error"]
    file = io.BytesIO()
    np.save(file, np.zeros((3, 8, 8), np.uint8))
    answer = client.post("/api/spaces/decoder/layers?file=new.npy", data=file.getvalue())
    assert answer.status_code in (400, 422) and "decoder alone" in answer.get_json()["error"]


def test_what_is_taken_away_names_no_figure_it_has_not(client: FlaskClient) -> None:
    table = pd.read_csv(io.BytesIO(client.get("/api/spaces/decoder/table.csv").data), index_col="item")
    assert list(table.columns) == ["norm", "pca_1", "pca_2"] and len(table) == 80
    with np.load(io.BytesIO(client.get("/api/spaces/decoder/latents.npz").data)) as arrays:
        assert "distortion" not in arrays and arrays["mean"].shape == (80, 4)


def test_draws_are_the_same_data_only_as_other_draws(client: FlaskClient) -> None:
    assert client.get("/api/spaces/decoder/same?space=decoder&item=3").get_json() == {"same": True, "index": 3}
    assert client.get("/api/spaces/decoder/same?space=grey").get_json()["same"] is False
