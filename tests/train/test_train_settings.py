"""Training settings: what wrong values get, and the schedules."""

from __future__ import annotations

import itertools
import json
import math
from typing import Any

import pytest

from vae_core.errors import InputError
from vae_core.train import TrainSettings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", 0), ("epochs", 1.5), ("epochs", True), ("epochs", "3"), ("batch_size", 0), ("seed", -1),
        ("seed", 2**32), ("learning_rate", 0.0), ("learning_rate", -1e-3), ("learning_rate", math.nan),
        ("learning_rate", math.inf), ("learning_rate", "fast"), ("beta", -0.1), ("beta", math.nan), ("beta", 1e40),
        ("beta", 10**400), ("beta", None), ("warmup_epochs", -1), ("warmup_epochs", math.inf), ("schedule", "linear"),
    ],
)  # fmt: skip
def test_wrong_value_gets_a_sentence(name: str, value: Any) -> None:
    with pytest.raises(InputError, match=f"^{name} must be ") as caught:
        TrainSettings(**{name: value})
    assert "\n" not in str(caught.value)


def test_settings_are_json() -> None:
    settings = TrainSettings(epochs=3, beta=4, schedule="cosine")
    assert TrainSettings(**json.loads(json.dumps(settings.to_dict()))) == settings


def test_constant_rate_stays() -> None:
    settings = TrainSettings(learning_rate=0.01)
    assert {settings.learning_rate_at(step, 50) for step in range(50)} == {0.01}


def test_cosine_falls_from_the_top_to_zero() -> None:
    settings = TrainSettings(learning_rate=0.01, schedule="cosine")
    rates = [settings.learning_rate_at(step, 100) for step in range(101)]
    assert rates[0] == 0.01
    assert rates[50] == pytest.approx(0.005)
    assert rates[100] == pytest.approx(0.0, abs=1e-12)
    assert all(later < earlier for earlier, later in itertools.pairwise(rates))
