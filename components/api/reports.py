"""The report of a space: made in the background, kept, and downloaded as one file."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, jsonify, request

from components.api.encoding import ApiError, file_answer
from components.api.jobs import counted_as, describe, visitor
from components.api.lookup import get_space_or_404
from vae_core import Catalogue, LatentSpace
from vae_core.interpret.answers import answers_of, identity
from vae_core.jobs import Jobs
from vae_core.report.files import kept_report


def add_routes(api: Blueprint, catalogue: Catalogue, jobs: Jobs) -> None:
    """Add this room's routes."""

    @api.get("/spaces/<name>/report")
    def watch_report(name: str) -> Response:
        return jsonify(state_of(get_space_or_404(catalogue, name), jobs))

    @api.post("/spaces/<name>/report")
    def ask_for_report(name: str) -> tuple[Response, int]:
        space = get_space_or_404(catalogue, name)
        if kept_report(space) is None or request.args.get("anew") == "1":
            answers_of(space)  # so that the job finds the space
            arguments = {"space": identity(space)}
            wanted = (_key(space), "report", f"Report on {space.data.name}", arguments, visitor())
            jobs.submit(*wanted, space=name, counted_as=counted_as())
        elif (earlier := jobs.get(_key(space))) is not None and earlier.finished:
            jobs.forget(earlier.key)  # it failed to make anew what is there
        state = state_of(space, jobs)
        return jsonify(state), 200 if state["state"] == "done" else 202

    @api.delete("/spaces/<name>/report")
    def cancel_report(name: str) -> Response:
        space = get_space_or_404(catalogue, name)
        jobs.cancel(_key(space), visitor())
        return jsonify(state_of(space, jobs))

    @api.get("/spaces/<name>/report.html")
    def take_report(name: str) -> Response:
        html = kept_report(get_space_or_404(catalogue, name))
        if html is None:
            raise ApiError(409, "There is no report of this space as it is now; ask for it and wait until it is there.")
        return file_answer(html.encode(), f"{name}-{date.today().isoformat()}.html", "text/html")


def _key(space: LatentSpace) -> str:
    return f"{identity(space)}/report"


def state_of(space: LatentSpace, jobs: Jobs) -> dict[str, Any]:
    """Return how far the report is: missing, waiting, running, failed, cancelled or done."""
    job = jobs.get(_key(space))
    told = None if job is None else describe(job)
    # Looked at after the job, which keeps the report before it ends; one that is made anew, or could not be, is not
    # the one there is.
    if (told is None or told["state"] not in ("waiting", "running", "failed")) and kept_report(space) is not None:
        return {"state": "done"}
    if job is None or told is None:
        return {"state": "missing"}
    return {"job": job.id, **told}
