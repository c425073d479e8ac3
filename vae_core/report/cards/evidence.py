"""Rate, distortion, ELBO and the importance-weighted bound on the log-likelihood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from vae_core.drawing.curves import Curve, curves
from vae_core.drawing.facts import Fact, facts, how
from vae_core.drawing.markup import joined, tag
from vae_core.drawing.numbers import count, plain, with_error
from vae_core.interpret.usage.evidence import Evidence, Mean
from vae_core.interpret.usage.importance import Bound
from vae_core.report.card import Card
from vae_core.report.explanations import EXPLAINED, explained_heading

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace

_KINDS = {
    "discrete": "a probability of the data",
    "pseudo": "a Bernoulli on values between its two, which is not a probability of them: a pseudo-likelihood",
    "density": "a density of continuous values, which can exceed 1: nats may have either sign",
}

#: Of a bound in nats: what a float32 model's rounding can make of nothing.
_ROUNDING = 1e-6


def card(space: LatentSpace, found: Evidence) -> Card:  # noqa: ARG001 - as every card
    """Return the terms in nats (in bits where the likelihood is discrete), and how the bound rises with samples."""
    listed = [
        *_fact("rate, KL(q(z|x) ‖ p(z))", found.rate, EXPLAINED["rate"]),
        *_fact("distortion, −E log p(x|z)", found.distortion, EXPLAINED["distortion"]),
        *_fact("distortion at the posterior mean", found.at_mean, EXPLAINED["distortion at the mean"]),
        *_fact("ELBO", found.elbo, EXPLAINED["ELBO"], found.elbo_bits),
    ]
    bound = found.bound
    whole = found.bound_of_all
    if bound is not None and whole is not None:
        listed.append(
            Fact(
                f"importance-weighted bound, {count(bound.samples)} samples",
                _nats(whole.nats, whole.error, found.bound_bits),
                f"with other samples: ±\N{NO-BREAK SPACE}{plain(float(bound.monte_carlo[-1]), 2)}",
                EXPLAINED["bound"],
            )
        )
        if bound.items < found.of:
            listed.append(
                Fact(
                    f"… of these {count(bound.items)} items",
                    _nats(float(bound.nats[-1]), float(bound.error[-1]), None),
                    "drawn below",
                    EXPLAINED["bound of some"],
                )
            )
        listed.append(
            Fact(
                "gain over one sample",
                f"{'0' if abs(bound.gain) <= _rounding(bound) else with_error(bound.gain, bound.gain_error)} nats",
                f"effective samples: {plain(bound.median_effective, 2)} of {count(bound.samples)}",
                EXPLAINED["gain"],
            )
        )
    return Card(
        _said(found),
        facts(listed),
        _rise(found),
        [tag("p", note) for note in found.notes],
        how(
            f"In nats per item. The likelihood is {_KINDS[found.likelihood]}." if found.likelihood in _KINDS else "",
            _sample(found),
            "There is no chance level: compare with another model on the same items.",
        ),
    )


def _said(found: Evidence) -> str:
    if found.elbo is None:
        return "No bound on the likelihood can be measured here."
    bound, whole = found.bound, found.bound_of_all
    # Where it is no probability, it is no more than a score of the same form.
    score = "The pseudo-log-likelihood" if found.likelihood == "pseudo" else "log p(x)"
    if bound is not None and whole is not None and bound.gain > max(2 * bound.gain_error, _rounding(bound)):
        return (
            f"{score} is at least {plain(whole.nats, 4)} nats per item; the ELBO is "
            f"{plain(whole.nats - found.elbo.nats, 2)} nats lower."
        )
    return f"{score} is at least {plain(found.elbo.nats, 4)} nats per item, by the ELBO."


def _rounding(bound: Bound) -> float:
    return _ROUNDING * abs(float(bound.nats[-1]))


def _fact(name: str, mean: Mean | None, title: str, bits: float | None = None) -> list[Fact]:
    if mean is None:
        return []
    return [Fact(name, _nats(mean.nats, mean.error, bits), f"{count(mean.items)} items", title)]


def _nats(value: float, error: float, bits: float | None) -> str:
    told = f"{with_error(value, error)} nats"
    return told if bits is None else f"{told} = {plain(bits, 4)} bits per dimension"


def _rise(found: Evidence) -> Markup | None:
    bound = found.bound
    if bound is None or len(bound.counts) < 2:
        return None
    drawn = Curve("bound", list(bound.counts), bound.nats.tolist(), bound.error.tolist())
    return joined(
        explained_heading("The bound over samples per item", "rise of the bound"),
        curves([drawn], "samples per item", "nats per item", logarithmic=True, from_zero=False),
    )


def _sample(found: Evidence) -> str:
    if found.bound is None:
        return ""
    return (
        f"The bound on {count(found.bound.items)} of {count(found.of)} items, seed 0, the same samples in groups; "
        "± is a standard error over items."
    )
