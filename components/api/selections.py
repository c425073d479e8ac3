"""Selecting items by a line or a box on a map, by a search, or all others: counted by class, and downloaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pandas as pd
from flask import Blueprint, Response, request

from components.api.encoding import ApiError, binary_response, file_answer
from components.api.lookup import get_space_or_404, wanted_hidden, wanted_plane
from components.api.maps import json_body
from vae_core import Catalogue, LatentSpace
from vae_core.browse.colouring import SELECTION, Classes
from vae_core.browse.filters import ItemFilter
from vae_core.browse.legend import Legend, classes_on_show
from vae_core.browse.selection_steps import MODES, Mode, Step, only_selected, read_steps, shape_step
from vae_core.browse.selections import limits_in_words, selected_set, selection_text
from vae_core.groups.composition import compose
from vae_core.groups.item_set import ItemSet
from vae_core.jobs import Jobs


def add_routes(api: Blueprint, catalogue: Catalogue, jobs: Jobs) -> None:
    """Add this room's routes."""

    @api.post("/spaces/<name>/select/<projection>")
    def select(name: str, projection: str) -> Response:
        space = get_space_or_404(catalogue, name)
        wanted_plane(space, projection, jobs)
        asked = _body()
        step = _shape(asked, _mode(asked), projection).among(*_limits(asked))
        return _told(space, (*_chosen(space, asked, jobs), step), asked)

    @api.post("/spaces/<name>/selection")
    def selection(name: str) -> Response:
        space = get_space_or_404(catalogue, name)
        asked = _body()
        before = _chosen(space, asked, jobs)
        change = _change(asked)
        return _told(space, before if change is None else (*before, change), asked)

    @api.get("/spaces/<name>/selection.csv")
    def selection_file(name: str) -> Response:
        space = get_space_or_404(catalogue, name)
        rest = request.args.get("rest", "0")
        if rest not in ("0", "1"):
            raise ApiError(400, "rest must be 1 for the items that are not selected, or 0.")
        found = selected_set(space, _chosen(space, request.args, jobs))
        items = ~found if rest == "1" else found
        rows = pd.DataFrame({"index": items.indices, "item": space.data.table.index[items.indices]})
        what = "rest" if rest == "1" else "selection"
        return file_answer(rows.to_csv(index=False).encode(), f"{name}-{what}.csv", "text/csv")


def wanted_selection(space: LatentSpace, asked: Any, jobs: Jobs) -> ItemSet | None:
    """Return the items that ``chosen`` of a request leads to; None where it has none.

    Raises
    ------
    ApiError
        404 or 409 if a map of it cannot be or is not there yet; InputError if it is no selection.
    """
    steps = _chosen(space, asked, jobs)
    return selected_set(space, steps) if steps else None


def _body() -> dict[str, Any]:
    body = json_body()
    if not isinstance(body, dict):
        raise ApiError(400, 'Send a JSON object such as {"polygon": [[0, 0], [1, 0], [0, 1]]}.')
    return body


def _chosen(space: LatentSpace, asked: Any, jobs: Jobs) -> tuple[Step, ...]:
    steps = read_steps(asked.get("chosen") or "")
    for projection in {step.projection for step in steps if step.projection}:
        wanted_plane(space, projection, jobs)
    return steps


def _mode(asked: dict[str, Any]) -> Mode:
    mode = asked.get("mode", "new")
    if mode not in MODES:
        raise ApiError(400, f"mode must be one of {', '.join(MODES)}.")
    return cast(Mode, mode)


def _shape(asked: dict[str, Any], mode: Mode, projection: str) -> Step:
    polygon, box = asked.get("polygon"), asked.get("box")
    if (polygon is None) == (box is None):
        raise ApiError(400, "Give either a polygon, [[x, y], …], or a box, [left, right, bottom, top].")
    if polygon is None:
        return shape_step(mode, "box", projection, box)
    if not isinstance(polygon, list) or not all(isinstance(one, list) and len(one) == 2 for one in polygon):
        raise ApiError(400, "A polygon is a list of corners, [x, y] each.")
    return shape_step(mode, "lasso", projection, [number for corner in polygon for number in corner])


def _change(asked: dict[str, Any]) -> Step | None:
    kinds: dict[str, Callable[[Any], Step]] = {
        "find": lambda text: Step(_mode(asked), "find", text=text).among(*_limits(asked)),
        "all": lambda _: Step(_mode(asked), "all").among(*_limits(asked)),
        "flip": lambda _: Step("new", "flip").among(*_limits(asked, flipped=True)),
    }
    given = [kind for kind in kinds if asked.get(kind)]
    if len(given) > 1:
        raise ApiError(400, f"One change at a time: {' or '.join(given)}.")
    if not given:
        return None
    value = asked[given[0]]
    if given[0] == "find" and not isinstance(value, str):
        raise ApiError(400, "find must be text.")
    if given[0] != "find" and value is not True:
        raise ApiError(400, f"{given[0]} must be true or false.")
    return kinds[given[0]](value)


def _limits(asked: dict[str, Any], flipped: bool = False) -> list[Legend | ItemFilter | None]:
    """Return what the page shows; turned over is a selection whether it alone was shown or not."""
    hidden, color = wanted_hidden(asked), asked.get("color", "")
    if not isinstance(color, str):
        raise ApiError(400, "color must be the name of a column.")
    legend = Legend(color, hidden) if hidden else None
    within = None if asked.get("within") is None else ItemFilter.of(asked["within"])
    if flipped and legend is not None and legend.color == only_selected().color:
        legend = None
    return [legend, within, only_selected() if asked.get("only") is True and not flipped else None]


def _told(space: LatentSpace, steps: tuple[Step, ...], asked: dict[str, Any]) -> Response:
    """Answer with a line of JSON and the items as bits; see `ItemSet.bits`."""
    found = selected_set(space, steps)
    about = {
        "chosen": selection_text(space, steps),
        "count": len(found),
        "total": found.total,
        "left_out": limits_in_words(space, steps),
        **composition(space, str(asked.get("color", "")), found),
    }
    return binary_response(about, found.bits)


def composition(space: LatentSpace, color: str, items: ItemSet) -> dict[str, Any]:
    """Return ``column`` and its ``classes`` in a set of items, ``{name, count, share, share_of_all, low, high}``.

    The column is the one that colours the map if it has classes, else the usual one if that has; None where neither
    has. From ``low`` to ``high`` is what share chance would give; shares of no items are None.
    """
    offered = (classes_on_show(space, space.projection("pca"), one) for one in (color, "") if one != SELECTION)
    classes = next((one for one in offered if isinstance(one, Classes)), None)
    if classes is None:
        return {"column": None, "classes": []}
    made = compose(classes.codes, len(classes.names), items.mask)
    count = len(items)

    def share(counts: np.ndarray) -> list[float | None]:
        return [float(f"{one / count:.6g}") if count else None for one in counts.tolist()]

    shares, lows, highs = share(made.counts), share(made.low), share(made.high)
    return {
        "column": classes.title,
        "classes": [
            {
                "name": name,
                "count": int(made.counts[at]),
                "share": shares[at],
                "share_of_all": float(f"{made.counts_of_all[at] / items.total:.6g}"),
                "low": lows[at],
                "high": highs[at],
            }
            for at, name in enumerate(classes.names)
        ],
    }
