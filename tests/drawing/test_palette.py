"""Colours of angles: round the circle without a seam, told apart by every eye, seen on both grounds."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import ArrayLike

from vae_core.drawing.palette import CYCLIC

#: Linear RGB as seen without one kind of cone (Machado, Oliveira & Fernandes 2009, severity 1).
SIGHT: dict[str, ArrayLike] = {
    "trichromat": np.eye(3),
    "protanope": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranope": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanope": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
_LMS = [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005]]  # fmt: skip
_LAB = [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660]]  # fmt: skip


def linear(colours: list[str]) -> np.ndarray:
    """Linear RGB ``[m, 3]``."""
    values = np.array([[int(one[at : at + 2], 16) for at in (1, 3, 5)] for one in colours]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def seen(colours: list[str], sight: str) -> np.ndarray:
    """OKLab ``[m, 3]``."""
    rgb = np.clip(linear(colours) @ np.transpose(SIGHT[sight]), 0, 1)
    return np.asarray(np.cbrt(rgb @ np.transpose(_LMS)) @ np.transpose(_LAB))


@pytest.mark.parametrize("sight", SIGHT)
def test_angles_have_a_circle_of_colours_without_a_seam(sight: str) -> None:
    assert CYCLIC[0] == CYCLIC[-1] and len(CYCLIC) == 13
    lab = seen(list(CYCLIC[:-1]), sight)
    apart = np.linalg.norm(lab[:, None] - lab[None], axis=2)
    steps = np.array([apart[k, (k + 1) % 12] for k in range(12)])
    assert steps.max() / steps.min() < 2, "no jump, and no stretch of one colour"
    for k in range(12):
        for other in range(k + 2, k + 11):
            assert apart[k, other % 12] > 0.15, f"{30 * k}° and {30 * (other % 12)}°"
        assert apart[k, (k + 6) % 12] > 0.3, "opposite ends"


def test_no_angle_vanishes_on_either_ground() -> None:
    def luminance(colours: list[str]) -> np.ndarray:
        return linear(colours) @ [0.2126, 0.7152, 0.0722]

    own = luminance(list(CYCLIC))
    white, dark = luminance(["#ffffff", "#1a1b1e"])
    assert ((white + 0.05) / (own + 0.05)).min() > 1.4
    assert ((own + 0.05) / (dark + 0.05)).min() > 1.4
