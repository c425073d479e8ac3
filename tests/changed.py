"""Runs the tests of what has changed since the last commit, without a browser: ``make fast``.

Of a changed file these are the tests that mirror it and those that import it themselves; what else depends on it is
left to ``make test``. Where nothing has changed, the last commit counts as what has.

    python tests/changed.py [options of pytest]
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: Hold the house up, whatever has changed.
ALWAYS = ("tests/test_architecture.py", "tests/test_circles.py")


def changed_files() -> list[str]:
    """Return the paths that differ from the last commit, or those of the last commit where none does."""
    found = _git("diff", "--name-only", "HEAD") + _git("ls-files", "--others", "--exclude-standard")
    return found or _git("diff", "--name-only", "HEAD~1", "HEAD")


def _git(*command: str) -> list[str]:
    done = subprocess.run(["git", *command], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.split("\n")[:-1]


def affected(changed: Iterable[str], root: Path) -> list[str]:
    """Return the test files to run for changed paths, those that drive a browser or measure left out."""
    paths = [Path(one) for one in changed]
    modules = {_module(path) for path in paths if path.suffix == ".py"}
    mirrors = {
        Path("tests", *path.parent.parts[1:], f"test_{path.stem}.py")
        if path.parts[0] == "vae_core"
        else Path("tests", path.parent, f"test_{path.stem}.py")
        for path in paths
    }
    found = set()
    for file in root.joinpath("tests").rglob("test_*.py"):
        path = file.relative_to(root)
        if "browser" in path.parts:
            continue
        if path in paths or path in mirrors or modules & _imported(file):
            found.add(path.as_posix())
    return sorted(found | {one for one in ALWAYS if (root / one).exists()})


def _module(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def _imported(file: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def main() -> int:
    """Run them; 0 if all pass."""
    chosen = affected(changed_files(), ROOT)
    print(f"{len(chosen)} test files: {', '.join(chosen)}", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", *sys.argv[1:], *chosen]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
