"""Measures of a space's items: taken once, and no other space waits for them."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from vae_core import LatentSpace
from vae_core.columns import measured_values as module
from vae_core.columns.measured_values import measured_names, measured_values
from vae_core.columns.measures import Measured, measures
from vae_core.data.dataset import Dataset


def test_one_space_does_not_wait_for_another(
    grey: LatentSpace, colour: LatentSpace, monkeypatch: pytest.MonkeyPatch
) -> None:
    spaces = [LatentSpace.build(one.model, one.data) for one in (grey, colour)]
    under_way, go_on, taken = threading.Event(), threading.Event(), []

    def slow(data: Dataset, index: np.ndarray) -> Measured:
        if data is spaces[0].data and len(index) > 2:
            taken.append(data)
            under_way.set()
            assert go_on.wait(60)
        return measures(data, index)

    monkeypatch.setattr(module, "measures", slow)
    threads = [threading.Thread(target=measured_values, args=(spaces[0], "brightness")) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert under_way.wait(60)
    assert measured_values(spaces[1], "brightness") is not None, "another space"
    assert "brightness" in measured_names(spaces[0]), "names of the same one"
    go_on.set()
    for thread in threads:
        thread.join(60)
    assert len(taken) == 1 and measured_values(spaces[0], "brightness") is not None
