"""Latent points and spots of a map: decode, invert, locate, touch."""

from __future__ import annotations

from typing import Any

import numpy as np
from flask import Blueprint, Response, request

from components.api.encoding import MOST_PIXELS, ApiError, array_answer, binary_response, read_numbers, read_points
from components.api.heavy import in_pieces
from components.api.lookup import get_map_or_404, get_space_or_404, item_number, wanted_item, wanted_plane
from components.elements.trust_wording import describe_trust
from vae_core import Catalogue, InputError, LatentSpace, Projection, trust
from vae_core.drawing.pictures import decode, to_display
from vae_core.jobs import Jobs
from vae_core.space.probe import decode_means
from vae_core.space.trust import Trust, assess_items, assess_points, assess_spots

#: Nearest items told with a latent point.
NEAREST = 12
#: Spots that are decoded, or whose trust is shaded, in one request.
MOST_SPOTS = 4096
#: Points or spots for one request of `locate` or `invert`.
MOST_POINTS = 100_000
#: Points decoded, or placed on a map, before it is looked whether anybody still waits: some 50 ms of work.
_DECODED_AT_ONCE, _PLACED_AT_ONCE = 1024, 4096


def add_routes(api: Blueprint, catalogue: Catalogue, jobs: Jobs) -> None:
    """Add this room's routes."""

    @api.post("/spaces/<name>/decode")
    def decode_points(name: str) -> Response:
        space = get_space_or_404(catalogue, name)
        most = most_pictures(space)
        points = read_points(space.latent_dim, most)
        return array_answer(in_pieces(lambda z: decode(space, z), points, _DECODED_AT_ONCE))

    @api.post("/spaces/<name>/trust")
    def trust_points(name: str) -> Response:
        space = get_space_or_404(catalogue, name)
        points = read_points(space.latent_dim, MOST_POINTS)
        return array_answer(in_pieces(lambda z: trust(space, z), points, _DECODED_AT_ONCE))

    @api.post("/spaces/<name>/invert/<projection>")
    def invert(name: str, projection: str) -> Response:
        space = get_space_or_404(catalogue, name)
        found = get_map_or_404(space, projection, jobs)
        spots = read_points(found.dimensions, MOST_POINTS)
        base = base_point(space)
        return array_answer(finite(in_pieces(lambda xy: found.invert(xy, base), spots, _PLACED_AT_ONCE)))

    @api.post("/spaces/<name>/locate/<projection>")
    def locate(name: str, projection: str) -> Response:
        space = get_space_or_404(catalogue, name)
        found = get_map_or_404(space, projection, jobs)
        points = read_points(space.latent_dim, MOST_POINTS)
        return array_answer(finite(in_pieces(found.locate, points, _PLACED_AT_ONCE)))

    @api.post("/spaces/<name>/places/<projection>")
    def places(name: str, projection: str) -> Response:
        space = get_space_or_404(catalogue, name)
        found = get_map_or_404(space, projection, jobs)
        asked = read_points(1, MOST_POINTS)[:, 0]
        items = np.array([wanted_item(space, int(item)) for item in asked])
        return array_answer(found.points[items])

    @api.post("/spaces/<name>/touch/<projection>")
    def touch(name: str, projection: str) -> Response:
        space = get_space_or_404(catalogue, name)
        found = wanted_plane(space, projection, jobs)
        spot = read_points(2, 1)
        z = finite(found.invert(spot, base_point(space)))
        decoded = decode_means(space, z)
        exact = found.settings.method in ("pca", "z")
        about = about_point(space, z, assess_spots(space, found, spot, z, decoded=decoded), exact=exact)
        return binary_response({**about, "xy": spot[0].tolist()}, to_display(space.data, decoded))

    @api.post("/spaces/<name>/look/<projection>")
    def look(name: str, projection: str) -> Response:
        space = get_space_or_404(catalogue, name)
        z = read_points(space.latent_dim, 1)
        xy = place_if_there(space, projection, jobs, z)
        decoded = decode_means(space, z)
        return binary_response({**about_shown(space, z, decoded), "xy": xy}, to_display(space.data, decoded))

    @api.post("/spaces/<name>/believed/<projection>")
    def believed(name: str, projection: str) -> Response:
        space = get_space_or_404(catalogue, name)
        found = wanted_plane(space, projection, jobs)
        spots = read_points(2, MOST_SPOTS)
        z = finite(found.invert(spots, base_point(space)))
        return array_answer(assess_spots(space, found, spots, z, thorough=False).headline)

    @api.post("/spaces/<name>/manifold/<projection>")
    def manifold(name: str, projection: str) -> Response:
        space = get_space_or_404(catalogue, name)
        most = most_pictures(space)
        found = wanted_plane(space, projection, jobs)
        spots = read_points(2, min(most, MOST_SPOTS))
        z = finite(found.invert(spots, base_point(space)))
        decoded = decode_means(space, z)
        believed = assess_spots(space, found, spots, z, thorough=False, decoded=decoded).headline
        told = [None if np.isnan(one) else round(float(one), 4) for one in believed]
        return binary_response({"trust": told}, to_display(space.data, decoded))


