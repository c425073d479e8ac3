"""Other data laid over a map: listed, added from a file, placed, and looked at item by item."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from flask import Blueprint, Response, jsonify, request

from components.api.encoding import ApiError, binary_response
from components.api.items import item_png
from components.api.jobs import counted_as, describe, visitor
from components.api.latent import about_item_point, place_if_there
from components.api.lookup import get_map_or_404, get_space_or_404, job_key
from components.api.removal import end_jobs
from components.elements.wording import map_title
from vae_core import Catalogue, InputError, LatentSpace, load_data
from vae_core.columns.of_space import column_called, values_of_layer
from vae_core.drawing.pictures import decode, originals
from vae_core.jobs import Jobs
from vae_core.space.maps.projection import latent_fingerprint
from vae_core.space.overlays.files import MOST_ITEMS, Layer, Layers
from vae_core.space.overlays.foreign import ForeignItems, foreign_items
from vae_core.space.overlays.placed_items import encode_dataset

#: Letters of a layer's name.
_LONGEST_NAME = 80
#: Largest file a visitor may add, in bytes.
MOST_ADDED = 64 * 2**20
#: Items of such a file whose distortion is measured while the visitor waits: 1 to 3 ms per item.
MOST_MEASURED = 5_000
_ENDINGS = (".npz", ".npy")


def add_routes(api: Blueprint, catalogue: Catalogue, jobs: Jobs) -> None:  # noqa: PLR0915 - so many routes
    """Add this room's routes."""

    def wanted(name: str, id: str) -> tuple[LatentSpace, Layer]:
        space = get_space_or_404(catalogue, name)
        layer = Layers(space.folder).read(id)
        if layer is None:
            raise ApiError(404, f"There is no layer {id!r}.")
        return space, layer

    judged: dict[tuple[str, int, str, str], ForeignItems] = {}

    def foreign(space: LatentSpace, layer: Layer) -> ForeignItems:
        """Judge a layer once: it is asked for with every colour of the map."""
        key = (space.fingerprint, space.draws, layer.id, latent_fingerprint(layer.mean))
        if key not in judged:
            judged[key] = foreign_items(space, layer.mean, layer.distortion)
        return judged[key]

    @api.get("/spaces/<name>/layers")
    def layers(name: str) -> Response:
        kept = Layers(get_space_or_404(catalogue, name).folder)
        found = [layer for id in kept.names() if (layer := kept.read(id)) is not None]
        return jsonify([to_json(layer) for layer in found])

    @api.post("/spaces/<name>/layers")
    def add_layer(name: str) -> Response:
        space = get_space_or_404(catalogue, name)
        file = Path(request.args.get("file", "")).name
        if Path(file).suffix.lower() not in _ENDINGS:
            raise ApiError(400, f"New items must be a {' or '.join(_ENDINGS)} file; see the README for its contents.")
        if (request.content_length or 0) > MOST_ADDED:
            raise ApiError(413, f"The file is larger than {MOST_ADDED // 2**20} MB; use 'python -m vae_core place'.")
        name_shown = _shown_name(file)
        with tempfile.TemporaryDirectory() as folder:
            # Under a name of ours: theirs may be longer than file systems take, or hold what they do not.
            path = Path(folder) / f"items{Path(file).suffix.lower()}"
            path.write_bytes(request.get_data(cache=False))
            try:
                data = load_data(path)
            except InputError as error:
                # The visitor knows the file's name; where it lay for a moment is nobody's business.
                raise ApiError(422, str(error).replace(str(path), name_shown)) from error
            if len(data) > MOST_ITEMS:
                raise ApiError(413, f"{name_shown} has {len(data):,} items; a map takes {MOST_ITEMS:,} at most.")
            encoded = encode_dataset(space, data, measured=MOST_MEASURED)
            layer = Layers(space.folder).keep(Path(name_shown).stem, encoded)
        return jsonify({**to_json(layer), "left_out": len(encoded.left_out)})

    @api.delete("/spaces/<name>/layers/<id>")
    def remove_layer(name: str, id: str) -> Response:
        space, layer = wanted(name, id)
        end_jobs(jobs, lambda key: key.startswith(job_key(space, "")) and key.endswith(f"/layer/{layer.id}"))
        Layers(space.folder).remove(layer.id)
        return jsonify({"id": layer.id})

    @api.post("/spaces/<name>/layers/<id>/places/<projection>")
    def place_layer(name: str, id: str, projection: str) -> tuple[Response, int]:
        space, layer = wanted(name, id)
        found = get_map_or_404(space, projection, jobs)
        if Layers(space.folder).places(layer, found) is not None:
            return jsonify({"state": "done"}), 200
        arguments = {
            "layer": layer.id,
            "settings": found.settings.to_json(),
            "folder": str(space.folder),
            "shipped": None if space.shipped is None else str(space.shipped),
        }
        title = f"{layer.name} on {map_title(found.settings)} of {space.data.name}"
        job = jobs.submit(
            _key(space, layer, projection), "placing", title, arguments, visitor(), counted_as=counted_as()
        )
        return jsonify({"job": job.id, **describe(job)}), 202

    @api.get("/spaces/<name>/layers/<id>/places/<projection>")
    def layer_places(name: str, id: str, projection: str) -> Response:
        space, layer = wanted(name, id)
        found = get_map_or_404(space, projection, jobs)
        points = Layers(space.folder).places(layer, found)
        if points is None:
            job = jobs.get(_key(space, layer, projection))
            state: dict[str, Any] = {"state": "missing"} if job is None else {"job": job.id, **describe(job)}
            return binary_response(state, np.empty((0, 2), dtype=np.float32))
        colours = layer_colours(space, layer, request.args.get("color", ""))
        unlike = foreign(space, layer)
        told = {"state": "done", "labels": layer.labels, **colours, **foreign_to_json(unlike)}
        return binary_response(told, points.astype("<f4"))

    @api.get("/spaces/<name>/layers/<id>/items/<int:index>.png")
    def layer_picture(name: str, id: str, index: int) -> Response:
        _, layer = wanted(name, id)
        return Response(item_png(layer.data, int(_item(layer, index)[0])), mimetype="image/png")

    @api.get("/spaces/<name>/layers/<id>/items/<int:index>/look/<projection>")
    def layer_item(name: str, id: str, index: int, projection: str) -> Response:
        space, layer = wanted(name, id)
        item = _item(layer, index)
        z = layer.mean[item]
        decoded = decode(space, z)
        label = layer.labels[index] if layer.labels else ""
        about = {
            **about_item_point(space, z, float(layer.distortion[index])),
            "xy": place_if_there(space, projection, jobs, z),
            "told": f"{layer.name}, item {layer.data.table.index[index]}" + (f" · {label}" if label else ""),
        }
        return binary_response(about, np.concatenate([originals(layer.data, item), decoded]))


