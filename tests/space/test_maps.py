from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.benchmarks.inverse import local_fit, neighbour_mean, r2
from vae_core.errors import InputError
from vae_core.progress import Stopped
from vae_core.space import LatentSpace, Neighbours, Projection, ProjectionSettings, compute, compute_in_folder

SMALL: dict[str, dict[str, Any]] = {"tsne": {"perplexity": 12.0}, "umap": {"neighbours": 10}}


@pytest.fixture(scope="module")
def maps(clusters: np.ndarray) -> dict[str, Projection]:
    return {name: compute(ProjectionSettings.of(name, **SMALL[name]), clusters[:500]) for name in SMALL}


def test_pca_is_that_of_scikit_learn(clusters: np.ndarray) -> None:
    from sklearn.decomposition import PCA

    for dimensions in (2, 3):
        ours = compute(ProjectionSettings.of("pca", dimensions=dimensions), clusters)
        theirs = PCA(dimensions, svd_solver="full").fit(clusters)
        np.testing.assert_allclose(ours.points, theirs.transform(clusters), atol=1e-4)
        assert ours.explained is not None
        np.testing.assert_allclose(ours.explained, theirs.explained_variance_ratio_, rtol=1e-5)


@pytest.mark.parametrize("name", ["pca", "pca-3d", "z:5,2", "z:0,3,7"])
def test_plane_maps_are_exact_in_their_plane(clusters: np.ndarray, name: str) -> None:
    made = compute(ProjectionSettings.parse(name), clusters)
    np.testing.assert_allclose(made.locate(clusters), made.points, atol=1e-5)
    spots = np.random.default_rng(0).normal(size=(20, made.dimensions)) * 3
    np.testing.assert_allclose(made.locate(made.invert(spots)), spots, atol=1e-4)
    base = clusters[7] + 1
    moved = made.invert(spots, base)
    np.testing.assert_allclose(made.locate(moved), spots, atol=1e-4)
    # At the base's own spot nothing moves; without a base the data mean takes its place.
    np.testing.assert_allclose(made.invert(made.locate(base[None]), base)[0], base, atol=1e-4)
    centre = clusters.mean(axis=0)
    np.testing.assert_allclose(made.invert(made.locate(centre[None]))[0], centre, atol=1e-4)
    assert made.points.dtype == moved.dtype == np.float32


def test_a_raw_map_keeps_the_other_coordinates_of_its_base(clusters: np.ndarray) -> None:
    made = compute(ProjectionSettings.parse("z:5,2"), clusters)
    base = np.arange(8.0)
    z = made.invert(np.array([[50.0, 60.0]]), base)[0]
    np.testing.assert_allclose(z, [0, 1, 60, 3, 4, 50, 6, 7])


@pytest.mark.parametrize("name", ["tsne", "umap"])
def test_neighbour_maps_are_reproducible_under_a_seed(
    clusters: np.ndarray, maps: dict[str, Projection], name: str
) -> None:
    one, again, other = (
        compute(ProjectionSettings.of(name, seed=seed, **SMALL[name]), clusters[:150]).points for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)
    assert maps[name].points.shape == (500, 2) and maps[name].details["library"]


@pytest.mark.parametrize("name", ["tsne", "umap"])
def test_progress_is_told_shows_the_map_and_stops_the_work(clusters: np.ndarray, name: str) -> None:
    calls: list[tuple[int, int, str, Any]] = []

    def watch(step: int, of: int, note: str = "", preview: Any = None) -> bool:
        calls.append((step, of, note, preview))
        return not (step >= 20 and preview is not None)

    with pytest.raises(Stopped):
        compute(ProjectionSettings.of(name, **SMALL[name]), clusters[:300], progress=watch)
    assert calls[-1][0] < calls[-1][1] // 2
    assert calls[-1][3].shape == (300, 2) and np.isfinite(calls[-1][3]).all()


class KeepAt:
    """A progress by which the work is asked to stop at a step, and to keep what there is."""

    wish = "keep"

    def __init__(self, step: int) -> None:
        self.step = step
        self.first: np.ndarray | None = None

    def __call__(self, step: int, of: int, note: str = "", preview: Any = None) -> bool:
        if preview is not None and self.first is None:
            self.first = np.array(preview)
        return not (note.startswith("KL") and step >= self.step)


