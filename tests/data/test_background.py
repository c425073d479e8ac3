"""The background of pictures is found at their rims."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from vae_core.data.background import background_colour
from vae_core.data.dataset import Dataset
from vae_core.demos.shipped import DEMOS


def test_the_background_is_what_lies_around() -> None:
    pixels = np.random.default_rng(0).random((600, 3, 10, 12)).astype(np.float32)
    pixels[:, :, [0, -1]] = np.array([-0.5, 0.5, 1.0])[:, None, None]
    pixels[..., [0, -1]] = np.array([-0.5, 0.5, 1.0])[:, None, None]
    pixels[::3] = 0  # a third without it
    table = pd.DataFrame(index=pd.RangeIndex(600, name="item"))
    found = background_colour(Dataset(pixels, "image", (-1.0, 1.0), table, "framed"))
    assert found == pytest.approx([0.25, 0.75, 1.0]) and found.dtype == np.float32


def test_fashion_lies_on_black() -> None:
    assert background_colour(DEMOS["fashion"].load()) == pytest.approx([0.0])
