"""The figures of a study as plain values, for JSON and whatever reads it."""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np


def plain_figures(result: Any) -> Any:
    """Return a study's result as dictionaries, lists, numbers and text.

    Parameters
    ----------
    result : dataclass
        What a study found.

    Returns
    -------
    dict
        By field; arrays as nested lists, and None for what is no finite number, which JSON has no word for.
    """
    if is_dataclass(result) and not isinstance(result, type):
        return {field.name: plain_figures(getattr(result, field.name)) for field in fields(result)}
    if isinstance(result, np.ndarray):
        return plain_figures(result.tolist())
    if isinstance(result, (list, tuple)):
        return [plain_figures(value) for value in result]
    if isinstance(result, np.generic):
        return plain_figures(result.item())
    if isinstance(result, float) and not math.isfinite(result):
        return None
    return result
