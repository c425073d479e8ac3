from __future__ import annotations

from typing import Any

import pytest

from vae_core.errors import InputError
from vae_core.space import ProjectionSettings as Settings


@pytest.mark.parametrize("name", ["pca", "tsne", "umap", "pca-3d", "tsne-3d", "umap-3d", "z:3,7", "z:0,1,2"])
def test_plain_names_are_parsed_to_settings_of_that_name(name: str) -> None:
    assert Settings.parse(name).id == name
    assert Settings.of(name) == Settings.parse(name)
    assert Settings.from_json(Settings.parse(name).to_json()) == Settings.parse(name)


def test_defaults_have_plain_names_and_others_a_hash_of_what_they_use() -> None:
    assert Settings.of("tsne", perplexity=30, seed=0).id == "tsne"
    assert Settings.of("umap", dimensions=3).id == "umap-3d"
    other = Settings.of("tsne", perplexity=50)
    assert other.id.startswith("tsne-") and other.id == Settings.of("tsne", perplexity=50.0).id
    assert other.id != Settings.of("tsne", perplexity=50, seed=1).id != Settings.of("tsne", seed=1).id
    assert Settings(method="tsne", perplexity=50, neighbours=7) == other
    assert Settings.from_json(other.to_json()).id == other.id
    assert Settings.of("umap", neighbours=30, min_dist=0.0).id.startswith("umap-")


@pytest.mark.parametrize(
    ("method", "params", "says"),
    [
        ("som", {}, "no projection 'som'"),
        ("pca", {"perplexity": 3}, "no parameter 'perplexity'"),
        ("pca", {"dimensions": 4}, "2 or 3 dimensions"),
        ("tsne", {"perplexity": 0.5}, "at least 1"),
        ("tsne", {"perplexity": float("nan")}, "finite number"),
        ("tsne", {"perplexity": "many"}, "finite number"),
        ("tsne", {"seed": 1.5}, "whole number"),
        ("tsne", {"seed": -1}, "from 0 to"),
        ("umap", {"neighbours": 1}, "at least 2"),
        ("umap", {"min_dist": 2}, "from 0 to 1"),
        ("z", {"axes": (1,)}, "two or three different"),
        ("z", {"axes": (1, 1)}, "two or three different"),
        ("z:1", {}, "no projection 'z:1'"),
        ("z:1,2", {"axes": (1, 2)}, "no projection"),
    ],
)
def test_values_that_cannot_be_used_get_one_sentence(method: str, params: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        Settings.of(method, **params)


def test_settings_that_do_not_suit_the_set_get_one_sentence() -> None:
    with pytest.raises(InputError, match="perplexity of 30 is too large for 50 items; take at most 16"):
        Settings.of("tsne").check(50, 4)
    with pytest.raises(InputError, match="at least 4 items"):
        Settings.of("tsne").check(3, 4)
    with pytest.raises(InputError, match="15 neighbours are too many for 10 items"):
        Settings.of("umap").check(10, 4)
    with pytest.raises(InputError, match="at least 5 items"):
        Settings.of("umap", neighbours=2).check(4, 4)
    with pytest.raises(InputError, match="no latent dimension 9; the model has 4"):
        Settings.parse("z:0,9").check(50, 4)
    with pytest.raises(InputError, match="no depth"):
        Settings.parse("pca-3d").check(50, 2)
    Settings.of("tsne", perplexity=16).check(50, 4)


def test_a_start_is_named_only_where_it_is_not_the_usual_one() -> None:
    plain = Settings.of("tsne", perplexity=12)
    assert plain == Settings.of("tsne", perplexity=12, start="pca")
    assert "start" not in plain.to_json() and plain.all_iterations == plain.iterations == 750
    moved = Settings.of("tsne", perplexity=12, start="tsne")
    assert moved.id not in (plain.id, "tsne") and Settings.from_json(moved.to_json()) == moved
    assert moved.all_iterations == moved.iterations == 250
    assert moved.id == Settings.of("tsne", perplexity=12, start="tsne", iterations=250).id
    assert Settings.of("umap", start=f"umap-{'0' * 12}").id.startswith("umap-")


@pytest.mark.parametrize(
    ("method", "start", "says"),
    [
        ("tsne", "umap", "one of its own method"),
        ("umap", "../umap", "the name of a computed map"),
        ("tsne", 3, "the name of a computed map"),
        ("pca", "pca", "no parameter 'start'"),
    ],
)
def test_a_start_that_cannot_be_used_gets_one_sentence(method: str, start: object, says: str) -> None:
    with pytest.raises(InputError, match=says):
        Settings.of(method, start=start)
