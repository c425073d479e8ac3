"""A training that was stopped goes on as if it had never stopped; one that is another is refused."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from vae_core.errors import InputError
from vae_core.model import VAEConfig, load_checkpoint, read_config
from vae_core.progress import Progress
from vae_core.train import TrainSettings, train

SETTINGS = TrainSettings(epochs=3, batch_size=10, learning_rate=1e-2, schedule="cosine", warmup_epochs=1.5, beta=2.0)
STATE = "training.pt"


def stop_at(*stops: int) -> Progress:
    return lambda step, of, note="", preview=None: step not in stops


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def outcome(folder: Path, result: Any) -> tuple[object, ...]:
    return load_checkpoint(folder).fingerprint, result.history, result.record, result.completed


@pytest.mark.parametrize("stops", [(1,), (5,), (7,), (14,), (2, 3, 11)])
def test_resumed_training_equals_the_uninterrupted_one(setting: Any, tmp_path: Path, stops: tuple[int, ...]) -> None:
    data, test = setting.data(50), setting.data(20, seed=1)
    whole = train(setting.model(), data, SETTINGS, test=test, folder=tmp_path / "whole")
    folder = tmp_path / "parts"
    for number, stop in enumerate(stops):
        model = setting.model(seed=number)  # later ones come from the folder
        part = train(model, data, SETTINGS, test=test, folder=folder,
                     resume=number > 0, progress=stop_at(stop))  # fmt: skip
        assert not part.completed and part.epochs == stop // 5
        assert "test" not in part.record
        assert read_config(folder)[1]["epochs"] == stop // 5
        assert load_checkpoint(folder).fingerprint == model.fingerprint
    last = train(setting.model(seed=9), setting.data(50), SETTINGS, test=test, folder=folder, resume=True)
    assert outcome(folder, last) == outcome(tmp_path / "whole", whole)


def test_stop_at_the_very_last_step_is_the_end(setting: Any, tmp_path: Path) -> None:
    result = train(setting.model(), setting.data(50), SETTINGS, folder=tmp_path / "m", progress=stop_at(15))
    assert result.completed and result.epochs == 3


def test_more_epochs_go_on_from_the_end(setting: Any, tmp_path: Path) -> None:
    settings = [TrainSettings(epochs=epochs, batch_size=10, warmup_epochs=2.5) for epochs in (2, 4)]
    whole = train(setting.model(), setting.data(), settings[1], folder=tmp_path / "whole")
    train(setting.model(), setting.data(), settings[0], folder=tmp_path / "parts")
    more = train(setting.model(seed=5), setting.data(), settings[1], folder=tmp_path / "parts", resume=True)
    assert outcome(tmp_path / "parts", more) == outcome(tmp_path / "whole", whole)


def test_resuming_a_finished_training_changes_nothing(setting: Any, tmp_path: Path) -> None:
    data, test = setting.data(), setting.data(20, seed=1)
    first = train(setting.model(), data, SETTINGS, test=test, folder=tmp_path / "m")
    before = contents(tmp_path / "m")
    again = train(
        setting.model(seed=1), data, SETTINGS, test=test, folder=tmp_path / "m", resume=True, progress=stop_at(1)
    )
    assert (again.completed, again.record) == (True, first.record)
    assert contents(tmp_path / "m") == before


def test_stopped_training_in_memory_keeps_its_weights(setting: Any) -> None:
    model = setting.model()
    before = model.fingerprint
    result = train(model, setting.data(), SETTINGS, progress=stop_at(3))
    assert not result.completed and model.fingerprint != before and not model.training


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"data": 1}, "was trained on other data"),
        ({"count": 49}, "was trained on other data"),
        ({"config": VAEConfig((1, 8, 8), 3, channels=(4,), hidden=(8,))}, "belongs to another architecture"),
        ({"seed": 1}, "was started with seed 0, not 1"),
        ({"beta": 1.0}, "was started with beta 2.0, not 1.0"),
        ({"batch_size": 11}, "was started with batch_size 10, not 11"),
        ({"learning_rate": 1e-3}, "was started with learning_rate 0.01, not 0.001"),
        ({"warmup_epochs": 0.0}, "was started with warmup_epochs 1.5, not 0.0"),
        ({"schedule": "constant"}, "was started with schedule 'cosine', not 'constant'"),
        ({"epochs": 4}, "was started with epochs 3, not 4"),  # the cosine was laid out for three
    ],
)
def test_another_training_is_refused(setting: Any, tmp_path: Path, change: dict[str, Any], sentence: str) -> None:
    train(setting.model(), setting.data(), SETTINGS, folder=tmp_path / "m", progress=stop_at(7))
    before = contents(tmp_path / "m")
    data = setting.data(change.pop("count", 50), seed=change.pop("data", 0))
    model = setting.model(change.pop("config", None))
    with pytest.raises(InputError, match=sentence) as caught:
        train(model, data, TrainSettings(**{**SETTINGS.to_dict(), **change}), folder=tmp_path / "m", resume=True)
    assert str(tmp_path / "m" / STATE) in str(caught.value) and "\n" not in str(caught.value)
    assert contents(tmp_path / "m") == before


@pytest.mark.parametrize(("stop", "epochs"), [(11, 2), (10, 1), (6, 1)])
def test_fewer_epochs_than_begun_are_refused(setting: Any, tmp_path: Path, stop: int, epochs: int) -> None:
    settings = [TrainSettings(epochs=n, batch_size=10) for n in (3, epochs)]
    train(setting.model(), setting.data(), settings[0], folder=tmp_path / "m", progress=stop_at(stop))
    with pytest.raises(InputError, match=r"already trained into epoch \d; ask for at least as many"):
        train(setting.model(), setting.data(), settings[1], folder=tmp_path / "m", resume=True)


def test_nothing_to_resume(setting: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder, sentence in (
        (tmp_path, f"{tmp_path / STATE}: not found; there is no training to resume"),
        (tmp_path / "none", "there is no training to resume"),
        (tmp_path / "file", "not a folder; there is no training to resume"),
        (None, "name the folder"),
    ):
        with pytest.raises(InputError, match=sentence):
            train(setting.model(), setting.data(), SETTINGS, folder=folder, resume=True)
    assert not (tmp_path / "none").exists()


@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 1), position=st.floats(0, 0.999), value=st.integers(0, 255))
def test_damaged_state_never_gives_anything_but_a_sentence(
    setting: Any, tmp_path: Path, share: float, position: float, value: int
) -> None:
    if not (tmp_path / "good" / STATE).exists():
        train(setting.model(), setting.data(), SETTINGS, folder=tmp_path / "good", progress=stop_at(1))
    content = bytearray((tmp_path / "good" / STATE).read_bytes())
    (tmp_path / "bad").mkdir(exist_ok=True)
    for broken in (content[: int(share * (len(content) - 1))], content):
        if broken is content:
            content[int(position * 4000)] = value
        (tmp_path / "bad" / STATE).write_bytes(bytes(broken))
        try:
            train(setting.model(), setting.data(), SETTINGS, folder=tmp_path / "bad", resume=True, progress=stop_at(2))
        except InputError as error:
            assert str(tmp_path / "bad") in str(error)


@pytest.mark.parametrize(
    "change",
    [
        lambda state: state.clear(),
        lambda state: state.pop("settings"),
        lambda state: state["state"].pop("epoch") and state["state"].update(other=1),
        lambda state: state["model"].popitem(),
        lambda state: state.update(optimizer={}),
        lambda state: state.update(state=3),
        lambda state: state.update(architecture=None) or state.update(architecture=[]),
    ],
)
def test_state_that_is_whole_but_not_ours(setting: Any, tmp_path: Path, change: Callable[[Any], object]) -> None:
    train(setting.model(), setting.data(), SETTINGS, folder=tmp_path, progress=stop_at(7))
    state = torch.load(tmp_path / STATE, weights_only=True)
    change(state)
    torch.save(state, tmp_path / STATE)
    with pytest.raises(InputError, match=f"{tmp_path / STATE}: (damaged|belongs to another)"):
        train(setting.model(), setting.data(), SETTINGS, folder=tmp_path, resume=True)


def test_state_holds_no_code(setting: Any, tmp_path: Path) -> None:
    torch.save({"architecture": os.system}, tmp_path / STATE)
    with pytest.raises(InputError, match="damaged"):
        train(setting.model(), setting.data(), SETTINGS, folder=tmp_path, resume=True)
