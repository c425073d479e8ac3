"""Which spaces there are, and what a page needs to know of one."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import torch
from flask import Blueprint, Response, current_app, jsonify

from components.api.latent import MOST_SPOTS, most_pictures
from components.api.lookup import get_space_or_404
from components.elements.wording import map_title
from vae_core import Catalogue, LatentSpace
from vae_core.browse.dimensions import STEPS, dimension_figures
from vae_core.columns.of_space import by_rate, columns, default_column
from vae_core.drawing.picture_form import picture_form
from vae_core.drawing.pictures import image_shape
from vae_core.jobs import Jobs
from vae_core.opening.catalogue import Entry
from vae_core.space.encodings.checkpoint import DRAWS

#: Items told by id that are left out.
MOST_NAMED = 20

#: What is known of a space once it is open.
FIGURES = ("kind", "count", "latent_dim", "latent_shape", "image_shape")


def add_routes(api: Blueprint, catalogue: Catalogue, jobs: Jobs) -> None:  # noqa: ARG001 - as every room's
    """Add this room's routes."""

    @api.get("/spaces")
    def spaces() -> Response:
        # Opening takes seconds, and a list of what there is waits for none of it.
        return jsonify([summary(entry) for entry in catalogue if not entry.failure])

    @api.get("/spaces/<name>")
    def space(name: str) -> Response:
        found = get_space_or_404(catalogue, name)
        if (first_figures := current_app.config["FIRST_FIGURES"]) is not None:
            first_figures.prepare(found)
        maps = {id: found.projection_settings(id) for id in found.projection_ids()}
        return jsonify(
            {
                **summary(catalogue[name]),
                "columns": [column.to_json() for column in columns(found)],
                "default_column": default_column(found),
                "titles": {id: map_title(settings) for id, settings in maps.items() if settings is not None},
                "axes": {id: settings.dimensions for id, settings in maps.items() if settings is not None},
                "shipped": found.shipped_ids(),
                "order": by_rate(found),
                "picture": picture_form(found.data),
                "left_out": found.left_out[:MOST_NAMED],
                "left_out_count": len(found.left_out),
                "points_up_to": current_app.config["POINTS_UP_TO"],
                "steps": STEPS,
                "dimensions": [asdict(dimension) for dimension in dimension_figures(found)],
                "most_pictures": min(most_pictures(found), MOST_SPOTS),
                "typical_item": found.typical_item,
                "draws": found.draws,
                "all_draws": DRAWS,
                "variance_shares": None if found.model.can.encode else found.variance_shares.tolist(),
                "can": asdict(found.model.can),
                "value_range": list(found.data.value_range),
                "prior": {
                    "mean": found.model.prior.mean.tolist(),
                    "std": found.model.prior.stddev.tolist(),
                },
                "pseudo_likelihood": is_pseudo_likelihood(found),
            }
        )


def summary(entry: Entry) -> dict[str, Any]:
    """Return one line of the list of spaces; of one that is not open yet, None for what only opening it would tell."""
    named: dict[str, Any] = {"id": entry.id, "name": entry.title}
    if not entry.is_open:
        return {**named, **dict.fromkeys(FIGURES), "projections": []}
    space = entry.space()
    shape = image_shape(space.data)
    return {
        **named,
        "kind": space.data.kind,
        "count": len(space),
        "latent_dim": space.latent_dim,
        "latent_shape": list(getattr(space.model, "latent_shape", (space.latent_dim,))),
        "image_shape": None if shape is None else list(shape),
        "projections": space.projection_ids(),
    }


def is_pseudo_likelihood(space: LatentSpace) -> bool:
    """Say whether a Bernoulli is put on values between its two: then distortions are no log-probabilities."""
    with torch.inference_mode():
        likelihood = space.model.likelihood(space.model.prior.mean[None])
    if not isinstance(likelihood, torch.distributions.Bernoulli):
        return False
    values = space.data.batch(slice(0, 256))
    return bool(((values > 0) & (values < 1)).any())
