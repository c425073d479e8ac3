"""Parts of maps of very many items: a picture, or the items themselves once few are in view."""

from __future__ import annotations

from typing import Any

import numpy as np
from flask import Blueprint, Response, jsonify

from components.api.encoding import FARTHEST, ApiError, binary_response
from components.api.lookup import get_space_or_404, wanted_hidden, wanted_plane
from components.api.maps import json_body
from components.api.selections import wanted_selection
from components.figures.raster_map import FEW, BigMaps
from vae_core import Catalogue
from vae_core.drawing.point_density import View
from vae_core.jobs import Jobs

_LARGEST_PICTURE = 4096
_MOST_PIXELS = 3840 * 2160


def add_routes(api: Blueprint, catalogue: Catalogue, jobs: Jobs) -> None:
    """Add this room's routes."""
    maps = BigMaps()

    @api.post("/spaces/<name>/part/<projection>")
    def part(name: str, projection: str) -> Response:
        space = get_space_or_404(catalogue, name)
        found = wanted_plane(space, projection, jobs)
        asked = _body()
        view, hidden, selected = _view(asked), wanted_hidden(asked), wanted_selection(space, asked, jobs)
        only = asked.get("only") is True
        big = maps.get(space, found, str(asked.get("color", "")), selected)
        index = big.items_in(view, hidden, selected if only else None)
        about = {"count": len(index), "total": len(space)}
        if len(index) <= FEW:
            return binary_response({**about, "drawn": "points"}, big.points(index))
        png = np.frombuffer(big.picture(view, index, None if only else selected), dtype=np.uint8)
        return binary_response({**about, "drawn": "picture"}, png)

    @api.post("/spaces/<name>/pick/<projection>")
    def pick(name: str, projection: str) -> Response:
        space = get_space_or_404(catalogue, name)
        found = wanted_plane(space, projection, jobs)
        asked = _body()
        x, y, reach = _numbers(asked, ("x", "y", "reach"))
        hidden, selected = wanted_hidden(asked), wanted_selection(space, asked, jobs)
        only = selected if asked.get("only") is True else None
        if not hidden and only is None:
            index, distance = found.nearest(np.array([[x, y]]), 1)
            item, away = int(index[0, 0]), float(distance[0, 0])
        else:
            # Nothing that cannot be seen can be meant.
            big = maps.get(space, found, str(asked.get("color", "")), selected)
            within = big.items_in(View(x - reach, x + reach, y - reach, y + reach, 1, 1), hidden, only)
            if len(within) == 0:
                return jsonify({"index": None, "distance": None})
            apart = np.linalg.norm(found.points[within] - np.array([x, y]), axis=1)
            item, away = int(within[apart.argmin()]), float(apart.min())
        return jsonify({"index": item if away <= reach else None, "distance": away})


def _body() -> dict[str, Any]:
    body = json_body()
    if not isinstance(body, dict):
        raise ApiError(400, "Send a JSON object.")
    return body


def _numbers(asked: dict[str, Any], names: tuple[str, ...]) -> list[float]:
    values = [asked.get(name) for name in names]
    numbers = [float(value) for value in values if isinstance(value, (int, float)) and abs(value) <= FARTHEST]
    if len(numbers) < len(names):
        raise ApiError(400, f"Send a JSON object of finite numbers {', '.join(names)}.")
    return numbers


def _view(asked: dict[str, Any]) -> View:
    left, right, bottom, top, width, height = _numbers(asked, ("left", "right", "bottom", "top", "width", "height"))
    if not (left < right and bottom < top):
        raise ApiError(400, "The left end must lie left of the right one, the bottom below the top.")
    if not (1 <= width <= _LARGEST_PICTURE and 1 <= height <= _LARGEST_PICTURE):
        raise ApiError(400, f"A picture is 1 to {_LARGEST_PICTURE} pixels wide and high.")
    if width * height > _MOST_PIXELS:
        raise ApiError(413, f"A picture has {_MOST_PIXELS:,} pixels at most, as many as a screen of 3840 × 2160.")
    return View(left, right, bottom, top, round(width), round(height))
