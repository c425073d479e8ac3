"""Maps that take long: asked for, watched, cancelled."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, jsonify, request

from components.api.encoding import ApiError
from components.api.jobs import counted_as, describe, visitor
from components.api.lookup import get_space_or_404, job_key, map_job
from components.api.removal import end_jobs
from components.elements.wording import map_title
from vae_core import Catalogue, InputError, LatentSpace
from vae_core.jobs import Jobs
from vae_core.space import ProjectionSettings
from vae_core.space.maps.settings import COMPONENTS, TSNE_ITERATIONS
from vae_core.space.overlays.files import Layers

#: Names of the maps that take work; a hash stands for parameters.
_COMPUTED = re.compile(r"(tsne|umap)(-3d|-[0-9a-f]{12})?")


def add_routes(api: Blueprint, catalogue: Catalogue, jobs: Jobs) -> None:
    """Add this room's routes."""

    @api.post("/spaces/<name>/projections")
    def ask(name: str) -> tuple[Response, int]:
        space = get_space_or_404(catalogue, name)
        body = json_body()
        settings = asked_before(space, jobs, body) or there_already(space, settings_from(body))
        settings.check(len(space), space.latent_dim)
        state = state_of(space, jobs, settings.id)
        under_way = map_job(space, settings.id, jobs)
        if state["state"] == "stopped" and under_way is not None:
            # Its work may still be learning the way back of the map it was stopped at, and is that map's work now.
            jobs.rename(under_way.key, job_key(space, state["kept"]))
            under_way = None
        if state["state"] in ("waiting", "running") and under_way is not None and under_way.visitors:
            again = (under_way.key, under_way.kind, under_way.title, under_way.arguments, visitor())
            jobs.submit(*again, counted_as=counted_as())
        elif state["state"] != "done":
            if space.folder is None:
                raise ApiError(
                    409, "This space is kept in memory only; open it with a workspace to compute further maps."
                )
            arguments = {
                "settings": settings.to_json(),
                "folder": str(space.folder),
                "shipped": None if space.shipped is None else str(space.shipped),
            }
            title = f"{map_title(settings)} of {space.data.name}"
            jobs.submit(job_key(space, settings.id), "projection", title, arguments, visitor(), counted_as=counted_as())
        if state["state"] != "done":
            state = state_of(space, jobs, settings.id)
        return jsonify({**state, "name": map_title(settings), "axes": settings.dimensions}), 200 if state[
            "state"
        ] == "done" else 202

    @api.get("/spaces/<name>/projections/<projection>")
    def watch(name: str, projection: str) -> Response:
        space = get_space_or_404(catalogue, name)
        return jsonify(state_of(space, jobs, projection))

    @api.post("/spaces/<name>/projections/<projection>/stop-here")
    def stop_here(name: str, projection: str) -> Response:
        space = get_space_or_404(catalogue, name)
        job = map_job(space, projection, jobs)
        try:
            if job is not None:
                jobs.stop_here(job.key, visitor())
        except InputError as shared:
            raise ApiError(409, str(shared)) from None
        return jsonify(state_of(space, jobs, projection))

    @api.delete("/spaces/<name>/projections/<projection>")
    def cancel(name: str, projection: str) -> Response:
        space = get_space_or_404(catalogue, name)
        job = map_job(space, projection, jobs)
        if job is not None:
            jobs.cancel(job.key, visitor())
        return jsonify(state_of(space, jobs, projection))

    @api.post("/spaces/<name>/projections/<projection>/remove")
    def remove(name: str, projection: str) -> Response:
        space = get_space_or_404(catalogue, name)
        state_of(space, jobs, projection)  # refuses what can be no map
        if projection in space.shipped_ids() or projection.startswith("z:"):
            raise ApiError(409, "This map belongs to the space; only computed maps can be removed.")
        key = job_key(space, projection)
        end_jobs(jobs, lambda one: one == key or one.startswith(f"{key}/"))
        space.remove_map(projection)
        Layers(space.folder).forget_places(projection)
        return jsonify({"id": projection, "state": "missing"})


