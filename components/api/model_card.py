"""The model card of a space."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from components.api.lookup import get_space_or_404
from vae_core import Catalogue
from vae_core.jobs import Jobs
from vae_core.model.card import model_card
from vae_core.model.findings import Report


def add_routes(api: Blueprint, catalogue: Catalogue, jobs: Jobs) -> None:  # noqa: ARG001 - as every room's
    """Add this room's routes."""
    cards: dict[str, Report] = {}

    @api.get("/spaces/<name>/model")
    def card(name: str) -> Response:
        space = get_space_or_404(catalogue, name)
        if space.fingerprint not in cards:
            cards[space.fingerprint] = model_card(space.model, space.data)
        report = cards[space.fingerprint]
        return jsonify({**report.to_dict(), "can": report.able(space.model.can)})
