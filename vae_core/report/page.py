"""A whole report: one file, readable without a server, a script or a network."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from vae_core.drawing.facts import Fact, facts
from vae_core.drawing.markup import joined, still, tag
from vae_core.errors import InputError
from vae_core.interpret.answers import answers_of
from vae_core.interpret.meaning.names_in_use import names_in_use
from vae_core.interpret.studies import PAGES, STUDIES, Study, StudyRequest
from vae_core.progress import Progress, Stopped, silent
from vae_core.report import FIGURES_CSS, REPORT_CSS
from vae_core.report.card import Card
from vae_core.report.cards import card_of
from vae_core.report.maps import maps
from vae_core.report.origin import origin
from vae_core.report.relation import relation

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

_STEPS = 100  # of the progress, a study
#: Dimensions shown beside the column they are named after.
_RELATIONS = 12


def report_html(space: LatentSpace, progress: Progress = silent) -> str:
    """Write everything the pages of Interpret show, from whole answers, as one HTML document.

    Parameters
    ----------
    space : LatentSpace
        The space; answers it has already are not found out again.
    progress : Progress
        Hears of each study as it is answered.

    Raises
    ------
    Stopped
        If `progress` asks to stop.
    """
    from vae_core.model.card import model_card

    made = datetime.now()
    cards: dict[str, Card] = {}
    for at, study in enumerate(STUDIES):
        cards[study.name] = _answered(space, study, _Part(progress, at, len(STUDIES), study.title))
    with still():
        report = model_card(space.model, space.data)
        model = [Fact(one.subject, one.value, f"({one.how})", one.warning) for one in report.findings]
        warnings = [tag("li", warning) for warning in report.warnings]
        sections = [
            tag(
                "section",
                tag("h2", question, id=page),
                [_card(study, cards[study.name]) for study in STUDIES if study.page == page],
                _along(space) if page == "meaning" else None,
            )
            for page, (_, question) in PAGES.items()
            if any(study.page == page for study in STUDIES)
        ]
        body = joined(
            tag("h1", f"{space.data.name}: what the latent space means"),
            tag("p", f"Made on {made:%Y-%m-%d} at {made:%H:%M} by Latent Explorer", class_="made"),
            _contents(cards),
            tag("section", tag("h2", "The space", id="space"), maps(space), facts(origin(space, made))),
            sections,
            tag(
                "section",
                tag("h2", "The model", id="model"),
                tag("p", f"{report.model[:1].upper()}{report.model[1:]}."),
                tag("ul", warnings, class_="warnings") if warnings else None,
                facts(model),
                [tag("p", sentence) for sentence in report.able(space.model.can)],
            ),
        )
    return str(
        joined(
            Markup("<!DOCTYPE html>"),
            tag("html", tag("head", _head(space)), tag("body", tag("main", body)), lang="en"),
        )
    )


class _Part:
    """The progress of one study among all of them."""

    def __init__(self, whole: Progress, at: int, of: int, title: str) -> None:
        self._whole, self._at, self._of, self._title = whole, at, of, title

    def __call__(self, step: int, of: int, note: str = "", preview: Any = None) -> bool:  # noqa: ARG002 - its protocol
        done = _STEPS * self._at + round(_STEPS * step / max(of, 1))
        return self._whole(done, _STEPS * self._of, self._title)


def _answered(space: LatentSpace, study: Study, progress: Progress) -> Card:
    if not progress(0, 1):
        raise Stopped("Making the report was stopped.")
    try:
        answer = answers_of(space).complete(StudyRequest(study), progress)
        with still():
            return card_of(space, study, answer.result)
    except InputError as refusal:
        return Card(str(refusal))


def _card(study: Study, card: Card) -> Markup:
    title = tag("h3", study.title, class_="card-title")
    return tag("article", title, card, class_="card full" if study.wide else "card", id=f"study-{study.name}")


def _contents(cards: dict[str, Card]) -> Markup:
    """Return what all studies come to, each with the way to its figures."""
    lines = [tag("dt", tag("a", "The space", href="#space"))]
    for page, (_, question) in PAGES.items():
        own = [study for study in STUDIES if study.page == page]
        if own:
            lines.append(tag("dt", tag("a", question, href=f"#{page}")))
            lines += [
                tag("dd", tag("a", study.title, href=f"#study-{study.name}"), tag("span", cards[study.name].said))
                for study in own
            ]
    lines.append(tag("dt", tag("a", "The model", href="#model")))
    return tag("nav", tag("h2", "Summary"), tag("dl", lines), class_="contents")


def _along(space: LatentSpace) -> Markup | None:
    """Return the column along every dimension that is named after one."""
    named = names_in_use(space)
    if named is None:
        return None
    strongest = sorted((j for j in range(space.latent_dim) if named.columns[j]), key=lambda j: -abs(named.values[j]))
    shown = [relation(space, j, named.columns[j], named.sources[j]) for j in strongest[:_RELATIONS]]
    if not shown:
        return None
    title = tag("h3", "Dimensions and the columns they are named after", class_="card-title")
    return tag("article", title, [tag("div", one, class_="relation-detail") for one in shown], class_="card full")


def _head(space: LatentSpace) -> Markup:
    style = FIGURES_CSS.read_text(encoding="utf-8") + REPORT_CSS.read_text(encoding="utf-8")
    return joined(
        Markup('<meta charset="utf-8">'),
        Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        tag("title", f"{space.data.name}: what the latent space means"),
        # Ours, and without a sign that would end it.
        tag("style", Markup(style)),
    )
