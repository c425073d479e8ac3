"""How long anything is waited for: a busy machine is slow, not wrong."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

#: Seconds after which what did not come counts as wrong. ``PATIENCE`` in the environment multiplies them, for machines
#: that are slower still.
PATIENCE = 120.0 * float(os.environ.get("PATIENCE", "1"))


def looks(every: float = 0.05) -> Iterator[None]:
    """Yield again and again, with a pause of `every` seconds in between, as long as there is patience."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        yield
        time.sleep(every)
