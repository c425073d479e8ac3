"""Items in an order, a part at a time, and what they can be ordered and filtered by."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np
from flask import Blueprint, Response, jsonify

from components.api.encoding import ApiError
from components.api.lookup import get_space_or_404, wanted_hidden
from components.api.maps import json_body
from components.api.selections import wanted_selection
from vae_core import Catalogue, LatentSpace
from vae_core.browse.filters import ItemFilter
from vae_core.browse.legend import Legend
from vae_core.browse.ranking import Ranking, Rankings, orders_of
from vae_core.columns.number_form import NumberForm
from vae_core.columns.of_space import Column, column_called, columns, default_column, values_of
from vae_core.columns.of_table import column_of_table
from vae_core.groups.item_set import ItemSet
from vae_core.interpret.items.wrong_items import NEAREST
from vae_core.jobs import Jobs
from vae_core.space.encodings.item_distortion import samples_in_words

#: Items of one answer.
MOST = 500
#: What the figures under the items are.
TOLD = {
    "rarity": f"Distance to the {NEAREST} nearest items in latent space, relative to the usual one: 2 is twice as far.",
    "disagreement": f"Of classes, the share of the {NEAREST} nearest items with another; of numbers, how far the item "
    "is from their median, in standard deviations of the column.",
}
#: Values of a column that can be chosen from.
_VALUES = 200


def add_routes(api: Blueprint, catalogue: Catalogue, jobs: Jobs) -> None:
    """Add this room's routes."""
    rankings = Rankings()

    @api.get("/spaces/<name>/ranking")
    def ranking_choices(name: str) -> Response:
        space = get_space_or_404(catalogue, name)
        return jsonify(
            {
                "by": orders_of(space),
                "told": {"distortion": f"Distortion in nats, the mean of {samples_in_words(space.draws)}.", **TOLD},
                "notes": notes(space),
                "filters": [
                    {"name": one.name, "title": one.title, "kind": _kind(one), "step": one.step}
                    for one in columns(space)
                    if one.colours and not one.of_map
                ],
            }
        )

    @api.post("/spaces/<name>/ranking")
    def ranked_items(name: str) -> Response:
        space = get_space_or_404(catalogue, name)
        asked = json_body()
        if not isinstance(asked, dict):
            raise ApiError(400, 'Send a JSON object such as {"by": "distortion", "offset": 0, "count": 100}.')
        by, column = _text(asked, "by", "distortion"), _text(asked, "column", "")
        within = None if asked.get("within") is None else ItemFilter.of(asked["within"])
        selected = wanted_selection(space, asked, jobs)
        among = selected if _flag(asked, "only", False) else None
        legend = _legend(asked, selected)
        ranking = rankings.get(space, by, _flag(asked, "worst", True), column, within, legend, among)
        offset, count = _whole(asked, "offset", 0, len(space)), _whole(asked, "count", 100, MOST)
        known = None if ranking.values is None else int(np.isfinite(ranking.values).sum())
        told: dict[str, Any] = {"total": len(ranking.order), "offset": offset, "known": known}
        if asked.get("find") is not None:
            place = np.flatnonzero(ranking.order == _whole(asked, "find", 0, len(space) - 1))
            told["position"] = int(place[0]) if len(place) else None
        told["items"] = to_json(space, ranking, ranking.order[offset : offset + count])
        return jsonify(told)

    @api.get("/spaces/<name>/columns/<path:column>/values")
    def column_values(name: str, column: str) -> Response:
        space = get_space_or_404(catalogue, name)
        known = column_called(space, column)
        found = values_of(space, column) if known is not None and known.colours else None
        if known is None or found is None:
            raise ApiError(404, f"There is no column {column!r} to choose from.")
        if known.kind == "category":
            counts = found.counts()
            frequent = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]
            listed = [{"value": found.categories[code], "count": int(counts[code])} for code in frequent[:_VALUES]]
            return jsonify({"kind": "category", "values": listed, "more": max(0, len(frequent) - _VALUES)})
        numbers = found.values[np.isfinite(found.values)]
        told = {"kind": _kind(known), "step": known.step}
        if not len(numbers):
            return jsonify({**told, "low": None, "high": None})
        ends = float(numbers.min()), float(numbers.max())
        if known.turn == known.degrees > 0 and ends[0] >= 0:
            ends = 0.0, known.turn
        return jsonify({**told, "low": ends[0], "high": ends[1]})


def _kind(column: Column) -> str:
    """Return what is chosen of a column: a value of it, a range of numbers, or one of dates."""
    return column.kind if column.kind in ("category", "date") else "number"


def notes(space: LatentSpace) -> list[str]:
    """Return what cannot be ordered by and why, a sentence each."""
    return [] if space.model.can.encode else ["Nothing is encoded here, so no item has a distortion."]


def to_json(space: LatentSpace, ranking: Ranking, items: np.ndarray) -> list[dict[str, Any]]:
    """Return items as a gallery shows them: index, id, value and percentile of the ranking, label.

    Dates are ``written`` out; of anything else the page knows better how much room there is.
    """
    column = default_column(space)
    labels = column_of_table(space.data.table, column)
    ids = space.data.table.index
    return [
        {
            "index": item,
            "id": str(ids[item]),
            "value": None if ranking.values is None else _figure(ranking.values[item], ranking.form),
            "written": _written(ranking, item),
            "percentile": _number(None if ranking.percentile is None else ranking.percentile[item]),
            "label": None if labels is None else labels.format_item(item),
        }
        for item in items.tolist()
    ]


def _written(ranking: Ranking, item: int) -> str | None:
    if ranking.values is None or not ranking.form.step or not isfinite(ranking.values[item]):
        return None
    return ranking.form.write(float(ranking.values[item]))


def _figure(value: float, form: NumberForm) -> float | None:
    # Six digits of a date would be days only.
    return float(value) if form.step and isfinite(value) else _number(value)


def _number(value: Any) -> float | None:
    return float(f"{value:.6g}") if value is not None and isfinite(value) else None


def _legend(asked: dict[str, Any], selected: ItemSet | None) -> Legend | None:
    hidden = wanted_hidden(asked)
    return Legend(_text(asked, "color", ""), hidden, selected) if hidden else None


def _text(asked: dict[str, Any], name: str, usual: str) -> str:
    value = asked.get(name, usual)
    if not isinstance(value, str):
        raise ApiError(400, f"{name} must be text.")
    return value


def _flag(asked: dict[str, Any], name: str, usual: bool) -> bool:
    value = asked.get(name, usual)
    if not isinstance(value, bool):
        raise ApiError(400, f"{name} must be true or false.")
    return value


def _whole(asked: dict[str, Any], name: str, usual: int, most: int) -> int:
    value = asked.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise ApiError(400, f"{name} must be a whole number from 0 to {most}.")
    return value
