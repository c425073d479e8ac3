"""No file imports itself by way of others, and no folder does, in either language: imports run down only."""

from __future__ import annotations

import ast
import graphlib
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def modules() -> dict[str, Path]:
    """Return the files of the program by their module's name."""
    files = [ROOT / "app.py", *(ROOT / "vae_core").rglob("*.py"), *(ROOT / "components").rglob("*.py")]
    return {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in files}


def imported(name: str, path: Path, known: Mapping[str, Path]) -> set[str]:
    """Return the modules of the program that a file imports when it runs, inside functions too."""
    found: set[str] = set()
    for node in _that_run(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name in known}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{name} imports by a relative name"
            for alias in node.names:
                inside = f"{node.module}.{alias.name}"
                found |= {inside if inside in known else str(node.module)} & known.keys()
    return found - {name}


def _that_run(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        yield node
        # What only a type checker reads is never imported.
        is_for_types = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        yield from () if is_for_types else _that_run(node)


def circle(graph: Mapping[str, set[str]]) -> list[str]:
    """Return the nodes of a circle in a graph, each followed by one it leads to; empty where there is none."""
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return list(reversed(error.args[1]))
    return []


def folders(graph: Mapping[str, set[str]], folder_of: Callable[[str], str]) -> dict[str, set[str]]:
    """Return which folders import which."""
    rooms: dict[str, set[str]] = {}
    for name, leads_to in graph.items():
        room = folder_of(name)
        rooms.setdefault(room, set()).update(other for one in leads_to if (other := folder_of(one)) != room)
    return rooms


@pytest.fixture(scope="module")
def graph() -> dict[str, set[str]]:
    known = modules()
    return {name: imported(name, path, known) for name, path in known.items()}


@pytest.fixture(scope="module")
def scripts() -> dict[str, set[str]]:
    """The page's scripts, ``folder/name.js``, and which others each imports."""
    assets = ROOT / "assets"
    files = [path for path in assets.rglob("*") if path.suffix in {".js", ".mjs"}]
    found = {}
    for path in files:
        name = path.relative_to(assets).as_posix()
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\bimport\(", text), f"{name} imports as it runs, which no reader sees"
        wanted = re.findall(r'^(?:import|export)\b[^;"]*?"(\.[^"]+)";', text, re.MULTILINE)
        found[name] = {posixpath.normpath(posixpath.join(posixpath.dirname(name), one)) for one in wanted}
    missing = {f"{name}: {one}" for name, leads_to in found.items() for one in leads_to - found.keys()}
    assert not missing
    return found


def test_no_python_file_imports_itself_by_way_of_others(graph: dict[str, set[str]]) -> None:
    assert sum(map(len, graph.values())) > 500, "the imports were not found"
    assert circle(graph) == []


def test_no_python_folder_imports_itself_by_way_of_others(graph: dict[str, set[str]]) -> None:
    paths = modules()
    # The first below `vae_core` and `components`; a file beside them is its own.
    rooms = folders(graph, lambda name: "/".join(paths[name].relative_to(ROOT).parts[:2]))
    assert "vae_core/space" in rooms["components/api"], "the folders were not found"
    assert circle(rooms) == []


def test_no_script_imports_itself_by_way_of_others(scripts: dict[str, set[str]]) -> None:
    assert sum(map(len, scripts.values())) > 400, "the imports were not found"
    assert circle(scripts) == []


def test_no_folder_of_scripts_imports_itself_by_way_of_others(scripts: dict[str, set[str]]) -> None:
    rooms = folders(scripts, posixpath.dirname)
    assert "core" in rooms["map"] and rooms["core"] == set(), "the folders were not found"
    assert circle(rooms) == []


def test_only_the_surface_of_the_map_knows_plotly() -> None:
    """What else is on the page asks it, so that another library would change one file."""
    private = re.compile(
        r"\bPlotly\b\s*[.?]|\._[a-z]\w*\b|js-plotly|\buirevision\b|\b_(?:fullLayout|fullData|offset|length)\b"
    )
    knows = {
        path.relative_to(ROOT / "assets").as_posix()
        for path in (ROOT / "assets").rglob("*.js")
        for line in path.read_text(encoding="utf-8").splitlines()
        if not line.lstrip().startswith("//") and private.search(line)
    }
    assert knows == {"map/surface.js", "map/depth.js"}


def test_a_circle_is_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": set()}) == []
    found = circle({"a": {"b"}, "b": {"c"}, "c": {"b"}})
    assert set(found) == {"b", "c"} and found[0] == found[-1]
