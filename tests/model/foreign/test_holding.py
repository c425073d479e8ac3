"""The networks behind functions and objects are found, wherever they lie."""

from __future__ import annotations

import functools
from types import SimpleNamespace

import torch
from torch import Tensor, nn

from vae_core.model.foreign.factory import wrap_object
from vae_core.model.foreign.holding import modules_of

GLOBAL = nn.Linear(2, 2)
HIDDEN = {"nets": [nn.Linear(2, 3)]}


def by_a_global(x: Tensor) -> Tensor:
    return torch.relu(GLOBAL(x))


def by_another(x: Tensor) -> Tensor:
    return by_a_global(x)


class Plain:
    def __init__(self) -> None:
        self.parts = SimpleNamespace(inner=[nn.Linear(2, 4)])

    def encode(self, x: Tensor) -> Tensor:
        return HIDDEN["nets"][0](x)  # type: ignore[no-any-return]

    def decode(self, z: Tensor) -> Tensor:
        return self.parts.inner[0](z)  # type: ignore[no-any-return]


def test_globals_attributes_and_what_functions_are_given() -> None:
    own = nn.Sequential(nn.Linear(2, 2), nn.Dropout())

    def by_a_closure(x: Tensor) -> Tensor:
        return own[0](x)  # type: ignore[no-any-return]

    assert modules_of(by_a_global) == (GLOBAL,) == modules_of(by_another)
    plain = Plain()
    assert set(modules_of(plain)) == {plain.parts.inner[0], HIDDEN["nets"][0]}
    assert set(modules_of(plain.decode)) >= {plain.parts.inner[0]}
    assert modules_of(functools.partial(lambda net, x: net(x), own)) == (own,)
    assert modules_of(by_a_closure, own) == (own,), "a part of another is counted with it"
    assert modules_of(torch.relu, len, "text", 3, None) == ()
    holder = SimpleNamespace(net=own)
    holder.itself = holder
    assert modules_of(holder) == (own,)


def test_they_are_held_in_evaluation_mode() -> None:
    plain = Plain()
    GLOBAL.train()
    HIDDEN["nets"][0].train()
    made = SimpleNamespace(encode=plain.encode, decode=by_another)
    foreign = wrap_object(made).to(torch.device("cpu"))
    assert foreign.modules and not GLOBAL.training and not HIDDEN["nets"][0].training
