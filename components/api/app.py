"""The ``/api`` tree: its rooms and its errors."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from components.api import (
    distortion,
    items,
    latent,
    layers,
    listing,
    maps,
    names,
    pictures,
    quality,
    ranking,
    reports,
    selections,
    studies,
    takeaway,
)
from components.api import filters as within
from components.api import jobs as job_routes
from components.api import model_card as card
from components.api import raster_map as big_maps
from components.api import reported_view as views
from components.api.encoding import ApiError, refusal
from components.api.first_figures import FirstFigures
from components.api.view_states import Views
from components.figures.raster_map import POINTS_UP_TO
from vae_core import Catalogue, InputError
from vae_core.jobs import Jobs, TooMany
from vae_core.space.maps.projection import WayBackUnknown
from vae_core.storage import is_full

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def register(
    server: Flask,
    catalogue: Catalogue,
    jobs: Jobs,
    prefix: str = "/",
    points_up_to: int = POINTS_UP_TO,
    listening: Views | None = None,
    first_figures: FirstFigures | None = None,
) -> None:
    """Add ``/health`` and the ``/api`` tree to a server.

    Parameters
    ----------
    server : Flask
        The server of the page.
    catalogue : Catalogue
        The spaces.
    jobs : Jobs
        Runs long work.
    prefix : str
        Path prefix of the page.
    points_up_to : int
        Maps of more items are drawn as a picture.
    listening : Views, optional
        Of the program that listens to its pages, if one does.
    first_figures : FirstFigures, optional
        Finds those of Interpret before they are asked for.
    """
    server.config["POINTS_UP_TO"] = points_up_to
    server.config["VIEWS"] = listening
    server.config["FIRST_FIGURES"] = first_figures
    root = f"{prefix.rstrip('/')}/api"
    api = Blueprint("api", __name__, url_prefix=root)
    for room in (
        listing,
        card,
        distortion,
        latent,
        items,
        maps,
        big_maps,
        quality,
        studies,
        names,
        reports,
        ranking,
        pictures,
        layers,
        job_routes,
        takeaway,
        views,
        within,
        selections,
    ):
        room.add_routes(api, catalogue, jobs)
    api.register_error_handler(ApiError, refusal)
    api.register_error_handler(TooMany, lambda error: (jsonify(error=str(error)), 429))
    api.register_error_handler(InputError, lambda error: (jsonify(error=str(error)), 422))
    api.register_error_handler(OSError, _file_error)
    api.register_error_handler(WayBackUnknown, lambda error: (jsonify(error=str(error)), 409))
    api.register_error_handler(HTTPException, _http_error)

    @api.before_request
    def hear_visitor() -> None:
        jobs.hear(job_routes.visitor())

    server.register_blueprint(api)
    server.add_url_rule(f"{prefix.rstrip('/')}/health", "health", lambda: jsonify(status="ok"))

    @server.before_request
    def check_path() -> ResponseReturnValue | None:
        inside = request.path == root or request.path.startswith(f"{root}/")
        known = (request.endpoint or "").startswith("api.") and request.routing_exception is None
        # The page has a route for every path, which would answer here as well.
        return _nothing_here() if inside and (not known or request.method == "OPTIONS") else None


def _nothing_here() -> ResponseReturnValue:
    """Answer what no route answers: 405 where another method would do, else 404."""
    adapter = current_app.create_url_adapter(request)
    allowed = []
    for method in _METHODS:
        try:
            rule, _ = adapter.match(method=method, return_rule=True) if adapter else (None, None)
        except (NotFound, MethodNotAllowed, RequestRedirect):
            continue
        if rule is not None and rule.endpoint.startswith("api."):
            allowed.append(method)
    if not allowed:
        return jsonify(error=f"There is nothing at {request.path}."), 404
    if request.method == "OPTIONS":
        answer = Response()
    else:
        instead = " or ".join(method for method in allowed if method not in ("HEAD", "OPTIONS"))
        answer = jsonify(error=f"{request.method} is not possible here; use {instead}.")
        answer.status_code = 405
    answer.headers["Allow"] = ", ".join(allowed)
    return answer


def _file_error(error: OSError) -> tuple[Response, int]:
    if not is_full(error):
        raise error
    where = "" if error.filename is None else f" at {error.filename}"
    return jsonify(error=f"The disk is full{where}; make room there, then try again."), 507


def _http_error(error: HTTPException) -> tuple[Response, int]:
    return jsonify(error=error.description or error.name), error.code or 500
