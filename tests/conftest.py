"""What every test stands on: no test reads or writes the data folder of whoever runs it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# A machine under load is slow, not wrong.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

# Before NumPy and PyTorch are imported: on many cores small work is slower for every further thread, and threads that
# wait for one another while a second process of tests has the core take many times as long.
_SHARED_BY = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
os.environ.setdefault("OMP_NUM_THREADS", str(max(1, min(4, (os.cpu_count() or 1) // _SHARED_BY))))

from tests.small_spaces import colour, grey, vectors  # noqa: E402, F401 - fixtures, which load PyTorch


@pytest.fixture(scope="session", autouse=True)
def user_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The user's data folder on every platform is a temporary one, here and in every process a test starts."""
    folder = tmp_path_factory.mktemp("user-data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(folder))
        patch.setenv("LOCALAPPDATA", str(folder))
        if sys.platform == "darwin":
            patch.setenv("HOME", str(folder))  # there the data folder has no variable of its own
        yield folder


@pytest.fixture
def workspace_folder(tmp_path: Path) -> Path:
    """An empty folder for ``Workspace(root)`` or ``--workspace``; one a test."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    return folder
