"""A decoder alone: understood by what it makes of draws from the prior, or asked about."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.distributions import Bernoulli

from vae_core import InputError, LatentSpace, load_model, trust
from vae_core.model import VAE, wrap_model
from vae_core.model.foreign.wrapped import WrappedVAE
from vae_core.options import ModelOptions, parse_sizes
from vae_core.space.encodings.prior_samples import prior_samples


class Pictures(nn.Module):
    """A network of given size whose values pass through `last`."""

    def __init__(self, latent_dim: int = 5, shape: tuple[int, ...] = (1, 12, 12), last: Any = torch.sigmoid) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(0)
            self.inner = nn.Sequential(nn.Linear(latent_dim, 16), nn.Tanh(), nn.Linear(16, math.prod(shape)))
            self.inner[2].get_parameter("weight").data.mul_(5)
        self.shape, self.last = shape, last

    def forward(self, z: Tensor) -> Tensor:
        values: Tensor = self.last(self.inner(z)).reshape(-1, *self.shape)
        return values


def alone(made: Any, **stated: Any) -> WrappedVAE:
    found = wrap_model(made, None, "cpu", **stated)
    assert isinstance(found, WrappedVAE)
    return found


def logits(y: Tensor) -> Tensor:
    return 6 * y - 4


@pytest.mark.parametrize(
    ("last", "stated", "output", "ours"),
    [
        (torch.sigmoid, {}, "unit", torch.sigmoid),
        (torch.tanh, {}, "symmetric", lambda y: (torch.tanh(y) + 1) / 2),
        (lambda y: 255 * torch.sigmoid(y), {}, "bytes", torch.sigmoid),
        (lambda y: torch.sigmoid(y) * 1.1 - 0.05, {}, "unit", lambda y: torch.sigmoid(y) * 1.1 - 0.05),
        (logits, {"output": "logits"}, "logits", lambda y: torch.sigmoid(logits(y))),
        (lambda y: (torch.sigmoid(y) - 0.3) / 0.2, {"range": "standardised:0.3,0.2"}, "same", torch.sigmoid),
    ],
)
def test_the_range_of_its_values_is_found_or_stated(last: Any, stated: Any, output: str, ours: Any) -> None:
    made = Pictures(last=last)
    found = alone(made, **stated)
    assert (found.latent_dim, found.sample_shape, found.convention.output) == (5, (1, 12, 12), output)
    assert not found.can.encode and not found.can.variance
    z = torch.randn(7, 5)
    with torch.inference_mode():
        wanted = ours(made.inner(z)).reshape(-1, 1, 12, 12)
        torch.testing.assert_close(found.likelihood(z).mean, wanted, rtol=1e-5, atol=1e-5)


def test_what_is_doubtful_is_asked_for_by_an_option() -> None:
    asked = {
        "--output logits": Pictures(last=logits),
        "--shape 1,12,12 for pictures, --shape 144 for vectors": Pictures(shape=(144,)),
        "--layout nchw or --layout nhwc": Pictures(shape=(5, 12, 9)),
        "--latent-dim": lambda z: z.mean(dim=1, keepdim=True).sigmoid().expand(-1, 64).reshape(-1, 1, 8, 8),
    }
    for words, made in asked.items():
        with pytest.raises(InputError, match="is ambiguous") as told:
            alone(made)
        assert words in str(told.value)
    assert alone(Pictures(shape=(144,)), shape=(1, 12, 12)).sample_shape == (1, 12, 12)
    assert alone(Pictures(shape=(144,)), shape="144").sample_shape == (144,)
    assert alone(asked["--latent-dim"], latent_dim=3).latent_dim == 3
    with pytest.raises(InputError, match="is measured on data"):
        alone(Pictures(), range="raw")
    with pytest.raises(InputError, match="takes no latent points of shape"):
        alone(Pictures(), latent_dim=6)
    with pytest.raises(InputError, match="cannot be those"):
        alone(Pictures(), shape="1,13,13")


def test_layouts_of_what_it_makes() -> None:
    assert alone(Pictures(shape=(10, 12, 3))).sample_shape == (3, 10, 12)
    assert alone(Pictures(shape=(12, 12))).sample_shape == (1, 12, 12)
    assert alone(Pictures(shape=(7,), last=lambda y: y)).sample_shape == (7,)
    assert alone(Pictures(shape=(2, 40), last=lambda y: y)).sample_shape == (2, 40)
    made = Pictures(shape=(300,))
    with pytest.raises(InputError, match="channels first or last"):
        alone(made, shape="3,10,10")
    z = torch.randn(3, 5)
    with torch.inference_mode():
        last = alone(made, shape="3,10,10", layout="nhwc").likelihood(z).mean
        torch.testing.assert_close(last, made(z).reshape(-1, 10, 10, 3).permute(0, 3, 1, 2))


def test_latent_points_may_be_spatial() -> None:
    convolution = nn.Sequential(nn.ConvTranspose2d(6, 1, 9), nn.Sigmoid())
    assert alone(convolution).convention.latent_shape == (6, 1, 1)
    wide = alone(nn.Sequential(nn.ConvTranspose2d(2, 1, 9), nn.Sigmoid()), latent_dim="2,3,3")
    assert (wide.latent_dim, wide.sample_shape) == (18, (1, 11, 11))


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (object(), "no encode and decode"),
        (nn.Sequential(nn.Linear(64, 8)), "as an encoder does"),
        (nn.Sequential(nn.Linear(5, 64), nn.ReLU(), nn.Linear(64, 5)), "or a whole model"),
        (lambda z: "once upon a time", "takes latent points of none"),
        (lambda z: z.new_full((len(z), 1, 9, 9), float("nan")), "--latent-dim"),
    ],
)
def test_what_is_no_decoder_stops_with_a_sentence(made: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        alone(made)


def test_a_bernoulli_needs_no_range_and_a_dead_decoder_is_warned_of() -> None:
    made = Pictures(last=lambda y: y)
    found = alone(SimpleNamespace(latent_dim=5, decode=lambda z: Bernoulli(logits=made(z))))
    assert (found.convention.likelihood, found.convention.output) == ("bernoulli", "unit")
    made = Pictures()
    made.inner[0].get_parameter("weight").data.zero_()
    assert any("look the same" in told for told in alone(made).report.warnings)


def test_files_and_whole_models_are_opened_without_data(onnx_pair: Path, torchscript_pair: Path, trained: VAE) -> None:
    z = torch.randn(9, 16)
    with torch.inference_mode():
        wanted = trained.likelihood(z).mean
        for spec in (onnx_pair / "decoder.onnx", torchscript_pair / "decoder.pt", onnx_pair):
            found = load_model(spec, "cpu", trust=True)
            assert (found.latent_dim, found.sample_shape, found.can.encode) == (16, (1, 28, 28), False)
            torch.testing.assert_close(found.likelihood(z).mean, wanted, rtol=1e-4, atol=1e-4)
    with pytest.raises(InputError, match="as an encoder does"):
        load_model(onnx_pair / "encoder.onnx", "cpu")
    with pytest.raises(InputError, match="--trust"):
        load_model(torchscript_pair / "decoder.pt", "cpu")


def test_its_space_lies_where_it_was_drawn(tmp_path: Path) -> None:
    model = alone(Pictures())
    space = LatentSpace.build(model, prior_samples(model, 400), tmp_path)
    drawn = space.data
    assert (len(space), drawn.name, drawn.values.dtype) == (400, "400 prior samples", np.dtype(np.uint8))
    with torch.inference_mode():
        decoded = model.likelihood(torch.from_numpy(space.mean.copy())).mean.numpy()
    np.testing.assert_allclose(drawn.batch(slice(None)), decoded, rtol=0, atol=0.5001 / 255)
    assert np.isnan(space.distortion).all() and np.isnan(space.rate).all()
    assert (np.exp(0.5 * space.logvar) < 1e-12).all()
    np.testing.assert_allclose(drawn.table["norm"], np.linalg.norm(space.mean, axis=1), rtol=1e-6)
    again = LatentSpace.build(model, prior_samples(model, 400), tmp_path)
    assert again.fingerprint == space.fingerprint and (again.mean == space.mean).all()
    # A standard normal: mean 0 and variance 1, within five standard errors.
    assert np.abs(space.mean.mean(axis=0)).max() < 5 / 20
    assert np.abs(space.mean.var(axis=0) - 1).max() < 5 * math.sqrt(2) / 20
    back, score = space.round_trip(space.mean[:3])
    assert (back == space.mean[:3]).all() and (score == 1).all()


def test_trust_takes_fresh_draws_for_what_they_are() -> None:
    model = alone(Pictures())
    space = LatentSpace.build(model, prior_samples(model, 1500))
    fresh = np.random.default_rng(3).standard_normal((1500, 5)).astype(np.float32)
    # The distance alone leaves 1 % of draws below one half, the density vetoes as many at most.
    assert (trust(space, fresh) < 0.5).mean() < 0.04
    assert np.median(trust(space, fresh)) > 0.9
    assert (trust(space, 12 * fresh / np.linalg.norm(fresh, axis=1, keepdims=True)) < 0.05).all()


@given(st.one_of(st.text(max_size=12), st.lists(st.integers(-3, 40), max_size=4)))
@settings(max_examples=60, deadline=None)
def test_stated_sizes_are_whole_numbers_or_refused(value: Any) -> None:
    try:
        sizes = parse_sizes("latent_dim", value)
    except InputError as error:
        assert "--latent-dim" in str(error)
    else:
        assert 1 <= len(sizes) <= 3 and min(sizes) >= 1
        assert parse_sizes("latent_dim", ",".join(map(str, sizes))) == sizes
        assert ModelOptions(latent_dim=sizes).stated()["latent_dim"] == sizes
