"""What encoders answer, taken apart: nested, in threes, in numbers of another precision."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.model.foreign.linear import LinearVAE, linear_vae
from vae_core import Dataset, InputError, load_data
from vae_core.data import from_arrays
from vae_core.model import wrap_model
from vae_core.model.foreign.outputs import std_logvar_pair, to_logvar
from vae_core.model.foreign.wrapped import WrappedVAE
from vae_core.options import parse_posterior


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return load_data("digits")


@pytest.fixture(scope="module")
def model(digits: Dataset) -> LinearVAE:
    return linear_vae(torch.from_numpy(digits.batch(slice(None))))


def opened(digits: Dataset, model: LinearVAE, change: Callable[..., Any], **stated: Any) -> WrappedVAE:
    """A model whose encoder answers with items, mean and log-variance as `change` puts them."""

    # A spread that depends on the item, so that it is no constant.
    def encode(x: Tensor) -> Any:
        mean, logvar = model.encode(x)
        return change(x, mean, logvar + 0.3 * mean.cos())

    found = wrap_model((encode, model.decode), digits, "cpu", **stated)
    assert isinstance(found, WrappedVAE)
    x = torch.from_numpy(digits.batch(slice(0, 40)))
    mean, logvar = model.encode(x)
    posterior = found.encode(x)
    torch.testing.assert_close(posterior.mean, mean, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(posterior.logvar, logvar + 0.3 * mean.cos(), rtol=1e-3, atol=1e-3)
    return found


THREES: list[tuple[str, Callable[..., Any]]] = [
    ("mean, std, logvar", lambda x, m, v: (m, (v / 2).exp(), v)),
    ("mean, logvar, std", lambda x, m, v: (m, v, (v / 2).exp())),
    ("logvar, std, mean", lambda x, m, v: (v, (v / 2).exp(), m)),
]


@pytest.mark.parametrize(("name", "change"), THREES, ids=[name for name, _ in THREES])
@pytest.mark.parametrize("order", [None, "mean,logvar", "mean,std"])
def test_of_three_tensors_two_are_bound(
    name: str, change: Callable[..., Any], order: str | None, digits: Dataset, model: LinearVAE
) -> None:
    stated = {} if order is None else {"posterior": order}
    assert opened(digits, model, change, **stated).can.variance


NESTED: list[tuple[str, Callable[..., Any]]] = [
    ("a sample, and a pair", lambda x, m, v: (m + (v / 2).exp() * torch.randn_like(m), (m, v))),
    ("a reconstruction, mean and log-variance", lambda x, m, v: (0.9 * x, m, v)),
    ("a reconstruction, and a pair", lambda x, m, v: [0.9 * x, [m, v]]),
    ("a pair under a name", lambda x, m, v: {"posterior": (m, v), "features": x}),
    ("a pair in a field", lambda x, m, v: SimpleNamespace(q_z=(m, v))),
]


@pytest.mark.parametrize(("name", "change"), NESTED, ids=[name for name, _ in NESTED])
def test_what_is_nested_is_unpacked(name: str, change: Callable[..., Any], digits: Dataset, model: LinearVAE) -> None:
    opened(digits, model, change, posterior="mean,logvar")


def test_twins_are_told_by_their_relation_alone() -> None:
    logvar = torch.randn(20, 3)
    mean = torch.randn(20, 3)
    assert std_logvar_pair((mean, (logvar / 2).exp(), logvar)) == (1, 2, "logvar")
    assert std_logvar_pair((logvar.exp(), mean, logvar)) == (0, 2, None)
    assert std_logvar_pair((mean, logvar, mean + logvar)) is None


def test_softplus_is_a_spread() -> None:
    raw = torch.linspace(-6, 6, 50)
    wanted = 2 * nn.functional.softplus(raw.double()).log()
    torch.testing.assert_close(to_logvar(raw, "softplus").double(), wanted, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16, torch.float16])
def test_networks_are_given_numbers_of_their_own_precision(dtype: torch.dtype, digits: Dataset) -> None:
    vae = linear_vae(torch.from_numpy(digits.batch(slice(None))))

    class Precise(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = nn.Linear(64, 6)
            self.decoder = nn.Linear(6, 64)
            with torch.no_grad():
                self.encoder.weight.copy_(vae.back.T)
                self.encoder.bias.copy_(-vae.middle @ vae.back)
                self.decoder.weight.copy_(vae.axes.T)
                self.decoder.bias.copy_(vae.middle)

        def encode(self, x: Tensor) -> Tensor:
            mean: Tensor = self.encoder(x.flatten(1))
            return mean

        def decode(self, z: Tensor) -> Tensor:
            picture: Tensor = self.decoder(z)
            return picture.reshape(-1, 1, 8, 8)

    found = wrap_model(Precise().to(dtype), digits, "cpu", posterior="mean")
    x = torch.from_numpy(digits.batch(slice(0, 40)))
    with torch.inference_mode():
        mean = found.encode(x).mean
        assert mean.dtype == torch.float32
        torch.testing.assert_close(mean, vae.encode(x)[0], rtol=0.05, atol=0.05)
        assert found.likelihood(mean).mean.dtype == torch.float32


def test_a_bernoulli_of_values_beyond_its_two_is_refused() -> None:
    values = np.random.default_rng(0).normal(size=(300, 5)).astype(np.float32) * 3
    data = from_arrays(values @ np.diag([3, 2, 1, 0.1, 0.1]).astype(np.float32), name="readings", kind="vector")
    vae = linear_vae(torch.from_numpy(data.batch(slice(None))), 3)
    stated: dict[str, Any] = {"posterior": "mean,logvar", "range": "unit", "output": "same"}
    with pytest.raises(InputError, match=r"readings lie in \[-[0-9.]+, [0-9.]+\].*--likelihood gaussian"):
        wrap_model((vae.encode, vae.decode), data, "cpu", likelihood="bernoulli", **stated)
    assert wrap_model((vae.encode, vae.decode), data, "cpu", **stated).latent_dim == 3


def test_what_is_asked_for_can_be_typed(digits: Dataset, model: LinearVAE) -> None:
    untrained = nn.Linear(64, 8), nn.Linear(4, 64)

    class Untrained(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.other = untrained

        def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
            mean, logvar = self.one(x.flatten(1)).chunk(2, dim=1)
            return mean, logvar

        def decode(self, z: Tensor) -> Tensor:
            vector: Tensor = self.other(z)
            return vector

    with pytest.raises(InputError, match="state it with --posterior") as asked:
        wrap_model(Untrained(), digits, "cpu")
    (named,) = re.findall(r"The posterior may be (.*?) \(squared", str(asked.value))
    offered = re.split(r" or |, ", named)
    assert len(offered) > 1 and [parse_posterior(order) for order in offered]


def test_what_does_not_fit_is_named_with_what_to_pass(digits: Dataset, model: LinearVAE) -> None:
    narrow = from_arrays(digits.values[..., :6] / 16, name="narrow")
    with pytest.raises(InputError) as told:
        wrap_model((model.encode, model.decode), narrow, "cpu")
    assert "given (48, 1, 8, 6) it said: takes items of shape (1, 8, 8)" in str(told.value)
    assert "Give the data it was trained on" in str(told.value)
    with pytest.raises(InputError, match="values that are not finite"):
        wrap_model((lambda x: model.encode(x)[0] * float("nan"), model.decode), digits, "cpu")
    with pytest.raises(InputError, match=r"decodes 48 points to \(48, 5\), and the data are \(48, 1, 8, 8\)"):
        wrap_model((model.encode, lambda z: z[:, :5]), digits, "cpu")


def test_items_that_are_all_the_same(model: LinearVAE) -> None:
    same = from_arrays(np.full((60, 8, 8), 0.25, np.float32), name="same", kind="image")
    stated: dict[str, Any] = {"range": "unit", "posterior": "mean,logvar", "output": "same", "layout": "nchw"}
    found = wrap_model((model.encode, model.decode), same, "cpu", **stated)
    assert isinstance(found, WrappedVAE)
    text = found.report.text()
    assert "inf%" not in text and "All items are the same" in text
