"""Figures as JSON has them."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import vae_core
from vae_core import LatentSpace
from vae_core.interpret.result_json import plain_figures
from vae_core.interpret.usage.collapse import collapse


@dataclass(frozen=True)
class Inner:
    """Within another."""

    value: float | None


@dataclass(frozen=True)
class Outer:
    """Of everything a result may hold."""

    array: np.ndarray
    names: tuple[str, ...]
    inner: Inner
    single: np.float32


@given(st.lists(st.floats(width=32)), st.floats())
def test_json_can_hold_every_result_and_no_number_is_lost(values: list[float], single: float) -> None:
    told = plain_figures(Outer(np.array(values), ("a",), Inner(single), np.float32(2)))
    read = json.loads(json.dumps(told, allow_nan=False))
    assert read["array"] == [value if np.isfinite(value) else None for value in values]
    assert read["inner"]["value"] == (single if np.isfinite(single) else None)
    assert (read["names"], read["single"]) == (["a"], 2.0)


def test_a_script_asks_the_same_as_the_page(grey: LatentSpace) -> None:
    found = vae_core.study(grey, "collapse")
    assert plain_figures(found) == plain_figures(collapse(grey))
    assert vae_core.study(grey, "collapse") is found, "it is kept"
