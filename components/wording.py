"""Figures in words."""

from __future__ import annotations


def trust_in_words(score: float) -> str:
    """Say what a trust score in [0, 1] means; on the scale of `vae_core.trust` 0.5 is the edge of the data."""
    if score >= 0.9:
        return "among the data"
    if score >= 0.5:
        return "at the edge of the data"
    if score >= 0.15:
        return "few items nearby"
    return "far from all data: a guess"
