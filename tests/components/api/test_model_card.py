"""The model card of a space."""

from __future__ import annotations

from flask.testing import FlaskClient

from vae_core import LatentSpace
from vae_core.model.card import model_card


def test_a_space_tells_how_its_model_is_understood(client: FlaskClient, grey: LatentSpace) -> None:
    told = client.get("/api/spaces/grey/model").get_json()
    wanted = model_card(grey.model, grey.data).to_dict()
    assert [finding["subject"] for finding in told["findings"]] == [f["subject"] for f in wanted["findings"]]
    assert told["figures"]["rate"] == wanted["figures"]["rate"] and told["can"] == []
    assert client.get("/api/spaces/grey/model").get_json() == told, "measured once"
    assert client.get("/api/spaces/none/model").status_code == 404