def _shown_name(file: str) -> str:
    """Return a file's name without what cannot be seen, and no longer than people read."""
    stem = "".join(letter for letter in Path(file).stem if letter.isprintable()).strip()[:_LONGEST_NAME]
    return f"{stem or 'items'}{Path(file).suffix.lower()}"


def to_json(layer: Layer) -> dict[str, Any]:
    """Return what the page needs to know of a layer."""
    return {"id": layer.id, "name": layer.name, "count": len(layer.data), "labelled": layer.labels is not None}


def foreign_to_json(foreign: ForeignItems) -> dict[str, Any]:
    """Return which items are unlike the data, 1 by place, 2 by reconstruction, 3 by both, else 0; and how many are."""
    return {"foreign": (foreign.remote + 2 * foreign.distorted).tolist(), "foreign_count": foreign.count}


def layer_colours(space: LatentSpace, layer: Layer, color: str) -> dict[str, list[Any]]:
    """Return what a column of the space colours a layer by.

    ``{"classes": text per item}`` or ``{"values": number per item}``, None where there is none;
    ``{}`` for a column that a layer does not have.
    """
    column = column_called(space, color)
    values = None if column is None else values_of_layer(space, layer, color)
    if column is None or not column.colours or values is None or values.kind == "nothing":
        return {}
    if column.kind == "category":
        return {"classes": [values.format_item(item) for item in range(len(layer.data))]}
    numbers = column.in_degrees(values.values) if column.turn else values.values
    places = 5 if values.kind == "number" else 9  # of days
    return {"values": [round(float(value), places) if np.isfinite(value) else None for value in numbers]}


def _key(space: LatentSpace, layer: Layer, projection: str) -> str:
    return job_key(space, f"{projection}/layer/{layer.id}")


def _item(layer: Layer, index: int) -> np.ndarray:
    if not 0 <= index < len(layer.data):
        raise ApiError(404, f"There is no item {index} in {layer.name}.")
    return np.array([index])
