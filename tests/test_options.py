"""What is said of one model, and of each of several."""

from __future__ import annotations

import argparse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae_core import InputError
from vae_core.options import LAYOUTS, ModelOptions


def said(text: str, count: int) -> list[ModelOptions]:
    parser = argparse.ArgumentParser()
    ModelOptions.add_to(parser)
    return ModelOptions.of_each(parser.parse_args(text.split()), count)


def test_once_is_of_all_and_once_a_model_of_each() -> None:
    text = "--trust --range unit --posterior mean --posterior auto --sigma 0.5 --with a=1 --with a=[2] --with b=x"
    one, other = said(text, 2)
    assert (one.trust, one.range, one.posterior, one.sigma, one.arguments) == (
        True,
        "unit",
        "mean",
        0.5,
        {"a": 1, "b": "x"},
    )
    assert (other.trust, other.range, other.posterior, other.sigma) == (True, "unit", None, 0.5)
    assert other.arguments == {"a": [2], "b": "x"}
    assert said("", 3) == [ModelOptions()] * 3
    (alone,) = said("--latent-dim 4,8,8 --shape 12", 1)
    assert alone.stated() == {"latent_dim": (4, 8, 8), "shape": (12,)}


@pytest.mark.parametrize(
    ("text", "count", "words"),
    [
        ("--range unit --range bytes", 1, "--range is given 2 times for one model; give it once."),
        ("--latent-dim 1 --latent-dim 2", 3, "--latent-dim is given 2 times for 3 models"),
        ("--with a=1 --with a=2", 1, "--with a=… is given 2 times"),
        ("--with 1", 1, "--with takes name=value"),
        ("--sigma wide", 1, "--sigma is a positive number"),
        ("--sigma -1", 1, "--sigma is a positive number"),
        ("--layout sideways", 1, "--layout is one of nchw"),
        ("--layout nchw --layout sideways", 2, "--layout is one of nchw"),
    ],
)
def test_what_cannot_be_meant_is_told(text: str, count: int, words: str) -> None:
    with pytest.raises(InputError) as told:
        said(text, count)
    assert words in str(told.value)


@given(st.lists(st.sampled_from([*LAYOUTS, "auto"]), min_size=1, max_size=5))
def test_each_model_gets_its_own(layouts: list[str]) -> None:
    found = said(" ".join(f"--layout {layout}" for layout in layouts), len(layouts))
    assert [one.layout or "auto" for one in found] == layouts
