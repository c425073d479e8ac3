"""Which items are selected: those somebody chose on the map; else those the legend shows in the part in view."""

from __future__ import annotations

import numpy as np

from components.api.view_states import ViewState
from components.figures.raster_map import BigMap
from vae_core import InputError, LatentSpace, Projection
from vae_core.browse.legend import classes_on_show
from vae_core.browse.selections import items_of
from vae_core.drawing.point_density import View

_EVERYWHERE = View(-np.inf, np.inf, -np.inf, np.inf, 1, 1)


def selected_items(space: LatentSpace, shown: ViewState) -> np.ndarray:
    """Return the numbers of the items selected, ``[m]`` in ascending order.

    What was chosen by lasso, box or search is selected wherever it lies. Where nothing was: of a map in depth, which
    has no part that is in view, and while a map is still being computed, the legend alone selects.
    """
    if shown.chosen:
        chosen = items_of(space, shown.chosen)
        if chosen is not None:
            return chosen.indices
    found = _map_there(space, shown.projection)
    projection = found or space.projection("pca")
    view = _EVERYWHERE
    if found is not None and found.dimensions == 2 and shown.frame is not None and len(shown.frame) == 4:
        left, right, bottom, top = shown.frame
        view = View(left, right, bottom, top, 1, 1)
    return BigMap(projection, classes_on_show(space, projection, shown.color)).items_in(view, shown.hidden)


def _map_there(space: LatentSpace, id: str) -> Projection | None:
    try:
        return space.cached_projection(id)
    except InputError:
        return None
