"""The configuration: its round trip, and what wrong values get."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vae_core.errors import InputError
from vae_core.model import VAEConfig

SIZES = st.lists(st.integers(1, 64), max_size=3).map(tuple)


@settings(max_examples=50, deadline=None)
@given(
    st.integers(1, 64), SIZES, SIZES.filter(bool), st.sampled_from(["bernoulli", "gaussian"]),
    st.one_of(st.just("learned"), st.floats(1e-6, 1e6), st.integers(1, 9)),
)  # fmt: skip
def test_configuration_survives_json(latent_dim: int, hidden: Any, channels: Any, likelihood: Any, scale: Any) -> None:
    for shape, architecture in (((3, 8, 9), "conv"), ((12,), "mlp"), ((2, 30), "mlp")):
        config = VAEConfig(shape, latent_dim, architecture, channels, hidden, likelihood, scale)  # type: ignore[arg-type]
        assert VAEConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_lists_become_tuples() -> None:
    assert VAEConfig([1, 8, 8], channels=[4, 4]) == VAEConfig((1, 8, 8), channels=(4, 4))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"sample_shape": ()}, "sample_shape must name at least one axis"),
        ({"sample_shape": (1, 0, 8)}, "sample_shape must hold positive whole numbers"),
        ({"sample_shape": (1, 8.0, 8)}, "sample_shape must hold positive whole numbers"),
        ({"sample_shape": 8}, "sample_shape must hold positive whole numbers"),
        ({"sample_shape": (64,)}, r"takes images \(c, h, w\).*use 'mlp'"),
        ({"latent_dim": 0}, "latent_dim must be a positive whole number"),
        ({"latent_dim": 2.5}, "latent_dim must be a positive whole number"),
        ({"latent_dim": True}, "latent_dim must be a positive whole number"),
        ({"latent_dim": "3"}, "latent_dim must be a positive whole number"),
        ({"architecture": "transformer"}, "architecture must be 'conv' or 'mlp'"),
        ({"channels": ()}, "needs at least one entry in channels"),
        ({"channels": (8, -1)}, "channels must hold positive whole numbers"),
        ({"channels": None}, "channels must hold positive whole numbers"),
        ({"hidden": ("8",)}, "hidden must hold positive whole numbers"),
        ({"likelihood": "poisson"}, "likelihood must be 'bernoulli' or 'gaussian'"),
        ({"scale": 0.0}, "scale must be 'learned' or a number"),
        ({"scale": -1}, "scale must be 'learned' or a number"),
        ({"scale": math.nan}, "scale must be 'learned' or a number"),
        ({"scale": math.inf}, "scale must be 'learned' or a number"),
        ({"scale": 10**400}, "scale must be 'learned' or a number"),
        ({"scale": 1e-30}, "scale must be 'learned' or a number"),
        ({"scale": True}, "scale must be 'learned' or a number"),
        ({"scale": "fixed"}, "scale must be 'learned' or a number"),
        ({"scale": None}, "scale must be 'learned' or a number"),
    ],
)
def test_wrong_value_gets_a_sentence(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence) as caught:
        VAEConfig(**{"sample_shape": (1, 8, 8), **changes})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("record", "sentence"),
    [
        ({}, "does not name its sample_shape"),
        ({"sample_shape": [1, 8, 8], "depth": 3}, "unknown setting 'depth'.*known are"),
        ({"sample_shape": "1x8x8"}, "sample_shape must be a list of whole numbers"),
        ({"sample_shape": [1, 8, 8], "channels": {"a": 1}}, "channels must be a list of whole numbers"),
        ({"sample_shape": [1, 8, 8], "hidden": [[3]]}, "hidden must hold positive whole numbers"),
        ({"sample_shape": [1, 8, 8], "architecture": ["conv"]}, "architecture must be"),
    ],
)
def test_wrong_record_gets_a_sentence(record: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        VAEConfig.from_dict(record)
