"""Whatever is asked of whichever route, the answer is a sentence and never a failure of the server."""

from __future__ import annotations

import json
import logging
from urllib.parse import quote, urlencode

import pytest
from dash import Dash
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
#: What stands in a path where a route has a variable: names that are there, and those that never are.
NAMES = st.sampled_from(
    ["grey", "colour", "vectors", "pca", "z:0,1", "pca-3d", "tsne", "label", "size", "collapse", "relations", "0", "3"]
) | st.one_of(
    st.text(max_size=12),
    st.sampled_from(["..", "%00", "\x00", "-1", "9" * 4400, "z:0,0", "z:99,1", "a" * 3000, "…", "'", "<b>"]),
)
QUERIES = [
    "visitor",
    "item",
    "space",
    "q",
    "color",
    "base",
    "begin",
    "have",
    "samples",
    "column",
    "source",
    "bins",
    "projection",
    "chosen",
    "rest",
    "file",
    "anew",
    "token",
    "find",
]
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | NAMES
BODIES = st.recursive(
    VALUES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip
FIELDS = [
    "polygon",
    "box",
    "mode",
    "chosen",
    "color",
    "hidden",
    "within",
    "only",
    "find",
    "all",
    "flip",
    "by",
    "worst",
    "column",
    "offset",
    "count",
    "items",
    "reconstructions",
    "left",
    "right",
    "bottom",
    "top",
    "width",
    "height",
    "x",
    "y",
    "reach",
    "low",
    "high",
    "value",
    "method",
    "perplexity",
    "id",
    "name",
    "space",
    "projection",
    "page",
    "done",
    "shown",
    "output",
    "outputs",
    "inputs",
    "state",
    "changedPropIds",
]
OBJECTS = st.dictionaries(st.sampled_from(FIELDS), BODIES | st.lists(st.floats(-9, 9), max_size=4), max_size=6)
#: These are no business of a test that runs without workers, and end nothing but work that was begun.
_WORK = ("/api/spaces/<name>/report",)


@pytest.fixture(scope="module")
def routes(dash: Dash) -> list[tuple[str, list[str]]]:
    rules = [rule for rule in dash.server.url_map.iter_rules() if rule.rule not in _WORK]
    assert len(rules) > 50
    return [(rule.rule, sorted(rule.arguments)) for rule in rules]


def _filled(rule: str, names: list[str]) -> str:
    path, rest = "", rule
    while "<" in rest:
        before, _, after = rest.partition("<")
        name, rest = names.pop(), after.partition(">")[2]
        path += before + quote(name, safe="/:,.")
    return path + rest


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_request_makes_the_server_fail(
    routes: list[tuple[str, list[str]]], client: FlaskClient, caplog: pytest.LogCaptureFixture, data: st.DataObject
) -> None:
    rule, arguments = data.draw(st.sampled_from(routes))
    path = _filled(rule, [data.draw(NAMES) for _ in arguments])
    query = data.draw(st.dictionaries(st.sampled_from(QUERIES), VALUES.map(str), max_size=4))
    method = data.draw(st.sampled_from(METHODS))
    body = data.draw(st.one_of(OBJECTS.map(json.dumps), BODIES.map(json.dumps), st.binary(max_size=64)))
    kind = data.draw(st.sampled_from(["application/json", "application/octet-stream", "text/plain", ""]))
    caplog.clear()
    with caplog.at_level(logging.ERROR):
        try:
            encoded = urlencode(query)
        except UnicodeEncodeError:  # half a surrogate pair, which no browser sends
            encoded = ""
        answer = client.open(f"{path}?{encoded}", method=method, data=body, content_type=kind, buffered=True)
    asked = f"{method} {path}?{encoded} {body!r}"
    assert answer.status_code < 500, f"{asked}: {answer.status_code} {answer.get_data()[:300]!r}"
    assert not caplog.records, f"{asked}: {caplog.text}"


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        None,
        {"output": "nobody.children", "inputs": []},
        {"output": "..map.figure...map-error.data..", "inputs": [{}]},
        {"output": "..map.figure...map-error.data..", "outputs": {}, "inputs": [], "changedPropIds": 3},
        {"output": ["a"], "inputs": 7},
    ],
)
def test_dash_is_asked_nothing_its_page_would_not_ask(client: FlaskClient, body: object) -> None:
    answer = client.post("/_dash-update-component", json=body)
    assert answer.status_code == 400 and "reload" in answer.get_json()["error"]


@pytest.mark.parametrize("value", [None, 3, [], {}, {"space": 3}, {"space": "grey", "projection": {}}, {"space": "x"}])
def test_a_wish_for_a_map_that_makes_no_sense_draws_none(client: FlaskClient, value: object) -> None:
    wish = {
        "output": "..map.figure...map-error.data..",
        "outputs": [{"id": "map", "property": "figure"}, {"id": "map-error", "property": "data"}],
        "inputs": [{"id": "map-request", "property": "data", "value": value}],
        "changedPropIds": ["map-request.data"],
    }
    answer = client.post("/_dash-update-component", json=wish)
    assert answer.status_code in (200, 204) and b"figure" not in answer.get_data()


@pytest.mark.parametrize("path", ["dash/nothing.js", "nobody/dash.js", "dash/..%2f..%2fdash.py", "dash/%00"])
def test_parts_of_dash_that_are_not_there_are_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(f"/_dash-component-suites/{path}").status_code == 404
