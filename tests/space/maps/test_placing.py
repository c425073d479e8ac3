from __future__ import annotations

import warnings

import numpy as np
import pytest

from vae_core.progress import Stopped
from vae_core.space import Neighbours, ProjectionSettings, compute
from vae_core.space.maps.neighbour_map import tuned_inverse
from vae_core.space.maps.placing import place, synthetic_items
from vae_core.space.maps.projection import spatial_index


@pytest.fixture(scope="module")
def fitted(clusters: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(clusters[:300])


def test_tsne_places_as_the_library_does(clusters: np.ndarray, fitted: np.ndarray) -> None:
    import openTSNE

    library = openTSNE.TSNE(perplexity=12, random_state=0, neighbors="exact", negative_gradient_method="bh")
    theirs_map = library.fit(fitted)
    points = np.array(theirs_map, dtype=np.float32)
    # transform() centres the map in place and answers in that frame.
    centre = (points.max(axis=0) + points.min(axis=0)) / 2
    theirs = np.asarray(theirs_map.transform(clusters[300:360])) + centre
    settings = ProjectionSettings("tsne", perplexity=12.0)
    ours = place(settings, points, Neighbours(fitted), clusters[300:360])
    assert ours.shape == (60, 2) and ours.dtype == np.float32
    np.testing.assert_allclose(ours, theirs, atol=1e-2)


def test_points_are_placed_against_one_tree_of_the_map(
    clusters: np.ndarray, fitted: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    from openTSNE.quad_tree import QuadTree

    built = []

    def counted(points: np.ndarray) -> QuadTree:
        built.append(len(points))
        return QuadTree(points)

    settings = ProjectionSettings("tsne", perplexity=12.0)
    points = compute(settings, fitted).points
    for module in ("openTSNE.quad_tree", "openTSNE.tsne"):
        monkeypatch.setattr(f"{module}.QuadTree", counted)
    steps: list[tuple[int, int]] = []

    def hear(step: int, of: int, note: str = "", preview: object = None) -> bool:
        steps.append((step, of))
        return step < 100

    place(settings, points, Neighbours(fitted), clusters[300:310])
    assert built == [300], "the map stays, so one tree of it does for all steps"
    with pytest.raises(Stopped):
        place(settings, points, Neighbours(fitted), clusters[300:310], progress=hear)
    assert steps[-1] == (100, 250)


def test_umap_places_as_the_library_does(clusters: np.ndarray, fitted: np.ndarray) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import umap

        library = umap.UMAP(n_neighbors=10, random_state=0).fit(fitted)
        theirs = library.transform(clusters[300:360])
    points = library.embedding_.astype(np.float32)
    ours = place(ProjectionSettings("umap", neighbours=10), points, Neighbours(fitted), clusters[300:360])
    # Both draw their negative samples at random.
    assert np.median(np.linalg.norm(ours - theirs, axis=1)) < 0.02 * np.ptp(points)


@pytest.mark.parametrize("name", ["tsne", "umap"])
@pytest.mark.parametrize("dimensions", [2, 3])
def test_new_items_fall_among_their_own_and_the_map_stays(fitted: np.ndarray, name: str, dimensions: int) -> None:
    parameters = {"perplexity": 10.0} if name == "tsne" else {"neighbours": 8}
    settings = ProjectionSettings.of(name, dimensions=dimensions, **parameters)
    neighbours = Neighbours(fitted)
    made = compute(settings, fitted, neighbours)
    before = made.points.copy()
    placed = place(settings, made.points, neighbours, fitted[:40] + 1e-3)
    np.testing.assert_array_equal(made.points, before)
    assert np.median(np.linalg.norm(placed - made.points[:40], axis=1)) < 0.1 * np.ptp(made.points)
    np.testing.assert_array_equal(placed, place(settings, made.points, neighbours, fitted[:40] + 1e-3))
    assert place(settings, made.points, neighbours, fitted[:0]).shape == (0, dimensions)


def test_synthetic_items_lie_as_far_from_the_data_as_its_items_from_each_other(clusters: np.ndarray) -> None:
    neighbours = Neighbours(clusters)
    made = synthetic_items(clusters, neighbours)
    assert made.shape == (len(clusters), clusters.shape[1]) and made.dtype == np.float32
    np.testing.assert_array_equal(made, synthetic_items(clusters, neighbours))
    usual = np.median(neighbours.table(1)[1])
    far = np.median(neighbours.query(made, 1)[1])
    assert 0.5 * usual < far < 2 * usual


def test_sets_without_neighbourhoods_are_left_untuned() -> None:
    few = np.random.default_rng(0).normal(size=(8, 3)).astype(np.float32)
    equal = np.ones((40, 3), dtype=np.float32)
    for mean in (few, equal):
        points = np.random.default_rng(1).normal(size=(len(mean), 2)).astype(np.float32)
        settings = ProjectionSettings("umap", neighbours=3)
        inverse = tuned_inverse(settings, spatial_index(points), mean, Neighbours(mean))
        assert "r2" not in inverse.choice
        assert np.isfinite(inverse(points)).all()
        assert np.isfinite(inverse(points[:1] + 1e6)).all()
