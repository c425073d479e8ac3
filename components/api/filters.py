"""The items looked at, or found, on a map."""

from __future__ import annotations

import numpy as np
from flask import Blueprint, Response

from components.api.encoding import binary_response
from components.api.lookup import get_map_or_404, get_space_or_404
from components.api.maps import json_body
from vae_core import Catalogue
from vae_core.browse.filters import ItemFilter
from vae_core.browse.finding import hits
from vae_core.jobs import Jobs

#: Places told of one part; of more items a draw.
MOST_PLACES = 20_000


def add_routes(api: Blueprint, catalogue: Catalogue, jobs: Jobs) -> None:
    """Add this room's routes."""

    @api.post("/spaces/<name>/within/<projection>")
    def within(name: str, projection: str) -> Response:
        space = get_space_or_404(catalogue, name)
        found = get_map_or_404(space, projection, jobs)
        asked = json_body()
        text = asked.get("find") if isinstance(asked, dict) else None
        if isinstance(text, str):
            items = np.flatnonzero(hits(space.data, text).mask)
        else:
            items = ItemFilter.of(asked).items(space)
        drawn = items
        if len(items) > MOST_PLACES:
            drawn = np.sort(np.random.default_rng(0).choice(items, MOST_PLACES, replace=False))
        return binary_response({"count": len(items), "total": len(space)}, found.points[drawn])
