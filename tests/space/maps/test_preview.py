from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from tests.patience import PATIENCE
from vae_core.space.maps.preview import LayoutPreview


def test_a_layout_is_shown_while_it_changes_and_only_then() -> None:
    layout = np.zeros((50, 2))
    seen: list[np.ndarray] = []
    with LayoutPreview(layout, seen.append):
        time.sleep(0.5)
        assert seen == [], "nothing has moved"
        ends = time.monotonic() + PATIENCE
        while len(seen) < 3 and time.monotonic() < ends:
            layout += 1
            time.sleep(0.05)
    assert len(seen) >= 3
    values = [float(one[0, 0]) for one in seen]
    assert values == sorted(values) and values[0] >= 1
    assert all(one.dtype == np.float32 and one.shape == (50, 2) for one in seen)
    count = len(seen)
    layout += 1
    time.sleep(0.3)
    assert len(seen) == count, "nobody looks any more"


def test_what_goes_wrong_in_showing_is_raised_where_the_work_is() -> None:
    layout = np.zeros(3)
    shown = threading.Event()

    def show(_: np.ndarray) -> None:
        shown.set()
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"), LayoutPreview(layout, show):  # noqa: PT012 - raised as the onlooker leaves
        layout += 1
        assert shown.wait(PATIENCE)
    shown.clear()
    # The work's own error comes first.
    with pytest.raises(ValueError, match="first"), LayoutPreview(layout, show):  # noqa: PT012 - both fail
        layout += 1
        assert shown.wait(PATIENCE)
        raise ValueError("first")
