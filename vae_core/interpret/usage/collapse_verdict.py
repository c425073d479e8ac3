"""What the figures of `collapse` say in words, and what is usually done about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from vae_core.interpret.usage.collapse import CARRIED, NAT_FROM, ActiveUnits, Collapse, Rates, off_dimensions

Finding = Literal["nothing encoded", "no variance", "all off", "some off", "one carries", "rate for nothing", "narrow"]
#: Median width of the carrying dimensions, see `Rates`, below which the model is called under-regularised: some 3.9
#: nats a dimension. A rule of thumb, no test.
NARROW = 0.02
#: Width, see `Rates`, from which a dimension tells no items apart: its means have 1 % of the variance.
WIDE = 0.995
_NAMED = 4

_ANNEAL = "Warm β up from 0 over the first epochs (KL annealing: Bowman et al. 2016)."
_FREE_BITS = "Leave the first fraction of a nat of every dimension unpunished (free bits: Kingma et al. 2016)."
_LOWER_BETA = "Lower β (Higgins et al. 2017)."
_WEAKER = "Weaken the decoder, so that it needs the latent (Bowman et al. 2016; Chen et al. 2017)."
_ENCODER_FIRST = "Give the encoder more steps than the decoder early on (He et al. 2019)."
_SCALE = "With a Gaussian likelihood, learn σ: one that is too large takes the data for noise (Rybkin et al. 2021)."
_CHECK = "Check that the encoder was given data in the range it was trained on."
_LONGER = "Train longer: these dimensions should go back to the prior or begin to tell items apart."
_HIGHER_BETA = "Raise β (Higgins et al. 2017), or warm it up to a higher end."
_LEARN_SCALE = "With a Gaussian likelihood, learn σ: one that is too small buys detail with rate (Rybkin et al. 2021)."
_FEWER_STRONG = "Take fewer latent dimensions."
_FITTED_PRIOR = "For samples, fit a prior to the posteriors (Tomczak & Welling 2018; Dai & Wipf 2019)."
_ONE_FACTOR = "Check whether the data vary in one way only; then one dimension is right."
_FIT_DENSITY = "For samples, fit a density to the latent means (Ghosh et al. 2020)."
_SAY_VARIANCE = "If its encoder has a variance that was not found, say where it is when the model is opened."
_OPEN_WITH_DATA = "Open the model with its encoder and its data."
_BY_DECODER = "Look at how much of the picture each dimension decides: that needs the decoder alone."


@dataclass(frozen=True)
class Verdict:
    """Whether the latent is used, in words.

    Attributes
    ----------
    summary : str
        One sentence or two.
    findings : tuple of str
        What was found: "nothing encoded", "no variance", "all off", "some off", "one carries", "rate for nothing",
        "narrow"; empty where there is nothing to mend.
    remedies : tuple of str
        A short sentence each, for what was found.
    """

    summary: str
    findings: tuple[str, ...]
    remedies: tuple[str, ...]


def verdict(found: Collapse, names: Sequence[str] | None = None) -> Verdict:
    """Say in words what the figures of `collapse` show.

    A dimension is off if it is no active unit and its rate is at most 0.1 nat; without a rate, if its variance is below
    10⁻⁴ of the largest. One whose rate is above that though its posteriors are as wide as all of them together pays for
    nothing. The model is under-regularised if posteriors are so narrow that in the median of the carrying dimensions
    their width is below a fiftieth of the aggregate posterior's.

    Parameters
    ----------
    found : Collapse
        The figures.
    names : sequence of str, optional
        What the dimensions are called; z0, z1, … if it is left out.
    """
    called = [f"z{j}" for j in range(found.dimensions)] if names is None else list(names)
    if found.movement is None:
        summary = "Nothing is encoded, so there is no posterior: whether the latent is used cannot be measured here."
        return Verdict(summary, ("nothing encoded",), (_OPEN_WITH_DATA, _BY_DECODER))
    if found.rates is None:
        return _by_movement(found, found.movement, called)
    return _by_rates(found, found.movement, found.rates, called)


def _by_movement(found: Collapse, movement: ActiveUnits, called: list[str]) -> Verdict:
    off = off_dimensions(movement.variance, None)
    active = int((~off).sum())
    still = [called[j] for j in np.flatnonzero(off)]
    why = "The posterior has no variance, so there is no finite rate"
    if found.dimensions == 1:
        moves = "the one dimension moves with the items" if active else "the one dimension hardly moves with the items"
    elif not still:
        moves = f"all {found.dimensions} dimensions move with the items"
    elif not active:
        moves = f"none of the {found.dimensions} dimensions moves with the items"
    else:
        stand = "hardly does" if len(still) == 1 else "hardly do"
        moves = f"{active} of {found.dimensions} dimensions move with the items, and {_list(still)} {stand}"
    findings = ["no variance"] + (["all off"] if not active else ["some off"] if still else [])
    remedies = [_SAY_VARIANCE] + ([_CHECK] if not active else [_fewer(active)] if still else []) + [_FIT_DENSITY]
    return Verdict(f"{why}; {moves}.", tuple(findings), tuple(remedies))


def _by_rates(found: Collapse, movement: ActiveUnits, rates: Rates, called: list[str]) -> Verdict:
    d, k = found.dimensions, rates.carriers
    off = np.flatnonzero(off_dimensions(movement.variance, rates.rate, found.threshold))
    idle = np.flatnonzero(rates.above & (rates.width >= WIDE))
    small = np.flatnonzero(rates.above & ~movement.active & (rates.width < WIDE))
    findings: list[Finding] = []
    remedies: list[str] = []
    if len(off) == d:
        which = "The one dimension is off" if d == 1 else f"All {d} dimensions are off"
        summary = (
            f"{which}: the posterior of every item is about the prior ({_nats(rates.total)} in all), and the decoder "
            "does without the latent (posterior collapse)."
        )
        measures = (_ANNEAL, _FREE_BITS, _LOWER_BETA, _WEAKER, _ENCODER_FIRST, _SCALE, _CHECK)
        return Verdict(summary, ("all off",), measures)
    if d == 1:
        summary = f"The one dimension carries {_nats(rates.total)}"
    elif k == d:
        summary = f"It takes all {d} dimensions to carry {CARRIED * 100:.0f} % of the rate"
    else:
        carry = f"{k} of {d} dimensions carry" if k > 1 else f"{called[rates.order[0]]} alone of {d} dimensions carries"
        summary = f"{carry} {CARRIED * 100:.0f} % of the rate"
    if len(off):
        summary += f"; {_list([called[j] for j in off])} {'is' if len(off) == 1 else 'are'} off"
        findings.append("some off")
    elif d > 1:
        summary += "; none is off"
    summary += "."
    if k == 1 and d > 1:
        findings.append("one carries")
        remedies += [_ONE_FACTOR, _LOWER_BETA, _FREE_BITS, _ANNEAL]
    elif len(off):
        remedies += [_fewer(d - len(off)), _LOWER_BETA, _ANNEAL, _FREE_BITS]
    if len(idle):
        paying = f"{'pays' if len(idle) == 1 else 'pay'} more than {NAT_FROM:g} nat"
        summary += f" {_list([called[j] for j in idle])} {paying} but {_tells(len(idle))} no items apart."
        findings.append("rate for nothing")
        remedies += [_LONGER, _CHECK]
    if len(small):
        one = len(small) == 1
        summary += (
            f" {_list([called[j] for j in small])} {'moves' if one else 'move'} too little to be "
            f"{'an active unit' if one else 'active units'}, but much against {'its' if one else 'their'} narrow "
            f"posteriors: {'it tells' if one else 'they tell'} items apart."
        )
    width = float(np.median(rates.width[rates.order[: max(k, 1)]]))
    if width < NARROW:
        each = "The posterior of an item is" if d == 1 else "In the median dimension the posterior of an item is"
        summary += (
            f" {each} {width:.2g} times as wide as the aggregate posterior: the model is hardly regularised, and draws "
            "from the prior may fall between the items."
        )
        findings.append("narrow")
        remedies += [_HIGHER_BETA, _LEARN_SCALE, *([_FEWER_STRONG] if d > 1 else []), _FITTED_PRIOR]
        if _LOWER_BETA in remedies:  # what would narrow the posteriors further is no help
            remedies = [one for one in remedies if one not in (_LOWER_BETA, _FREE_BITS, _ANNEAL)]
    return Verdict(summary, tuple(findings), tuple(dict.fromkeys(remedies)))


def _fewer(used: int) -> str:
    count = "one latent dimension" if used == 1 else f"{used} latent dimensions"
    return f"If the reconstructions are good, {count} would be enough; if not, the following may help."


def _tells(count: int) -> str:
    return "tells" if count == 1 else "tell"


def _nats(value: float) -> str:
    return f"{value:.2f} nats"


def _list(names: list[str]) -> str:
    """Return a few names joined, and how many more there are."""
    shown = names if len(names) <= _NAMED + 1 else names[:_NAMED]
    more = len(names) - len(shown)
    told = [*shown, f"{more} more"] if more else shown
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"
