"""Names of latent dimensions: found by themselves, and given by people."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from components.api.encoding import ApiError
from components.api.lookup import get_space_or_404
from components.api.maps import json_body
from components.api.studies import progress_of, refine
from vae_core import Catalogue, LatentSpace
from vae_core.interpret.meaning.names_in_use import names_in_use
from vae_core.interpret.meaning.own_names import own_names_of
from vae_core.interpret.studies import StudyRequest
from vae_core.jobs import Jobs


def add_routes(api: Blueprint, catalogue: Catalogue, jobs: Jobs) -> None:
    """Add this room's routes."""
    asked = StudyRequest.of("relations")

    def names_json(space: LatentSpace) -> dict[str, Any]:
        # Looked at before the names: work keeps its answer before it ends.
        state = progress_of(space, asked, jobs)
        found = names_in_use(space)
        return {
            "own": own_names_of(space).by_dimension(),
            "automatic": None if found is None else list(found.names),
            "words": None if found is None else list(found.words),
            "state": state if found is None else "done",
        }

    @api.get("/spaces/<name>/names")
    def names(name: str) -> Response:
        return jsonify(names_json(get_space_or_404(catalogue, name)))

    @api.post("/spaces/<name>/names")
    def find_names(name: str) -> tuple[Response, int]:
        space = get_space_or_404(catalogue, name)
        if names_in_use(space) is None:
            refine(space, name, asked, jobs)
        answer = names_json(space)
        return jsonify(answer), 200 if answer["state"] == "done" else 202

    @api.put("/spaces/<name>/names/<int:dimension>")
    def give_name(name: str, dimension: int) -> Response:
        space = get_space_or_404(catalogue, name)
        body = json_body()
        if not isinstance(body, dict) or not isinstance(body.get("name"), str):
            raise ApiError(400, 'Send a JSON object such as {"name": "extent"}; an empty name removes it.')
        own_names_of(space).give(dimension, body["name"])
        return jsonify(names_json(space))
