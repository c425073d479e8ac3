"""Names have one source."""

from __future__ import annotations

import dataclasses

import pytest

from tests.space.conftest import LinearModel, vectors
from vae_core.interpret import studies
from vae_core.interpret.answers import answers_of
from vae_core.interpret.meaning.names_in_use import names_in_use, names_shown
from vae_core.interpret.meaning.own_names import own_names_of
from vae_core.interpret.studies import StudyRequest
from vae_core.report.cards import card_of
from vae_core.space import LatentSpace


def test_first_figures_give_no_names_and_whole_ones_those_of_every_card(monkeypatch: pytest.MonkeyPatch) -> None:
    few = tuple(dataclasses.replace(study, first=study.first and 50) for study in studies.STUDIES)
    monkeypatch.setattr(studies, "STUDIES", few)
    space = LatentSpace.build(LinearModel(), vectors(217))
    asked = StudyRequest.of("relations")
    first = answers_of(space).preview(asked)
    assert not first.whole and names_in_use(space) is None and names_shown(space) == {}
    looked = str(card_of(space, asked.study, first.result, whole=False))
    assert "Names of the dimensions" not in looked and "names follow" in looked
    own_names_of(space).give(2, "width")
    assert names_shown(space) == {2: "width"}
    whole = answers_of(space).complete(asked)
    found = names_in_use(space)
    assert found is not None
    named = {j: word for j, word in enumerate(found.words) if word}
    assert len(named) >= 2 and names_shown(space) == {**named, 2: "width"}
    html = str(card_of(space, asked.study, whole.result))
    bars = str(card_of(space, studies.STUDIES[0], answers_of(space).complete(StudyRequest(studies.STUDIES[0])).result))
    for name in names_shown(space).values():
        assert f'class="called">{name}<' in html and f'class="called">{name}<' in bars
