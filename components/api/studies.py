"""What the space means: studies, each with a first answer at once and the whole one from work in the background."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, jsonify, request

from components.api.encoding import ApiError, file_answer
from components.api.jobs import counted_as, describe, visitor
from components.api.lookup import get_space_or_404
from vae_core import Catalogue, InputError, LatentSpace
from vae_core.interpret.answers import StudyResult, answers_of, identity
from vae_core.interpret.result_json import plain_figures
from vae_core.interpret.studies import OF_THE_TABLE, PAGES, STUDIES, StudyRequest
from vae_core.jobs import Jobs
from vae_core.report import FIGURES_CSS
from vae_core.report.cards import card_of
from vae_core.report.cards.relations import all_columns
from vae_core.report.relation import relation

#: Queries that are not choices of a study.
_OTHERS = ("visitor", "have", "begin")


def add_routes(api: Blueprint, catalogue: Catalogue, jobs: Jobs) -> None:
    """Add this room's routes."""

    @api.get("/figures.css")
    def styles() -> Response:
        return Response(FIGURES_CSS.read_text(encoding="utf-8"), mimetype="text/css")

    @api.get("/spaces/<name>/studies")
    def offered(name: str) -> Response:
        table = columns_of(get_space_or_404(catalogue, name))
        return jsonify(
            {
                "pages": [{"name": page, "title": title, "question": asks} for page, (title, asks) in PAGES.items()],
                "studies": [
                    {
                        "name": study.name,
                        "page": study.page,
                        "title": study.title,
                        "wide": study.wide,
                        "choices": [
                            {
                                "name": parameter,
                                "title": choice.title,
                                "values": ["", *table] if choice.values == OF_THE_TABLE else list(choice.values),
                            }
                            for parameter, choice in study.choices.items()
                        ],
                    }
                    for study in STUDIES
                ],
            }
        )

    @api.get("/spaces/<name>/studies/<study>")
    def known(name: str, study: str) -> Response:
        space = get_space_or_404(catalogue, name)
        return jsonify(state_of(space, wanted_study(space, study), jobs))

    @api.post("/spaces/<name>/studies/<study>")
    def find_out(name: str, study: str) -> tuple[Response, int]:
        space = get_space_or_404(catalogue, name)
        asked = wanted_study(space, study)
        answer = answers_of(space).preview(asked)
        # A page asks for the first figures of all its cards before it has any of them refined.
        if not answer.whole and request.args.get("begin") != "first":
            refine(space, name, asked, jobs)
        state = state_of(space, asked, jobs)
        return jsonify(state), 200 if state["state"] == "done" else 202

    @api.get("/spaces/<name>/studies/<study>/figures.json")
    def figures(name: str, study: str) -> Response:
        space = get_space_or_404(catalogue, name)
        asked = wanted_study(space, study)
        answer = answers_of(space).preview(asked)
        told = {
            "study": asked.study.name,
            "chosen": dict(asked.chosen),
            "whole": answer.whole,
            "space": space.fingerprint,
        }
        content = json.dumps({**told, "figures": plain_figures(answer.result)}, allow_nan=False)
        return file_answer(content.encode(), f"{name}-{asked.study.name}.json", "application/json")

    @api.get("/spaces/<name>/relations")
    def all_relations(name: str) -> Response:
        space = get_space_or_404(catalogue, name)
        return jsonify(
            {"html": str(all_columns(space, answers_of(space).preview(StudyRequest.of("relations")).result))}
        )

    @api.get("/spaces/<name>/relations/<int:dimension>")
    def one_relation(name: str, dimension: int) -> Response:
        space = get_space_or_404(catalogue, name)
        column, source = request.args.get("column", ""), request.args.get("source", "table")
        return jsonify({"html": str(relation(space, dimension, column, source))})

    @api.delete("/spaces/<name>/studies/<study>")
    def break_off(name: str, study: str) -> Response:
        space = get_space_or_404(catalogue, name)
        asked = wanted_study(space, study)
        jobs.cancel(_key(space, asked), visitor())
        return jsonify(state_of(space, asked, jobs))


def refine(space: LatentSpace, name: str, asked: StudyRequest, jobs: Jobs) -> None:
    """Have the whole answer of a study of a space, and its name, found out in the background, for who asks."""
    title = f"{asked.study.title} of {space.data.name}"
    arguments = {"space": identity(space), "study": asked.study.name, "chosen": dict(asked.chosen)}
    wanted = (_key(space, asked), "study", title, arguments, visitor())
    jobs.submit(*wanted, space=name, counted_as=counted_as())


def progress_of(space: LatentSpace, asked: StudyRequest, jobs: Jobs) -> str:
    """Return how far the work on a study's whole answer is: missing, waiting, running, failed, cancelled or done."""
    job = jobs.get(_key(space, asked))
    return "missing" if job is None else job.state


def columns_of(space: LatentSpace) -> tuple[str, ...]:
    """Return the names of the table's columns."""
    return tuple(str(name) for name in space.data.table.columns)


def wanted_study(space: LatentSpace, name: str) -> StudyRequest:
    """Return the study a URL names, with what it says was chosen.

    Raises
    ------
    ApiError
        404 if there is no such study, 400 if it cannot be asked so.
    """
    if name not in {study.name for study in STUDIES}:
        raise ApiError(404, f"There is no study {name!r}.")
    chosen = {key: value for key, value in request.args.items() if key not in _OTHERS}
    try:
        return StudyRequest.of(name, chosen, columns_of(space))
    except InputError as error:
        raise ApiError(400, str(error)) from None


def _key(space: LatentSpace, asked: StudyRequest) -> str:
    return f"{identity(space)}/studies/{asked.id}"


def state_of(space: LatentSpace, asked: StudyRequest, jobs: Jobs) -> dict[str, Any]:
    """Return what is known of a study and how far the work is: missing, waiting, running, failed, cancelled or done.

    The card comes as ``html``, unless the page has the same already (``?have=first`` or ``whole``).
    """
    job = jobs.get(_key(space, asked))
    about_job = None if job is None else describe(job)
    # Looked at after the job, which keeps its answer before it ends.
    answer = answers_of(space).cached(asked)
    if answer is None:
        return {"state": "missing", "have": None}
    have = "whole" if answer.whole else "first"
    told: dict[str, Any] = {"have": have}
    if request.args.get("have") != have:
        told["html"] = card_html(space, asked, answer)
    if answer.whole:
        return {"state": "done", **told}
    if job is None or about_job is None:
        return {"state": "missing", **told}
    return {"job": job.id, **about_job, **told}


def card_html(space: LatentSpace, asked: StudyRequest, answer: StudyResult) -> str:
    """Return the card of an answer as HTML."""
    return str(card_of(space, asked.study, answer.result, whole=answer.whole))
