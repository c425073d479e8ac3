"""What swapping latent dimensions costs, against a linear model where it is known exactly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from torch.distributions import Normal

from tests.interpret.linear_vae import FEATURES, SCALE, LinearVAE, opened
from vae_core.errors import InputError
from vae_core.interpret.result_files import load_result, save_result
from vae_core.interpret.usage.permutation_importance import Swap, swap
from vae_core.model.decoder_alone import DecoderAlone
from vae_core.progress import Stopped
from vae_core.report.cards.swap import card
from vae_core.space import LatentSpace
from vae_core.space.encodings.prior_samples import prior_samples


@pytest.mark.parametrize("convention", ["prior", "aggregate"])
def test_a_linear_model_loses_what_it_must(convention: Any) -> None:
    """With w_j orthogonal, swapping z_j for u costs ‖w_j‖² (u − z_j)² / 2s² less r·w_j (u − z_j) / s², r = x − Wz."""
    model = LinearVAE()
    space = opened(model, 1500)
    got = swap(space, items=1500, convention=convention)
    mu, v = space.mean.astype(np.float64), model.variance
    square = np.square(model.weight).sum(axis=0)
    # Mean and variance of what is put in: of the prior, or of all other items' posteriors.
    centre, spread = (0.0, 1.0) if convention == "prior" else (mu.mean(axis=0), v + mu.var(axis=0))
    moved = spread + v + np.square(mu - centre)
    along = (space.data.values - mu @ model.weight.T) @ model.weight
    loss = (square * moved - 2 * (along * (centre - mu) + square * v)) / (2 * SCALE**2)
    assert got.swapped.loss is not None and got.swapped.loss_error is not None and got.redrawn.loss is not None
    assert (np.abs(got.swapped.loss - loss.mean(axis=0)) < 4 * got.swapped.loss_error).all()
    picture = (square * moved / FEATURES).mean(axis=0)
    assert (np.abs(got.swapped.picture - picture) < 4 * got.swapped.picture_error).all()
    assert (np.abs(got.redrawn.picture - 2 * square * v / FEATURES) < 4 * got.redrawn.picture_error).all()
    # From one posterior sample to another nothing is lost.
    assert got.redrawn.loss_error is not None
    assert (np.abs(got.redrawn.loss) < 4 * got.redrawn.loss_error).all()
    excess = got.excess
    assert excess.loss is not None and excess.loss_error is not None
    assert (np.abs(excess.loss - loss.mean(axis=0)) < 4 * excess.loss_error).all()
    np.testing.assert_allclose(excess.picture, got.swapped.picture - got.redrawn.picture, rtol=1e-9)
    # Both begin with the same z, which their difference does not know of.
    apart = np.hypot(got.swapped.loss_error, got.redrawn.loss_error)
    assert (excess.loss_error < apart).all()
    assert abs(got.everything.picture[0] - picture.sum()) < 4 * got.everything.picture_error[0]
    assert got.everything.loss is not None and got.everything.loss[0] > got.swapped.loss.max()
    assert got.redrawn_everything.picture[0] < got.everything.picture[0]
    assert got.redrawn.picture_error == pytest.approx(np.sqrt(2 / 1500) * 2 * square * v / FEATURES, rel=0.2)


def test_the_same_seed_gives_the_same_figures_and_they_can_be_kept(tmp_path: Path) -> None:
    space = opened(LinearVAE())
    one, again, other = (swap(space, items=70, seed=seed) for seed in (3, 3, 4))
    assert (one.swapped.picture == again.swapped.picture).all()
    assert not np.allclose(one.swapped.picture, other.swapped.picture)
    assert (one.items, one.of) == (70, 300)
    save_result(tmp_path / "swap.npz", one)
    back = load_result(tmp_path / "swap.npz", Swap)
    assert back is not None and back.everything.loss is not None and one.everything.loss is not None
    assert (back.everything.loss == one.everything.loss).all()


def test_one_dimension_two_items() -> None:
    got = swap(opened(LinearVAE(columns=1), 2), convention="aggregate")
    assert got.swapped.loss is not None and got.swapped.picture == pytest.approx(got.everything.picture)
    assert np.isfinite(got.swapped.picture_error).all()


def test_without_a_variance_nothing_is_drawn_anew() -> None:
    got = swap(opened(LinearVAE(variance=False)))
    assert not got.redrawn.picture.any() and got.swapped.picture.all() and "no variance" in got.notes[0]


def test_a_decoder_alone_tells_the_change_of_the_picture() -> None:
    model = LinearVAE()
    alone = DecoderAlone(model)
    got = swap(LatentSpace.build(alone, prior_samples(alone, 800)), items=800)
    assert got.swapped.loss is None and "prior samples" in got.notes[0]
    exact = 2 * np.square(model.weight).sum(axis=0) / FEATURES
    assert (np.abs(got.swapped.picture - exact) < 4 * got.swapped.picture_error).all()


def test_what_is_refused_and_stopped() -> None:
    space = opened(LinearVAE(), 5)
    with pytest.raises(InputError, match="two"):
        swap(space, items=1)
    with pytest.raises(InputError, match="aggregate"):
        swap(space, convention="posterior")  # type: ignore[arg-type]
    with pytest.raises(Stopped):
        swap(space, progress=lambda *_: False)


def test_one_law_for_all_dimensions_is_drawn_for_each() -> None:
    model = LinearVAE()
    space = opened(model, 300)
    model.prior = Normal(0.0, 3.0)
    seen: list[np.ndarray] = []
    decode = model.likelihood
    model.likelihood = lambda z: seen.append(z.numpy()) or decode(z)  # type: ignore[method-assign, func-returns-value]
    swap(space, items=64)
    drawn = seen[-2]  # all dimensions at once
    assert np.abs(np.corrcoef(drawn.T)[np.triu_indices(3, 1)]).max() < 0.5
    assert drawn.std(axis=0) == pytest.approx(3, rel=0.3)


def test_the_card_tells_nothing_lost_from_nothing_told() -> None:
    """Of 32 items the weakest dimension's 0.4 nats are no more than chance can give; of 500 they are told."""
    model = LinearVAE()
    space = opened(model, 1500)
    few, many = (card(space, swap(space, items=items)).said for items in (32, 500))
    assert "z2 no loss is significant (below 0.42 nats per item)" in few and "nothing" not in few
    assert many.endswith("it loses something without each of the others.")
    model.weight[:, 2] = 0
    got = card(space, swap(space, items=500)).said
    assert got.endswith("without z2 it loses next to nothing.")
    model.weight[:, :2] = 0
    assert card(space, swap(space)).said == "Whichever dimension is swapped, the reconstruction loses next to nothing."
