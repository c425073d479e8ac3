from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.space.conftest import LinearModel, vectors
from vae_core.data.dataset import Dataset
from vae_core.errors import InputError
from vae_core.progress import Stopped
from vae_core.space import LatentSpace, ProjectionSettings, compute_in_folder, trust
from vae_core.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
ARRAYS = ("mean", "logvar", "rate", "distortion", "distortion_error")


def test_a_space_comes_back_from_its_cache_without_the_model(
    model: LinearModel, data: Dataset, space: LatentSpace
) -> None:
    before = model.encoded
    assert before >= len(data)
    again = LatentSpace.build(model, data, space.folder)
    opened = LatentSpace.open(model, data, space.folder)
    assert model.encoded == before
    assert opened is not None
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(again, name), getattr(space, name))
        np.testing.assert_array_equal(getattr(opened, name), getattr(space, name))
        assert getattr(space, name).dtype == np.float32
    z = space.mean[:5] + 1
    np.testing.assert_array_equal(trust(opened, z), trust(space, z))
    np.testing.assert_array_equal(opened.round_trip(z)[1], space.round_trip(z)[1])
    assert again.fingerprint == opened.fingerprint == space.fingerprint
    assert again.projection("pca") is again.projection("pca")


def test_arrays_cannot_be_written_to(space: LatentSpace) -> None:
    with pytest.raises(ValueError, match="read-only"):
        space.mean[0, 0] = 1


def test_a_workspace_keeps_spaces_apart_and_memory_keeps_no_files(
    model: LinearModel, data: Dataset, tmp_path: Path
) -> None:
    workspace = Workspace(tmp_path)
    one = LatentSpace.build(model, data, workspace)
    two = LatentSpace.build(model, vectors(50), workspace)
    assert one.folder == workspace.space_folder(one.fingerprint) != two.folder
    assert LatentSpace.build(model, vectors(50)).folder is None
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["spaces"]


def test_another_model_or_other_data_are_not_believed(model: LinearModel, data: Dataset, space: LatentSpace) -> None:
    other = LinearModel(seed=3)
    other.fingerprint = "other"
    assert LatentSpace.open(other, data, space.folder) is None
    assert LatentSpace.open(model, vectors(300, seed=9), space.folder) is None
    assert LatentSpace.open(model, data, space.folder / "nowhere") is None if space.folder else False


