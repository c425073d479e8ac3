"""The distortion of a space that opened with a first draw of it: the others are taken in the background."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from components.api.jobs import counted_as, describe, visitor
from components.api.lookup import get_space_or_404
from vae_core import Catalogue, LatentSpace
from vae_core.interpret.answers import answers_of, identity
from vae_core.jobs import Jobs
from vae_core.space.encodings.checkpoint import DRAWS


def add_routes(api: Blueprint, catalogue: Catalogue, jobs: Jobs) -> None:
    """Add this room's routes."""

    @api.get("/spaces/<name>/distortion")
    def distortion_known(name: str) -> Response:
        return jsonify(state_of(get_space_or_404(catalogue, name), jobs))

    @api.post("/spaces/<name>/distortion")
    def refine_distortion(name: str) -> tuple[Response, int]:
        space = get_space_or_404(catalogue, name)
        if space.draws < DRAWS:
            answers_of(space)  # the work knows the space by it
            title = f"Distortion of {space.data.name}, {DRAWS} draws per item"
            jobs.submit(
                _key(space), "distortion", title, {"space": identity(space)}, visitor(), counted_as=counted_as()
            )
        state = state_of(space, jobs)
        return jsonify(state), 200 if state["state"] == "done" else 202


def _key(space: LatentSpace) -> str:
    return f"{identity(space)}/distortion"


def state_of(space: LatentSpace, jobs: Jobs) -> dict[str, Any]:
    """Return of how many draws the distortion is the mean, and how far the work on the others is."""
    if space.draws == DRAWS:
        return {"state": "done", "draws": DRAWS}
    job = jobs.get(_key(space))
    if job is None:
        return {"state": "missing", "draws": space.draws}
    return {"job": job.id, "draws": space.draws, **describe(job)}
