"""The report: one whole document, nothing fetched, nothing to be touched, everything escaped."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest

from tests.report.hard_spaces import HARD, HOSTILE
from tests.report.test_cards import Read
from vae_core import LatentSpace
from vae_core.interpret.meaning.own_names import own_names_of
from vae_core.interpret.studies import PAGES, STUDIES
from vae_core.progress import Stopped
from vae_core.report import files as making
from vae_core.report.files import kept_report, make_report
from vae_core.report.origin import origin
from vae_core.report.page import report_html
from vae_core.space.cache import SpaceCache


@pytest.fixture(scope="module")
def html(grey: LatentSpace) -> str:
    return report_html(grey)


def test_every_study_is_there_with_what_it_comes_to(html: str) -> None:
    for study in STUDIES:
        assert f'id="study-{study.name}"' in html and f'href="#study-{study.name}"' in html
    for page in {study.page for study in STUDIES}:
        assert f'id="{page}"' in html and PAGES[page][1] in html
    assert html.startswith("<!DOCTYPE html>") and html.count("<h1>") == 1 and html.endswith("</html>")


def test_model_card_seed_versions_and_maps_are_told(html: str, grey: LatentSpace) -> None:
    told = " ".join(Read(html).words)
    for part in (
        grey.fingerprint,
        "seed of every draw",
        "torch 2",
        "A VAE trained with this program",
        "PCA",
        "ankle boot",
        "likelihood",
    ):
        assert part in told, part
    assert "Python 3" in told and "60 items of 1 × 8 × 8" in told


def test_nothing_is_fetched_and_nothing_can_be_touched(html: str) -> None:
    """Every address is a place in the file itself, or a picture that is part of it."""
    addresses = re.findall(r'(?:src|href|action|data)="([^"]{0,40})', html) + re.findall(r"url\(([^)]{0,40})", html)
    assert addresses and all(one.startswith(("#", "data:image/png;base64,")) for one in addresses)
    assert "@import" not in html
    read = Read(html)
    assert read.tags.isdisjoint({"script", "link", "iframe", "input", "button", "select", "form", "object"})
    told = " ".join(Read(html.partition("</style>")[2]).words).lower()
    assert not [word for word in ("touch", "double-click", "slider", "on show") if word in told]
    assert "tabindex" not in read.attributes and not [one for one in read.attributes if one.startswith(("data-", "on"))]


def test_names_are_text(monkeypatch: pytest.MonkeyPatch) -> None:
    space = HARD["hostile names"]()
    own_names_of(space).give(0, "<b>bold</b>")
    html = report_html(space)
    read = Read(html)
    assert "script" not in read.tags and "b" not in read.tags
    assert HOSTILE in " ".join(read.words) and "<b>bold</b>" in " ".join(read.words)


def test_what_cannot_be_answered_stands_there_in_a_sentence() -> None:
    told = " ".join(Read(report_html(HARD["everything off"]())).words)
    assert told.count("All items have the same latent mean, so there are no components.") >= 2


def test_a_report_is_kept_until_something_in_it_changes(grey: LatentSpace, tmp_path: Path) -> None:
    space = LatentSpace.build(grey.model, grey.data, tmp_path)
    assert kept_report(space) is None
    made = make_report(space)
    assert kept_report(space) == made and len(list(tmp_path.glob("studies/report-*.html"))) == 1
    own_names_of(space).give(1, "width")
    assert kept_report(space) is None
    assert "width" in make_report(space) and len(list(tmp_path.glob("studies/report-*.html"))) == 1


def test_what_was_chosen_is_told_and_no_folder_of_this_machine(grey: LatentSpace, tmp_path: Path) -> None:
    space = LatentSpace.build(grey.model, grey.data, tmp_path)
    weights = str(tmp_path / "weights.pt")
    SpaceCache(tmp_path).keep_origin("m", "d", {"weights": weights, "sigma": 0.5}, {"columns": ["<i>a</i>", "b"]})
    told = {fact.name: fact.value for fact in origin(space, datetime(2026, 1, 1))}
    assert told["model opened with"] == "weights weights.pt, sigma 0.5"
    assert told["data opened with"] == "columns <i>a</i>, b"
    assert "Evidence: samples 64" in told["chosen of the studies"] and str(tmp_path) not in " ".join(told.values())


def test_a_report_drawn_by_an_earlier_program_is_made_anew(grey: LatentSpace, monkeypatch: pytest.MonkeyPatch) -> None:
    space = LatentSpace.build(grey.model, grey.data)
    monkeypatch.setattr(making, "report_html", lambda *_: "made")
    make_report(space)
    monkeypatch.setattr(making, "_drawn_by", lambda: "other words")
    assert kept_report(space) is None


def test_a_report_of_a_space_in_memory_and_one_that_is_stopped(
    grey: LatentSpace, monkeypatch: pytest.MonkeyPatch
) -> None:
    space = LatentSpace.build(grey.model, grey.data)
    with pytest.raises(Stopped):
        make_report(space, lambda *_, **__: False)
    assert kept_report(space) is None
    monkeypatch.setattr(making, "report_html", lambda *_: "made")
    assert make_report(space) == kept_report(space) == "made"
