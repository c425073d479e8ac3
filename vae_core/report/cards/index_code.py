"""What the mean rate is made of: information about the item, total correlation, misfit of each dimension."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from vae_core.drawing.bars import Bar, bars
from vae_core.drawing.facts import Fact, facts, how
from vae_core.drawing.markup import joined, tag
from vae_core.drawing.numbers import count, percent, plain, with_error
from vae_core.interpret.meaning.names_in_use import names_shown
from vae_core.interpret.usage.kl_decomposition import IndexCode
from vae_core.report.card import Card
from vae_core.report.explanations import EXPLAINED, explained_heading

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace


def card(space: LatentSpace, found: IndexCode) -> Card:
    """Return the three parts of the rate with ceiling and errors, and the information by dimension."""
    return Card(
        _said(found) if space.model.can.encode else "Nothing is encoded, so there is no information to measure.",
        facts(_parts(found)),
        _by_dimension(found, names_shown(space)),
        tag("p", found.note) if found.note else None,
        how(
            f"{count(found.items)} items, seed 0, {count(found.draws)} draw{'s' if found.draws > 1 else ''} of each, "
            f"against a mixture of {count(found.components)} of {count(found.population)} posteriors.",
            "Chen et al. 2018, eq. 2. ± is the standard error "
            + (
                "over the draws: every item is looked at."
                if found.items == found.population
                else "over items and draws."
            ),
        ),
    )


def _said(found: IndexCode) -> str:
    if found.mutual_information is None or found.rate is None:
        return (
            "Without a variance in the posterior the latent tells items apart exactly: no information can be measured."
        )
    if found.rate <= 0 or found.mutual_information < 0.05:
        return "The latent carries next to no information about an item."
    share = found.mutual_information / found.ceiling if found.ceiling > 0 else 1.0
    if share > 0.98:
        return (
            f"The latent distinguishes every item from all others: {plain(found.mutual_information)} nats of the "
            f"{plain(found.ceiling)} it takes to identify one of {count(found.population)} items."
        )
    return (
        f"The latent carries {plain(found.mutual_information)} nats about which item it is, {percent(share)} of what "
        f"it takes to name one of {count(found.population)}."
    )


def _parts(found: IndexCode) -> list[Fact]:
    if found.mutual_information is None:
        return _gaussian(found, "total correlation, if it were Gaussian")
    information = [
        Fact(
            "mutual information of data and latent, I(n; z)",
            f"{with_error(found.mutual_information, found.mutual_information_error)} nats",
            f"ceiling log n: {plain(found.ceiling)}",
            EXPLAINED["mutual information"],
        )
    ]
    if found.mutual_information_least is not None and found.components < found.population:
        information.append(
            Fact("at least", f"{plain(found.mutual_information_least, 4)} nats", title=EXPLAINED["least information"])
        )
    chance = found.total_correlation_by_chance
    return [
        *information,
        Fact(
            "total correlation, TC(z)",
            f"{with_error(found.total_correlation, found.total_correlation_error)} nats",
            "" if chance is None else f"independent: {plain(chance)}",
            EXPLAINED["total correlation"],
        ),
        *_gaussian(found, "… if it were Gaussian"),
        Fact(
            "dimension-wise KL",
            f"{with_error(found.dimension_kl_total, found.dimension_kl_total_error)} nats",
            "filled prior: 0",
            EXPLAINED["dimension-wise KL"],
        ),
        *_sum(found),
    ]


def _sum(found: IndexCode) -> list[Fact]:
    if found.rate is None or found.residual is None:
        return []
    apart = with_error(found.residual, found.residual_error)
    beside = f"mean rate {plain(found.rate, 4)}: {apart} apart"
    return [
        Fact("sum of the three", f"{plain(found.rate + found.residual, 4)} nats", beside, EXPLAINED["sum of the parts"])
    ]


def _gaussian(found: IndexCode, name: str) -> list[Fact]:
    value, chance = found.gaussian_total_correlation, found.gaussian_total_correlation_by_chance
    if value is None or not math.isfinite(value):
        return []  # of too few items for so many dimensions
    told = f"{with_error(value, found.gaussian_total_correlation_error)} nats"
    by_chance = "" if chance is None else f"independent: {plain(chance)}"
    return [Fact(name, told, by_chance, EXPLAINED["Gaussian correlation"])]


def _by_dimension(found: IndexCode, names: dict[int, str]) -> Markup | None:
    if found.dimension_information is None or found.dimension_information_error is None:
        return None
    assert found.dimension_kl is not None
    rows = [
        Bar(
            f"z{j}",
            float(found.dimension_information[j]),
            float(found.dimension_information_error[j]),
            touch={"dimension": int(j)},
            called=names.get(int(j), ""),
            title=f"z{j}: KL from the prior {plain(float(found.dimension_kl[j]))} nats",
        )
        for j in np.argsort(-found.dimension_information, kind="stable")
    ]
    return joined(
        explained_heading("Information about the item by dimension, I(n; z_j), nats", "information by dimension"),
        bars(rows),
    )
