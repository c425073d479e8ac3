"""Models that nobody else changes: a space goes on showing what it was built from, whatever is trained meanwhile."""

from __future__ import annotations

import copy
import logging
from typing import TypeVar

from torch import nn

from vae_core.model.decoder_alone import DecoderAlone
from vae_core.model.protocol import LatentModel

log = logging.getLogger(__name__)

_Made = TypeVar("_Made")


def own_copy(made: _Made) -> _Made:
    """Return a copy of an object that holds torch modules, or of functions bound to them; itself where none can be.

    Functions that reach a module through their closure share it still, as what cannot be copied does.
    """
    try:
        return copy.deepcopy(made)
    except Exception as error:  # noqa: BLE001 - whatever a stranger's class does when it is copied
        log.warning("%s cannot be copied (%s); if it is trained further, open it again.", type(made).__name__, error)
        return made


def own_model(model: LatentModel) -> LatentModel:
    """Return a model's copy in evaluation mode, if torch modules are its own or it is one.

    Parameters
    ----------
    model : LatentModel
        A model that wraps another's functions, or holds none of torch's weights, is returned as it is: it was made on a
        copy, or cannot be trained.
    """
    if isinstance(model, DecoderAlone):
        return model  # which has made a copy of its own
    if isinstance(model, nn.Module):
        mine = own_copy(model)
        if mine is not model:
            mine.eval()
            mine.requires_grad_(False)
        return mine
    held = (
        [value for value in vars(model).values() if isinstance(value, nn.Module)] if hasattr(model, "__dict__") else []
    )
    if not held:
        return model
    copied = own_copy(model)
    for value in vars(copied).values():
        if isinstance(value, nn.Module) and all(value is not other for other in held):
            value.eval()  # a stranger's may return nothing
            value.requires_grad_(False)
    return copied
