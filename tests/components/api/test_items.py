"""Items over HTTP: their rows and pictures, finding them, and a visitor's own picture."""

from __future__ import annotations

import io
import json

import numpy as np
import pandas as pd
import pytest
import torch
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from components.api.items import pixels_of, plain, same_item, to_png
from vae_core import LatentSpace
from vae_core.drawing.pictures import decode


def test_the_picture_of_an_item_has_its_pixels(client: FlaskClient, grey: LatentSpace, colour: LatentSpace) -> None:
    for index in (0, 59):
        answer = client.get(f"/api/spaces/grey/items/{index}.png")
        assert answer.mimetype == "image/png"
        np.testing.assert_array_equal(Image.open(io.BytesIO(answer.data)), grey.data.values[index, 0])
    answer = client.get("/api/spaces/colour/items/7.png")
    wanted = np.rint(colour.data.values[7] * 255).transpose(1, 2, 0)
    np.testing.assert_array_equal(Image.open(io.BytesIO(answer.data)), wanted)


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 5])
def test_pictures_of_any_number_of_channels_become_png(channels: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (4, 5, channels), dtype=np.uint8)
    image = np.asarray(Image.open(io.BytesIO(to_png(pixels_of(pixels))))).reshape(4, 5, -1)
    np.testing.assert_array_equal(image[..., : min(channels, 3)], pixels[..., :3])


@pytest.mark.parametrize("path", ["items/60", "items/60.png", "items/60/pictures", "items/99999999999999999999.png"])
def test_items_that_are_not_there(client: FlaskClient, path: str) -> None:
    answer = client.get(f"/api/spaces/grey/{path}")
    assert answer.status_code == 404 and "0 to 59" in answer.get_json()["error"]


def test_an_item_is_told_in_the_figures_of_the_space(client: FlaskClient, grey: LatentSpace) -> None:
    told = client.get("/api/spaces/grey/items/7").get_json()
    assert told["index"] == 7 and told["id"] == "item-007"
    assert told["row"] == {"label": "bag", "digit": 7, "size": pytest.approx(7 / 59), "note": None}
    np.testing.assert_array_equal(np.array(told["z"], np.float32), grey.mean[7])
    np.testing.assert_allclose(told["std"], np.exp(0.5 * grey.logvar[7]), rtol=1e-6)
    np.testing.assert_allclose(told["rate_by_dimension"], grey.rate[7], rtol=1e-6)
    assert told["rate"] == pytest.approx(grey.rate[7].sum(), rel=1e-6)
    assert told["distortion"] == pytest.approx(grey.distortion[7], rel=1e-6)
    assert told["distortion_error"] == pytest.approx(grey.distortion_error[7], rel=1e-6)
    nearest = [item["index"] for item in told["nearest"]]
    assert 7 not in nearest and nearest == grey.neighbours.index[7, :12].tolist()


def test_an_items_pictures_are_original_reconstruction_and_samples(client: FlaskClient, grey: LatentSpace) -> None:
    first, again = (client.get("/api/spaces/grey/items/3/pictures") for _ in range(2))
    assert first.data == again.data
    head, _, body = first.data.partition(b"\n")
    shape = json.loads(head)["shape"]
    pixels = np.frombuffer(body, np.uint8).reshape(shape)
    assert shape == [6, 8, 8, 1]
    np.testing.assert_array_equal(pixels[0, ..., 0], grey.data.values[3, 0])
    np.testing.assert_allclose(pixels[1].astype(int), decode(grey, grey.mean[3:4])[0], atol=1)


def test_the_values_of_a_vector_come_as_they_are(client: FlaskClient, vectors: LatentSpace) -> None:
    assert client.get("/api/spaces/vectors/items/4").get_json()["row"] == {"label": 0}
    head, _, body = client.get("/api/spaces/vectors/items/4/pictures").data.partition(b"\n")
    about = json.loads(head)
    assert about["shape"] == [6, 5] and about["type"] == "float32"
    values = np.frombuffer(body, "<f4").reshape(6, 5)
    np.testing.assert_array_equal(values[0], vectors.data.values[4])
    with torch.inference_mode():
        mean = vectors.model.likelihood(torch.tensor(vectors.mean[4:5])).mean
    np.testing.assert_allclose(values[1], mean[0], rtol=1e-5, atol=1e-6)
    plot = Image.open(io.BytesIO(client.get("/api/spaces/vectors/items/4.png").data))
    assert plot.mode == "RGBA" and plot.getchannel("A").getextrema() == (0, 255), "ink on a transparent ground"


@pytest.mark.parametrize(
    ("query", "total", "first"), [("item-0", 60, 0), ("12", 1, 12), ("COAT", 20, 2), ("no. 41", 1, 41), ("", 0, None)]
)
def test_find(client: FlaskClient, query: str, total: int, first: int | None) -> None:
    told = client.get("/api/spaces/grey/find", query_string={"q": query}).get_json()
    if query == "12":
        assert told["matches"][0]["index"] == 12  # the index first, then "item-012", then "No. 12"
    else:
        assert told["total"] == total
    assert [match["index"] for match in told["matches"][:1]] == ([] if first is None else [first])


