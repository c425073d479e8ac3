"""The aggregate posterior beside the prior: by dimension, in pairs, as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from vae_core.drawing.bars import name_label, touchable
from vae_core.drawing.facts import Fact, facts, how
from vae_core.drawing.heat_map import heat_map
from vae_core.drawing.histogram import histogram
from vae_core.drawing.markup import if_touched, joined, tag
from vae_core.drawing.numbers import count, fixed, p_value, plain, with_error
from vae_core.interpret.meaning.names_in_use import names_shown
from vae_core.interpret.meaning.naming import off_dimensions
from vae_core.interpret.prior.prior_fit import MISSES_FROM, SIGNIFICANT, PriorFit
from vae_core.report.card import Card
from vae_core.report.explanations import EXPLAINED, explained_heading

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

#: Dimensions drawn at once; the rest folds away.
_SHOWN = 24
#: Dimensions whose correlations are drawn, those that differ most from the prior.
_PAIRS = 40
_WORDS = {"fills": "fills the prior", "slight": "differs slightly", "misses": "misses the prior"}


def card(space: LatentSpace, found: PriorFit) -> Card:
    """Return a histogram a dimension against the prior's density, the correlations, and how far the whole is off."""
    order = np.argsort(-found.effect, kind="stable")
    names = names_shown(space)
    drawn = [_dimension(found, int(j), names.get(int(j), "")) for j in order]
    rest = drawn[_SHOWN:]
    return Card(
        _said(space, found, order),
        facts(_whole(found)),
        explained_heading(
            "By dimension, mean ± σ: the aggregate posterior, and the prior's density as a line", "marginals"
        ),
        tag("div", drawn[:_SHOWN], class_="small-multiples"),
        tag("details", tag("summary", f"{len(rest)} more"), tag("div", rest, class_="small-multiples"))
        if rest
        else None,
        _pairs(found, names),
        tag("p", found.note) if found.note else None,
        how(
            f"{count(found.items)} of {count(found.population)} items, one draw from the posterior of each, seed 0.",
            "W₁: Wasserstein distance in standard deviations σ of the prior; KS: Kolmogorov–Smirnov statistic; in "
            f"brackets the 95 % quantile of samples of the prior of that size, W₁'s taken over {found.chance_draws}.",
            f"A dimension misses the prior where its KS is significant (Holm's p-value, of all {len(order)} at once, "
            f"below {SIGNIFICANT:g}) and its W₁ is {MISSES_FROM:g} σ or more, as of a shift by {MISSES_FROM:g} σ, a "
            "small effect in Cohen's sense (1988); where it is significant and less, the dimension differs slightly. "
            "The p beside KS is that of the dimension alone.",
            ""
            if found.discrepancy is None
            else f"MMD²: unbiased, Gaussian kernel of width {plain(found.discrepancy.bandwidth)}, "
            f"{found.discrepancy.size} draws of each, {found.discrepancy.permutations} permutations.",
            if_touched("Touch a bar of a histogram to see its items on the map."),
        ),
    )


def _said(space: LatentSpace, found: PriorFit, order: np.ndarray) -> str:  # noqa: PLR0911 - one a sentence
    d = len(order)
    missing, slight = ([int(j) for j in order if found.levels[j] == level] for level in ("misses", "slight"))
    ignored = space.model.can.encode and space.model.can.variance and bool(off_dimensions(space).all())
    if ignored and not missing:
        return "The aggregate posterior is the prior, because the encoder ignores the items: every dimension is off."
    most = f"{plain(float(found.effect[order[0]]), 2)} σ" + (f", at z{order[0]}" if d > 1 else "")
    if not missing and not slight:
        every = "Every dimension fills" if d > 1 else "The one dimension fills"
        return f"{every} the prior: no difference is significant (W₁ of at most {most})."
    little = "differs from it" if len(slight) == 1 else "differ from it"
    if not missing:
        which = "The one dimension fills" if d == 1 else "Every dimension fills"
        who = "it" if d == 1 else f"{len(slight)} of {d}"
        return f"{which} the prior closely (W₁ of at most {most}); {who} {little} significantly, but slightly."
    which = (
        "The one dimension misses"
        if d == 1
        else f"{len(missing)} of {d} dimensions {'misses' if len(missing) == 1 else 'miss'}"
    )
    worst = missing[0]
    first = f"{which} the prior by 0.2 σ or more (W₁)"
    first += (
        f": z{worst} is {_shape(found, worst)}"
        if len(missing) == 1
        else f", most of all z{worst}, {_shape(found, worst)}"
    )
    others = d - len(missing)
    if not others:
        return f"{first}."
    if not slight:
        return f"{first}. The other{'s fill' if others > 1 else ' fills'} it."
    if len(slight) == others:
        who = "The other" if others == 1 else f"The other {others}"
        return f"{first}. {who} {little} significantly, but slightly."
    return f"{first}. Of the other {others}, {len(slight)} {little} significantly, but slightly."


