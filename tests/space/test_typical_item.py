from __future__ import annotations

import numpy as np

from tests.space.conftest import LinearModel, vectors
from vae_core.space import LatentSpace


def test_the_typical_item_is_in_the_middle_of_every_figure() -> None:
    space = LatentSpace.build(LinearModel(), vectors(400))
    item = space.typical_item
    for figure in (space.trust_scale.distance(space.mean), space.rate.sum(axis=1), space.distortion):
        assert abs((figure < figure[item]).mean() - 0.5) < 0.2


def test_what_is_not_known_does_not_count() -> None:
    space = LatentSpace.build(LinearModel(variance=False), vectors(50))
    assert np.isnan(space.rate).all() and 0 <= space.typical_item < 50
    assert LatentSpace.build(LinearModel(), vectors(1)).typical_item == 0
