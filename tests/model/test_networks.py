"""Networks of every size give items of the shape they take."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from vae_core.errors import InputError
from vae_core.model import VAE, VAEConfig
from vae_core.model.networks import split

SIZES = st.lists(st.integers(1, 3), min_size=1, max_size=4).map(tuple)


@settings(max_examples=30, deadline=None)
@given(
    st.integers(1, 3), st.integers(1, 40), st.integers(1, 40), SIZES,
    st.lists(st.integers(1, 4), max_size=2).map(tuple), st.integers(1, 3),
)  # fmt: skip
def test_convolutions_fit_any_picture(
    c: int, h: int, w: int, channels: tuple[int, ...], hidden: tuple[int, ...], latent_dim: int
) -> None:
    model = VAE(VAEConfig((c, h, w), latent_dim, "conv", channels, hidden))
    posterior = model.encode(torch.rand(2, c, h, w))
    assert posterior.mean.shape == posterior.logvar.shape == (2, latent_dim)
    assert model.likelihood(torch.randn(3, latent_dim)).mean.shape == (3, c, h, w)
    assert model.prior.sample().shape == (latent_dim,)


@pytest.mark.parametrize("side", range(1, 41))
def test_every_side_is_met_exactly(side: int) -> None:
    for channels in ((2,), (2, 2), (2, 2, 2, 2)):
        model = VAE(VAEConfig((1, side, 41 - side), 1, "conv", channels))
        assert model.likelihood(torch.zeros(1, 1)).mean.shape == (1, 1, side, 41 - side)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.integers(1, 6), min_size=1, max_size=3).map(tuple), st.lists(st.integers(1, 5), max_size=3).map(tuple)
)
def test_fully_connected_networks_take_items_of_any_shape(shape: tuple[int, ...], hidden: tuple[int, ...]) -> None:
    model = VAE(VAEConfig(shape, 2, "mlp", hidden=hidden, likelihood="gaussian"))
    assert model.encode(torch.randn(3, *shape)).mean.shape == (3, 2)
    assert model.likelihood(torch.randn(4, 2)).mean.shape == (4, *shape)


def test_every_pixel_is_seen_and_drawn() -> None:
    torch.manual_seed(0)
    model = VAE(VAEConfig((1, 7, 13), 4, "conv", (8, 8)))
    x = torch.rand(1, 1, 7, 13, requires_grad=True)
    model.encode(x).mean.square().sum().backward()
    assert x.grad is not None and (x.grad != 0).all()
    one, other = (model.likelihood(torch.full((1, 4), value)).mean for value in (-3.0, 3.0))
    assert (one != other).all()


def test_items_are_independent_of_their_batch() -> None:
    torch.manual_seed(0)
    model = VAE(VAEConfig((1, 12, 12), 3, channels=(4, 4))).eval()
    x = torch.rand(5, 1, 12, 12)
    assert torch.allclose(model.encode(x).mean[2:3], model.encode(x[2:3]).mean, atol=1e-6)


def test_gradients_reach_the_latent_point() -> None:
    model = VAE(VAEConfig((1, 8, 8), 3, channels=(4,)))
    z = torch.randn(2, 3, requires_grad=True)
    model.likelihood(z).mean.sum().backward()
    assert z.grad is not None and (z.grad != 0).any()


def test_likelihood_means_of_a_gaussian_are_not_clamped() -> None:
    model = VAE(VAEConfig((2,), 1, "mlp", likelihood="gaussian"))
    assert model.likelihood(torch.tensor([[1e6]])).mean.abs().max() > 1e3


def test_log_variances_stay_within_what_can_be_exponentiated() -> None:
    mean, logvar = split(torch.tensor([[5.0, -1e9], [7.0, 1e9]]).reshape(2, 2))
    assert mean.tolist() == [[5.0], [7.0]]
    assert torch.isfinite(logvar.exp()).all() and (logvar.exp() > 0).all()


def test_same_seed_same_weights() -> None:
    config = VAEConfig((1, 9, 9), 2, channels=(3,))
    fingerprints = []
    for seed in (0, 0, 1):
        torch.manual_seed(seed)
        fingerprints.append(VAE(config).fingerprint)
    assert fingerprints[0] == fingerprints[1] != fingerprints[2]


def test_absurd_sizes_are_refused_in_one_sentence() -> None:
    with pytest.raises(InputError, match="choose smaller ones"):
        VAE(VAEConfig((3,), 10**18, "mlp"))
