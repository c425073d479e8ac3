"""Training: it learns, it repeats itself, and its figures are those of the objective."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from vae_core.data.dataset import Dataset
from vae_core.errors import InputError
from vae_core.model import VAEConfig, load_checkpoint, negative_elbo, read_config
from vae_core.train import TrainSettings, evaluate, train
from vae_core.train import trainer as trainer_module


def total(figures: dict[str, float]) -> float:
    return figures["rate"] + figures["distortion"]


def test_the_bound_rises(setting: Any) -> None:
    model, data, unseen = setting.model(), setting.data(300), setting.data(100, seed=1)
    before = evaluate(model, unseen)
    result = train(model, data, TrainSettings(epochs=25, batch_size=16, learning_rate=1e-2, beta=0.3))
    after = evaluate(model, unseen)
    assert result.completed and result.epochs == len(result.history) == 25
    assert total(result.history[-1]) < 0.7 * total(result.history[0])
    assert after["elbo"] > 0.7 * before["elbo"]  # both negative
    assert after["rate"] > 0.5  # the latent dimensions are used
    assert not model.training


def test_linear_vae_reaches_probabilistic_pca(setting: Any) -> None:
    """The best ELBO of a linear VAE is the greatest likelihood of probabilistic PCA (Lucas et al. 2019)."""
    random = np.random.default_rng(0)
    values = random.normal(size=(512, 2)) @ random.normal(size=(2, 4)) + 0.5 * random.normal(size=(512, 4)) + 1
    data = setting.vectors(values.astype(np.float32))
    model = setting.model(VAEConfig((4,), 2, "mlp", likelihood="gaussian"))
    train(model, data, TrainSettings(epochs=120, batch_size=64, learning_rate=2e-2, schedule="cosine"))
    elbo = np.mean([evaluate(model, data, seed)["elbo"] for seed in range(5)])
    eigenvalues = np.sort(np.linalg.eigvalsh(np.cov(values.T, bias=True)))[::-1]
    noise = eigenvalues[2:].mean()  # Tipping & Bishop 1999, eqs. 4 and 8
    best = -0.5 * (4 * math.log(2 * math.pi) + np.log(eigenvalues[:2]).sum() + 2 * math.log(noise) + 4)
    assert best - 0.05 < elbo < best + 0.03


def test_a_seed_repeats_bit_for_bit(setting: Any, tmp_path: Path) -> None:
    settings = TrainSettings(epochs=2, batch_size=16, seed=3)
    runs = []
    for name in ("a", "b"):
        model = setting.model()
        result = train(model, setting.data(), settings, test=setting.data(20, seed=1), folder=tmp_path / name)
        runs.append((model.fingerprint, result.history, result.record["test"]))
    assert runs[0] == runs[1]
    assert (tmp_path / "a" / "config.json").read_bytes() == (tmp_path / "b" / "config.json").read_bytes()
    other = setting.model()
    train(other, setting.data(), TrainSettings(epochs=2, batch_size=16, seed=4))
    assert other.fingerprint != runs[0][0]


def test_training_does_not_touch_or_hear_the_global_generators(setting: Any) -> None:
    model = setting.model()
    state = torch.get_rng_state()
    train(model, setting.data(), TrainSettings(epochs=1))
    assert torch.equal(torch.get_rng_state(), state)


def test_every_item_is_seen_once_an_epoch(setting: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    data = setting.data(53)
    seen: list[np.ndarray] = []
    plain = type(data).batch

    def batch(self: Dataset, index: np.ndarray) -> Any:
        seen.append(index)
        return plain(self, index)

    monkeypatch.setattr(type(data), "batch", batch)
    train(setting.model(), data, TrainSettings(epochs=2, batch_size=10))
    assert [len(index) for index in seen] == [10, 10, 10, 10, 10, 3] * 2
    first, second = np.concatenate(seen[:6]), np.concatenate(seen[6:])
    assert sorted(first) == sorted(second) == list(range(53))
    assert not np.array_equal(first, second)


def test_progress_hears_every_step(setting: Any) -> None:
    heard: list[tuple[int, int, str]] = []

    def progress(step: int, of: int, note: str = "", preview: object = None) -> bool:
        heard.append((step, of, note))
        return True

    train(setting.model(), setting.data(50), TrainSettings(epochs=2, batch_size=2), progress=progress)
    assert [step for step, _, _ in heard] == list(range(1, 51))
    assert {of for _, of, _ in heard} == {50}
    assert [step for step, _, note in heard if note] == [1, 21, 25, 41, 50]
    assert heard[-1][2].startswith("epoch 2 of 2, rate ") and "distortion" in heard[-1][2]


def test_warm_up_and_schedule_reach_the_steps(setting: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    betas: list[float] = []
    rates: list[float] = []

    def watched(model: Any, x: Any, *, beta: float, generator: Any) -> Any:
        betas.append(beta)
        return negative_elbo(model, x, beta=beta, generator=generator)

    plain = torch.optim.Adam.step

    def step(self: torch.optim.Adam) -> Any:
        rates.append(self.param_groups[0]["lr"])
        return plain(self)

    monkeypatch.setattr(trainer_module, "negative_elbo", watched)
    monkeypatch.setattr(torch.optim.Adam, "step", step)
    settings = TrainSettings(
        epochs=2, batch_size=10, beta=2.0, warmup_epochs=0.8, learning_rate=0.01, schedule="cosine"
    )
    train(setting.model(), setting.data(50), settings)
    assert betas == pytest.approx([0.0, 0.5, 1.0, 1.5, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0])
    assert rates == pytest.approx([0.005 * (1 + math.cos(math.pi * step / 10)) for step in range(10)])


def test_history_is_the_mean_over_the_items_of_the_epoch(setting: Any) -> None:
    """With a vanishing learning rate the model stands still, so that the figures can be taken again."""
    model, data = setting.model(), setting.data(23)
    result = train(model, data, TrainSettings(epochs=1, batch_size=5, learning_rate=1e-12))
    objective = negative_elbo(model, torch.from_numpy(data.batch(slice(None))))
    assert result.history[0]["rate"] == pytest.approx(objective.rate.item(), rel=1e-4)
    assert result.history[0]["distortion"] == pytest.approx(objective.distortion.item(), rel=0.02)  # samples


def test_evaluation_is_the_objective(setting: Any) -> None:
    model, data = setting.model(), setting.data(23)
    figures = evaluate(model, data, seed=5, batch_size=512)
    objective = negative_elbo(
        model, torch.from_numpy(data.batch(slice(None))), generator=torch.Generator().manual_seed(5)
    )
    assert figures["rate"] == pytest.approx(objective.rate.item(), rel=1e-6)
    assert figures["distortion"] == pytest.approx(objective.distortion.item(), rel=1e-6)
    assert figures["elbo"] == pytest.approx(-objective.loss.item(), rel=1e-6)
    assert evaluate(model, data, seed=5, batch_size=4)["rate"] == pytest.approx(figures["rate"], rel=1e-5)


def test_record_says_how_the_model_came_to_be(setting: Any, tmp_path: Path) -> None:
    settings = TrainSettings(epochs=2, batch_size=16, beta=0.5, seed=7)
    data, test = setting.data(), setting.data(20, seed=1)
    result = train(setting.model(), data, settings, test=test, folder=tmp_path / "m")
    config, record = read_config(tmp_path / "m")
    assert record == json.loads(json.dumps(result.record))
    assert config == setting.config
    assert record["data"] == {"name": "blobs", "count": 50, "fingerprint": data.fingerprint}
    assert record["settings"] == settings.to_dict()
    assert record["epochs"] == 2 and record["history"] == result.history
    assert record["versions"]["torch"] == torch.__version__
    model = load_checkpoint(tmp_path / "m")
    assert record["test"] == {"data": "blobs", "count": 20, **evaluate(model, test, settings.seed)}
    assert total(record["test"]) == pytest.approx(-record["test"]["elbo"])


def test_checkpoint_after_every_epoch(setting: Any, tmp_path: Path) -> None:
    epochs = []

    def progress(step: int, of: int, note: str = "", preview: object = None) -> bool:
        if step % 5 == 1 and step > 1:
            epochs.append(read_config(tmp_path / "m")[1]["epochs"])
            load_checkpoint(tmp_path / "m")
        return True

    train(
        setting.model(), setting.data(50), TrainSettings(epochs=3, batch_size=10), folder=tmp_path / "m",
        progress=progress,
    )  # fmt: skip
    assert epochs == [1, 2]
    assert read_config(tmp_path / "m")[1]["epochs"] == 3


def test_data_that_do_not_fit_the_model(setting: Any, tmp_path: Path) -> None:
    settings = TrainSettings(epochs=1)
    other = setting.model(VAEConfig((1, 9, 8), 2, channels=(4,)))
    with pytest.raises(InputError, match=r"blobs: items have shape \(1, 8, 8\), but the model takes \(1, 9, 8\)"):
        train(other, setting.data(), settings, folder=tmp_path / "m")
    with pytest.raises(InputError, match="items have shape"):
        train(setting.model(), setting.data(), settings, test=setting.vectors(np.eye(3)), folder=tmp_path / "m")
    bernoulli = setting.model(VAEConfig((3,), 2, "mlp"))
    with pytest.raises(InputError, match=r"Bernoulli likelihood needs \[0, 1\]"):
        train(bernoulli, setting.vectors(5 * np.eye(3)), settings, folder=tmp_path / "m")
    train(bernoulli, setting.vectors(np.eye(3)), settings)
    assert not (tmp_path / "m").exists()


def test_folder_that_cannot_be_written_is_refused_before_the_first_step(setting: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")

    def progress(step: int, of: int, note: str = "", preview: Any = None) -> bool:
        raise AssertionError("a step was taken")

    for folder in (tmp_path / "file", tmp_path / "file" / "m"):
        with pytest.raises(InputError, match=f"{folder}: cannot be written to"):
            train(setting.model(), setting.data(), TrainSettings(epochs=1), folder=folder, progress=progress)
    assert (tmp_path / "file").read_text() == "kept"
