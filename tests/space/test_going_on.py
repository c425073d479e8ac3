"""New parameters from the map before: as good as from principal components, and alike."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.spatial import procrustes

from vae_core.errors import InputError
from vae_core.progress import silent
from vae_core.space import Neighbours, ProjectionSettings, compute
from vae_core.space.cache import Encodings, SpaceCache
from vae_core.space.maps.compute import compute_and_keep, compute_in_folder, measure_in_folder
from vae_core.space.maps.projection import latent_fingerprint
from vae_core.space.maps.quality import measure

CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "tsne": ({"perplexity": 12.0}, {"perplexity": 25.0}),
    "umap": ({"neighbours": 10}, {"neighbours": 20}),
}


@pytest.mark.parametrize("name", ["tsne", "umap"])
def test_a_map_that_goes_on_is_as_good_and_alike(clusters: np.ndarray, name: str) -> None:
    mean = clusters[:400]
    before, after = CHANGES[name]
    first = compute(ProjectionSettings.of(name, **before), mean)
    plain = compute(ProjectionSettings.of(name, **after), mean)
    on = compute(ProjectionSettings.of(name, **after, start=first.id), mean, begin=first.points)
    if name == "tsne":
        assert on.details["kl_divergence"] < 1.01 * plain.details["kl_divergence"]
    faithful = [measure(mean, made.points, Neighbours(mean)).figures.trustworthiness[0] for made in (on, plain)]
    assert faithful[0] > faithful[1] - 0.01
    apart = [procrustes(first.points, made.points)[2] for made in (on, plain)]
    assert apart[0] <= apart[1] + 0.02


def test_the_start_is_found_in_the_folder_and_steps_are_counted(clusters: np.ndarray, tmp_path: Path) -> None:
    mean = clusters[:200]
    cache, neighbours = SpaceCache(tmp_path), Neighbours(mean)
    first = compute_and_keep(ProjectionSettings.of("tsne", perplexity=9.0), mean, neighbours, cache, silent)
    zeros = np.zeros_like(mean)
    one, many = zeros[:, 0], np.zeros(101, dtype=np.float32)
    cache.keep_encodings(Encodings(mean, zeros, zeros, one, one, np.ones(8, dtype=np.float32), many), "any")
    told: list[tuple[int, int, str, Any]] = []

    def watch(step: int, of: int, note: str = "", preview: Any = None) -> bool:
        told.append((step, of, note, preview))
        return True

    wanted = ProjectionSettings.of("tsne", perplexity=15.0, start=first.id)
    assert compute_in_folder(wanted.to_json(), str(tmp_path), progress=watch) == wanted.id
    step, of, note, preview = next(call for call in told if call[3] is not None)
    assert (step, of, note) == (0, 250, "start: the map before")
    np.testing.assert_array_equal(preview, first.points)
    stored = cache.map(wanted.id, mean)
    assert stored is not None and stored[0].start == first.id
    assert latent_fingerprint(stored[1]) != latent_fingerprint(first.points)


def test_a_start_that_is_not_there_is_named(clusters: np.ndarray, tmp_path: Path) -> None:
    mean = clusters[:100]
    wanted = ProjectionSettings.of("tsne", perplexity=9.0, start="tsne")
    flat = np.zeros((100, 3), dtype=np.float32)
    for begin in (None, flat):
        with pytest.raises(InputError, match="'tsne' to start from is not there in 2 dimensions"):
            compute(wanted, mean, begin=begin)


def test_a_map_that_cannot_be_kept_is_one_sentence(
    clusters: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mean = clusters[:60]
    zeros = np.zeros_like(mean)
    one, many = zeros[:, 0], np.zeros(101, dtype=np.float32)
    SpaceCache(tmp_path).keep_encodings(
        Encodings(mean, zeros, zeros, one, one, np.ones(8, dtype=np.float32), many), "a"
    )
    wanted = ProjectionSettings.of("tsne", perplexity=9.0, iterations=20).to_json()

    def full(*_: Any, **__: Any) -> None:
        raise OSError("60 requested and 7 written")  # as NumPy says it

    with monkeypatch.context() as patched:
        patched.setattr(np, "savez", full)
        with pytest.raises(InputError, match=r"^The disk is full: .* make room there, or name another --workspace\.$"):
            compute_in_folder(wanted, str(tmp_path))
    assert compute_in_folder(wanted, str(tmp_path))
    with monkeypatch.context() as patched:
        patched.setattr(np, "savez", full)
        with pytest.raises(InputError, match="disk is full"):
            measure_in_folder(wanted, str(tmp_path))
