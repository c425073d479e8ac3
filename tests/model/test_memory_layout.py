from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from vae_core.model import memory_layout
from vae_core.model.memory_layout import lay_channels_last


class Wide(nn.Module):
    """Convolutions of many channels, at the end of which comes what reads a tensor as it lies, or does not."""

    def __init__(self, strict: bool) -> None:
        super().__init__()
        self.strict = strict
        self.net = nn.Sequential(nn.Conv2d(3, 32, 3, padding=1), nn.ReLU(), nn.Conv2d(32, 32, 3, padding=1))

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.net(x)
        return y.view(len(y), -1) if self.strict else y.flatten(1)


def laid_last(model: nn.Module) -> bool:
    return all(
        w.is_contiguous(memory_format=torch.channels_last) for w in model.parameters() if w.ndim == 4 and w.shape[1] > 3
    )


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Times that are told instead of taken: 1 s first, then what the list says."""
    times = [1.0]
    monkeypatch.setattr(memory_layout, "_seconds", lambda work: times.pop(0))
    return times


@pytest.mark.parametrize(("after", "kept"), [(0.5, True), (0.95, False), (2.0, False)])
def test_the_faster_layout_is_kept(quick: list[float], after: float, kept: bool) -> None:
    quick.append(after)
    model, x = Wide(strict=False).eval(), torch.randn(2, 3, 8, 8)
    with torch.inference_mode():
        wanted = model(x)
        assert lay_channels_last([model], lambda: [model(x)]) == (after if kept else 1.0)
        torch.testing.assert_close(model(x), wanted)
    assert laid_last(model) == kept


def test_a_model_whose_code_reads_tensors_as_they_lie_stays_as_it_was(quick: list[float]) -> None:
    quick.append(0.1)
    model, x = Wide(strict=True).eval(), torch.randn(2, 3, 8, 8)
    with torch.inference_mode():
        wanted = model(x)
        assert lay_channels_last([model], lambda: [model(x)]) == 1.0
        torch.testing.assert_close(model(x), wanted)
    assert not laid_last(model)


def test_a_model_that_then_answers_otherwise_stays_as_it_was(quick: list[float]) -> None:
    quick.append(0.1)
    model, answers = Wide(strict=False), iter([torch.zeros(3), torch.ones(3)])
    assert lay_channels_last([model], lambda: [next(answers)]) == 1.0
    assert not laid_last(model)


def test_without_convolutions_nothing_is_tried() -> None:
    assert lay_channels_last([nn.Linear(2, 2)], lambda: pytest.fail("asked for nothing")) == 1.0
