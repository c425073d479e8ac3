"""Shares of variance against decoders whose shares are known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from vae_core.data import from_arrays
from vae_core.space.encodings.variance_shares import variance_shares

RANDOM = np.random.default_rng(0)
WEIGHT = RANDOM.normal(size=(4, 30)) * np.array([2.0, 1.0, 0.3, 0.0])[:, None]
OTHER = RANDOM.normal(size=30)


def linear(z: np.ndarray) -> np.ndarray:
    return np.asarray(z @ WEIGHT)


def squared(z: np.ndarray) -> np.ndarray:
    # Var z_0² = 2, Var z_1 = 1, and E[(z_2 z_3)²] = 1, which belongs to no dimension alone.
    return np.outer(z[:, 0] ** 2 + z[:, 1] + z[:, 2] * z[:, 3], OTHER)


@pytest.mark.parametrize(
    ("decode", "wanted"),
    [(linear, np.square(WEIGHT).sum(axis=1) / np.square(WEIGHT).sum()), (squared, np.array([0.5, 0.25, 0, 0]))],
)
def test_they_are_those_of_the_closed_form(decode: Callable[[np.ndarray], np.ndarray], wanted: np.ndarray) -> None:
    z = np.random.default_rng(1).normal(size=(5000, 4)).astype(np.float32)
    data = from_arrays(decode(z).astype(np.float32), name="decoded", kind="vector")
    found = variance_shares(data, z)
    # Five standard errors of a share, which is at most 2 / √n for products of normals.
    np.testing.assert_allclose(found, wanted, atol=0.06)
    assert (found[wanted == 0] < 0.01).all()


def test_what_never_changes_has_no_shares() -> None:
    data = from_arrays(np.full((50, 8, 8), 0.5, np.float32), name="same", kind="image")
    z = np.random.default_rng(1).normal(size=(50, 3)).astype(np.float32)
    assert variance_shares(data, z).tolist() == [0, 0, 0]
    assert variance_shares(data.take([0]), z[:1]).tolist() == [0, 0, 0]