def test_a_stopped_tsne_is_the_map_of_so_many_steps(clusters: np.ndarray, space: LatentSpace) -> None:
    assert space.folder is not None
    watching = KeepAt(260)
    settings = ProjectionSettings.of("tsne", perplexity=8.0)
    name = compute_in_folder(settings.to_json(), str(space.folder), progress=watching)
    kept = space.cached_projection(name)
    assert kept is not None and name != settings.id and kept.settings.iterations == 259
    asked = compute(kept.settings, space.mean, space.neighbours)
    np.testing.assert_array_equal(kept.points, asked.points)
    assert space.cached_projection(settings.id) is None
    # What is shown at once are the principal components, but for a trace of noise.
    pca = compute(ProjectionSettings("pca"), space.mean).points
    assert watching.first is not None
    assert np.corrcoef(watching.first[:, 0], pca[:, 0])[0, 1] > 0.99
    with pytest.raises(InputError, match="iterations"):
        ProjectionSettings.of("tsne", iterations=751)


def test_a_map_is_kept_and_told_of_before_its_way_back_is_learnt(space: LatentSpace) -> None:
    heard: list[tuple[str, bool | None]] = []

    def there(name: str) -> Projection | None:
        return space.cached_projection(name)

    class Watching(KeepAt):
        given: str | None = None

        def give(self, name: str) -> None:
            self.given = name

        def __call__(self, step: int, of: int, note: str = "", preview: Any = None) -> bool:
            found = None if self.given is None else there(self.given)
            heard.append((note, None if found is None else found.knows_way_back))
            if note == "learning the inverse":
                assert found is not None and found.points.shape == (len(space), 2)
                with pytest.raises(InputError, match="is still being learnt"):
                    found.invert(found.points[:1])
                assert found.locate(space.mean[:2]).shape == (2, 2), "items are found all the same"
            return super().__call__(step, of, note, preview)

    assert space.folder is not None
    for step in (260, 10_000):  # stopped, and run to the end
        heard.clear()
        settings = ProjectionSettings.of("tsne", perplexity=9.0)
        watching = Watching(step)
        name = compute_in_folder(settings.to_json(), str(space.folder), progress=watching)
        assert watching.given == name and (name == settings.id) == (step == 10_000)
        assert ("learning the inverse", False) in heard
        kept = there(name)
        assert kept is not None and kept.knows_way_back and kept.details["inverse"]
        assert np.isfinite(kept.invert(kept.points[:3])).all()


def test_a_way_back_that_was_not_learnt_is_learnt_when_the_map_is_asked_for_again(space: LatentSpace) -> None:
    settings = ProjectionSettings.of("tsne", perplexity=7.0)
    assert space.folder is not None
    with pytest.raises(Stopped):
        compute_in_folder(
            settings.to_json(),
            str(space.folder),
            progress=lambda step, of, note="", preview=None: note != "learning the inverse",
        )
    broken_off = space.cached_projection(settings.id)
    assert broken_off is not None and not broken_off.knows_way_back
    notes: list[str] = []

    def hear(step: int, of: int, note: str = "", preview: Any = None) -> bool:
        notes.append(note)
        return True

    compute_in_folder(settings.to_json(), str(space.folder), progress=hear)
    assert set(notes) == {"learning the inverse"}, "the points stay as they are"
    found = space.cached_projection(settings.id)
    assert found is not None and found.knows_way_back
    np.testing.assert_array_equal(found.points, broken_off.points)


