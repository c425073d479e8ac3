"""What is foreign to a space is told from what is like its own data."""

from __future__ import annotations

import numpy as np

from tests.space.conftest import vectors
from vae_core import LatentSpace
from vae_core.space.overlays.foreign import foreign_items
from vae_core.space.overlays.placed_items import encode_dataset


def test_items_like_the_data_are_at_home_and_others_are_foreign(space: LatentSpace) -> None:
    own = foreign_items(space, space.mean, space.distortion)
    assert own.remote.mean() < 0.03 and own.distorted.sum() == 3, "one in a hundred of 300"
    like = encode_dataset(space, vectors(200, seed=9))
    found = foreign_items(space, like.mean, like.distortion)
    assert found.count < 20 and found.count == (found.remote | found.distorted).sum()
    far = np.full((2, space.latent_dim), 40, dtype=np.float32)
    worse = np.array([space.distortion.max() + 1, np.nan], dtype=np.float32)
    found = foreign_items(space, np.concatenate([far[:1], space.mean[:2]]), np.concatenate([[np.nan], worse]))
    assert found.remote.tolist() == [True, False, False]
    assert found.distorted.tolist() == [False, True, False], "what was not measured is not called bad"
    assert found.count == 2
