"""A loss that leaves the finite numbers ends the training and never reaches what was saved."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from vae_core.errors import InputError
from vae_core.model import load_checkpoint, read_config
from vae_core.train import TrainSettings, train

SETTINGS = TrainSettings(epochs=3, batch_size=10)


def poisoned_after(model: torch.nn.Module, step: int, stop: int | None = None) -> Any:
    """Return a progress that makes one weight NaN after a step, as an update that overflows would."""

    def progress(done: int, of: int, note: str = "", preview: object = None) -> bool:
        if done == step:
            with torch.no_grad():
                next(model.parameters()).view(-1)[0] = torch.nan
        return done != stop

    return progress


@pytest.mark.parametrize(
    ("step", "stop"),
    [
        (7, None),  # mid-epoch: the figures of the next step tell
        (10, None),  # after the last step of an epoch: no figure has seen the weight yet
        (7, 7),  # asked to stop at once
        (7, 8),  # asked to stop later in the same epoch, before the figures are looked at
        (10, 10),
    ],
)
def test_last_good_checkpoint_is_kept(setting: Any, tmp_path: Path, step: int, stop: int | None) -> None:
    train(setting.model(), setting.data(50), TrainSettings(epochs=1, batch_size=10), folder=tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    model = setting.model()
    with pytest.raises(InputError, match="no longer finite in epoch 2; lower --learning-rate or check the data"):
        train(model, setting.data(50), SETTINGS, folder=tmp_path, resume=True,
              progress=poisoned_after(model, step, stop))  # fmt: skip
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert load_checkpoint(tmp_path).latent_dim == 2
    go_on = train(setting.model(), setting.data(50), SETTINGS, folder=tmp_path, resume=True)
    assert go_on.completed and read_config(tmp_path)[1]["epochs"] == 3


def test_absurd_learning_rate_ends_in_a_sentence(setting: Any, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no longer finite in epoch 1") as caught:
        train(setting.model(), setting.data(400), TrainSettings(batch_size=10, learning_rate=1e25), folder=tmp_path)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_values_beyond_float32_end_in_a_sentence(setting: Any, tmp_path: Path) -> None:
    from vae_core.model import VAEConfig

    data = setting.vectors(np.full((4, 3), 1e30) * np.array([1.0, -1.0, 1.0]))
    model = setting.model(VAEConfig((3,), 1, "mlp", likelihood="gaussian"))
    with pytest.raises(InputError, match="no longer finite"):
        train(model, data, SETTINGS, folder=tmp_path)
    assert not list(tmp_path.iterdir())


def test_nan_in_the_data_never_gets_as_far(setting: Any) -> None:
    values = np.ones((4, 3))
    values[2, 1] = np.nan
    with pytest.raises(InputError, match="item 2 holds NaN"):
        setting.vectors(values)


def test_full_disk_is_a_sentence(setting: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(InputError, match=r"cannot be saved \(No space left on device\); choose another folder"):
        train(setting.model(), setting.data(), SETTINGS, folder=tmp_path)
    assert not list(tmp_path.iterdir())
