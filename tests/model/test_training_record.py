"""What a training record says, whatever stands in it."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import vae_core
from vae_core.model.card import model_card
from vae_core.model.training_record import training_facts


def test_the_demo_tells_how_it_was_trained() -> None:
    space = vae_core.demo("sprites")
    found = {finding.subject: finding.value for finding in model_card(space.model, space.data).findings}
    assert found["trained"] == "80 epochs on sprites (8,100 items)"
    assert "β 2," in found["training settings"] and found["training settings"].endswith("seed 0")
    assert found["trained with"].startswith("python 3") and "torch 2.13.0" in found["trained with"]
    assert found["on held-out items"] == "ELBO −97.5, rate 16.6, distortion 80.91 nats per item; sprites (900 items)"


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.dictionaries(st.sampled_from(["beta", "seed", "elbo", "name", "count", "data"]), inner),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["data", "settings", "epochs", "versions", "test"]), values))
def test_whatever_stands_in_a_record_is_told_or_left_out(record: dict[str, Any]) -> None:
    assert all(subject and value for subject, value in training_facts(record))
