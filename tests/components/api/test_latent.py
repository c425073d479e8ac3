"""Latent points and spots over HTTP: whatever comes in, a right answer or one sentence."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from werkzeug.test import TestResponse

from vae_core import LatentSpace, trust
from vae_core.drawing.pictures import decode
from vae_core.model.protocol import LatentModel
from vae_core.space.trust import assess_points

SPOT, POINT = 2, 4  # columns of a spot and of a latent point of the grey space
ROUTES = {
    "decode": POINT,
    "locate/pca": POINT,
    "locate/z:1,3": POINT,
    "locate/pca-3d": POINT,
    "look/pca": POINT,
    "look/pca-3d": POINT,
    "look/z:1,3": POINT,
    "invert/pca": SPOT,
    "invert/z:1,3": SPOT,
    "invert/pca-3d": 3,
    "touch/pca": SPOT,
    "touch/z:0,2": SPOT,
    "manifold/pca": SPOT,
}
ONE_ROW = ("look", "touch")
routes = st.sampled_from(sorted(ROUTES))
few = settings(max_examples=60, deadline=None)


def ask(client: FlaskClient, route: str, body: bytes | np.ndarray, space: str = "grey") -> TestResponse:
    content = body if isinstance(body, bytes) else body.astype("<f4").tobytes()
    return client.post(f"/api/spaces/{space}/{route}", data=content)


def sentence(answer: TestResponse) -> str:
    """The one sentence of a refusal."""
    assert 400 <= answer.status_code < 500, answer.data[:300]
    assert answer.mimetype == "application/json"
    told = answer.get_json()
    assert set(told) == {"error"}
    assert len(told["error"]) > 10 and told["error"].endswith(".") and "\n" not in told["error"]
    return str(told["error"])


def framed(answer: TestResponse) -> tuple[dict[str, Any], np.ndarray]:
    assert answer.status_code == 200, answer.data[:300]
    head, _, body = answer.data.partition(b"\n")
    about = json.loads(head, parse_constant=lambda name: pytest.fail(f"{name} in the answer"))
    assert answer.headers["X-Shape"] == ",".join(map(str, about["shape"]))
    return about, np.frombuffer(body, str(about["type"])).reshape(about["shape"])


def check_right(answer: TestResponse, route: str, rows: int) -> None:
    assert answer.status_code == 200, answer.data[:300]
    shape = [int(size) for size in answer.headers["X-Shape"].split(",")]
    assert shape[0] == rows
    if route.startswith(("locate", "invert")):
        numbers = np.frombuffer(answer.data, "<f4").reshape(shape)
        assert np.isfinite(numbers).all()
    elif route == "decode":
        assert shape == [rows, 8, 8, 1]
        assert len(answer.data) == np.prod(shape)
    else:
        _, pixels = framed(answer)
        assert pixels.shape == (rows, 8, 8, 1)


@few
@given(route=routes, body=st.binary(max_size=200))
def test_any_bytes_get_an_answer_or_a_sentence(client: FlaskClient, route: str, body: bytes) -> None:
    answer = ask(client, route, body)
    columns = ROUTES[route]
    whole = len(body) > 0 and len(body) % (4 * columns) == 0
    numbers = np.frombuffer(body, "<f4") if len(body) % 4 == 0 else np.empty(0)
    if not whole or not np.isfinite(numbers).all():
        sentence(answer)
    elif answer.status_code != 200:
        assert np.abs(numbers).max() > 1e15 or (route.startswith(ONE_ROW) and len(numbers) > columns)
        sentence(answer)
    else:
        check_right(answer, route, len(numbers) // columns)


@few
@given(route=routes, rows=st.integers(1, 5), data=st.data())
def test_finite_points_of_the_right_size_are_answered(
    client: FlaskClient, route: str, rows: int, data: st.DataObject
) -> None:
    rows = 1 if route.startswith(ONE_ROW) else rows
    reach = st.floats(-(2.0**49), 2.0**49, width=32)
    body = data.draw(arrays("<f4", (rows, ROUTES[route]), elements=st.one_of(st.floats(-5, 5, width=32), reach)))
    check_right(ask(client, route, body), route, rows)


@few
@given(route=routes, bad=st.sampled_from([np.nan, np.inf, -np.inf, 1e38, -3.4e38, 1e16]), at=st.integers(0, 1))
def test_one_number_that_cannot_be_computed_with_is_refused(
    client: FlaskClient, route: str, bad: float, at: int
) -> None:
    body = np.zeros((1, ROUTES[route]), "<f4")
    body[0, at] = bad
    sentence(ask(client, route, body))


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_empty_and_too_long_bodies_are_refused(client: FlaskClient, route: str) -> None:
    assert ask(client, route, b"").status_code == 400
    half = np.zeros(ROUTES[route], "<f4").tobytes()[:-2]
    assert str(4 * ROUTES[route]) in sentence(ask(client, route, half))
    most = {"decod": 2**20, "locat": 100_000, "inver": 100_000, "manif": 4096}.get(route[:5], 1)
    answer = ask(client, route, bytes(4 * ROUTES[route] * (most + 1)))
    assert answer.status_code == 413
    sentence(answer)


@few
@given(z=arrays("<f4", st.tuples(st.integers(1, 6), st.just(POINT)), elements=st.floats(-8, 8, width=32)))
def test_decode_is_the_models_own_mean(client: FlaskClient, grey: LatentSpace, z: np.ndarray) -> None:
    answer = ask(client, "decode", z)
    with torch.inference_mode():
        mean = grey.model.likelihood(torch.from_numpy(z.astype(np.float32))).mean.numpy()
    wanted = np.rint(np.clip(mean, 0, 1) * 255).astype(np.uint8)
    assert answer.headers["X-Shape"] == f"{len(z)},8,8,1"
    np.testing.assert_array_equal(np.frombuffer(answer.data, np.uint8), wanted.ravel())


def test_decode_of_colour_has_its_channels_last(client: FlaskClient, colour: LatentSpace) -> None:
    z = colour.mean[:3]
    answer = ask(client, "decode", z, "colour")
    assert answer.headers["X-Shape"] == "3,9,7,3"
    pixels = np.frombuffer(answer.data, np.uint8).reshape(3, 9, 7, 3)
    with torch.inference_mode():
        mean = colour.model.likelihood(torch.from_numpy(z.copy())).mean.numpy()
    np.testing.assert_array_equal(pixels[..., 2], np.rint(mean[:, 2] * 255))


def test_many_points_decode_as_one_by_one(client: FlaskClient, grey: LatentSpace) -> None:
    z = np.random.default_rng(0).normal(size=(1500, POINT)).astype("<f4")  # more than one batch
    pixels = np.frombuffer(ask(client, "decode", z).data, np.uint8).reshape(1500, 8, 8, 1).astype(int)
    for row in (0, 1023, 1024, 1499):
        single = np.frombuffer(ask(client, "decode", z[row]).data, np.uint8).reshape(8, 8, 1)
        assert np.abs(pixels[row] - single).max() <= 1  # batches may sum in another order


def test_trust_is_the_core_s(client: FlaskClient, grey: LatentSpace) -> None:
    z = np.random.default_rng(4).normal(0, 3, (9, POINT)).astype(np.float32)
    answer = ask(client, "trust", z)
    assert answer.headers["X-Shape"] == "9"
    assert np.frombuffer(answer.data, "<f4").tolist() == trust(grey, z).tolist()


@pytest.mark.parametrize("projection", ["pca", "z:1,3"])
@few
@given(spot=arrays("<f4", (1, 2), elements=st.floats(-20, 20, width=32)))
def test_touch_is_invert_and_look_in_one(
    client: FlaskClient, grey: LatentSpace, projection: str, spot: np.ndarray
) -> None:
    about, pixels = framed(ask(client, f"touch/{projection}", spot))
    z = np.frombuffer(ask(client, f"invert/{projection}", spot).data, "<f4").reshape(1, POINT)
    np.testing.assert_array_equal(np.array(about["z"], np.float32), z[0])
    np.testing.assert_array_equal(pixels, decode(grey, z))
    found = assess_points(grey, z)
    assert about["near"] == pytest.approx(float(found.near[0]), abs=1e-3)
    assert about["faithful"] == pytest.approx(float(found.faithful[0]), abs=1e-3)
    assert about["map"] == 1 and about["words"]["map"] == "exact on this map"
    assert about["believed"] == about["trust"] == min(about["near"], about["faithful"])
    index, distance = grey.neighbours.query(z, 12)
    assert [item["index"] for item in about["nearest"]] == index[0].tolist()
    np.testing.assert_allclose([item["distance"] for item in about["nearest"]], distance[0], atol=1e-5)
    assert about["xy"] == spot[0].tolist()
    looked, same = framed(ask(client, f"look/{projection}", z))
    np.testing.assert_array_equal(same, pixels)
    assert looked["nearest"] == about["nearest"]
    assert looked["map"] is None and looked["believed"] == about["believed"]
    np.testing.assert_allclose(looked["xy"], spot[0], atol=1e-4)


def test_look_names_the_place_on_a_map_with_depth(client: FlaskClient, grey: LatentSpace) -> None:
    about, _ = framed(ask(client, "look/pca-3d", grey.mean[5]))
    np.testing.assert_allclose(about["xy"], grey.projection("pca", dimensions=3).points[5], atol=1e-4)
    assert about["nearest"][0] == {"index": 5, "distance": 0.0}


def test_a_map_with_depth_cannot_be_touched(client: FlaskClient) -> None:
    for route in ("touch", "manifold"):
        assert "depth" in sentence(ask(client, f"{route}/pca-3d", np.zeros(3)))


def test_base_fills_in_what_lies_off_the_plane(client: FlaskClient, grey: LatentSpace) -> None:
    spot = np.array([0.5, -0.25])
    for projection in ("pca", "z:1,3"):
        answer = ask(client, f"invert/{projection}?base=3,-1,0.5,2", spot)
        wanted = grey.projection(projection).invert(spot[None].astype("<f4"), np.array([3, -1, 0.5, 2], np.float32))
        np.testing.assert_array_equal(np.frombuffer(answer.data, "<f4"), wanted[0])
    z = np.frombuffer(answer.data, "<f4")
    assert z.tolist() == [3, 0.5, 0.5, -0.25]
    assert framed(ask(client, "touch/z:1,3?base=3,-1,0.5,2", spot))[0]["z"] == z.tolist()


@few
@given(
    base=st.one_of(
        st.text(min_size=1), st.lists(st.floats(), min_size=1, max_size=6).map(lambda x: ",".join(map(str, x)))
    )
)
def test_any_base_is_used_or_refused(client: FlaskClient, base: str) -> None:
    answer = client.post("/api/spaces/grey/touch/pca", data=bytes(8), query_string={"base": base})
    if answer.status_code == 200:
        framed(answer)
    else:
        sentence(answer)


@pytest.mark.parametrize("base", ["1,2,3", "1,2,3,4,5", "1,2,3,nan", "1,2,3,1e39", "1,2,3,1e999", "a,b,c,d", "1,2,3,"])
def test_a_base_of_the_wrong_kind_is_refused(client: FlaskClient, base: str) -> None:
    assert "base" in sentence(ask(client, f"invert/pca?base={base}", np.zeros(2)))


def test_the_manifold_says_how_far_each_picture_can_be_trusted(client: FlaskClient, grey: LatentSpace) -> None:
    spots = np.random.default_rng(1).normal(size=(7, 2)).astype("<f4")
    about, pixels = framed(ask(client, "manifold/pca", spots))
    z = grey.projection("pca").invert(spots)
    np.testing.assert_array_equal(pixels, decode(grey, z))
    np.testing.assert_allclose(about["trust"], trust(grey, z), atol=1e-3)


@pytest.mark.parametrize(
    "projection", ["nonsense", "z:0,9", "z:0", "z:1,1", "tsne-0123456789ab", "z:0,1,2,3", "..%2Fpca"]
)
def test_unknown_projections_are_not_found(client: FlaskClient, projection: str) -> None:
    for route, columns in (("locate", 4), ("invert", 2), ("touch", 2), ("look", 4), ("manifold", 2)):
        answer = ask(client, f"{route}/{projection}", np.zeros(columns))
        assert answer.status_code == 404
        sentence(answer)


@pytest.mark.parametrize("projection", ["tsne", "umap-3d"])
def test_a_map_that_takes_work_is_in_conflict_until_it_is_there(client: FlaskClient, projection: str) -> None:
    answer = ask(client, f"locate/{projection}", np.zeros(4))
    if projection == "tsne":  # the default perplexity is too large for 60 items
        assert answer.status_code == 404 and "perplexity" in sentence(answer)
    else:
        assert answer.status_code == 409 and projection in sentence(answer)


def test_vectors_are_decoded_to_their_values(client: FlaskClient, vectors: LatentSpace) -> None:
    z = vectors.mean[:2]
    answer = ask(client, "locate/pca", z, "vectors")
    np.testing.assert_array_equal(np.frombuffer(answer.data, "<f4").reshape(2, 2), vectors.projection("pca").locate(z))
    assert ask(client, "invert/pca", np.zeros(2), "vectors").headers["X-Shape"] == "1,3"
    with torch.inference_mode():
        mean = vectors.model.likelihood(torch.tensor(z)).mean.numpy()
    answer = ask(client, "decode", z, "vectors")
    assert answer.headers["X-Shape"] == "2,5" and answer.headers["X-Type"] == "float32"
    np.testing.assert_allclose(np.frombuffer(answer.data, "<f4").reshape(2, 5), mean, rtol=1e-5, atol=1e-6)
    for route, columns in (("touch/pca", 2), ("look/pca", 3), ("manifold/pca", 2)):
        head, _, body = ask(client, route, np.zeros(columns), "vectors").data.partition(b"\n")
        about = json.loads(head)
        assert about["shape"] == [1, 5] and about["type"] == "float32" and len(body) == 20
    assert "vector" in sentence(ask(client, "encode/pca", np.zeros(3), "vectors"))


def test_a_decoder_that_gives_no_numbers_is_said_so(client: FlaskClient, grey: LatentSpace) -> None:
    class Broken:
        prior = grey.model.prior

        def likelihood(self, z: torch.Tensor) -> torch.distributions.Distribution:
            return torch.distributions.Bernoulli(logits=z * np.nan)

    answer = None
    real, grey.model = grey.model, Broken()  # type: ignore[assignment]
    try:
        answer = ask(client, "decode", np.zeros(4))
    finally:
        grey.model = real
    assert "not finite" in sentence(answer)


@pytest.mark.parametrize(("path", "body"), [("touch/pca", 2), ("look/pca", 4), ("manifold/pca", 8)])
def test_a_point_is_decoded_once(
    client: FlaskClient, grey: LatentSpace, monkeypatch: pytest.MonkeyPatch, path: str, body: int
) -> None:
    client.post("/api/spaces/grey/touch/pca", data=np.zeros(2, "<f4").tobytes())  # what is measured once is measured
    model = type(grey.model)
    decoded: list[int] = []
    plainly = model.likelihood

    def likelihood(self: LatentModel, z: torch.Tensor) -> torch.distributions.Distribution:
        decoded.append(len(z))
        return plainly(self, z)

    monkeypatch.setattr(model, "likelihood", likelihood)
    assert client.post(f"/api/spaces/grey/{path}", data=np.full(body, 0.1, "<f4").tobytes()).status_code == 200
    assert sum(decoded) == (body // 2 if path.startswith("manifold") else 1)