@settings(max_examples=60, deadline=None)
@given(query=st.one_of(st.text(max_size=12), st.sampled_from(["²", "9" * 5000, "1e999", "nan", "-0", "٣", "[", "\\"])))
def test_nothing_that_is_typed_makes_find_fail(client: FlaskClient, query: str) -> None:
    answer = client.get("/api/spaces/grey/find", query_string={"q": query})
    assert answer.status_code == 200
    assert len(answer.get_json()["matches"]) == min(24, answer.get_json()["total"])


def png(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def test_a_dropped_picture_lands_where_its_twin_is(client: FlaskClient, grey: LatentSpace) -> None:
    answer = client.post("/api/spaces/grey/encode/pca", data=png(grey.data.values[9, 0]))
    assert answer.status_code == 200
    head, _, body = answer.data.partition(b"\n")
    about = json.loads(head)
    np.testing.assert_allclose(about["z"], grey.mean[9], atol=1e-4)
    np.testing.assert_allclose(about["std"], np.exp(0.5 * grey.logvar[9]), rtol=1e-3)
    np.testing.assert_allclose(about["xy"], grey.projection("pca").points[9], atol=1e-4)
    assert about["nearest"][0]["index"] == 9 and about["fitted"] == "Taken as it is."
    assert answer.headers["X-Shape"] == "2,8,8,1" and about["shape"] == [2, 8, 8, 1]
    pixels = np.frombuffer(body, np.uint8).reshape(2, 8, 8)
    np.testing.assert_array_equal(pixels[0], grey.data.values[9, 0])
    inverted = client.post("/api/spaces/grey/encode/pca?invert=1", data=png(255 - grey.data.values[9, 0]))
    assert json.loads(inverted.data.partition(b"\n")[0])["nearest"][0]["index"] == 9


@settings(max_examples=40, deadline=None)
@given(body=st.binary(max_size=300), cut=st.integers(0, 200), at=st.integers(0, 80), byte=st.integers(0, 255))
def test_any_file_is_encoded_or_refused(client: FlaskClient, body: bytes, cut: int, at: int, byte: int) -> None:
    real = bytearray(png(np.arange(64, dtype=np.uint8).reshape(8, 8)))
    real[min(at, len(real) - 1)] = byte
    for content in (body, bytes(real), bytes(real[: len(real) - cut])):
        answer = client.post("/api/spaces/grey/encode/pca", data=content)
        assert answer.status_code in (200, 422)
        assert answer.status_code == 200 or answer.get_json()["error"].endswith(".")


def test_a_file_that_is_too_large_is_refused(client: FlaskClient) -> None:
    answer = client.post("/api/spaces/grey/encode/pca", data=bytes(33 * 2**20))
    assert answer.status_code == 413 and "32 MB" in answer.get_json()["error"]


def test_an_encoder_that_gives_no_numbers_is_said_so(
    client: FlaskClient, grey: LatentSpace, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = torch.full((1, 4), torch.inf)
    for mean, logvar in ((nothing, nothing * 0), (torch.zeros(1, 4), nothing)):
        posterior = type("P", (), {"mean": mean, "std": torch.exp(logvar)})
        monkeypatch.setattr(grey.model, "encode", lambda x, p=posterior: p)
        answer = client.post("/api/spaces/grey/encode/pca", data=png(grey.data.values[9, 0]))
        assert answer.status_code == 422 and "finite" in answer.get_json()["error"]


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        (np.int64(3), 3), (np.float32(0.5), 0.5), (np.nan, None), (np.inf, None), (None, None), (pd.NA, None),
        (pd.NaT, None), (np.bool_(True), True), ("text", "text"), (pd.Timestamp("2020-01-02"), "2020-01-02 00:00:00"),
    ],
)  # fmt: skip
def test_cells_become_json_types(cell: object, told: object) -> None:
    assert plain(cell) == told
    assert type(plain(cell)) is type(told)


def test_another_space_tells_whether_it_has_the_same_item(client: FlaskClient, grey: LatentSpace) -> None:
    assert client.get("/api/spaces/grey/same?space=grey&item=7").get_json() == {"same": True, "index": 7}
    assert client.get("/api/spaces/grey/same?space=grey&item=").get_json() == {"same": True, "index": None}
    assert client.get("/api/spaces/grey/same?space=colour&item=7").get_json() == {"same": False, "index": None}
    assert client.get("/api/spaces/grey/same?space=grey&item=99").status_code == 404
    assert client.get("/api/spaces/grey/same?space=grey&item=x").status_code == 400
    assert client.get("/api/spaces/grey/same?space=none&item=1").status_code == 404
    # By its id, wherever it stands.
    fewer = LatentSpace.build(grey.model, grey.data.take([9, 3, 5]))
    assert [same_item(fewer, grey, index) for index in (3, 9, 4)] == [1, 0, None]