def json_body() -> Any:
    """Return the request's JSON, None if it is none or nested too deeply."""
    try:
        return request.get_json(silent=True)
    except RecursionError:
        return None


def asked_before(space: LatentSpace, jobs: Jobs, body: Any) -> ProjectionSettings | None:
    """Return the settings of a map or of work that is known already: an id with a hash does not tell them."""
    if not isinstance(body, dict) or "id" not in body:
        return None
    if (there := space.projection_settings(str(body["id"]))) is not None:
        return there
    job = map_job(space, str(body["id"]), jobs)
    return ProjectionSettings.from_json(job.arguments["settings"]) if job is not None and job.arguments else None


def settings_from(body: Any) -> ProjectionSettings:
    """Read ``{"method": …, …parameters}`` or ``{"id": …}``."""
    if not isinstance(body, dict) or not ({"method", "id"} & set(body)):
        raise ApiError(400, 'Send a JSON object such as {"method": "tsne", "perplexity": 30}.')
    try:
        if "id" in body:
            return ProjectionSettings.parse(str(body["id"]))
        return ProjectionSettings.of(**body)
    except (TypeError, OverflowError):
        raise ApiError(400, "A parameter has the wrong type or is too large.") from None


def there_already(space: LatentSpace, settings: ProjectionSettings) -> ProjectionSettings:
    """Return the settings of a finished map with the same parameters where only the start differs; else `settings`."""
    if settings.start == COMPONENTS:
        return settings
    plain = replace(settings, start=COMPONENTS, iterations=TSNE_ITERATIONS)
    begun = space.projection_settings(settings.start)
    if space.cached_projection(plain.id) is not None:
        return plain
    alike = begun is not None and replace(begun, start=COMPONENTS, iterations=TSNE_ITERATIONS) == plain
    return begun if begun is not None and alike else settings


def state_of(space: LatentSpace, jobs: Jobs, projection: str) -> dict[str, Any]:
    """Return how far a map is: done, waiting, running, stopped, failed, cancelled, interrupted or missing.

    A map that was stopped lies under the id ``kept``. One that is ``there`` can be looked at, and is done once its way
    back is known too.

    Raises
    ------
    ApiError
        404 if there can be no such map.
    """
    job = map_job(space, projection, jobs)
    about_job = None if job is None else {**describe(job), "visitors": len(job.visitors)}
    # Looked at after the job, which keeps the map before it ends.
    try:
        there = space.cached_projection(projection)
    except InputError as error:
        raise ApiError(404, str(error)) from None
    if there is not None:
        fitted = there.details.get("fitted")
        known = {"id": projection, "state": "done", **({} if fitted is None else {"fitted": fitted})}
        if there.knows_way_back:
            return known
        known |= {"state": "missing", "there": True}
        if job is None or about_job is None or about_job["state"] == "done":
            return known
        return {**known, "job": job.id, **about_job}
    if job is None or about_job is None:
        if not _COMPUTED.fullmatch(projection):
            raise ApiError(404, f"There is no projection {projection!r}.")
        return {"id": projection, "state": "missing"}
    told = {"id": projection, "job": job.id, **about_job}
    if "settings" in job.arguments:
        wanted = ProjectionSettings.from_json(job.arguments["settings"])
        told |= {"name": map_title(wanted), "axes": wanted.dimensions}
    kept = job.result_id
    if kept not in (None, projection):
        settings = space.projection_settings(str(kept))
        told |= {"state": "stopped", "kept": kept, "kept_name": map_title(settings) if settings else kept}
    elif about_job["state"] == "done":
        lost = f"{job.title} could not be kept in {space.folder}; make room, or name another --workspace."
        told |= {"state": "failed", "error": lost}
    return told
