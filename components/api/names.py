"""Names of latent dimensions: found by themselves, and given by people."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from components.api.maps import json_body
from components.api.wanted import wanted_space
from components.api.wire import Refused
from vae_core import Catalogue, LatentSpace
from vae_core.interpret.answers import answers_of
from vae_core.interpret.naming import names_of, off_dimensions
from vae_core.interpret.own_names import own_names_of
from vae_core.interpret.studies import Asked
from vae_core.jobs import Jobs


def add_routes(api: Blueprint, catalogue: Catalogue, jobs: Jobs) -> None:
    """Add this room's routes."""

    @api.get("/spaces/<name>/names")
    def names(name: str) -> Response:
        return jsonify(told(wanted_space(catalogue, name)))

    @api.post("/spaces/<name>/names")
    def find_names(name: str) -> Response:
        space = wanted_space(catalogue, name)
        answers_of(space).first(Asked.of("relations"))
        return jsonify(told(space))

    @api.put("/spaces/<name>/names/<int:dimension>")
    def give_name(name: str, dimension: int) -> Response:
        space = wanted_space(catalogue, name)
        body = json_body()
        if not isinstance(body, dict) or not isinstance(body.get("name"), str):
            raise Refused(400, 'Give a name with a JSON object such as {"name": "extent"}; an empty one takes it back.')
        own_names_of(space).give(dimension, body["name"])
        return jsonify(told(space))


def told(space: LatentSpace) -> dict[str, Any]:
    """Return ``own`` names by dimension, and the ``automatic`` ones of all, None where they are not known yet."""
    known = answers_of(space).known(Asked.of("relations"))
    automatic = None if known is None else list(names_of(known.result, off_dimensions(space)).names)
    return {"own": own_names_of(space).all(), "automatic": automatic}