@pytest.mark.parametrize("damage", ["truncated", "altered", "empty", "foreign"])
def test_a_damaged_cache_is_computed_anew(
    model: LinearModel, data: Dataset, space: LatentSpace, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert space.folder is not None
    path = space.folder / "encodings.npz"
    encoded = model.encoded
    whole = path.read_bytes()
    middle = len(whole) // 2
    path.write_bytes(
        {
            "truncated": whole[:middle],
            "altered": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
            "empty": b"",
            "foreign": b"not an archive",
        }[damage]
    )
    with caplog.at_level(logging.WARNING):
        assert LatentSpace.open(model, data, space.folder) is None
    assert "computed again" in caplog.text
    again = LatentSpace.build(model, data, space.folder)
    assert model.encoded == 2 * encoded
    np.testing.assert_array_equal(again.distortion, space.distortion)
    assert LatentSpace.open(model, data, space.folder) is not None


def test_a_build_that_is_stopped_keeps_nothing(model: LinearModel, data: Dataset, tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        LatentSpace.build(model, data, tmp_path, lambda step, of, note="", preview=None: note != "distortion")
    assert list(tmp_path.iterdir()) == []


def test_a_process_killed_while_writing_leaves_nothing_that_is_believed(
    model: LinearModel, data: Dataset, tmp_path: Path
) -> None:
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "import numpy as np\n"
        "from tests.space.conftest import LinearModel, vectors\n"
        "from vae_core.space import LatentSpace\n"
        "import vae_core.storage as storage\n"
        "def savez(file, **arrays):\n"
        "    file.write(b'PK' * 5000)\n"
        "    file.flush()\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "storage.np.savez = savez\n"
        "LatentSpace.build(LinearModel(), vectors(300), Path(sys.argv[1]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, env={**os.environ, "PYTHONPATH": "."}, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert [entry.suffix for entry in tmp_path.iterdir()] == [".tmp"]
    assert LatentSpace.open(model, data, tmp_path) is None
    LatentSpace.build(model, data, tmp_path)
    assert LatentSpace.open(model, data, tmp_path) is not None


def test_maps_are_kept_and_found_by_id(model: LinearModel, data: Dataset, space: LatentSpace) -> None:
    assert space.projection_ids() == ["pca", "pca-3d"]
    assert space.cached_projection("umap") is None
    assert space.cached_projection("umap-0123456789ab") is None
    assert space.cached_projection("../encodings") is None
    plain = space.projection("umap")
    own = space.projection("umap", neighbours=8, min_dist=0.3)
    assert space.projection_ids() == ["pca", "pca-3d", "umap", own.id]

    opened = LatentSpace.open(model, data, space.folder)
    assert opened is not None
    assert opened.projection_ids() == ["pca", "pca-3d", "umap", own.id]
    assert opened.neighbours.ready
    for made in (plain, own):
        kept = opened.cached_projection(made.id)
        assert kept is not None and kept is opened.projection(made.id)
        np.testing.assert_array_equal(kept.points, made.points)
        assert kept.details == made.details and kept.settings == made.settings
        spots = made.points[:9] + 0.1
        np.testing.assert_array_equal(kept.invert(spots), made.invert(spots))
        np.testing.assert_array_equal(kept.locate(space.mean[:9] + 0.1), made.locate(space.mean[:9] + 0.1))


def test_raw_pairs_are_always_there(space: LatentSpace) -> None:
    pair = space.cached_projection("z:3,1")
    assert pair is not None and pair.id == "z:3,1"
    np.testing.assert_array_equal(pair.points, space.mean[:, [3, 1]])
    assert space.projection("z", axes=(3, 1)) is pair
    with pytest.raises(InputError, match="no latent dimension 4"):
        space.cached_projection("z:3,4")


def test_a_damaged_map_is_made_anew(model: LinearModel, data: Dataset, space: LatentSpace) -> None:
    made = space.projection("umap")
    assert space.folder is not None
    path = space.folder / "projections" / "umap.npz"
    path.write_bytes(path.read_bytes()[:-30])
    opened = LatentSpace.open(model, data, space.folder)
    assert opened is not None and opened.cached_projection("umap") is None
    np.testing.assert_array_equal(opened.projection("umap").points, made.points)


def test_only_maps_that_were_computed_here_are_removed(space: LatentSpace, tmp_path: Path) -> None:
    shipped = space.projection("tsne", perplexity=7).id
    own = LatentSpace.open(space.model, space.data, tmp_path / "own", shipped=space.folder)
    assert own is not None
    made = own.projection("tsne", perplexity=9)
    own.quality(made.id)
    assert own.shipped_ids() == ["pca", "pca-3d", shipped]
    for name in ("pca", "z:0,1", shipped):
        with pytest.raises(InputError, match="belongs to the space"):
            own.remove_map(name)
    with pytest.raises(InputError, match="could not be removed"):
        own.remove_map("../model")
    own.remove_map(made.id)
    assert own.cached_projection(made.id) is None and not list((tmp_path / "own").glob(f"**/*{made.id}*"))
    assert own.projection_ids() == ["pca", "pca-3d", shipped] and own.cached_projection(shipped) is not None


def test_a_shipped_folder_is_read_and_never_written(
    model: LinearModel, data: Dataset, space: LatentSpace, tmp_path: Path
) -> None:
    space.projection("umap")
    assert space.folder is not None
    before = {path: path.stat().st_mtime_ns for path in space.folder.rglob("*")}
    own = tmp_path / "own"
    opened = LatentSpace.open(model, data, own, shipped=space.folder)
    assert opened is not None and opened.cached_projection("umap") is not None
    further = opened.projection("umap", neighbours=7)
    assert (own / "projections" / f"{further.id}.npz").is_file()
    assert {path: path.stat().st_mtime_ns for path in space.folder.rglob("*")} == before
    memory = LatentSpace.open(model, data, None, shipped=space.folder)
    assert memory is not None and memory.projection("umap").points.shape == (300, 2)


def test_a_worker_needs_the_folder_only(model: LinearModel, data: Dataset, space: LatentSpace, tmp_path: Path) -> None:
    assert space.folder is not None
    settings = ProjectionSettings.of("umap", neighbours=6)
    assert compute_in_folder(settings.to_json(), str(space.folder)) == settings.id
    assert space.cached_projection(settings.id) is not None
    with pytest.raises(InputError, match="no usable encodings"):
        compute_in_folder(settings.to_json(), str(tmp_path / "empty"))
    with pytest.raises(InputError, match="too large"):
        compute_in_folder(ProjectionSettings.of("tsne", perplexity=200).to_json(), str(space.folder))


def test_a_folder_that_cannot_be_written_costs_the_cache_only(
    model: LinearModel, data: Dataset, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    built = LatentSpace.build(model, data, tmp_path / "file" / "space")
    assert len(built) == 300
    assert "could not be kept" in caplog.text


def test_a_model_without_variance_has_no_rate(data: Dataset) -> None:
    built = LatentSpace.build(LinearModel(variance=False), data)
    assert np.isnan(built.rate).all()
    assert np.isfinite(built.distortion).all() and np.isfinite(built.logvar).all()
    assert (built.distortion_error < 1e-4).all()


def test_importing_and_opening_leaves_the_slow_libraries_alone() -> None:
    script = (
        "import sys\n"
        "from tests.space.conftest import LinearModel, vectors\n"
        "from vae_core.space import LatentSpace, trust\n"
        "space = LatentSpace.build(LinearModel(), vectors(100))\n"
        "space.projection('pca').invert([[0.0, 0.0]]); trust(space, space.mean)\n"
        "slow = {'sklearn', 'umap', 'openTSNE', 'numba', 'scipy'} & set(sys.modules)\n"
        "assert not slow, slow\n"
    )
    environment = {**os.environ, "PYTHONPATH": "."}
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, check=False)
    assert done.returncode == 0
