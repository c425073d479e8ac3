"""Rates and active units against closed forms and plain sums, and what is said of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.distributions import Distribution, Normal

import vae_core.data.pieces as pieces_module
from vae_core.data.dataset import Dataset
from vae_core.errors import InputError
from vae_core.interpret.result_files import load_result, save_result
from vae_core.interpret.usage.collapse import Collapse, collapse, measure, off_dimensions
from vae_core.interpret.usage.collapse_verdict import verdict
from vae_core.model.decoder_alone import DecoderAlone
from vae_core.model.protocol import Capabilities, Posterior
from vae_core.progress import Stopped
from vae_core.space import LatentSpace
from vae_core.space.encodings.prior_samples import prior_samples


class Model:
    """q(z|x) = N(x · gain, σ²), p(x|z) = N(z, 1)."""

    fingerprint = "collapse"

    def __init__(self, gain: list[float], std: list[float], variance: bool = True) -> None:
        self.gain, self.logvar = torch.tensor(gain), 2 * torch.tensor(std).log()
        self.latent_dim, self.sample_shape = len(gain), (len(gain),)
        self.can = Capabilities(variance=variance)
        self.prior: Distribution = Normal(torch.zeros(len(gain)), torch.ones(len(gain)))

    def encode(self, x: Tensor) -> Posterior:
        return Posterior(x * self.gain, self.logvar.expand(len(x), -1))

    def likelihood(self, z: Tensor) -> Distribution:
        return Normal(z, 1.0)


def opened(gain: list[float], std: list[float], count: int = 400, variance: bool = True) -> LatentSpace:
    values = np.random.default_rng(3).normal(size=(count, len(gain))).astype(np.float32)
    table = pd.DataFrame(index=pd.RangeIndex(count, name="item"))
    data = Dataset(values, "vector", (-10.0, 10.0), table, "normal")
    return LatentSpace.build(Model(gain, std, variance), data)


def rates_of(mean: np.ndarray, logvar: np.ndarray) -> np.ndarray:
    return np.asarray(0.5 * (mean.astype(np.float64) ** 2 + np.exp(logvar.astype(np.float64)) - logvar - 1))


def posteriors(n: int, d: int, seed: int = 0, level: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    scale = np.geomspace(0.03, 1.5, d)
    mean = (random.normal(size=(n, d)) * scale + level).astype(np.float32)
    return mean, (random.uniform(-5, 0, size=(n, d))).astype(np.float32)


def test_figures_are_the_plain_sums(monkeypatch: pytest.MonkeyPatch) -> None:
    mean, logvar = posteriors(700, 5)
    nats = rates_of(mean, logvar)
    monkeypatch.setattr(pieces_module, "PIECE", 300 * 5 * 4)  # three pieces of unequal length
    got = measure(mean, logvar, nats.astype(np.float32))
    assert got.rates is not None and got.movement is not None
    assert got.rates.rate == pytest.approx(nats.mean(0), rel=1e-6)
    assert got.rates.error == pytest.approx(nats.std(0, ddof=1) / np.sqrt(700), rel=1e-6)
    assert got.rates.total == pytest.approx(nats.sum(1).mean(), rel=1e-6)
    assert got.rates.total_error == pytest.approx(nats.sum(1).std(ddof=1) / np.sqrt(700), rel=1e-6)
    assert got.movement.variance == pytest.approx(mean.astype(np.float64).var(0), rel=1e-9)
    assert (got.movement.active == (mean.astype(np.float64).var(0) > 0.01)).all()
    inside = np.exp(logvar.astype(np.float64)).mean(0)
    assert got.rates.width == pytest.approx(np.sqrt(inside / (inside + mean.astype(np.float64).var(0))), rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 12), st.integers(1, 6), st.integers(0, 99), st.floats(0, 3))
def test_shares_and_counts_hold_together(n: int, d: int, seed: int, threshold: float) -> None:
    mean, logvar = posteriors(n, d, seed)
    nats = rates_of(mean, logvar)
    got = measure(mean, logvar, nats.astype(np.float32), seed=seed, threshold=threshold)
    rates, movement = got.rates, got.movement
    assert rates is not None and movement is not None
    brute = np.sort(nats.mean(0))[::-1].cumsum() / nats.mean(0).sum()
    assert rates.cumulative == pytest.approx(brute, rel=1e-4)
    assert rates.carriers == 1 + int((brute < 0.98 - 1e-6).sum())
    assert sorted(rates.order) == list(range(d))
    for low, high in (rates.carriers_range, rates.above_range, movement.active_range):
        assert 0 <= low <= high <= d
    assert np.isfinite(movement.error).all() and np.isfinite(rates.width).all()
    said = verdict(got)
    assert "nan" not in said.summary and said.summary.endswith(".")


def test_standard_errors_and_ranges_are_those_of_repeated_sets() -> None:
    sets = [measure(m, v, rates_of(m, v)) for m, v in (posteriors(400, 6, seed) for seed in range(120))]
    variances = np.stack([s.movement.variance for s in sets if s.movement])
    told = np.mean([s.movement.error for s in sets if s.movement], axis=0)
    assert told == pytest.approx(variances.std(axis=0, ddof=1), rel=0.25)
    above = [s.rates.above.sum() for s in sets if s.rates]
    ranges = np.array([s.rates.carriers_range for s in sets if s.rates])
    usual = np.median([s.rates.carriers for s in sets if s.rates])
    assert np.mean((ranges[:, 0] <= usual) & (usual <= ranges[:, 1])) > 0.85
    assert np.ptp(above) <= 1


def test_a_bootstrap_range_opens_where_a_count_is_undecided() -> None:
    random = np.random.default_rng(1)
    mean = random.normal(size=(500, 2)) * np.array([1.0, 0.1])
    mean[:, 1] *= 0.1 / mean[:, 1].std()  # variance 0.01, on the threshold
    got = measure(mean.astype(np.float32), None, None)
    assert got.movement is not None and got.movement.active_range == (1, 2)


def test_large_offsets_and_many_items_lose_nothing_to_float32() -> None:
    mean, logvar = posteriors(50_000, 2, level=3000.0)
    nats = rates_of(mean, logvar).astype(np.float32)
    got = measure(mean, logvar, nats)
    assert got.rates is not None and got.movement is not None
    assert got.rates.rate == pytest.approx(nats.astype(np.float64).mean(0), rel=1e-12)
    assert got.movement.variance == pytest.approx(mean.astype(np.float64).var(0), rel=1e-9)


def test_a_model_of_known_use_is_read_rightly(tmp_path: Path) -> None:
    space = opened([0.9, 0.0, 0.0, 0.8], [0.3, 1.0, 0.5, 0.4])
    got = collapse(space)
    assert got.rates is not None and got.movement is not None
    x = space.data.values.astype(np.float64)
    exact = 0.5 * ((x[:, 0] * 0.9) ** 2 + 0.09 - np.log(0.09) - 1).mean()
    assert got.rates.rate[0] == pytest.approx(exact, rel=1e-5)
    assert got.rates.rate[1] == 0 and got.movement.variance[1] == 0  # what chance gives
    said = verdict(got)
    assert "z1 is off" in said.summary and "z2 pays more than 0.1 nat but tells no items apart" in said.summary
    assert said.findings == ("some off", "rate for nothing")
    save_result(tmp_path / "collapse.npz", got)
    again = load_result(tmp_path / "collapse.npz", Collapse)
    assert again is not None and again.rates is not None and verdict(again) == said
    few = collapse(space, items=50, seed=1)
    assert (few.items, few.of) == (50, 400)
    assert verdict(few) == verdict(collapse(space, items=50, seed=1))


def test_words_for_every_finding() -> None:
    def said(gain: list[float], std: list[float], variance: bool = True) -> tuple[str, tuple[str, ...], str]:
        told = verdict(collapse(opened(gain, std, 60, variance)))
        return told.summary, told.findings, " ".join(told.remedies)

    summary, findings, remedies = said([0.0] * 3, [1.0] * 3)
    assert findings == ("all off",) and summary.startswith("All 3 dimensions are off")
    assert "KL annealing" in remedies and "free bits" in remedies and "Weaken the decoder" in remedies
    summary, findings, remedies = said([0.0], [1.0])
    assert summary.startswith("The one dimension is off") and findings == ("all off",)
    summary, findings, remedies = said([0.8], [0.5])
    assert summary.startswith("The one dimension carries") and not findings and not remedies
    summary, findings, remedies = said([0.8, 0.0], [0.5, 1.0])
    assert summary == "z0 alone of 2 dimensions carries 98 % of the rate; z1 is off."
    assert findings == ("some off", "one carries") and "vary in one way only" in remedies
    summary, findings, remedies = said([0.8, 0.8], [0.5, 0.5])
    assert summary == "It takes all 2 dimensions to carry 98 % of the rate; none is off." and not findings
    summary, findings, remedies = said([1.0, 1.0], [0.001, 0.001])
    assert findings == ("narrow",) and "Raise β" in remedies and "Lower β" not in remedies
    summary, findings, remedies = said([1.0, 0.0], [0.001, 1.0])
    assert findings == ("some off", "one carries", "narrow") and "Lower β" not in remedies
    gain, std = [0.9] * 100 + [0.0] * 412, [0.4] * 100 + [1.0] * 412
    summary, findings, remedies = said(gain, std)
    assert " of 512 dimensions carry 98 % of the rate; z100, z101, z102, z103 and 408 more are off." in summary
    assert "100 latent dimensions would be enough" in remedies
    summary, findings, remedies = said([0.9, 0.0], [0.4, 1.0], variance=False)
    assert summary.startswith("The posterior has no variance") and findings == ("no variance", "some off")
    assert "z1 hardly does" in summary


def test_what_moves_little_but_against_narrow_posteriors_is_not_called_idle() -> None:
    said = verdict(collapse(opened([0.09, 0.9], [0.01, 0.3])))
    assert "z0 moves too little to be an active unit, but much against its narrow posteriors" in said.summary
    assert said.findings in ((), ("one carries",))
    # Without a variance latents have no scale: what counts is how a dimension moves beside the others.
    said = verdict(collapse(opened([0.02, 0.02, 0.0001], [1.0] * 3, 60, variance=False)))
    assert "2 of 3 dimensions move with the items, and z2 hardly does" in said.summary


def test_off_is_what_neither_moves_nor_costs() -> None:
    assert off_dimensions(np.array([0.2, 0.0, 0.0, 0.02]), np.array([0.05, 0.05, 0.2, 3.0])).tolist() == [
        False,
        True,
        False,
        False,
    ]
    assert off_dimensions(np.zeros(2), None).tolist() == [True, True]


def test_names_are_used() -> None:
    assert "width is off" in verdict(collapse(opened([0.9, 0.8, 0.0], [0.4, 0.4, 1.0])), ["a", "b", "width"]).summary


def test_a_decoder_alone_has_no_figures_and_says_so() -> None:
    model = DecoderAlone(Model([1.0, 1.0], [0.5, 0.5]))
    got = collapse(LatentSpace.build(model, prior_samples(model, 20)))
    assert got.movement is None and got.rates is None and got.items == 0
    assert verdict(got).findings == ("nothing encoded",)


def test_one_item_a_bad_threshold_and_stopping() -> None:
    space = opened([0.9, 0.0], [0.4, 1.0], 3)
    assert verdict(collapse(space)).findings
    with pytest.raises(InputError, match="two items"):
        collapse(space, items=1)
    with pytest.raises(InputError, match="threshold"):
        collapse(space, threshold=float("nan"))
    with pytest.raises(Stopped):
        collapse(space, progress=lambda *_: False)
