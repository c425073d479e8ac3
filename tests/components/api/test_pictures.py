"""Pictures of many items in one answer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from tests.components.api.test_latent import framed
from vae_core import LatentSpace
from vae_core.drawing.pictures import decode, originals

PATH = "/api/spaces/grey/pictures"


def test_items_and_what_the_decoder_makes_of_them(client: FlaskClient, grey: LatentSpace) -> None:
    chosen = np.array([58, 0, 7, 7])
    _, pixels = framed(client.post(PATH, json={"items": chosen.tolist()}))
    np.testing.assert_array_equal(pixels, originals(grey.data, chosen))
    _, pixels = framed(client.post(PATH, json={"items": chosen.tolist(), "reconstructions": True}))
    np.testing.assert_array_equal(pixels[4:], decode(grey, grey.mean[chosen]))
    assert pixels.shape == (8, 8, 8, 1) and not np.array_equal(pixels[:4], pixels[4:])


def test_vectors_come_as_their_values(client: FlaskClient, vectors: LatentSpace) -> None:
    about, values = framed(client.post("/api/spaces/vectors/pictures", json={"items": [3], "reconstructions": True}))
    assert about["type"] == "float32" and len(values) == 2
    np.testing.assert_array_equal(values[0], vectors.data.batch(np.array([3]))[0])


@pytest.mark.parametrize(
    "body", [None, [], {}, {"items": []}, {"items": [60]}, {"items": [-1]}, {"items": [True]}, {"items": [0] * 129}]
)
def test_what_cannot_be_asked(client: FlaskClient, body: Any) -> None:
    answer = client.post(PATH, json=body)
    assert answer.status_code == 400 and answer.get_json()["error"].endswith(".")
