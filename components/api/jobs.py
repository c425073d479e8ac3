"""Long work as the page shows it: listed, watched, cancelled, started again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify, request

from components.api.encoding import ApiError, array_answer
from vae_core import Catalogue
from vae_core.interpret.answers import answers_of, identity
from vae_core.jobs import Job, Jobs, Party
from vae_core.space import ProjectionSettings
from vae_core.space.maps.checkpoint import is_begun

_LONGEST_VISITOR = 64


def add_routes(api: Blueprint, catalogue: Catalogue, jobs: Jobs) -> None:
    """Add this room's routes."""

    def wanted(name: str) -> Job:
        job = jobs.by_id(name)
        if job is None:
            raise ApiError(404, f"There is no job {name!r}.")
        return job

    @api.get("/jobs")
    def listed() -> Response:
        return jsonify([to_json(job) for job in reversed(jobs.all_jobs())])

    @api.delete("/jobs")
    def end_all() -> Response:
        return jsonify([to_json(job) for job in jobs.cancel_all(visitor())])

    @api.get("/jobs/<name>")
    def one(name: str) -> Response:
        return jsonify(to_json(wanted(name)))

    @api.get("/jobs/<name>/preview")
    def preview(name: str) -> Response:
        found = wanted(name).preview()
        if found is None:
            raise ApiError(409, "There is no preview of this work yet.")
        return array_answer(found)

    @api.post("/jobs/<name>/restart")
    def restart(name: str) -> Response:
        earlier = wanted(name)
        open_space_of(earlier, catalogue)
        job = jobs.restart(earlier.key, visitor(), counted_as())
        if job is None:
            raise ApiError(409, "This work cannot be started again here.")
        return jsonify(to_json(job))

    @api.delete("/jobs/<name>")
    def end(name: str) -> Response:
        job = wanted(name)
        if job.finished:
            jobs.forget(job.key)
        else:
            jobs.cancel(job.key, visitor())
        return jsonify(to_json(job))


def visitor() -> str:
    """Return who asks, as the page names itself; programs need no name."""
    return request.args.get("visitor", "")[:_LONGEST_VISITOR]


def counted_as() -> Party:
    """Return for whom what is asked counts: a page by its name, a program without one by its address alone."""
    return Party(visitor(), request.remote_addr or "")


def open_space_of(job: Job, catalogue: Catalogue) -> None:
    """Open the space that work needs in memory, which it knows by its content and its name in the catalogue.

    Raises
    ------
    ApiError
        409 if it is not here any more.
    """
    wanted = job.arguments.get("space")
    if wanted is None:
        return
    # The names of an earlier server may stand for other spaces here, and work of earlier versions has none.
    for entry in sorted(catalogue, key=lambda entry: (entry.id != job.space, not entry.is_open)):
        space = entry.space()
        if identity(space) == wanted:
            answers_of(space)
            return
    raise ApiError(409, f"The space of this work is not here as it was; look at it anew to start {job.title!r} again.")


def to_json(job: Job) -> dict[str, Any]:
    """Return a job with what names it, how many want it and whether who asks is one of them."""
    wanted_by = {"visitors": len(job.visitors), "mine": visitor() in job.visitors}
    return {"id": job.id, "key": job.key, "kind": job.kind, **wanted_by, **describe(job)}


def goes_on(job: Job) -> bool:
    """Return whether unfinished work, asked for again, goes on from where it was, as the steps of a t-SNE do."""
    if job.kind != "projection" or not {"settings", "folder"} <= set(job.arguments):
        return False
    settings = ProjectionSettings.from_json(job.arguments["settings"])
    return is_begun(Path(job.arguments["folder"]), settings)


def describe(job: Job) -> dict[str, Any]:
    """Return how far a job is: title, state, step, of, note, preview (how many there were), error, seconds, left.

    ``goes_on`` is whether it would be gone on with if it ended now, or has ended before it was done.
    """
    progress = job.progress
    left = progress.pop("left")
    return {
        "title": job.title,
        "state": job.state,
        **progress,
        "goes_on": job.state != "done" and goes_on(job),
        "error": job.error,
        "seconds": round(job.seconds, 1),
        "left": None if left is None else round(left, 1),
    }