def most_pictures(space: LatentSpace) -> int:
    """Return how many pictures of this space one answer may hold."""
    size = 1 if space.data.kind == "image" else 4
    return max(1, MOST_PIXELS // (size * int(np.prod(space.data.sample_shape))))


def base_point(space: LatentSpace) -> np.ndarray | None:
    """Read where coordinates off the plane of a map come from: ``?base=z0,z1,…``, or the mean of the data."""
    text = request.args.get("base")
    return read_numbers(text, space.latent_dim, "base") if text else None


def finite(array: np.ndarray) -> np.ndarray:
    """Return the array as it is; ApiError 400 if the points asked for lie so far out that it overflowed."""
    if not np.isfinite(array).all():
        raise ApiError(400, "These points lie too far out to be computed with; go nearer to the data.")
    return array


def place(projection: Projection, z: np.ndarray) -> list[float] | None:
    """Return where a latent point falls on a map; None where the map cannot say."""
    try:
        return [float(value) for value in finite(projection.locate(z))[0]]
    except InputError:
        return None


def place_if_there(space: LatentSpace, name: str, jobs: Jobs, z: np.ndarray) -> list[float] | None:
    """Return `place`, or None while the map is still being made: the point itself can be looked at meanwhile."""
    try:
        return place(get_map_or_404(space, name, jobs), z)
    except ApiError as refusal:
        if refusal.status != 409:
            raise
        return None


def about_point(
    space: LatentSpace, z: np.ndarray, assessed: Trust, distortion: float | None = None, exact: bool = False
) -> dict[str, Any]:
    """Return a latent point, its trust in numbers and words (see `describe_trust`), and the items nearest to it."""
    return {
        "z": z[0].tolist(),
        **describe_trust(space, z, assessed, distortion, exact),
        "nearest": nearest_items(space, z),
    }


def about_shown(space: LatentSpace, z: np.ndarray, decoded: np.ndarray) -> dict[str, Any]:
    """Return `about_point` of a point on show: as the item of ``?item=``, if it is that item's encoding."""
    asked = request.args.get("item", "")
    if not asked.isdecimal():
        return about_point(space, z, assess_points(space, z, decoded=decoded))
    item = item_number(space, asked)
    if not np.array_equal(space.mean[item], z[0]):
        return about_point(space, z, assess_points(space, z, decoded=decoded))
    return about_item_point(space, z, float(space.distortion[item]))


def about_item_point(space: LatentSpace, z: np.ndarray, distortion: float) -> dict[str, Any]:
    """Return `about_point` of the encoding ``[1, d]`` of an item whose distortion is known, or NaN."""
    assessed = assess_items(space, z, np.array([distortion]))
    return about_point(space, z, assessed, distortion if np.isfinite(distortion) else None)


def nearest_items(space: LatentSpace, z: np.ndarray, leave_out: int | None = None) -> list[dict[str, Any]]:
    """Return the items nearest to a latent point ``[1, d]``: index and Euclidean distance, nearest first."""
    left = None if leave_out is None else np.array([leave_out])
    index, distance = space.neighbours.query(z, NEAREST, leave_out=left)
    return [
        {"index": int(item), "distance": round(float(far), 5)} for item, far in zip(index[0], distance[0], strict=True)
    ]
