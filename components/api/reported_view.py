"""What a page that a program opened has on show, reported to that program."""

from __future__ import annotations

import secrets
from typing import Any

import numpy as np
from flask import Blueprint, Response, current_app, jsonify, request

from components.api.encoding import FARTHEST, ApiError
from components.api.lookup import get_space_or_404, wanted_item
from components.api.maps import json_body
from components.api.view_states import Views, ViewState
from vae_core import Catalogue, InputError, LatentSpace
from vae_core.browse.selection_steps import read_steps, write_steps
from vae_core.jobs import Jobs

_LONGEST_NAME = 200
_MOST_HIDDEN = 1000
_LARGEST = 4 * 2**20


def add_routes(api: Blueprint, catalogue: Catalogue, jobs: Jobs) -> None:  # noqa: ARG001 - as every room's
    """Add this room's routes."""

    @api.post("/views/<token>")
    def report(token: str) -> Response:
        views: Views | None = current_app.config["VIEWS"]
        if views is None or not secrets.compare_digest(token.encode(), views.token.encode()):
            raise ApiError(404, "No program listens to this page.")
        if (request.content_length or 0) > _LARGEST:
            raise ApiError(413, f"The body is larger than {_LARGEST} bytes.")
        body = json_body()
        if not isinstance(body, dict):
            raise ApiError(400, "Send a JSON object.")
        page, done = _name(body, "page"), body.get("done", 0)
        if not _is_number(done) or done < 0:
            raise ApiError(400, "done must be the number of the last wish that was followed.")
        shown = body.get("shown")
        wish = views.hear(page, done, None if shown is None else _on_show(catalogue, shown))
        if wish is None:
            return jsonify(go=None)
        return jsonify(go={"number": wish.number, "space": wish.space, "item": wish.item, "z": wish.z.tolist()})


def _on_show(catalogue: Catalogue, shown: Any) -> ViewState:
    if not isinstance(shown, dict):
        raise ApiError(400, "shown must be a JSON object.")
    name = _name(shown, "space")
    space = get_space_or_404(catalogue, name)
    item = shown.get("item")
    if item is not None:
        if not _is_number(item):
            raise ApiError(400, "item must be the number of an item.")
        wanted_item(space, item)
    pins, hidden = shown.get("pins") or {}, shown.get("hidden") or []
    if not isinstance(pins, dict):
        raise ApiError(400, "pins must be a JSON object of the points a and b.")
    if not isinstance(hidden, list) or len(hidden) > _MOST_HIDDEN or not all(isinstance(one, str) for one in hidden):
        raise ApiError(400, f"hidden must be a list of at most {_MOST_HIDDEN} names of classes.")
    return ViewState(
        space=name,
        projection=_name(shown, "projection"),
        color=None if shown.get("color") is None else _name(shown, "color"),
        item=item,
        z=_point(space, shown, "z"),
        pins=(_point(space, pins, "a"), _point(space, pins, "b")),
        hidden=tuple(hidden),
        frame=_frame(shown.get("frame")),
        chosen=_chosen(shown.get("chosen")),
    )


def _chosen(text: Any) -> str:
    try:
        return write_steps(read_steps(text or ""))
    except InputError as error:
        raise ApiError(400, str(error)) from None


def _name(body: dict[str, Any], part: str) -> str:
    name = body.get(part)
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_NAME:
        raise ApiError(400, f"{part} must be a name of at most {_LONGEST_NAME} letters.")
    return name


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _are_finite(values: Any) -> bool:
    return isinstance(values, list) and all(
        isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= FARTHEST for value in values
    )


def _point(space: LatentSpace, body: dict[str, Any], part: str) -> np.ndarray | None:
    values = body.get(part)
    if values is None:
        return None
    if not _are_finite(values) or len(values) != space.latent_dim:
        raise ApiError(400, f"{part} must be a list of {space.latent_dim} finite numbers up to {FARTHEST:g}.")
    return np.array(values, dtype=np.float32)


def _frame(values: Any) -> tuple[float, ...] | None:
    if values is None:
        return None
    if _are_finite(values):
        if len(values) == 4 and values[0] < values[1] and values[2] < values[3]:
            return tuple(values)
        if len(values) == 9:
            return tuple(values)
    raise ApiError(
        400, "frame must be left, right, bottom and top of the part in view, or the nine numbers of a camera."
    )
