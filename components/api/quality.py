"""How faithfully a map shows its space: measured in the background, told with what chance would give."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np
from flask import Blueprint, Response, jsonify, request

from components.api.encoding import ApiError
from components.api.jobs import counted_as, describe, visitor
from components.api.lookup import get_map_or_404, get_space_or_404, job_key
from components.elements.wording import map_title
from vae_core import Catalogue, LatentSpace, Projection
from vae_core.columns.of_space import default_column, values_of
from vae_core.jobs import Jobs
from vae_core.space.maps.quality import KEPT_OF, Figures, Quality


def add_routes(api: Blueprint, catalogue: Catalogue, jobs: Jobs) -> None:
    """Add this room's routes."""

    @api.get("/spaces/<name>/quality/<projection>")
    def measured(name: str, projection: str) -> Response:
        space = get_space_or_404(catalogue, name)
        found = get_map_or_404(space, projection, jobs)
        return jsonify(state_of(space, found, jobs, request.args.get("color", "")))

    @api.post("/spaces/<name>/quality/<projection>")
    def measure(name: str, projection: str) -> tuple[Response, int]:
        space = get_space_or_404(catalogue, name)
        found = get_map_or_404(space, projection, jobs)
        color = request.args.get("color", "")
        state = state_of(space, found, jobs, color)
        if state["state"] != "done":
            if space.folder is None:
                raise ApiError(409, "This space is kept in memory only; open it with a workspace to measure its maps.")
            if len(space) < 3:
                raise ApiError(422, "A map of fewer than three items has no neighbourhoods to measure.")
            arguments = {
                "settings": found.settings.to_json(),
                "folder": str(space.folder),
                "shipped": None if space.shipped is None else str(space.shipped),
            }
            title = f"Quality of {map_title(found.settings)} of {space.data.name}"
            jobs.submit(_key(space, found), "quality", title, arguments, visitor(), counted_as=counted_as())
            state = state_of(space, found, jobs, color)
        return jsonify(state), 200 if state["state"] == "done" else 202


def _key(space: LatentSpace, projection: Projection) -> str:
    return job_key(space, f"{projection.id}/quality")


def state_of(space: LatentSpace, projection: Projection, jobs: Jobs, color: str) -> dict[str, Any]:
    """Return what was measured of a map, or how far the measuring is: missing, waiting, running, failed or such."""
    quality = space.cached_quality(projection)
    if quality is not None:
        return {"state": "done", **to_json(quality), "labels": labels(space, quality, color)}
    job = jobs.get(_key(space, projection))
    if job is None:
        return {"state": "missing"}
    return {"job": job.id, **describe(job)}


def to_json(quality: Quality) -> dict[str, Any]:
    """Return the figures as JSON types; None where there is none."""

    def plain(figures: Figures) -> dict[str, Any]:
        named = {name: getattr(figures, name) for name in ("trustworthiness", "continuity", "preservation")}
        return {
            **{name: [_number(value) for value in values] for name, values in named.items()},
            "shepard": _number(figures.shepard),
        }

    return {
        "counts": quality.counts.tolist(),
        "measured": len(quality.rows),
        "among": quality.among,
        "kept": _number(np.nanmean(quality.kept)),
        "kept_of": min(KEPT_OF, len(quality.kept) - 1),
        "map": plain(quality.figures),
        "shuffled": plain(quality.shuffled),
    }


def labels(space: LatentSpace, quality: Quality, color: str) -> dict[str, Any] | None:
    """Return how often neighbours share a label: of the column asked for, else of the usual one; None without."""
    asked = ((name, values_of(space, name)) for name in (color, default_column(space)))
    found = next(((name, one) for name, one in asked if one is not None and one.kind == "category"), None)
    if found is None:
        return None
    column, values = found
    on_map, in_space, shuffled = quality.label_agreement(values.codes)
    return {
        "column": column,
        "map": _number(on_map),
        "space": _number(in_space),
        "shuffled": _number(shuffled),
    }


def _number(value: float) -> float | None:
    return round(float(value), 4) if isfinite(value) else None
