"""What cards say of spaces whose answer is known."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

import vae_core
from tests.interpret.prior.test_holes import space_of
from tests.report.test_cards import Read
from vae_core.columns.item_columns import columns_of_items
from vae_core.interpret.components.intrinsic_dimension import intrinsic_dimension
from vae_core.interpret.meaning.relations import relations_of
from vae_core.interpret.prior.holes import holes
from vae_core.interpret.prior.prior_fit import prior_fit
from vae_core.interpret.result_json import plain_figures
from vae_core.report.cards import holes as holes_card
from vae_core.report.cards import intrinsic_dimension as dimension_card
from vae_core.report.cards import prior_fit as fit_card
from vae_core.report.cards import relations as relations_card


def test_a_dimension_that_misses_the_prior_empties_it_and_no_draw_in_a_hole_bounds_their_share() -> None:
    mean = 0.95 * np.random.default_rng(0).normal(size=(800, 16))
    filled = holes(space_of(mean[:, :2], 0.3), items=300)
    said = holes_card.card(space_of(mean[:, :2], 0.3), filled).said
    # 1 − 0.05^(1/300)
    assert len(filled.z) == 0 and "Of 300 draws" in said and "less than 1.0" in said
    mean[:, 3] = 5 + 0.1 * mean[:, 3]
    space = space_of(mean, 0.3)
    card = holes_card.card(space, holes(space, items=300))
    assert "95\N{NO-BREAK SPACE}% of the prior is empty of data, most of it for z3 alone" in card.said
    assert "most often z3" in " ".join(Read(str(card)).words)


def test_filled_dimensions_are_said_to_be_filled_however_many() -> None:
    mean = math.sqrt(1 - 0.6**2) * np.random.default_rng(7).normal(size=(500, 48))
    space = space_of(mean, 0.6)
    found = prior_fit(space, permutations=200)
    assert (found.kolmogorov_smirnov > found.kolmogorov_smirnov_by_chance_95).any()
    assert fit_card.card(space, found).said.startswith("Every dimension fills the prior: no difference")
    assert set(found.levels) == {"fills"}


@pytest.mark.parametrize("demo", ["fashion", "sprites"])
def test_the_two_cards_of_the_prior_do_not_contradict_each_other(demo: str) -> None:
    """What is judged is how much a dimension differs, not how many items tell of it."""
    space = vae_core.demo(demo)
    found = prior_fit(space, permutations=200)
    said, of_holes = fit_card.card(space, found).said, holes_card.card(space, holes(space, items=1000)).said
    missing = (found.effect >= 0.2).sum()
    assert found.levels.count("misses") == missing == {"fashion": 9, "sprites": 0}[demo]
    assert (found.kolmogorov_smirnov_p_of_all < 0.05).sum() == missing + found.levels.count("slight")
    assert said.startswith("9 of 16 dimensions miss" if missing else "Every dimension fills the prior closely")
    assert "significantly, but slightly" in said and "fill it" not in of_holes
    assert plain_figures(found)["levels"] == list(found.levels)
    told = " ".join(Read(str(fit_card.card(space, found))).words)
    assert told.count("misses the prior") == missing + 1  # the last says how it is judged


def test_one_dimension_of_many_that_misses_the_prior_is_named() -> None:
    mean = 0.8 * np.random.default_rng(0).normal(size=(1500, 128))
    mean[:, 77] += 0.6
    space = space_of(mean, 0.6)
    said = fit_card.card(space, prior_fit(space, permutations=200)).said
    assert said.startswith("1 of 128 dimensions misses the prior by 0.2 σ or more (W₁): z77 is shifted by 0.6")
    assert said.endswith("The others fill it.")


def test_a_collapsed_encoder_is_not_praised_for_its_prior() -> None:
    mean = 0.001 * np.random.default_rng(0).normal(size=(600, 4))
    space = space_of(mean, 1.0)
    said = fit_card.card(space, prior_fit(space, permutations=200)).said
    assert "because the encoder ignores the items" in said and "every dimension is off" in said


def test_the_participation_ratio_stands_beside_evenness_and_not_beside_a_cloud() -> None:
    space = space_of(np.random.default_rng(0).normal(size=(400, 3)) * np.array([5, 1, 0.2]))
    found = intrinsic_dimension(space, items=100)
    ratio = found.participation_ratio
    assert ratio.value is not None and ratio.gaussian is not None and ratio.gaussian_deviation is not None
    assert abs(ratio.value - ratio.gaussian) < 4 * ratio.gaussian_deviation < 0.2 and ratio.value < 1.3
    told = " ".join(Read(str(dimension_card.card(space, found))).words)
    assert told.count("Gaussian: ") == 2 and "spread evenly: 3" in told


def test_of_a_wide_table_the_ten_columns_most_is_told_of_are_drawn_and_the_rest_on_request() -> None:
    random = np.random.default_rng(0)
    mean = random.normal(size=(400, 3))
    table = pd.DataFrame({f"c{at}": random.normal(size=400) for at in range(30)})
    table["c23"] = mean[:, 1]
    space = space_of(mean)
    found = relations_of(space.mean, columns_of_items(table))
    html = str(relations_card.card(space, found))
    assert html.count('scope="col" title=') == 10 and 'title="c23"' in html and "All 30 columns" in html
    assert str(relations_card.all_columns(space, found)).count('scope="col" title=') == 30
