"""Encoding a set: going on where it was interrupted, leaving out what has no finite latents."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from torch import Tensor

from tests.space.conftest import LinearModel, vectors
from vae_core import Stopped
from vae_core.model.protocol import Posterior
from vae_core.space import LatentSpace

ROOT = Path(__file__).resolve().parents[3]
ARRAYS = ("mean", "logvar", "rate", "distortion", "distortion_error")


class Spoilt(LinearModel):
    """Gives no number for items whose first value is above 2."""

    fingerprint = "spoilt"

    def encode(self, x: Tensor) -> Posterior:
        posterior = super().encode(x)
        mean = posterior.mean.clone()
        mean[x[:, 0] > 2] = float("nan")
        return Posterior(mean, posterior.logvar)


def test_items_without_finite_latents_are_left_out_and_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    data = vectors(300)
    bad = np.flatnonzero(data.values[:, 0] > 2)
    assert 2 < len(bad) < 20
    with caplog.at_level(logging.WARNING):
        space = LatentSpace.build(Spoilt(), data, tmp_path)
    assert f"{len(bad)} of 300 items are left out" in caplog.text
    assert f"for them: {bad[0]}, {bad[1]}" in caplog.text
    assert space.left_out == [str(item) for item in bad]
    good = np.setdiff1d(np.arange(300), bad)
    whole = LatentSpace.build(LinearModel(), data)
    np.testing.assert_array_equal(space.mean, whole.mean[good])
    np.testing.assert_allclose(space.distortion, whole.distortion[good], rtol=1e-5)
    assert space.data.table.index.tolist() == good.tolist()
    again = LatentSpace.open(Spoilt(), data, tmp_path)
    assert again is not None and again.left_out == space.left_out
    np.testing.assert_array_equal(again.data.values, space.data.values)
    assert space.projection("pca").points.shape == (len(good), 2)


@pytest.mark.parametrize("at", ["encoding", "distortion"])
def test_a_large_set_goes_on_where_it_was_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str) -> None:
    monkeypatch.setattr("vae_core.space.encodings.build.RESUMED_FROM", 100)
    monkeypatch.setattr("vae_core.space.encodings.checkpoint._NOTED_SECONDS", 0.0)
    data, whole = vectors(300), LatentSpace.build(LinearModel(), vectors(300))

    def stop(step: int, of: int, note: str = "", preview: object = None) -> bool:
        return not (note == at and step >= 150)

    with pytest.raises(Stopped):
        LatentSpace.build(LinearModel(), data, tmp_path, stop, batch_size=50)
    model = LinearModel()
    heard = []

    def hear(step: int, of: int, note: str = "", preview: object = None) -> bool:
        heard.append((note, step))
        return True

    space = LatentSpace.build(model, data, tmp_path, hear, batch_size=50)
    assert heard[0] == (at, 200), "what was done is not done again"
    for name in ARRAYS:
        np.testing.assert_allclose(getattr(space, name), getattr(whole, name), rtol=1e-5)
    assert not (tmp_path / "encoding").exists()
    # Another set does not go on from this one's files.
    with pytest.raises(Stopped):
        LatentSpace.build(LinearModel(), data, tmp_path / "other", stop, batch_size=50)
    heard.clear()
    LatentSpace.build(LinearModel(), vectors(300, seed=5), tmp_path / "other", hear, batch_size=50)
    assert heard[0] == ("encoding", 50)


def test_a_killed_encoding_is_gone_on_with(tmp_path: Path) -> None:
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "import vae_core.space.encodings.build as build, vae_core.space.encodings.checkpoint as partial\n"
        "from tests.space.conftest import LinearModel, vectors\n"
        "from vae_core.space import LatentSpace\n"
        "build.RESUMED_FROM = 100\n"
        "partial._NOTED_SECONDS = 0.0\n"
        "def slow(step, of, note='', preview=None):\n"
        "    print(step, flush=True)\n"
        "    time.sleep(0.02)\n"
        "    return True\n"
        "LatentSpace.build(LinearModel(), vectors(2000), Path(sys.argv[1]), slow, batch_size=50)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) >= 400:
                break
        process.kill()
    heard = []

    def hear(step: int, of: int, note: str = "", preview: object = None) -> bool:
        heard.append(step)
        return True

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vae_core.space.encodings.build.RESUMED_FROM", 100)
        space = LatentSpace.build(LinearModel(), vectors(2000), tmp_path, hear, batch_size=50)
    assert heard[0] >= 400
    np.testing.assert_allclose(space.mean, LatentSpace.build(LinearModel(), vectors(2000)).mean, rtol=1e-6)
