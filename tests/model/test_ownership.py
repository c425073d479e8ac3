"""What a space was built from stays as it was, whatever is trained meanwhile."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import torch
from torch import nn

from vae_core import LatentSpace
from vae_core.model.ownership import own_copy, own_model
from vae_core.model.protocol import LatentModel, Posterior


def _step(model: nn.Module) -> None:
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1)


def test_a_further_step_of_training_changes_nothing_in_the_space(grey: LatentSpace) -> None:

    model = own_copy(grey.model)
    assert isinstance(model, nn.Module)
    model.train()
    space = LatentSpace.build(model, grey.data)
    with torch.inference_mode():
        before = space.model.likelihood(torch.from_numpy(space.mean[:3].copy())).mean
    named = space.fingerprint
    _step(model)
    assert model.training, "the caller's own stays in training mode"
    with torch.inference_mode():
        assert torch.equal(space.model.likelihood(torch.from_numpy(space.mean[:3].copy())).mean, before)
        again = space.model.encode(torch.from_numpy(grey.data.batch(np.arange(len(grey.data))))).mean
    np.testing.assert_allclose(again.numpy(), space.mean, atol=1e-5)
    assert space.fingerprint == named != LatentSpace.build(model, grey.data).fingerprint
    assert isinstance(space.model, nn.Module) and not space.model.training
    assert not any(parameter.requires_grad for parameter in space.model.parameters())


class _Holder:
    """A `LatentModel` that is no module itself, but holds one."""

    def __init__(self, inner: LatentModel) -> None:
        self.inner = inner
        self.latent_dim, self.sample_shape, self.prior = inner.latent_dim, inner.sample_shape, inner.prior
        self.can, self.fingerprint = inner.can, inner.fingerprint

    def encode(self, x: torch.Tensor) -> Posterior:
        return self.inner.encode(x)

    def likelihood(self, z: torch.Tensor) -> torch.distributions.Distribution:
        return self.inner.likelihood(z)


def test_what_holds_modules_is_copied_with_them(grey: LatentSpace) -> None:

    holder = _Holder(own_copy(grey.model))
    mine = own_model(holder)
    assert mine is not holder and isinstance(mine, _Holder)
    _step(holder.inner)  # type: ignore[arg-type]
    point = torch.zeros(1, grey.latent_dim)
    assert not torch.equal(mine.likelihood(point).mean, holder.likelihood(point).mean)


def test_a_module_held_may_have_an_eval_that_returns_nothing(grey: LatentSpace) -> None:
    class Silent(nn.Linear):
        def eval(self) -> None:  # type: ignore[override]
            super().eval()

    holder = _Holder(own_copy(grey.model))
    holder.beside = Silent(2, 2)  # type: ignore[attr-defined]
    mine: Any = own_model(holder)
    assert mine.beside is not holder.beside and not mine.beside.training  # type: ignore[attr-defined]
    assert not mine.beside.weight.requires_grad


def test_what_cannot_be_copied_is_itself() -> None:
    lock = threading.Lock()
    assert own_copy(lock) is lock


def test_functions_bound_to_a_module_are_bound_to_its_copy() -> None:
    model = nn.Linear(2, 2)
    bound: tuple[Any, Any] = (model.forward, model.forward)
    encode, decode = own_copy(bound)
    assert encode.__self__ is decode.__self__ is not model
