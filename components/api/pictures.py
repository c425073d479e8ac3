"""Pictures of many items in one answer, no larger than a tile can show."""

from __future__ import annotations

from typing import Any

import numpy as np
from flask import Blueprint, Response

from components.api.encoding import ApiError, binary_response
from components.api.lookup import get_space_or_404
from components.api.maps import json_body
from vae_core import Catalogue
from vae_core.drawing.pictures import decode, originals, reduced
from vae_core.jobs import Jobs

#: Items of one answer.
MOST = 128
#: Pictures are reduced until neither side is longer, in pixels.
LONGEST = 128


def add_routes(api: Blueprint, catalogue: Catalogue, jobs: Jobs) -> None:  # noqa: ARG001 - as every room's
    """Add this room's routes."""

    @api.post("/spaces/<name>/pictures")
    def many_pictures(name: str) -> Response:
        space = get_space_or_404(catalogue, name)
        asked = json_body()
        index = _items(asked, len(space))
        shown = [originals(space.data, index)]
        if asked.get("reconstructions"):
            if not space.model.can.encode:
                raise ApiError(400, "Nothing is encoded here, so nothing is reconstructed.")
            shown.append(decode(space, space.mean[index]))
        pixels = np.concatenate(shown)
        return binary_response({}, reduced(pixels, LONGEST) if space.data.kind == "image" else pixels)


def _items(asked: Any, count: int) -> np.ndarray:
    items = asked.get("items") if isinstance(asked, dict) else None
    if not isinstance(items, list) or not 1 <= len(items) <= MOST:
        raise ApiError(400, f'Send a JSON object such as {{"items": [0, 1]}}, for 1 to {MOST} items.')
    if not all(type(item) is int and 0 <= item < count for item in items):
        raise ApiError(400, f"The items are whole numbers from 0 to {count - 1}.")
    return np.array(items, dtype=np.int64)
