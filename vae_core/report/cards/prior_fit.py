"""The aggregate posterior beside the prior: by dimension, in pairs, as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from vae_core.drawing.bars import touchable
from vae_core.drawing.facts import Fact, facts, how
from vae_core.drawing.heat_map import heat_map
from vae_core.drawing.histogram import histogram
from vae_core.drawing.markup import if_touched, joined, tag
from vae_core.drawing.numbers import count, fixed, p_value, plain, with_error
from vae_core.interpret.prior_fit import PriorFit
from vae_core.report.card import Card

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

#: Dimensions drawn at once; the rest folds away.
_SHOWN = 24
#: Dimensions whose correlations are drawn, those that differ most from the prior.
_PAIRS = 40
#: Below it a dimension is not filled as the prior says: where all are, any is called so in 5 % of samples.
_P = 0.05


def card(space: LatentSpace, found: PriorFit) -> Card:
    """Return a histogram a dimension against the prior's density, the correlations, and how far the whole is off."""
    order = np.argsort(-found.kolmogorov_smirnov, kind="stable")
    drawn = [_dimension(found, int(j)) for j in order]
    rest = drawn[_SHOWN:]
    return Card(
        _said(found, order),
        facts(_whole(found)),
        tag("h3", "By dimension, mean ± σ: the aggregate posterior, and the prior's density as a line", class_="sub"),
        tag("div", drawn[:_SHOWN], class_="small-multiples"),
        tag("details", tag("summary", f"{len(rest)} more"), tag("div", rest, class_="small-multiples"))
        if rest
        else None,
        _pairs(found),
        tag("p", found.note) if found.note else None,
        how(
            f"{count(found.items)} of {count(found.population)} items, one draw from the posterior of each, seed 0.",
            "KS: Kolmogorov–Smirnov statistic; W₁: Wasserstein distance in latent units; in brackets the 95 % quantile "
            f"of samples of the prior of that size, W₁'s taken over {found.chance_draws}.",
            f"A dimension is called not filled where Holm's p-value of its KS, of all {len(order)} at once, is below "
            f"{_P:g}: of filled ones any is in 5 % of cases. The p beside KS is that of the dimension alone.",
            if_touched("Touch a bar of a histogram to see its items on the map."),
        ),
    )


def _said(found: PriorFit, order: np.ndarray) -> str:
    off = [int(j) for j in order if found.kolmogorov_smirnov_p_of_all[j] < _P]
    d = len(order)
    if not off:
        return "Every dimension is filled as the prior says, as far as so many items can tell."
    worst = off[0]
    which = "The one dimension is" if d == 1 else f"{len(off)} of {d} dimensions are"
    shape = _shape(found, worst)
    return f"{which} not filled as the prior says; most of all z{worst}, which is {shape}."


def _shape(found: PriorFit, j: int) -> str:
    shift = (found.mean[j] - found.prior_mean[j]) / found.prior_deviation[j]
    ratio = found.deviation[j] / found.prior_deviation[j]
    if abs(shift) > 0.25:
        return f"shifted by {plain(float(shift), 2)} standard deviations"
    if ratio < 0.85:
        return f"narrower: σ = {plain(float(found.deviation[j]), 2)}"
    if ratio > 1.15:
        return f"wider: σ = {plain(float(found.deviation[j]), 2)}"
    return "of another shape"


def _whole(found: PriorFit) -> list[Fact]:
    listed = []
    if (mmd := found.discrepancy) is not None:
        listed.append(
            Fact(
                "maximum mean discrepancy, MMD²",
                f"{with_error(mmd.squared, mmd.error)}, {p_value(mmd.p_value)}",
                f"permuted: up to {plain(mmd.by_chance, 2)}",
                f"Unbiased, Gaussian kernel of width {plain(mmd.bandwidth)}, {mmd.size} draws of each "
                f"(Gretton et al. 2012); 95 % of {mmd.permutations} permutations stay below the second figure",
            )
        )
    if (d := len(found.mean)) > 1:
        pairs = np.abs(found.correlation[np.triu_indices(d, 1)])
        listed.append(
            Fact(
                "largest correlation of two dimensions",
                f"|r| = {plain(float(pairs.max()), 2)}",
                f"by chance up to {plain(found.correlation_by_chance_largest, 2)}",
                "Of all pairs of independent dimensions the largest exceeds this in 5 % of samples (Šidák)",
            )
        )
    return listed


def _dimension(found: PriorFit, j: int) -> Markup:
    ks, chance = float(found.kolmogorov_smirnov[j]), found.kolmogorov_smirnov_by_chance_95
    w, usual = float(found.wasserstein[j]), float(found.wasserstein_by_chance_95[j])
    told_p = p_value(float(found.kolmogorov_smirnov_p[j]))
    told = f"{fixed(float(found.mean[j]), 2)} ± {fixed(float(found.deviation[j]), 2)}"
    return tag(
        "div",
        tag("h4", f"z{j}", tag("span", told), **touchable({"dimension": j}, f"z{j}")),
        histogram(found.edges, found.counts[j], found.prior_density[j], column=f"z{j}"),
        tag(
            "p",
            f"KS {ks:.3f} [{chance:.3f}], {told_p}",
            tag("br"),
            f"W₁ {w:.3f} [{usual:.3f}]",
            class_="how-measured tight",
        ),
        class_="small-multiple",
    )


def _pairs(found: PriorFit) -> Markup | None:
    d = len(found.mean)
    if d < 2:
        return None
    strength = np.abs(found.correlation - np.eye(d)).max(axis=1)
    shown = np.sort(np.argsort(-strength, kind="stable")[:_PAIRS])
    r = found.correlation[np.ix_(shown, shown)].copy()
    np.fill_diagonal(r, np.nan)
    names = [f"z{j}" for j in shown]
    told = f"those {_PAIRS} dimensions that correlate most with another" if d > _PAIRS else "all pairs"
    touches = [{"dimension": int(j)} for j in shown]
    return joined(
        tag("h3", f"In pairs: correlations of {told}", class_="sub"),
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
        ),
        how(
            f"Faint: |r| below {plain(found.correlation_by_chance, 2)}, which 5 % of independent pairs exceed.",
            if_touched("Touch a pair to see it as a map."),
        ),
    )
