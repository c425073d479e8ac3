"""Figures in words."""

from __future__ import annotations


def trust_in_words(score: float, support: float = 1.0) -> str:
    """Say how far a decoded spot can be trusted.

    Parameters
    ----------
    score : float
        `vae_core.trust` of the latent point, where 0.5 is the edge of the data.
    support : float
        `Projection.support` of the spot; 1 for a point that does not come from a map.
    """
    if support < 0.5 and support < score:
        return "no items here on the map: a guess"
    if score >= 0.9:
        return "among the data"
    if score >= 0.5:
        return "at the edge of the data"
    if score >= 0.15:
        return "few items nearby"
    return "far from all data: a guess"
