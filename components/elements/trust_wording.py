"""How far a picture can be trusted, in words: the three indicators, and the reason for the worst of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from vae_core import LatentSpace
from vae_core.space.trust import Trust

#: Each indicator: what it is called and what it says. README, help and tooltips have these very sentences.
INDICATORS = {
    "near": (
        "Near the data",
        "Does the latent point lie where the decoder has learnt? It is judged by distance, density, gaps between "
        "groups of items, and each coordinate by itself; 0.5 is the edge: 98 % of what the decoder learnt from scores "
        "more.",
    ),
    "map": (
        "Map reliable here",
        "Does this spot of this map stand for that latent point? Always on PCA and raw maps; on t-SNE and UMAP maps if "
        "there are items around the spot, they agree with each other, and the point falls back onto the spot.",
    ),
    "faithful": (
        "Faithful",
        "Of an item: does its reconstruction match it, compared with all items? 0.5 is a distortion that 5 % exceed. "
        "Of any other point: if its picture is encoded again, does it come back as near as 99 % of the items do (0.5)?",
    ),
}
HEADLINE = "Trust is the worst of the three that apply."

_GOOD, _FAIR, _POOR = 0.75, 0.5, 0.15


def describe_trust(
    space: LatentSpace, z: np.ndarray, trust: Trust, distortion: float | None = None, exact: bool = False
) -> dict[str, Any]:
    """Return the trust of one latent point as the page shows it.

    Parameters
    ----------
    space : LatentSpace
        The space.
    z : ndarray
        ``[1, d]``.
    trust : Trust
        Of that point.
    distortion : float, optional
        In nats, if the point is the encoding of an item.
    exact : bool
        Whether the spot it was taken from lies on a PCA or raw map.

    Returns
    -------
    dict
        ``believed`` (the headline), ``trust`` (without the map), ``near``, ``map``, ``faithful`` (None where one does
        not apply, or cannot be told), ``words`` of each, and ``trust_in_words``, the reason.
    """
    scores = {name: _plain(getattr(trust, name)[0]) for name in INDICATORS}
    words = {
        "near": _near_words(space, z, scores["near"]),
        "map": _map_words(scores["map"], exact),
        "faithful": _faithful_words(space, scores["faithful"], distortion),
    }
    known = {name: score for name, score in scores.items() if score is not None}
    worst = min(known, key=lambda name: known[name], default="near")
    if known.get(worst, 0.0) >= _GOOD:
        said = {"near": "among the data", "faithful": "faithful", "map": words["map"]}
        reason = ", ".join([said[name] for name in ("near", "faithful") if name in known] or [said["map"]])
    else:
        reason = words[worst]
    point = [known[name] for name in ("near", "faithful") if name in known]
    return {
        "believed": known.get(worst),
        "trust": min(point, default=None),
        **scores,
        "words": words,
        "trust_in_words": reason,
    }


def _share(those: np.ndarray) -> str:
    """Return a share of the items in percent; rounded down, so that nobody is said to be beyond all."""
    share = 100 * float(those.mean())
    return f"{np.floor(10 * share) / 10:.1f}" if 99 <= share < 100 else f"{np.floor(share):.0f}"


def _plain(score: float) -> float | None:
    return None if np.isnan(score) else round(float(score), 4)


def _near_words(space: LatentSpace, z: np.ndarray, score: float | None) -> str:
    if score is None:
        return "cannot be told from one item"
    if score >= _GOOD:
        return "among the data"
    if score >= _FAIR:
        return "at the edge of the data"
    doubts = space.trust_scale.doubts(z)
    largest = max(("distance", "density", "isolation", "coordinate"), key=lambda name: float(getattr(doubts, name)[0]))
    if largest == "coordinate":
        return f"z{int(doubts.dimension[0])} is outside the range of the data"
    if largest == "isolation":
        return "in a gap of the data: a guess"
    return "few items nearby" if score >= _POOR else "far from all data: a guess"


def _map_words(score: float | None, exact: bool) -> str:
    if score is None:
        return "not asked: the point was not taken from the map"
    if exact:
        return "exact on this map"
    if score >= _GOOD:
        return "items around the spot agree"
    if score >= _FAIR:
        return "items around the spot differ a little"
    return "the map is empty or torn here: a guess"


def _faithful_words(space: LatentSpace, score: float | None, distortion: float | None) -> str:
    if distortion is not None and score is not None:
        if distortion <= space.usual_distortion[50]:
            return f"reconstructed better than {_share(space.distortion > distortion)} % of the items"
        return f"reconstructed worse than {_share(space.distortion < distortion)} % of the items"
    if score is None:
        return "not known: nothing was encoded" if not space.model.can.encode else "not measured"
    if score >= _GOOD:
        return "encoded again it comes back"
    if score >= _FAIR:
        return "encoded again it comes back roughly"
    return "encoded again it lands elsewhere"
