from __future__ import annotations

import argparse

import pytest

from vae_core.data.options import DataOptions
from vae_core.errors import InputError
from vae_core.options import ModelOptions


def chosen(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    ModelOptions.add_to(parser)
    DataOptions.add_to(parser)
    return parser.parse_args(arguments)


def test_given_once_they_are_of_all_given_once_a_model_of_each() -> None:
    typed = chosen("--metadata", "m.csv", "--fit", "auto", "--fit", "pad", "--columns", "a, b", "--columns", "auto")
    one, other = DataOptions.of_each(typed, 2)
    assert (one.fit, one.columns, one.metadata) == (None, ("a", "b"), "m.csv")
    assert (other.fit, other.columns, other.metadata) == ("pad", (), "m.csv")


def test_arguments_of_factories_are_of_each_too() -> None:
    typed = chosen("--data-with", "n=3", "--data-with", "n=auto", "--data-with", "kind=test")
    assert [options.arguments for options in DataOptions.of_each(typed, 2)] == [
        {"n": 3, "kind": "test"},
        {"kind": "test"},
    ]


def test_another_number_of_times_is_refused() -> None:
    with pytest.raises(InputError, match=r"--fit is given 2 times for 3 models"):
        DataOptions.of_each(chosen("--fit", "pad", "--fit", "crop"), 3)
    with pytest.raises(InputError, match=r"--fit is given 2 times for one model"):
        DataOptions.of(chosen("--fit", "pad", "--fit", "crop"))
