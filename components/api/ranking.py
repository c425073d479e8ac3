"""Items in an order, a part at a time, and what they can be ordered and filtered by."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np
import pandas as pd
from flask import Blueprint, Response, jsonify

from components.api.maps import json_body
from components.api.selections import wanted_selection
from components.api.wanted import wanted_hidden, wanted_space
from components.api.wire import Refused
from components.columns import columns, default_column, values_of
from components.legend import Legend
from components.ranking import Ranking, Rankings, offered
from components.within import Within
from vae_core import Catalogue, LatentSpace
from vae_core.drawing.numbers import plain
from vae_core.groups.item_set import ItemSet
from vae_core.interpret.wrong_items import NEAREST
from vae_core.jobs import Jobs

#: Items of one answer.
MOST = 500
#: What the figures under the items are.
TOLD = {
    "distortion": "Distortion in nats, the mean over 8 posterior samples.",
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
        space = wanted_space(catalogue, name)
        return jsonify(
            {
                "by": offered(space),
                "told": TOLD,
                "notes": notes(space),
                "filters": [
                    {"name": one.name, "title": one.title, "kind": "category" if one.kind == "category" else "number"}
                    for one in columns(space)
                    if one.kind != "text" and not one.of_map
                ],
            }
        )

    @api.post("/spaces/<name>/ranking")
    def ranked_items(name: str) -> Response:
        space = wanted_space(catalogue, name)
        asked = json_body()
        if not isinstance(asked, dict):
            raise Refused(400, 'Send a JSON object such as {"by": "distortion", "offset": 0, "count": 100}.')
        by, column = _text(asked, "by", "distortion"), _text(asked, "column", "")
        within = None if asked.get("within") is None else Within.of(asked["within"])
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
        told["items"] = described(space, ranking, ranking.order[offset : offset + count])
        return jsonify(told)

    @api.get("/spaces/<name>/columns/<path:column>/values")
    def column_values(name: str, column: str) -> Response:
        space = wanted_space(catalogue, name)
        known = next((one for one in columns(space) if one.name == column and one.kind != "text"), None)
        found = None if known is None else values_of(space, column)
        if known is None or found is None:
            raise Refused(404, f"There is no column {column!r} to choose from.")
        if known.kind == "category":
            counts = found.dropna().astype("object").map(str).value_counts()
            listed = [{"value": str(value), "count": int(number)} for value, number in counts.head(_VALUES).items()]
            return jsonify({"kind": "category", "values": listed, "more": max(0, len(counts) - _VALUES)})
        numbers = pd.to_numeric(found, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
        known_numbers = numbers[np.isfinite(numbers)]
        if not len(known_numbers):
            return jsonify({"kind": "number", "low": None, "high": None})
        ends = float(known_numbers.min()), float(known_numbers.max())
        if known.turn == known.degrees > 0 and ends[0] >= 0:
            ends = 0.0, known.turn
        return jsonify({"kind": "number", "low": ends[0], "high": ends[1]})


def notes(space: LatentSpace) -> list[str]:
    """Return what cannot be ordered by and why, a sentence each."""
    return [] if space.model.can.encode else ["Nothing is encoded here, so no item has a distortion."]


def described(space: LatentSpace, ranking: Ranking, items: np.ndarray) -> list[dict[str, Any]]:
    """Return items as a gallery shows them: index, id, value and percentile of the ranking, label."""
    column = default_column(space)
    labels = values_of(space, column) if column in [str(name) for name in space.data.table.columns] else None
    ids = space.data.table.index
    return [
        {
            "index": item,
            "id": str(ids[item]),
            "value": _number(None if ranking.values is None else ranking.values[item]),
            "percentile": _number(None if ranking.percentile is None else ranking.percentile[item]),
            "label": None if labels is None or pd.isna(labels.iloc[item]) else _written(labels.iloc[item]),
        }
        for item in items.tolist()
    ]


def _written(label: Any) -> str:
    """Write a label, of numbers with fractions as many digits as a tile has room for."""
    return plain(float(label), 4) if isinstance(label, (float, np.floating)) and label % 1 else str(label)


def _number(value: Any) -> float | None:
    return float(f"{value:.6g}") if value is not None and isfinite(value) else None


def _legend(asked: dict[str, Any], selected: ItemSet | None) -> Legend | None:
    hidden = wanted_hidden(asked)
    return Legend(_text(asked, "color", ""), hidden, selected) if hidden else None


def _text(asked: dict[str, Any], name: str, usual: str) -> str:
    value = asked.get(name, usual)
    if not isinstance(value, str):
        raise Refused(400, f"{name} must be text.")
    return value


def _flag(asked: dict[str, Any], name: str, usual: bool) -> bool:
    value = asked.get(name, usual)
    if not isinstance(value, bool):
        raise Refused(400, f"{name} must be true or false.")
    return value


def _whole(asked: dict[str, Any], name: str, usual: int, most: int) -> int:
    value = asked.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise Refused(400, f"{name} must be a whole number from 0 to {most}.")
    return value
