"""Items of a data set: their rows, pictures and neighbours, finding them, and a visitor's own."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pandas as pd
import torch
from flask import Blueprint, Response, jsonify, request
from PIL import Image

from components.api.encoding import FARTHEST, ApiError, binary_response
from components.api.fitting import fit_picture
from components.api.latent import about_item_point, nearest_items, place_if_there
from components.api.lookup import get_space_or_404, item_number, refuse_if_no_images, wanted_item
from vae_core import Catalogue, Dataset, LatentSpace
from vae_core.browse.finding import find_items
from vae_core.columns.number_form import PLAIN
from vae_core.columns.of_table import columns_of_table
from vae_core.data.prior_samples import PriorSamples
from vae_core.drawing.pictures import decode, originals, to_bytes
from vae_core.drawing.small_plot import small_plot
from vae_core.jobs import Jobs
from vae_core.model.protocol import Posterior
from vae_core.space.encodings.encode import distortion

#: Posterior samples shown of an item.
SAMPLES = 4
#: Largest picture file a visitor may drop, in bytes.
MOST_DROPPED = 32 * 2**20


def add_routes(api: Blueprint, catalogue: Catalogue, jobs: Jobs) -> None:
    """Add this room's routes."""

    @api.get("/spaces/<name>/items/<int:index>.png")
    def picture(name: str, index: int) -> Response:
        space = get_space_or_404(catalogue, name)
        answer = Response(item_png(space.data, wanted_item(space, index)), mimetype="image/png")
        answer.headers["Cache-Control"] = "private, max-age=600"
        return answer

    @api.get("/spaces/<name>/items/<int:index>")
    def item(name: str, index: int) -> Response:
        space = get_space_or_404(catalogue, name)
        return jsonify(about_item(space, wanted_item(space, index)))

    @api.get("/spaces/<name>/items/<int:index>/pictures")
    def pictures(name: str, index: int) -> Response:
        space = get_space_or_404(catalogue, name)
        chosen = wanted_item(space, index)
        count = SAMPLES if space.model.can.variance else 0
        noise = np.random.default_rng(index).standard_normal((count, space.latent_dim), dtype=np.float32)
        samples = space.mean[chosen] + np.exp(0.5 * space.logvar[chosen]) * noise
        decoded = decode(space, np.concatenate([space.mean[chosen][None], samples]))
        shown = np.concatenate([originals(space.data, np.array([chosen])), decoded])
        return binary_response({"index": chosen}, shown)

    @api.get("/spaces/<name>/same")
    def same(name: str) -> Response:
        space, other = get_space_or_404(catalogue, name), get_space_or_404(catalogue, request.args.get("space", ""))
        alike = same_data(space.data, other.data)
        asked = request.args.get("item", "")
        item = item_number(other, asked) if asked else None
        index = same_item(space, other, item) if item is not None and alike else None
        return jsonify({"same": alike, "index": index})

    @api.get("/spaces/<name>/find")
    def find(name: str) -> Response:
        space = get_space_or_404(catalogue, name)
        return jsonify(find_items(space.data, request.args.get("q", "")))

    @api.post("/spaces/<name>/encode/<projection>")
    def encode(name: str, projection: str) -> Response:
        space = get_space_or_404(catalogue, name)
        refuse_if_no_images(space)
        if not space.model.can.encode:
            raise ApiError(400, "This model has no encoder: what it has not decoded itself cannot be placed.")
        if (request.content_length or 0) > MOST_DROPPED:
            raise ApiError(413, f"The file is larger than {MOST_DROPPED // 2**20} MB; drop a smaller picture.")
        invert = request.args.get("invert") == "1"
        fitted = fit_picture(request.get_data(cache=False), space.data.sample_shape, invert, space.background)
        device = space.model.prior.mean.device
        with torch.inference_mode():
            posterior = space.model.encode(torch.from_numpy(fitted.values[None]).to(device))
            z = posterior.mean.detach().float().cpu().numpy()
            std = posterior.std.detach().float().cpu().numpy()
        if not (np.abs(z) <= FARTHEST).all() or not np.isfinite(std).all():
            raise ApiError(422, "The model returns values that are not finite for this picture; try another.")
        decoded = decode(space, z)
        about = {
            **about_item_point(space, z, item_distortion(space, fitted.values, posterior)),
            "std": std[0].tolist(),
            "xy": place_if_there(space, projection, jobs, z),
            "fitted": fitted.how,
        }
        return binary_response(about, np.concatenate([to_bytes(fitted.values[None]), decoded]))


def item_distortion(space: LatentSpace, values: np.ndarray, posterior: Posterior) -> float:
    """Return the distortion in nats of one picture ``[c, h, w]`` in [0, 1] that is no item; NaN where it has none."""
    one = Dataset(values[None], "image", (0.0, 1.0), pd.DataFrame(index=[0]), "picture")
    mean, logvar = (part.detach().float().cpu().numpy() for part in (posterior.mean, posterior.logvar))
    value, _ = distortion(space.model, one, mean, logvar)
    return float(value[0]) if np.isfinite(value[0]) else float("nan")


def same_data(one: Dataset, other: Dataset) -> bool:
    """Whether two spaces are on one data set, or on the same draws; items that were left out may differ."""
    if isinstance(one, PriorSamples) and isinstance(other, PriorSamples):
        return np.array_equal(one.latents, other.latents)
    return (one.name, one.kind, one.sample_shape) == (other.name, other.kind, other.sample_shape)


def same_item(space: LatentSpace, other: LatentSpace, index: int) -> int | None:
    """Return the number in `space` of an item of `other`, by its id; None where it has been left out."""
    (found,) = space.data.table.index.get_indexer([other.data.table.index[index]])
    return None if found < 0 else int(found)


def about_item(space: LatentSpace, index: int) -> dict[str, Any]:
    """Return everything the page tells of an item, as JSON types."""
    table = space.data.table
    return {
        "index": index,
        "id": str(table.index[index]),
        "row": {
            name: values.format_item(index) if values.form != PLAIN else plain(table.iat[index, at])
            for at, (name, values) in enumerate(columns_of_table(table))
        },
        "z": space.mean[index].tolist(),
        "std": np.exp(0.5 * space.logvar[index]).tolist(),
        "rate": plain(space.rate[index].sum()),
        "rate_by_dimension": [plain(value) for value in space.rate[index]],
        "distortion": plain(space.distortion[index]),
        "distortion_error": plain(space.distortion_error[index]),
        "nearest": nearest_items(space, space.mean[index][None], leave_out=index),
    }


def plain(value: Any) -> str | float | int | bool | None:
    """Turn a cell into a JSON type; missing and non-finite values into None."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return float(value) if np.isfinite(value) else None
    return str(value)


def item_png(data: Dataset, index: int) -> bytes:
    """Return an item as a PNG: an image itself, a vector or a series as a small plot."""
    values = originals(data, np.array([index]))[0]
    return to_png(pixels_of(values) if data.kind == "image" else small_plot(data, values))


def pixels_of(pixels: np.ndarray) -> Image.Image:
    """Return one picture, uint8 ``[h, w, c]``, as the page's canvas shows it."""
    channels = pixels.shape[2]
    if channels == 2:
        pixels = np.concatenate([pixels, np.zeros_like(pixels[..., :1])], axis=2)
    return Image.fromarray(pixels[..., 0] if channels == 1 else np.ascontiguousarray(pixels[..., :3]))


def to_png(image: Image.Image) -> bytes:
    """Encode a picture as PNG."""
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=1)
    return file.getvalue()
