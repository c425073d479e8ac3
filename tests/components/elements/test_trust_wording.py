"""Trust in words: the worst indicator gives the reason, and says which it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from components.elements.trust_wording import HEADLINE, INDICATORS, describe_trust
from tests.space.conftest import LinearModel, vectors
from vae_core import LatentSpace
from vae_core.space.trust import Trust, assess_items
from vae_core.space.trust.scale import Doubts


def _trust(near: float, on_map: float = np.nan, faithful: float = np.nan) -> Trust:
    return Trust(*(np.array([score], dtype=np.float32) for score in (near, on_map, faithful)))


@pytest.fixture(scope="module")
def space() -> LatentSpace:
    return LatentSpace.build(LinearModel(), vectors(600))


@pytest.mark.parametrize(
    ("scores", "exact", "words"),
    [
        ((0.95, 1.0, 0.9), True, "among the data, faithful"),
        ((0.95, 1.0), True, "among the data"),
        ((0.6, 1.0, 0.9), True, "at the edge of the data"),
        ((0.9, 0.3, 0.9), False, "the map is empty or torn here: a guess"),
        ((0.9, 0.6, 0.8), False, "items around the spot differ a little"),
        ((0.9, 1.0, 0.1), True, "encoded again it lands elsewhere"),
        ((0.9, np.nan, 0.6), False, "encoded again it comes back roughly"),
    ],
)
def test_the_headline_is_the_worst_and_says_why(
    space: LatentSpace, scores: tuple[float, ...], exact: bool, words: str
) -> None:
    told = describe_trust(space, space.mean[:1], _trust(*scores), exact=exact)
    assert told["trust_in_words"] == words
    assert told["believed"] == pytest.approx(np.nanmin(scores), abs=1e-4)
    assert told["map"] is None or told["map"] == pytest.approx(scores[1])


def test_a_coordinate_outside_its_range_is_named(space: LatentSpace, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = np.zeros(1)
    z = space.mean[:1].copy()
    for at, words in (
        ("coordinate", "z2 is outside the range of the data"),
        ("isolation", "in a gap of the data: a guess"),
        ("distance", "far from all data: a guess"),
        ("density", "far from all data: a guess"),
    ):
        parts = dict.fromkeys(("distance", "density", "isolation", "coordinate"), nothing)
        doubts = Doubts(**{**parts, at: np.array([3.0])}, dimension=np.array([2]))
        monkeypatch.setattr(space.trust_scale, "doubts", lambda z, doubts=doubts: doubts)
        assert describe_trust(space, z, _trust(0.1))["words"]["near"] == words


def test_a_reconstruction_is_told_by_its_place_among_the_items(space: LatentSpace) -> None:
    worst = int(space.distortion.argmax())
    for distortion, words, low, high in (
        (float(space.distortion[worst]) + 1e4, "reconstructed worse than 100 % of the items", 0, 0.01),
        (float(np.percentile(space.distortion, 97)), "reconstructed worse than 97 % of the items", 0.2, 0.5),
        (float(np.percentile(space.distortion, 40)), "reconstructed better than 60 % of the items", 1, 1),
    ):
        found = assess_items(space, space.mean[:1], np.array([distortion]))
        told = describe_trust(space, space.mean[:1], found, distortion)
        assert told["words"]["faithful"] == words
        assert low <= told["faithful"] <= high
    unknown = describe_trust(space, space.mean[:1], assess_items(space, space.mean[:1], np.array([np.nan])))
    assert unknown["faithful"] is None and unknown["words"]["faithful"] == "not measured"


def test_what_cannot_be_told_from_one_item_is_said_to_be_so(space: LatentSpace) -> None:
    told = describe_trust(space, space.mean[:1], _trust(np.nan, np.nan, 0.9))
    assert (told["believed"], told["near"], told["trust_in_words"]) == (0.9, None, "faithful")
    assert told["words"]["near"] == "cannot be told from one item"
    nothing = describe_trust(space, space.mean[:1], _trust(np.nan, np.nan, np.nan))
    assert nothing["believed"] is None and nothing["trust"] is None
    assert nothing["trust_in_words"] == "cannot be told from one item"


def test_the_readme_defines_trust_in_the_same_words() -> None:
    readme = " ".join((Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8").split())
    for name, sentence in INDICATORS.values():
        assert name.lower() in readme.lower()
        assert sentence in readme
    assert HEADLINE in readme
