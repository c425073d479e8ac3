"""What can be asked of a space, and what was chosen."""

from __future__ import annotations

import inspect
from dataclasses import is_dataclass

import pytest

from vae_core.errors import InputError
from vae_core.interpret import studies
from vae_core.interpret.result_files import schema_of
from vae_core.interpret.studies import PAGES, STUDIES, Choice, Study, StudyRequest


@pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.name)
def test_every_study_can_be_asked_and_kept(study: Study) -> None:
    assert study.page in PAGES
    taken = inspect.signature(study.compute()).parameters
    assert {"space", "items", "progress", *study.choices} <= taken.keys()
    assert is_dataclass(study.result_class()) and schema_of(study.result_class()), "it can be written to a file"


def test_names_are_no_ones_but_their_own() -> None:
    names = [study.name for study in STUDIES]
    assert len(names) == len(set(names))


@pytest.fixture
def evidence(monkeypatch: pytest.MonkeyPatch) -> Study:
    choices = {
        "samples": Choice("samples", ("64", "8")),
        "standardised": Choice("", ("no", "yes")),
        "column": Choice("", "column"),
    }
    study = Study("trial", "used", "Trial", "builtins:len", "builtins:int", choices=choices)
    monkeypatch.setattr(studies, "STUDIES", (study,))
    return study


def test_what_was_chosen_reaches_the_function_as_what_it_is(evidence: Study) -> None:
    asked = StudyRequest.of("trial", {"samples": "8", "standardised": "yes", "column": "label"}, ("label",))
    assert asked.arguments() == {"samples": 8, "standardised": True, "column": "label"}
    assert asked.id.startswith("trial-") and asked.id != StudyRequest.of("trial", {"samples": "8"}).id


def test_what_is_usual_needs_no_name_of_its_own(evidence: Study) -> None:
    assert StudyRequest.of("trial", {"samples": "64", "standardised": "no"}).id == "trial"


@pytest.mark.parametrize(
    ("name", "chosen", "sentence"),
    [
        ("nonsense", {}, "There is no study 'nonsense'; there are trial"),
        ("trial", {"colour": "red"}, "no choice 'colour'"),
        ("trial", {"samples": "9"}, "samples cannot be '9'; it can be 64, 8"),
        ("trial", {"column": "label"}, "column cannot be 'label'; it can be nothing here"),
    ],
)
def test_what_cannot_be_asked(evidence: Study, name: str, chosen: dict[str, str], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        StudyRequest.of(name, chosen)
