"""In which range a model takes its items: found by trying, and asked for where it cannot be told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from tests.model.foreign.linear import linear_vae
from vae_core import Dataset, InputError, load_data
from vae_core.data import from_arrays
from vae_core.model import wrap_model
from vae_core.model.foreign.convention import IMAGENET, Affine, stated_affine
from vae_core.model.foreign.wrapped import WrappedVAE
from vae_core.options import ModelOptions


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return load_data("digits")


@pytest.fixture(scope="module")
def coloured(digits: Dataset) -> Dataset:
    """Digits in red on a bluish ground: three channels of very different mean and deviation."""
    grey = digits.batch(slice(None))
    return from_arrays(
        np.concatenate([0.9 * grey, 0.2 + 0.1 * grey, 0.7 - 0.25 * grey[:, :, ::-1]], axis=1), name="coloured"
    )


@pytest.fixture(scope="module")
def table() -> Dataset:
    """Vectors whose columns are of very different size."""
    random = np.random.default_rng(0)
    hidden = random.normal(size=(600, 3))
    values = hidden @ random.normal(size=(3, 8)) + 0.3 * random.normal(size=(600, 8))
    return from_arrays(((values + 1) * 10.0 ** np.arange(-3, 5)).astype(np.float32), name="table", kind="vector")


def taking(data: Dataset, give: Callable[[Tensor], Tensor], latent_dim: int = 6) -> tuple[Any, Any, Any]:
    """A model that takes items as `give` gives them, by encode and decode, and itself."""
    model = linear_vae(give(torch.from_numpy(data.batch(slice(None)))), latent_dim)
    return model.encode, model.decode, model


def opened(data: Dataset, give: Callable[[Tensor], Tensor], latent_dim: int = 6, **stated: Any) -> WrappedVAE:
    encode, decode, model = taking(data, give, latent_dim)
    found = wrap_model((encode, decode), data, "cpu", **stated)
    assert isinstance(found, WrappedVAE)
    x = torch.from_numpy(data.batch(slice(0, 50)))
    wanted = model.encode(give(x))[0]
    # Its own numbers are measured on some of the items, and are near to those of all.
    assert (found.encode(x).mean - wanted).abs().max() < 0.35
    return found


def test_pictures_in_units_of_their_own(digits: Dataset) -> None:
    assert digits.value_range == (0, 16)
    nothing: dict[str, Any] = {}
    for stated in (nothing, {"posterior": "mean,logvar"}):
        found = opened(digits, lambda x: 16 * x, **stated)
        assert (found.convention.range, found.convention.output) == ("raw", "same"), stated
    assert opened(digits, lambda x: 255 * x).convention.range == "bytes"
    assert opened(digits, lambda x: x).convention.range == "unit"
    with pytest.raises(InputError, match="raw is for pictures of another range"):
        wrap_model(taking(digits, lambda x: x)[:2], replace(digits, value_range=(0, 255)), "cpu", range="raw")


def test_latents_that_explode_are_no_sign_of_being_understood(digits: Dataset) -> None:
    x = torch.from_numpy(digits.batch(slice(None))).flatten(1)
    axes = torch.linalg.svd(x, full_matrices=False)[2][:20]

    def decode(z: Tensor) -> Tensor:
        # Nearly blind to the size of a latent point: the larger, the better.
        picture: Tensor = z @ axes
        return (picture / (picture.amax(dim=1, keepdim=True) + 0.3)).reshape(-1, 1, 8, 8)

    made = (lambda given: given.flatten(1) @ axes.T, decode)
    with pytest.raises(InputError, match=r"the latents of bytes lie [0-9]+ from 0, and unit reconstructs.*--range"):
        wrap_model(made, digits, "cpu", posterior="mean", output="unit")
    assert wrap_model(made, digits, "cpu", posterior="mean", output="unit", range="unit").latent_dim == 20


def by_channel(x: Tensor) -> Affine:
    flat = x.transpose(0, 1).flatten(1)
    return Affine(tuple(flat.mean(dim=1).tolist()), tuple(flat.std(dim=1).tolist()))


def test_colours_standardised_channel_by_channel(coloured: Dataset) -> None:
    affine = by_channel(torch.from_numpy(coloured.batch(slice(None))))
    found = opened(coloured, affine.give)
    assert (found.convention.range, found.convention.output) == ("standardised-each", "same")
    assert opened(coloured, affine.give, range="standardised").convention.range == "standardised-each"
    assert opened(coloured, IMAGENET.give).convention.range == "imagenet"
    numbers = "standardised:0.5,0.25,0.6;0.3,0.1,0.2"
    exact = opened(coloured, stated_affine(numbers.partition(":")[2]).give, range=numbers)
    x = torch.from_numpy(coloured.batch(slice(0, 20)))
    model = taking(coloured, Affine((0.5, 0.25, 0.6), (0.3, 0.1, 0.2)).give)[2]
    wanted = model.encode(
        (x - torch.tensor([0.5, 0.25, 0.6])[:, None, None]) / torch.tensor([0.3, 0.1, 0.2])[:, None, None]
    )
    torch.testing.assert_close(exact.encode(x).mean, wanted[0], rtol=1e-3, atol=1e-3)


def test_vectors_standardised_column_by_column(table: Dataset) -> None:
    affine = by_channel(torch.from_numpy(table.batch(slice(None))))
    found = opened(table, affine.give, latent_dim=3, posterior="mean,logvar")
    assert (found.convention.range, found.convention.output) == ("standardised-each", "same")
    with pytest.raises(InputError, match="imagenet is for pictures of three channels"):
        wrap_model(taking(table, affine.give, 3)[:2], table, "cpu", range="imagenet")


NUMBERS = st.lists(st.decimals(-50, 50, places=3), min_size=1, max_size=4)


@given(NUMBERS, NUMBERS)
@settings(max_examples=60, deadline=None)
def test_stated_numbers_are_taken_as_they_stand_or_refused(means: list[Any], deviations: list[Any]) -> None:
    text = f"standardised:{','.join(map(str, means))};{','.join(map(str, deviations))}"
    good = len(means) == len(deviations) and min(deviations) > 0
    try:
        stated = ModelOptions(range=text).stated()["range"]
    except InputError as error:
        assert not good and "--range" in str(error)
    else:
        assert good
        affine = stated_affine(stated.partition(":")[2])
        x = torch.rand(2, len(means), 3)
        torch.testing.assert_close(affine.back(affine.give(x)), x, rtol=1e-3, atol=1e-3)