def _shape(found: PriorFit, j: int) -> str:
    shift = (found.mean[j] - found.prior_mean[j]) / found.prior_deviation[j]
    ratio = found.deviation[j] / found.prior_deviation[j]
    if abs(shift) >= 0.5 * found.effect[j]:
        return f"shifted by {plain(float(shift), 2)} σ"
    if ratio < 0.85:
        return f"narrower: σ = {plain(float(found.deviation[j]), 2)}"
    if ratio > 1.15:
        return f"wider: σ = {plain(float(found.deviation[j]), 2)}"
    return f"of another shape (W₁ = {plain(float(found.effect[j]), 2)} σ)"


def _whole(found: PriorFit) -> list[Fact]:
    d = len(found.mean)
    missing, slight = (found.levels.count(level) for level in ("misses", "slight"))
    listed = [
        Fact("dimensions that miss the prior", f"{missing} of {d}", "prior filled: 0", EXPLAINED["misses"]),
        Fact("… that differ slightly", f"{slight} of {d}", "prior filled: 0", EXPLAINED["slight"]),
    ]
    if (mmd := found.discrepancy) is not None:
        listed.append(
            Fact(
                "maximum mean discrepancy, MMD²",
                f"{with_error(mmd.squared, mmd.error)}, {p_value(mmd.p_value)}",
                f"permuted: up to {plain(mmd.by_chance, 2)}",
                EXPLAINED["MMD"],
            )
        )
    if d > 1:
        pairs = np.abs(found.correlation[np.triu_indices(d, 1)])
        listed.append(
            Fact(
                "largest correlation of two dimensions",
                f"|r| = {plain(float(pairs.max()), 2)}",
                f"by chance up to {plain(found.correlation_by_chance_largest, 2)}",
                EXPLAINED["largest correlation"],
            )
        )
    return listed


def _dimension(found: PriorFit, j: int, name: str) -> Markup:
    ks, chance = float(found.kolmogorov_smirnov[j]), found.kolmogorov_smirnov_by_chance_95
    w, usual = float(found.effect[j]), float(found.wasserstein_by_chance_95[j] / found.prior_deviation[j])
    told_p = p_value(float(found.kolmogorov_smirnov_p[j]))
    told = f"{fixed(float(found.mean[j]), 2)} ± {fixed(float(found.deviation[j]), 2)}"
    return tag(
        "div",
        tag(
            "h4",
            tag("span", name_label(f"z{j}", name), class_="name"),
            **touchable({"dimension": j}, f"z{j} {name}".rstrip()),
        ),
        histogram(found.edges, found.counts[j], found.prior_density[j], column=f"z{j}"),
        tag(
            "p",
            told,
            tag("br"),
            tag("span", _WORDS[found.levels[j]], class_=f"level {found.levels[j]}"),
            tag("br"),
            f"W₁ {w:.3f} σ [{usual:.3f}]",
            tag("br"),
            f"KS {ks:.3f} [{chance:.3f}], {told_p}",
            class_="how-measured tight",
        ),
        class_="small-multiple",
    )


def _pairs(found: PriorFit, called_by: dict[int, str]) -> Markup | None:
    d = len(found.mean)
    if d < 2:
        return None
    strength = np.abs(found.correlation - np.eye(d)).max(axis=1)
    shown = np.sort(np.argsort(-strength, kind="stable")[:_PAIRS])
    r = found.correlation[np.ix_(shown, shown)].copy()
    np.fill_diagonal(r, np.nan)
    names = [f"z{j}" for j in shown]
    told = f"the {_PAIRS} that correlate most with another" if d > _PAIRS else "all pairs"
    touches = [{"dimension": int(j)} for j in shown]
    besides = [called_by.get(int(j), "") for j in shown]
    return joined(
        explained_heading(f"Correlations of dimensions: {told}", "pairs"),
        heat_map(
            r,
            names,
            names,
            diverging=True,
            most=max(0.2, float(np.nanmax(np.abs(r)))),
            faint=np.abs(r) < found.correlation_by_chance,
            touch=lambda i, j: {"axes": f"{shown[j]},{shown[i]}"},
            row_touch=touches,
            column_touch=touches,
            label="Correlations in pairs",
            row_called=besides,
            column_called=besides,
        ),
        how(
            f"Faint: |r| below {plain(found.correlation_by_chance, 2)}, which 5 % of independent pairs exceed.",
            if_touched("Touch a pair to see it as a map."),
        ),
    )
