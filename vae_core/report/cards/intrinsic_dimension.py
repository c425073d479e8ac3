"""How many dimensions the items fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vae_core.drawing.facts import Fact, facts, how
from vae_core.drawing.numbers import count, percent, plain, with_error
from vae_core.interpret.components.intrinsic_dimension import Estimate, IntrinsicDimension
from vae_core.report.card import Card
from vae_core.report.explanations import EXPLAINED

if TYPE_CHECKING:
    from vae_core.space.latent_space import LatentSpace


def card(space: LatentSpace, found: IntrinsicDimension) -> Card:  # noqa: ARG001 - as every card
    """Return two estimates beside what they give for Gaussian points of the same covariance, and how even that is."""
    listed = [
        ("TwoNN", found.two_nn, EXPLAINED["TwoNN"]),
        (f"maximum likelihood, k = {found.nearest}", found.maximum_likelihood, EXPLAINED["maximum likelihood"]),
    ]
    ratio = found.participation_ratio
    even = Fact(
        "participation ratio",
        with_error(ratio.value, ratio.standard_error),
        f"spread evenly: {found.varying}",
        EXPLAINED["participation ratio"],
    )
    doubles = f" {count(found.duplicates)} items with the mean of another are left out." if found.duplicates else ""
    return Card(
        _said(found),
        facts([*(_fact(name, estimate, title) for name, estimate, title in listed), even]),
        how(
            f"Neighbours of {count(found.items)} items among {count(found.among)} of {count(found.of)}, seed "
            f"0.{doubles}",
            f"TwoNN leaves out the largest {percent(found.discard)} of its ratios. Beside both: {found.draws} Gaussian "
            f"samples of the same covariance and size. They give less than the {found.varying} dimensions that vary "
            "because of the estimator's bias and of uneven variance: directions thinner than the distance between "
            "items hardly count. Neither reason explains why the items give less than those samples.",
        ),
    )


def _fact(name: str, estimate: Estimate, title: str) -> Fact:
    chance = f"Gaussian: {with_error(estimate.gaussian, estimate.gaussian_deviation)}" if estimate.gaussian else ""
    return Fact(name, with_error(estimate.value, estimate.standard_error), chance, title)


def _said(found: IntrinsicDimension) -> str:
    estimate = found.two_nn
    if estimate.value is None or estimate.gaussian is None:
        return f"{found.varying} dimensions vary; how many of them the items fill cannot be told."
    noise = 3 * ((estimate.standard_error or 0) + (estimate.gaussian_deviation or 0))
    where = f"about {plain(estimate.value, 2)} dimensions around each item"
    if estimate.value < estimate.gaussian - noise:
        return (
            f"The items lie on a thinner, curved shape rather than filling a cloud: {where}, where a Gaussian cloud "
            f"gives {plain(estimate.gaussian, 2)}."
        )
    return f"The items fill the space as a Gaussian cloud does: {where}."