def test_a_large_tsne_counts_its_steps_and_is_stopped_between_two_reports(
    clusters: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vae_core.space.maps.tsne._GRID_FROM", 100)
    monkeypatch.setattr("vae_core.space.maps.tsne._REPORT_EVERY_OF_MANY", 100_000)
    with pytest.raises(Stopped) as stop:
        compute(
            ProjectionSettings.of("tsne", perplexity=8.0),
            clusters[:300],
            progress=lambda step, of, note="", preview=None: preview is None or step <= 5,
        )
    assert stop.value.step >= 5
    asked = ProjectionSettings.of("tsne", perplexity=8.0, iterations=stop.value.step)
    np.testing.assert_array_equal(stop.value.so_far, compute(asked, clusters[:300]).points)


@pytest.mark.parametrize("name", ["tsne", "umap"])
def test_items_are_located_exactly_and_others_among_their_own(
    clusters: np.ndarray, maps: dict[str, Projection], name: str
) -> None:
    made = maps[name]
    np.testing.assert_array_equal(made.locate(clusters[:500]), made.points)
    np.testing.assert_array_equal(made.locate(clusters[3:4])[0], made.points[3])
    # A point halfway between two items' clusters lands in one of them, not in the void between.
    halfway = (clusters[:50] + clusters[50:100]) / 2
    nearest = np.linalg.norm(made.locate(halfway)[:, None] - made.points[None], axis=2).min(axis=1)
    assert np.median(nearest) < 0.05 * np.ptp(made.points)
    # Continuous at an item.
    np.testing.assert_allclose(made.locate(clusters[:50] + 1e-4), made.points[:50], atol=0.05)


@pytest.mark.parametrize("name", ["tsne", "umap"])
def test_held_out_items_are_inverted_no_worse_than_by_the_plain_ways(
    clusters: np.ndarray, maps: dict[str, Projection], name: str
) -> None:
    made, train, test = maps[name], clusters[:500], clusters[500:]
    spots = made.locate(test)
    ours = r2(made.invert(spots), test, train.mean(axis=0))
    noise = 0.01  # of a comparison on a hundred items; tests/benchmarks/inverse.py compares on more
    assert ours >= r2(neighbour_mean(made.points, train, spots), test, train.mean(axis=0)) - noise
    assert ours >= r2(local_fit(made.points, train, spots), test, train.mean(axis=0)) - noise
    assert ours > 0.7


def test_first_calls_find_everything_built(clusters: np.ndarray, maps: dict[str, Projection]) -> None:
    """What a touch takes is for the bench to say; here, that the first one waits for nothing the next is spared."""
    for made in maps.values():
        before = {name: id(value) for name, value in vars(made).items()}
        for call, values in ((made.invert, made.points), (made.locate, clusters)):
            call(values[:1] + 0.01)
        assert {name: id(value) for name, value in vars(made).items()} == before


def test_far_away_spots_are_not_extrapolated_without_end(clusters: np.ndarray, maps: dict[str, Projection]) -> None:
    for made in maps.values():
        z = made.invert(np.array([[1e6, -1e6], [0, 1e30]]))
        assert np.isfinite(z).all()
        assert np.abs(z).max() < 3 * np.abs(clusters).max()


def test_the_choice_of_the_inverse_is_kept_with_the_map(maps: dict[str, Projection]) -> None:
    for made in maps.values():
        assert {"count", "width", "ridge"} <= made.details["inverse"].keys()


@pytest.mark.parametrize("name", ["tsne", "umap"])
@pytest.mark.parametrize("dimensions", [2, 3])
def test_duplicates_and_constant_latents_do_no_harm(name: str, dimensions: int) -> None:
    constant = np.ones((40, 3), dtype=np.float32)
    twice = np.repeat(np.random.default_rng(0).normal(size=(20, 3)), 2, axis=0).astype(np.float32)
    settings = ProjectionSettings.of(
        name, dimensions=dimensions, **({"perplexity": 5.0} if name == "tsne" else {"neighbours": 5})
    )
    for latents in (constant, twice):
        made = compute(settings, latents)
        assert np.isfinite(made.points).all()
        assert np.isfinite(made.locate(latents + 0.5)).all()
        if dimensions == 2:
            assert np.isfinite(made.invert(made.points + 0.5)).all()
    explained = compute(ProjectionSettings.of("pca"), constant).explained
    assert explained is not None and not explained.any()


def test_a_single_latent_dimension_and_a_single_item_have_a_pca_map() -> None:
    line = compute(ProjectionSettings.of("pca"), np.arange(5, dtype=np.float32)[:, None])
    assert line.points.shape == (5, 2)
    assert line.explained is not None
    np.testing.assert_allclose(line.explained, [1, 0])
    np.testing.assert_allclose(line.invert(line.points)[:, 0], np.arange(5), atol=1e-6)
    assert compute(ProjectionSettings.of("pca"), np.ones((1, 4), dtype=np.float32)).points.shape == (1, 2)


def test_a_3d_map_of_neighbours_locates_but_has_no_depth_to_invert(clusters: np.ndarray) -> None:
    made = compute(
        ProjectionSettings.of("umap", dimensions=3, neighbours=10), clusters[:200], Neighbours(clusters[:200])
    )
    np.testing.assert_array_equal(made.locate(clusters[:9]), made.points[:9])
    with pytest.raises(InputError, match="no depth"):
        made.invert(np.zeros((1, 3)))


@pytest.mark.parametrize("bad", [np.zeros((2, 5)), np.zeros(8), np.full((1, 8), np.nan), np.full((1, 8), "a")])
def test_points_of_a_wrong_kind_get_one_sentence(clusters: np.ndarray, bad: np.ndarray) -> None:
    made = compute(ProjectionSettings.of("pca"), clusters)
    with pytest.raises(InputError, match="latent points must"):
        made.locate(bad)
    with pytest.raises(InputError, match="spots must"):
        made.invert(bad)
