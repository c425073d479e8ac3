"""The space, map and item a URL names."""

from __future__ import annotations

from typing import Any

from components.api.encoding import ApiError
from vae_core import Catalogue, InputError, LatentSpace, Projection
from vae_core.jobs import Job, Jobs
from vae_core.space import ProjectionSettings

_MOST_HIDDEN = 1000
_MOST_DIGITS = 18


def get_space_or_404(catalogue: Catalogue, name: str) -> LatentSpace:
    """Return the space, opened if need be.

    Raises
    ------
    ApiError
        404 if there is none.
    """
    try:
        entry = catalogue[name]
    except KeyError:
        raise ApiError(404, f"There is no space {name!r}.") from None
    return entry.space()


def wanted_hidden(asked: dict[str, Any]) -> frozenset[str]:
    """Return the names of the classes a request hides; ApiError 400 if that is no list, or too long."""
    hidden = asked.get("hidden") or []
    if not isinstance(hidden, list) or len(hidden) > _MOST_HIDDEN:
        raise ApiError(400, f"hidden must be a list of at most {_MOST_HIDDEN} names of classes.")
    return frozenset(str(name) for name in hidden)


def job_key(space: LatentSpace, projection: str) -> str:
    """Name the work of computing a map; equal for all visitors."""
    return f"{space.fingerprint}/{projection}"


def map_job(space: LatentSpace, projection: str, jobs: Jobs) -> Job | None:
    """Return the work of computing a map, None if there is none; other work on a space is named by a key like it.

    A map that was stopped is the work of the one that was asked for, until its way back is known.
    """
    job = jobs.get(job_key(space, projection))
    if job is not None and job.kind == "projection" and not job.finished:
        return job
    for other in jobs.all_jobs():
        here = other.kind == "projection" and not other.finished and other.key.startswith(job_key(space, ""))
        if here and other.result_id == projection:
            return other
    return job if job is not None and job.kind == "projection" else None


def get_map_or_404(space: LatentSpace, name: str, jobs: Jobs) -> Projection:
    """Return the map if it is there.

    Raises
    ------
    ApiError
        404 if it cannot be, 409 if it has to be computed first.
    """
    try:
        found = space.cached_projection(name)
    except InputError as error:
        raise ApiError(404, str(error)) from None
    if found is not None:
        return found
    # A map with parameters of its own is known by the work that was asked for.
    if map_job(space, name, jobs) is None:
        try:
            ProjectionSettings.parse(name).check(len(space), space.latent_dim)
        except InputError as error:
            raise ApiError(404, str(error)) from None
    raise ApiError(409, f"The projection {name!r} has not been computed yet; ask for it and wait until it is there.")


def wanted_plane(space: LatentSpace, name: str, jobs: Jobs) -> Projection:
    """Return a map on which empty spots stand for latent points; ApiError 400 for one with depth."""
    found = get_map_or_404(space, name, jobs)
    if found.dimensions != 2:
        raise ApiError(400, f"The projection {name!r} has depth: empty space in it cannot be decoded. Take a 2-D map.")
    return found


def item_number(space: LatentSpace, text: str) -> int:
    """Return the number of an item that a query gives; ApiError 400 if it is no number, 404 if there is no such one."""
    if not text.isdecimal():
        raise ApiError(400, f"Give an item by its number, not {text[:40]!r}.")
    # Python refuses to read thousands of digits.
    return wanted_item(space, int(text) if len(text) <= _MOST_DIGITS else len(space))


def wanted_item(space: LatentSpace, index: int) -> int:
    """Return the index if there is such an item; ApiError 404 otherwise."""
    if not 0 <= index < len(space):
        raise ApiError(404, f"There is no item {index}; the items are 0 to {len(space) - 1}.")
    return index


def refuse_if_no_images(space: LatentSpace) -> None:
    """Raise ApiError 400 if the items of the space are not images."""
    if space.data.kind != "image":
        raise ApiError(
            400, f"The items of this space are of kind {space.data.kind!r}: a picture cannot be one of them."
        )
