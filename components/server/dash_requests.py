"""What Dash's own routes answer to requests that its page never makes: one sentence, where Dash would fail."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from dash import Dash
from dash.exceptions import DashException
from flask import jsonify, request
from flask.typing import ResponseReturnValue

_SUITES, _UPDATE = "_dash-component-suites/", "_dash-update-component"
_NOT_ASKED_SO = "This is nothing the page asks for; reload it."


def register(app: Dash) -> None:
    """Check requests to Dash's routes before it does; call this once its page and callbacks are complete."""
    for endpoint, view in app.server.view_functions.items():
        if _SUITES in endpoint:
            app.server.view_functions[endpoint] = _found_or_404(view)

    def check_update() -> ResponseReturnValue | None:
        if not request.path.endswith(f"/{_UPDATE}") or request.method != "POST":
            return None
        try:
            body = request.get_json(silent=True)
        except RecursionError:
            body = None
        return None if _is_of(app, body) else (jsonify(error=_NOT_ASKED_SO), 400)

    app.server.before_request(check_update)


def _found_or_404(view: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(view)
    def serve(**names: Any) -> Any:
        try:
            return view(**names)
        except (DashException, OSError, ValueError, LookupError):  # unknown library, no such file, a null byte
            return jsonify(error=f"There is nothing at {request.path}."), 404

    return serve


def _is_of(app: Dash, body: Any) -> bool:
    """Whether a body has the outputs, inputs and states of one of the page's callbacks."""
    if not isinstance(body, dict) or not isinstance(body.get("output"), str):
        return False
    known = app.callback_map.get(body["output"])
    if known is None or not known.get("callback"):
        return False
    outputs = body.get("outputs")
    listed = outputs if isinstance(outputs, list) else [outputs]
    changed = body.get("changedPropIds", [])
    return (
        _are_like(body.get("inputs"), known["inputs"])
        and _are_like(body.get("state", []), known["state"])
        and all(isinstance(one, dict) and {"id", "property"} <= one.keys() for one in listed)
        and _names(listed) == set(body["output"].strip(".").split("..."))
        and isinstance(changed, list)
        and all(isinstance(one, str) for one in changed)
    )


def _are_like(given: Any, known: list[dict[str, Any]]) -> bool:
    if not isinstance(given, list) or len(given) != len(known):
        return False
    pairs = zip(given, known, strict=True)
    return all(
        isinstance(one, dict) and one.get("id") == other["id"] and one.get("property") == other["property"]
        for one, other in pairs
    )


def _names(outputs: list[Any]) -> set[str]:
    return {f"{one['id']}.{one['property']}" for one in outputs}
