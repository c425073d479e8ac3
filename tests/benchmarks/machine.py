"""What the figures were taken on."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def facts() -> str:
    """Return processor, cores, how busy they are right now, and versions, as one line."""
    import plotly
    import torch

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    busy = f"load {', '.join(f'{load:.2f}' for load in os.getloadavg())} before" if hasattr(os, "getloadavg") else ""
    versions = f"Python {platform.python_version()}, torch {torch.__version__}, plotly {plotly.__version__}"
    return "; ".join(part for part in (_processor(), f"{cores} cores", busy, versions) if part)


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
