"""Which tests are run for what has changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.changed import affected


@pytest.fixture
def house(tmp_path: Path) -> Path:
    for name, text in {
        "tests/test_architecture.py": "",
        "tests/space/test_rate.py": "",
        "tests/space/test_other.py": "from vae_core.space import rate\n",
        "tests/components/test_server.py": "import components.server\n",
        "tests/browser/test_map.py": "import vae_core.space.rate\n",
        "tests/test_app.py": "",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ("vae_core/space/rate.py", ["tests/space/test_other.py", "tests/space/test_rate.py"]),
        ("components/server.py", ["tests/components/test_server.py"]),
        ("tests/space/test_rate.py", ["tests/space/test_rate.py"]),
        ("tests/browser/test_map.py", []),
        ("app.py", ["tests/test_app.py"]),
        ("README.md", []),
    ],
)
def test_the_mirror_and_who_imports_it_are_run_and_no_browser(house: Path, changed: str, wanted: list[str]) -> None:
    assert affected([changed], house) == sorted([*wanted, "tests/test_architecture.py"])
